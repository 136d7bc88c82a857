#include "mix/byte_opinion.h"

#include <cstring>

namespace lmz {

void ByteOpinion::Set(const uint32_t* weights) {
  std::memcpy(&sums_[256], weights, 256 * sizeof(uint32_t));
  for (size_t node = 255; node > 0; --node) sums_[node] = sums_[2 * node] + sums_[2 * node + 1];
}

}  // namespace lmz
