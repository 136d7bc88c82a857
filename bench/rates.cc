#include "rates.h"

#include <cmath>

namespace lmz::bench {

std::optional<uint64_t> ChunkedSize(const std::vector<uint64_t>& coded_sizes,
                                    uint64_t header_size) {
  if (coded_sizes.empty()) return 0;
  uint64_t total = header_size;
  for (const uint64_t size : coded_sizes) {
    if (size < header_size) return std::nullopt;
    total += size - header_size;
  }
  return total;
}

std::optional<double> RawRate(const CodedSize& size) {
  return AdjustedRate(size, 0);
}

std::optional<double> AdjustedRate(const CodedSize& size, uint64_t model_size) {
  if (size.raw_size == 0) return std::nullopt;
  return static_cast<double>(size.coded_size + model_size) / static_cast<double>(size.raw_size);
}

std::optional<double> PaperAdjustedRate(const CodedSize& size, uint64_t parameter_count) {
  return AdjustedRate(size, 2 * parameter_count);
}

std::optional<uint64_t> BreakEvenSize(double rate, double other_rate, uint64_t model_size) {
  if (!(rate < other_rate)) return std::nullopt;
  return static_cast<uint64_t>(std::ceil(static_cast<double>(model_size) / (other_rate - rate)));
}

}  // namespace lmz::bench
