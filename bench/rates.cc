#include "rates.h"

#include <cmath>
#include <numeric>

namespace lmz::bench {

std::optional<uint64_t> ChunkedSize(const std::vector<uint64_t>& coded_sizes,
                                    uint64_t header_size) {
  if (coded_sizes.empty()) return 0;
  const uint64_t sum = std::accumulate(coded_sizes.begin(), coded_sizes.end(), uint64_t{0});
  const uint64_t headers = (coded_sizes.size() - 1) * header_size;
  if (sum < headers) return std::nullopt;
  return sum - headers;
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
