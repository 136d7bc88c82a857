#include "codec/jpeg/coefficient_coder.h"

#include <algorithm>

#include "codec/jpeg/block_model.h"

namespace lmz::jpeg {

namespace {

// The component before, whose blocks have the same places; null: there is none.
const Component* TwinOf(const Frame& frame, size_t index) {
  if (index < 2) return nullptr;
  const Component& component = frame.components[index];
  const Component& twin = frame.components[1];
  const bool is_alike =
      twin.all_rows == component.all_rows && twin.all_columns == component.all_columns;
  return is_alike ? &twin : nullptr;
}

const Block& BlockOf(const Component& component, uint32_t row, uint32_t column) {
  return component.blocks[size_t{row} * component.all_columns + column];
}

Neighbours NeighboursOf(const Frame& frame, size_t index, Place place) {
  static const Block kNone{};
  const Component& c = frame.components[index];
  const auto [row, column] = place;
  Neighbours near = {.has_above = row > 0, .has_left = column > 0};
  const auto at = [&](bool is_there, uint32_t up, uint32_t left) {
    return is_there ? &BlockOf(c, row - up, column - left) : &kNone;
  };
  near.above = at(row > 0, 1, 0);
  near.left = at(column > 0, 0, 1);
  near.above_left = at(row > 0 && column > 0, 1, 1);
  near.above_right =
      row > 0 && column + 1 < c.all_columns ? &BlockOf(c, row - 1, column + 1) : &kNone;
  near.above2 = at(row > 1, 2, 0);
  near.left2 = at(column > 1, 0, 2);
  near.first = near.twin = &kNone;
  if (index > 0) {
    const Component& first = frame.components[0];
    near.first = &BlockOf(first, row * first.all_rows / c.all_rows,
                          column * first.all_columns / c.all_columns);
  }
  const Component* const twin = TwinOf(frame, index);
  if (twin != nullptr) near.twin = &BlockOf(*twin, row, column);
  return near;
}

}  // namespace

template <class Coder>
Status CodeCoefficients(Coder& coder, const BlockResources& resources, Frame& frame) {
  BlockModel model(BestKernels(MixerBuilds()));
  std::vector<int32_t> twin_errors;
  uint64_t done = 0;
  for (size_t i = 0; i < frame.components.size(); ++i) {
    Component& component = frame.components[i];
    const bool has_twin = TwinOf(frame, i) != nullptr;
    if (i == 1) twin_errors.assign(component.blocks.size(), 0);
    model.BeginComponent(i, frame.quantizers[component.quantizer], component.all_columns);
    for (uint32_t row = 0; row < component.all_rows; ++row) {
      model.BeginRow();
      for (uint32_t column = 0; column < component.all_columns; ++column) {
        Neighbours near = NeighboursOf(frame, i, {row, column});
        const size_t index = size_t{row} * component.all_columns + column;
        if (has_twin) near.twin_error = twin_errors[index];
        const int32_t error = model.Code(coder, near, column, component.blocks[index]);
        if (i == 1) twin_errors[index] = error;
      }
      done += component.all_columns;
      if (!resources.Report(done, coder.written_size())) return CancelledStatus();
      if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    }
  }
  return OkStatus();
}

template Status CodeCoefficients(Encoder&, const BlockResources&, Frame&);
template Status CodeCoefficients(Decoder&, const BlockResources&, Frame&);

uint64_t CoefficientMemory() {
  return BlockModel::Memory();
}

uint64_t MemoryOfABlock() {
  return sizeof(Block) + sizeof(int32_t);
}

}  // namespace lmz::jpeg
