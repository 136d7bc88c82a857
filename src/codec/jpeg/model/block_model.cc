#include "codec/jpeg/model/block_model.h"

#include <bit>
#include <cstdlib>

#include "entropy/coder.h"

namespace lmz::jpeg {

namespace {

// Contexts of the light model, which are the first ones of the full one, too.
constexpr size_t kLightAcContexts = 4;
constexpr size_t kLightDcContexts = 3;
constexpr size_t kLightEndContexts = 3;

constexpr size_t kAcContexts = 18;
constexpr size_t kDcContexts = 9;
constexpr size_t kEndContexts = 8;

// Tables grow with the picture.
constexpr int kAcBitsAboveBlocks = 4;
constexpr int kLightAcBitsAboveBlocks = 3;
constexpr int kMinAcTableBits = 14;
constexpr int kMaxAcTableBits = 20;
constexpr int kOtherTableBits = 15;

// Nodes: what a question is about. Of a coefficient that is not the first: whether it is zero,
// whether its magnitude has more than 1, 2, .. bits, its sign, then the bits.
constexpr uint32_t kZeroNode = 0;
constexpr uint32_t kSignNode = 6;
constexpr uint32_t kBitNode = 16;

constexpr uint32_t WidthNode(uint32_t width) {
  return width < kSignNode ? width : width + 1;
}

// Of the error of a mean: whether it is zero, its sign, whether its magnitude has more bits.
constexpr uint32_t kErrorSignNode = 1;

constexpr uint32_t ErrorWidthNode(uint32_t width, uint32_t sign) {
  return width <= 3 ? 1 + 3 * sign + width : 4 + 16 * sign + width;
}

// Of the six bits of a block's end, those so far behind a leading one: the last three lie together.
constexpr uint32_t EndNode(uint32_t bits) {
  const auto width = static_cast<uint32_t>(std::bit_width(bits));
  if (width <= 3) return bits;
  const uint32_t below = width - 4;
  return 8 * (bits >> below) - 56 + (1u << below) + (bits & ((1u << below) - 1));
}

constexpr uint32_t kMaxAcWidth = 14;
constexpr uint32_t kMaxDcWidth = 17;

constexpr std::array<uint8_t, kBlockSize> kZigzag = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

// [8 * vertical + horizontal frequency]
constexpr auto kPlaceOf = [] {
  std::array<uint8_t, kBlockSize> places{};
  for (uint8_t k = 0; k < kBlockSize; ++k) places[kZigzag[k]] = k;
  return places;
}();

// A base function at a block's edge, in 1/256 of that of a frequency above 0.
constexpr int32_t EdgeOf(uint32_t frequency) {
  return frequency == 0 ? 181 : 256;
}

// Divided by that; each case is quicker than a division by what is not known.
constexpr int32_t OverEdge(int32_t value, uint32_t frequency) {
  return frequency == 0 ? value / EdgeOf(0) : value / EdgeOf(1);
}

// About twice the logarithm to the base of 2: 0, 1, 2, then 4 for 3, 5 for 4 and 5, ..
uint32_t LogOf(int32_t value) {
  const auto magnitude = static_cast<uint32_t>(std::abs(value));
  if (magnitude < 3) return magnitude;
  const auto width = static_cast<uint32_t>(std::bit_width(magnitude));
  return 2 * width - 1 + (magnitude >> (width - 2) & 1);
}

uint32_t LogOf(int32_t value, uint32_t most) {
  return std::min(LogOf(value), most);
}

// With the sign: most + 1 for 0, at least 1.
uint32_t SignedLogOf(int32_t value, uint32_t most) {
  const uint32_t log = LogOf(value, most);
  return value < 0 ? most + 1 - log : most + 1 + log;
}

uint32_t EndOf(const Block& block) {
  uint32_t k = kBlockSize - 1;
  while (k > 0 && block[k] == 0) --k;
  return k;
}

int32_t Scaled(int32_t coefficient, int32_t step) {
  constexpr int32_t kLimit = 32767;
  return std::clamp(coefficient * step, -kLimit, kLimit);
}

int32_t ValueAt(const Block& block, uint32_t horizontal, uint32_t vertical) {
  if (horizontal > 7 || vertical > 7) return 0;
  return block[kPlaceOf[8 * vertical + horizontal]];
}

int32_t MagnitudeAt(const Block& block, uint32_t horizontal, uint32_t vertical) {
  return std::abs(ValueAt(block, horizontal, vertical));
}

// 0 .. 2 * most
uint32_t Limited(int32_t value, int32_t most) {
  return static_cast<uint32_t>(std::clamp(value, -most, most) + most);
}

struct Shapes {
  DecisionMixer::Shape ac;
  DecisionMixer::Shape dc;
  DecisionMixer::Shape end;
};

Shapes ShapesOf(Strength strength, uint64_t blocks) {
  const bool is_full = strength == Strength::kFull;
  const int above = is_full ? kAcBitsAboveBlocks : kLightAcBitsAboveBlocks;
  const int ac_bits = std::clamp(static_cast<int>(std::bit_width(blocks)) + above, kMinAcTableBits,
                                 kMaxAcTableBits);
  const size_t sets = is_full ? 5 : 3;
  const auto shape = [&](size_t contexts, int table_bits) {
    return DecisionMixer::Shape{contexts, table_bits, sets, is_full};
  };
  return {.ac = shape(is_full ? kAcContexts : kLightAcContexts, ac_bits),
          .dc = shape(is_full ? kDcContexts : kLightDcContexts, kOtherTableBits),
          .end = shape(is_full ? kEndContexts : kLightEndContexts, kOtherTableBits)};
}

}  // namespace

BlockModel::BlockModel(const MixerKernels& kernels, Strength strength, uint64_t blocks)
    : is_full_(strength == Strength::kFull),
      ac_(kernels, ShapesOf(strength, blocks).ac),
      dc_(kernels, ShapesOf(strength, blocks).dc),
      end_(kernels, ShapesOf(strength, blocks).end) {}

uint64_t BlockModel::Memory(Strength strength, uint64_t blocks) {
  const Shapes shapes = ShapesOf(strength, blocks);
  return DecisionMixer::Memory(shapes.ac) + DecisionMixer::Memory(shapes.dc) +
         DecisionMixer::Memory(shapes.end);
}

void BlockModel::BeginComponent(size_t index, const std::array<uint16_t, kBlockSize>& quantizer,
                                uint32_t columns) {
  component_ = static_cast<uint32_t>(index);
  is_chroma_ = index == 0 ? 0 : 1;
  for (size_t k = 0; k < kBlockSize; ++k) steps_[k] = std::max<int32_t>(quantizer[k], 1);
  above_errors_.assign(columns, 0);
}

// Section 4.
void BlockModel::BeginEnd(const Neighbours& near) {
  const uint32_t above = near.above.extent.end, left = near.left.extent.end;
  const uint32_t first = near.first.extent.end, twin = near.twin.extent.end;
  const uint32_t above_count = near.above.extent.count, left_count = near.left.extent.count;
  const uint32_t corner_count = near.above_left.extent.count;
  const uint32_t next_count = near.above_right.extent.count;
  const uint32_t usual = (2 * above_count + 2 * left_count + corner_count + next_count + 3) / 6;
  state_.usual_count = usual;
  const auto log_of = [](uint32_t count) { return LogOf(static_cast<int32_t>(count)); };
  const uint32_t base = component_ << 20;
  end_.BeginNumber();
  end_.AddContext(base | above << 8 | left);
  end_.AddContext(base | log_of(above_count) << 4 | log_of(left_count) << 8 |
                  log_of(next_count) << 12 | log_of(corner_count));
  end_.AddContext(base | twin << 8 | (above + left) / 8);
  if (is_full_) {
    end_.AddContext(base | (above + left) / 2);
    end_.AddContext(base | (above_count + left_count) / 2);
    end_.AddContext(base | first << 8 | (above + left) / 4);
    end_.AddContext(base | usual << 8 | twin);
    end_.AddContext(base | uint32_t{near.above_right.extent.end} << 8 | near.above_left.extent.end);
  }
  end_.weight_contexts = {std::min(above, 31u) * 32 + std::min(left, 31u), usual,
                          component_ * 64 + twin, component_};
}

// The edge's samples, by frequencies along it: those of the blocks above and on the left.
void BlockModel::SumEdges(const Neighbours& near) {
  state_.from_above.fill(0);
  state_.from_left.fill(0);
  const auto far_edge = [](uint32_t frequency) {
    return frequency % 2 == 0 ? EdgeOf(frequency) : -EdgeOf(frequency);
  };
  for (uint32_t k = 0; k <= near.above.extent.end; ++k) {
    const uint32_t x = kZigzag[k] % 8, y = kZigzag[k] / 8;
    state_.from_above[x] += far_edge(y) * Scaled(near.above[k], steps_[k]);
  }
  for (uint32_t k = 0; k <= near.left.extent.end; ++k) {
    const uint32_t x = kZigzag[k] % 8, y = kZigzag[k] / 8;
    state_.from_left[y] += far_edge(x) * Scaled(near.left[k], steps_[k]);
  }
}

BlockModel::EdgePrediction BlockModel::PredictFromEdges(const Neighbours& near, uint32_t k) const {
  const uint32_t horizontal = kZigzag[k] % 8, vertical = kZigzag[k] / 8;
  const int32_t step = steps_[k];
  EdgePrediction edges;
  if (near.has_above) {
    edges.above = OverEdge(state_.from_above[horizontal], vertical) * 4 / step;
  }
  if (near.has_left) edges.left = OverEdge(state_.from_left[vertical], horizontal) * 4 / step;
  if (!near.has_left || (near.has_above && horizontal == 0 && vertical != 0)) {
    edges.both = edges.above;
  } else if (!near.has_above || (vertical == 0 && horizontal != 0)) {
    edges.both = edges.left;
  } else {
    edges.both = (edges.above + edges.left) / 2;
  }
  return edges;
}

BlockModel::Around BlockModel::LookAround(const Neighbours& near, uint32_t k, const Block& block,
                                          const EdgePrediction& edges) const {
  const uint32_t x = kZigzag[k] % 8, y = kZigzag[k] / 8;
  Around around = {.place = k | is_chroma_ << 6, .x = x, .y = y};
  around.beside = 3 * (std::abs(near.above[k]) + std::abs(near.left[k])) +
                  std::abs(near.above_left[k]) + std::abs(near.above_right[k]);
  around.higher = 2 * (MagnitudeAt(block, x + 1, y) + MagnitudeAt(block, x, y + 1)) +
                  MagnitudeAt(block, x + 1, y + 1) + MagnitudeAt(block, x + 2, y) +
                  MagnitudeAt(block, x, y + 2);
  int32_t column = 0, row = 0;
  for (uint32_t i = y + 1; i < 8; ++i) column += MagnitudeAt(block, x, i);
  for (uint32_t i = x + 1; i < 8; ++i) row += MagnitudeAt(block, i, y);
  around.log_beside = LogOf(around.beside);
  around.log_higher = LogOf(around.higher);
  around.log_column = LogOf(column, 15);
  around.log_row = LogOf(row, 15);
  around.both = SignedLogOf(edges.both, 15);
  return around;
}

// Section 5.
void BlockModel::BeginAc(const Neighbours& near, uint32_t k, const Block& block) {
  const EdgePrediction edges = PredictFromEdges(near, k);
  const Around around = LookAround(near, k, block, edges);
  const uint32_t base = around.place << 20;
  const uint32_t above = SignedLogOf(edges.above, 15), left = SignedLogOf(edges.left, 15);
  ac_.BeginNumber();
  ac_.AddContext(base | around.log_higher << 8 | around.log_beside);
  ac_.AddContext(base | SignedLogOf(edges.above, 11) << 8 | SignedLogOf(edges.left, 11));
  ac_.AddContext(base | LogOf(near.first[k]) << 8 | SignedLogOf(near.twin[k], 6) << 4 |
                 std::min(around.log_beside, 7u));
  ac_.AddContext(base | around.log_column << 4 | around.log_row);
  if (is_full_) {
    AddNeighbourContexts(near, k, edges, around);
    AddBlockContexts(block, k, edges, around);
  }
  ac_.weight_contexts = {around.place * 16 + std::min(around.log_beside, 15u),
                         std::min(around.log_higher, 15u) * 32 + around.both,
                         std::min(state_.count, 31u) * 32 + std::min(state_.usual_count, 31u),
                         above * 32 + left};
  ac_.map_contexts = {around.place * 8 + std::min(around.log_beside / 2, 7u),
                      (around.both * 16 + std::min(around.log_higher, 15u)) * 4};
}

void BlockModel::AddNeighbourContexts(const Neighbours& near, uint32_t k,
                                      const EdgePrediction& edges, const Around& around) {
  const auto [place, x, y, beside, higher, log_beside, log_higher, log_column, log_row, both] =
      around;
  const int32_t above = near.above[k], left = near.left[k];
  const int32_t cross =
      std::abs(above) + std::abs(left) + std::abs(near.above2[k]) + std::abs(near.left2[k]);
  const int32_t right =
      MagnitudeAt(*near.above.block, x + 1, y) + MagnitudeAt(*near.left.block, x + 1, y);
  const int32_t below =
      MagnitudeAt(*near.above.block, x, y + 1) + MagnitudeAt(*near.left.block, x, y + 1);
  const uint32_t base = place << 20;
  ac_.AddContext(base | SignedLogOf(above, 6) << 4 | SignedLogOf(left, 6));
  ac_.AddContext(base | LogOf(cross) << 8 | LogOf(state_.sum));
  ac_.AddContext(base | LogOf(right) << 12 | LogOf(below) << 6 | log_higher);
  ac_.AddContext(base | SignedLogOf(near.twin[k], 10) << 12 | SignedLogOf(near.first[k], 10) << 6 |
                 both);
  ac_.AddContext(base | SignedLogOf(edges.above, 15) << 8 | log_higher);
  ac_.AddContext(base | SignedLogOf(edges.left, 15) << 8 | log_higher);
  ac_.AddContext(is_chroma_ << 24 | log_beside << 18 | log_higher << 12 | both << 4 |
                 std::min(x + y, 7u));
}

void BlockModel::AddBlockContexts(const Block& block, uint32_t k, const EdgePrediction& edges,
                                  const Around& around) {
  const auto [place, x, y, beside, higher, log_beside, log_higher, log_column, log_row, both] =
      around;
  const uint32_t base = place << 20;
  const uint32_t left_over = state_.end - k;
  const uint32_t beside_15 = std::min(log_beside, 15u);
  ac_.AddContext(base | state_.count << 6 | left_over);
  ac_.AddContext(base | static_cast<uint32_t>(std::min(std::abs(edges.both), 40)) << 8 |
                 log_higher);
  ac_.AddContext(base | Limited(ValueAt(block, x + 1, y), 3) << 8 |
                 Limited(ValueAt(block, x, y + 1), 3) << 4 |
                 static_cast<uint32_t>(std::min(MagnitudeAt(block, x + 1, y + 1), 2)));
  ac_.AddContext(base | std::min(state_.zeros, 15u) << 12 | LogOf(state_.last, 7) << 8 | beside_15);
  ac_.AddContext(base | left_over << 8 | beside_15);
  ac_.AddContext(base | std::min(log_column, 10u) << 12 | std::min(log_row, 10u) << 8 | log_beside);
  ac_.AddContext(base | static_cast<uint32_t>(std::min(beside + 2 * higher, 255)));
}

int32_t BlockModel::BeginDc(const Neighbours& near, uint32_t column) {
  constexpr int32_t kLimit = 1 << 14;
  const EdgePrediction edges = PredictFromEdges(near, 0);
  const int32_t rounded = edges.both >= 0 ? (edges.both + 2) / 4 : -((2 - edges.both) / 4);
  const int32_t prediction = std::clamp(rounded, -kLimit, kLimit);
  AddDcContexts(near, prediction, edges, above_errors_[column]);
  return prediction;
}

void BlockModel::AddDcContexts(const Neighbours& near, int32_t prediction,
                               const EdgePrediction& edges, int32_t above_error) {
  const bool has_both = near.has_above && near.has_left;
  const int32_t above = near.above[0], left = near.left[0], corner = near.above_left[0];
  const int32_t next = near.above_right[0];
  const int32_t gradient = has_both ? above + left - corner : above + left;
  const int32_t spread =
      std::abs(above - corner) + std::abs(left - corner) + std::abs(next - above);
  const int32_t fraction = edges.both - 4 * prediction;
  const uint32_t log_dispute = has_both ? LogOf(edges.above - edges.left) : LogOf(64);
  const uint32_t dispute = std::min(log_dispute, 15u);
  const uint32_t log_gradient = SignedLogOf(gradient - prediction, 15);
  const uint32_t twin_error = SignedLogOf(near.twin_error, 15);
  const uint32_t base = component_ << 20;
  dc_.BeginNumber();
  dc_.AddContext(base | log_dispute << 6 | LogOf(spread));
  dc_.AddContext(base | state_.count << 6 | log_dispute);
  dc_.AddContext(base | SignedLogOf((above + left) / 2 - prediction, 15));
  if (is_full_) {
    dc_.AddContext(base | log_dispute);
    dc_.AddContext(base | log_gradient << 6 | dispute);
    dc_.AddContext(base | LogOf(above_error) << 6 | LogOf(left_error_));
    dc_.AddContext(base | SignedLogOf(edges.above - edges.both, 15) << 6 |
                   static_cast<uint32_t>(std::clamp(fraction + 8, 0, 15)));
    dc_.AddContext(base | SignedLogOf(above_error, 7) << 6 | SignedLogOf(left_error_, 7));
    dc_.AddContext(base | twin_error << 6 | log_dispute);
  }
  dc_.weight_contexts = {dispute * 16 + LogOf(spread, 15), state_.count, log_gradient, twin_error};
  dc_.map_contexts = {component_ * 64 + dispute, (component_ * 64 + dispute) * 4};
}

template <class Coder>
uint32_t BlockModel::CodeEnd(Coder& coder, uint32_t wanted) {
  uint32_t node = 1;
  for (int shift = 5; shift >= 0; --shift) {
    end_.map_contexts = {node + 64 * component_, node + 64 * state_.usual_count};
    const int bit = end_.Code(coder, static_cast<int>(wanted >> shift & 1), EndNode(node));
    node = 2 * node + static_cast<uint32_t>(bit);
  }
  return node - static_cast<uint32_t>(kBlockSize);
}

template <class Coder>
int32_t BlockModel::CodeAc(Coder& coder, int32_t wanted, bool is_last) {
  const int32_t magnitude = std::abs(wanted);
  if (!is_last && ac_.Code(coder, magnitude != 0 ? 1 : 0, kZeroNode) == 0) return 0;
  ac_.map_contexts[1] |= 1;
  const auto wanted_width = static_cast<uint32_t>(std::bit_width(static_cast<uint32_t>(magnitude)));
  uint32_t width = 1;
  while (width < kMaxAcWidth &&
         ac_.Code(coder, wanted_width > width ? 1 : 0, WidthNode(width)) != 0) {
    ++width;
    if (width == 2) ac_.map_contexts[1] ^= 3;
  }
  uint32_t value = 1;
  for (uint32_t i = 1; i < width; ++i) {
    const uint32_t node = i == 1   ? kBitNode + width
                          : i == 2 ? 2 * kBitNode + 2 * width + (value & 1)
                                   : 63;
    value =
        2 * value + static_cast<uint32_t>(ac_.Code(coder, magnitude >> (width - 1 - i) & 1, node));
  }
  ac_.map_contexts[1] |= 3;
  const int sign = ac_.Code(coder, wanted < 0 ? 1 : 0, kSignNode);
  return sign != 0 ? -static_cast<int32_t>(value) : static_cast<int32_t>(value);
}

template <class Coder>
int32_t BlockModel::CodeDcError(Coder& coder, int32_t wanted) {
  const int32_t magnitude = std::abs(wanted);
  if (dc_.Code(coder, magnitude != 0 ? 1 : 0, kZeroNode) == 0) return 0;
  const int sign = dc_.Code(coder, wanted < 0 ? 1 : 0, kErrorSignNode);
  dc_.map_contexts[1] |= 1 + static_cast<uint32_t>(sign);
  const auto wanted_width = static_cast<uint32_t>(std::bit_width(static_cast<uint32_t>(magnitude)));
  uint32_t width = 1;
  while (width < kMaxDcWidth && dc_.Code(coder, wanted_width > width ? 1 : 0,
                                         ErrorWidthNode(width, static_cast<uint32_t>(sign))) != 0) {
    ++width;
  }
  uint32_t value = 1;
  for (uint32_t i = 1; i < width; ++i) {
    const uint32_t node = i == 1 ? 40 + width : i == 2 ? 64 + width : 95;
    value =
        2 * value + static_cast<uint32_t>(dc_.Code(coder, magnitude >> (width - 1 - i) & 1, node));
  }
  return sign != 0 ? -static_cast<int32_t>(value) : static_cast<int32_t>(value);
}

template <class Coder>
int32_t BlockModel::Code(Coder& coder, const Neighbours& near, uint32_t column, Block& block,
                         Extent& extent) {
  state_ = State();
  BeginEnd(near);
  state_.end = CodeEnd(coder, EndOf(block));
  SumEdges(near);
  for (uint32_t k = state_.end; k >= 1; --k) {
    BeginAc(near, k, block);
    const int32_t value = CodeAc(coder, block[k], k == state_.end);
    block[k] = static_cast<int16_t>(value);
    if (value == 0) {
      ++state_.zeros;
      continue;
    }
    state_.zeros = 0;
    state_.last = value;
    ++state_.count;
    state_.sum += std::abs(value);
    const uint32_t x = kZigzag[k] % 8, y = kZigzag[k] / 8;
    state_.from_above[x] -= EdgeOf(y) * Scaled(value, steps_[k]);
    state_.from_left[y] -= EdgeOf(x) * Scaled(value, steps_[k]);
  }
  extent = {static_cast<uint8_t>(state_.end), static_cast<uint8_t>(state_.count)};
  const int32_t prediction = BeginDc(near, column);
  const int32_t error = CodeDcError(coder, block[0] - prediction);
  block[0] = static_cast<int16_t>(prediction + error);
  above_errors_[column] = left_error_ = error;
  return error;
}

template int32_t BlockModel::Code(Encoder&, const Neighbours&, uint32_t, Block&, Extent&);
template int32_t BlockModel::Code(Decoder&, const Neighbours&, uint32_t, Block&, Extent&);

}  // namespace lmz::jpeg
