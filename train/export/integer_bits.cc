#include "train/export/integer_bits.h"

#include <cmath>
#include <numeric>
#include <vector>

namespace lmz {

double IntegerBits(const Network& network, ByteSpan data, int lanes, size_t stride, size_t length) {
  LaneStates states(network.shape(), lanes);
  StepScratch scratch(network.shape(), lanes);
  const auto count = static_cast<size_t>(lanes);
  Bytes input(count, 0);
  std::vector<uint32_t> weights(count * kByteValues);
  double bits = 0;
  for (size_t i = 0; i < length; ++i) {
    network.Step(states, 0, lanes, input.data(), weights.data(), scratch);
    for (size_t lane = 0; lane < count; ++lane) {
      input[lane] = data[(lane * stride + i) % data.size()];
      const uint32_t* lane_weights = &weights[lane * kByteValues];
      const uint64_t total = std::accumulate(lane_weights, lane_weights + kByteValues, uint64_t{0});
      bits += std::log2(static_cast<double>(total) / lane_weights[input[lane]]);
    }
  }
  return bits / static_cast<double>(count * length);
}

}  // namespace lmz
