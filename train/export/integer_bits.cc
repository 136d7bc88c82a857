#include "train/export/integer_bits.h"

#include <cmath>
#include <numeric>
#include <vector>

namespace lmz::train {

Result<double> IntegerBits(const Predictor& model, ByteSpan data, int lanes, size_t stride,
                           size_t length) {
  const auto session = model.Begin({.lanes = lanes, .workers = 1, .lanes_per_step = lanes});
  const auto count = static_cast<size_t>(lanes);
  Bytes input(count, 0);
  std::vector<uint32_t> weights(count * kByteValues);
  double bits = 0;
  for (size_t i = 0; i < length; ++i) {
    LMZ_TRY(session->Step(0, 0, lanes, input.data(), weights.data()));
    for (size_t lane = 0; lane < count; ++lane) {
      input[lane] = data[(lane * stride + i) % data.size()];
      const uint32_t* lane_weights = &weights[lane * kByteValues];
      const uint64_t total = std::accumulate(lane_weights, lane_weights + kByteValues, uint64_t{0});
      bits += std::log2(static_cast<double>(total) / lane_weights[input[lane]]);
    }
  }
  return bits / static_cast<double>(count * length);
}

}  // namespace lmz::train
