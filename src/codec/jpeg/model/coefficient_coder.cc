#include "codec/jpeg/model/coefficient_coder.h"

#include <algorithm>

#include "codec/jpeg/model/block_model.h"

namespace lmz::jpeg {

namespace {

// Whether the second component is an earlier one whose blocks have the same places.
bool HasTwin(const Frame& frame, size_t index) {
  if (index < 2) return false;
  const Component& component = frame.components[index];
  const Component& twin = frame.components[1];
  return twin.all_rows == component.all_rows && twin.all_columns == component.all_columns;
}

// Of all blocks of the components so far.
using Extents = std::array<std::vector<Extent>, kMaxComponents>;

Neighbours NeighboursOf(const Frame& frame, const Extents& extents, size_t index, Place place) {
  static const Block kNone{};
  const auto at = [&](size_t i, uint32_t row, uint32_t column) -> Measured {
    const Component& component = frame.components[i];
    const size_t number = component.NumberOf({row, column});
    return {&component.blocks[number], extents[i][number]};
  };
  const Component& c = frame.components[index];
  const auto [row, column] = place;
  const bool has_above = row > 0, has_left = column > 0;
  const bool has_right = column + 1 < c.all_columns;
  const Measured none = {&kNone, {}};
  Neighbours near;
  near.has_above = has_above;
  near.has_left = has_left;
  near.above = has_above ? at(index, row - 1, column) : none;
  near.left = has_left ? at(index, row, column - 1) : none;
  near.above_left = has_above && has_left ? at(index, row - 1, column - 1) : none;
  near.above_right = has_above && has_right ? at(index, row - 1, column + 1) : none;
  near.above2 = row > 1 ? at(index, row - 2, column) : none;
  near.left2 = column > 1 ? at(index, row, column - 2) : none;
  near.first = near.twin = none;
  if (index > 0) {
    const Component& first = frame.components[0];
    near.first =
        at(0, row * first.all_rows / c.all_rows, column * first.all_columns / c.all_columns);
  }
  if (HasTwin(frame, index)) near.twin = at(1, row, column);
  return near;
}

// Of a block, for those who look on: its mean value, 0 .. 255.
int32_t Brightness(const Frame& frame, const Component& component, size_t index) {
  const int32_t quantizer = frame.quantizers[component.quantizer][0];
  return std::clamp(component.blocks[index][0] * quantizer / 8 + 128, 0, 255);
}

}  // namespace

template <class Coder>
Status CodeCoefficients(Coder& coder, Strength strength, const BlockResources& resources,
                        Frame& frame) {
  BlockModel model(BestKernels(MixerBuilds()), strength, frame.block_count());
  std::vector<int32_t> twin_errors;
  Extents extents;
  uint64_t done = 0;
  for (size_t i = 0; i < frame.components.size(); ++i) {
    Component& component = frame.components[i];
    const uint64_t first = done;
    extents[i].resize(component.blocks.size());
    const bool has_twin = HasTwin(frame, i);
    if (i == 1) twin_errors.assign(component.blocks.size(), 0);
    model.BeginComponent(i, frame.quantizers[component.quantizer], component.all_columns);
    for (uint32_t row = 0; row < component.all_rows; ++row) {
      model.BeginRow();
      const uint32_t columns = component.ColumnsIn(row);
      for (uint32_t column = 0; column < columns; ++column) {
        Neighbours near = NeighboursOf(frame, extents, i, {row, column});
        const size_t index = component.NumberOf({row, column});
        if (has_twin) near.twin_error = twin_errors[index];
        const int32_t error =
            model.Code(Unobserved(coder), near, column, component.blocks[index], extents[i][index]);
        if (i == 1) twin_errors[index] = error;
        EndItem(coder, first + index, Brightness(frame, component, index));
      }
      done += component.all_columns;
      if (!resources.Report(done, coder.written_size())) return CancelledStatus();
      if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    }
  }
  return OkStatus();
}

template Status CodeCoefficients(Encoder&, Strength, const BlockResources&, Frame&);
template Status CodeCoefficients(Decoder&, Strength, const BlockResources&, Frame&);
template Status CodeCoefficients(ObservedDecoder&, Strength, const BlockResources&, Frame&);

uint64_t CoefficientMemory(Strength strength, uint64_t blocks) {
  return BlockModel::Memory(strength, blocks) +
         blocks * (sizeof(Block) + sizeof(Extent) + sizeof(int32_t));
}

}  // namespace lmz::jpeg
