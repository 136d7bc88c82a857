#include "mix/byte_opinion.h"

#include <cstring>

namespace lmz {

void ByteOpinion::Set(const uint32_t* weights) {
  using Four = uint32_t __attribute__((vector_size(16)));
  std::memcpy(&sums_[256], weights, 256 * sizeof(uint32_t));
  for (size_t node = 256; node > 4;) {
    node -= 4;
    Four low, high;
    std::memcpy(&low, &sums_[2 * node], sizeof low);
    std::memcpy(&high, &sums_[2 * node + 4], sizeof high);
    const Four sums = __builtin_shufflevector(low, high, 0, 2, 4, 6) +
                      __builtin_shufflevector(low, high, 1, 3, 5, 7);
    std::memcpy(&sums_[node], &sums, sizeof sums);
  }
  for (size_t node = 3; node > 0; --node) sums_[node] = sums_[2 * node] + sums_[2 * node + 1];
}

}  // namespace lmz
