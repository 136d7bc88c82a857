#include "bench/report/rates.h"

#include <cmath>
#include <numeric>

#include "bench/report/markdown.h"

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

std::optional<BreakEven> FindBreakEven(const std::vector<uint64_t>& raw_sizes,
                                       const std::vector<uint64_t>& coded,
                                       const std::vector<uint64_t>& other, uint64_t model_size) {
  double raw_before = 0, loss_before = 0;
  for (size_t i = 0; i < raw_sizes.size(); ++i) {
    const auto raw = static_cast<double>(raw_sizes[i]);
    const double loss = static_cast<double>(coded[i] + model_size) - static_cast<double>(other[i]);
    if (loss <= 0) {
      const double part = i == 0 ? 1 : loss_before / (loss_before - loss);
      return BreakEven{static_cast<uint64_t>(std::ceil(raw_before + part * (raw - raw_before)))};
    }
    raw_before = raw;
    loss_before = loss;
  }
  const auto projected = BreakEvenSize(*RawRate({raw_sizes.back(), coded.back()}),
                                       *RawRate({raw_sizes.back(), other.back()}), model_size);
  if (!projected) return std::nullopt;
  return BreakEven{*projected, true};
}

std::string BreakEvenText(const std::optional<BreakEven>& found, uint64_t smallest) {
  if (!found) return "never";
  if (!found->is_projected) {
    return (found->size <= smallest ? "at most " : "") + Grouped(found->size);
  }
  uint64_t unit = 1;
  while (found->size / unit >= 1000) unit *= 10;
  return "projected " + Grouped((found->size + unit / 2) / unit * unit);
}

}  // namespace lmz::bench
