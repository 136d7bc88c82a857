// Sizes and rates as the tables of lmz-bench count them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lmz::bench {

// The code of one data set: `coded_size` bytes, headers counted as ChunkedSize says, for
// `raw_size`.
struct CodedSize {
  uint64_t raw_size = 0;
  uint64_t coded_size = 0;
};

// Bytes of chunks that were coded alone when `header_size` bytes count once for all of them, as
// Delétang et al. 2024 count: n chunks are their sum less n - 1 headers. The header is what a coder
// takes for a single zero, so a chunk may be smaller. Nothing if that leaves less than nothing. No
// chunks: 0.
std::optional<uint64_t> ChunkedSize(const std::vector<uint64_t>& coded_sizes, uint64_t header_size);

// coded / raw; nothing if there is no raw data.
std::optional<double> RawRate(const CodedSize& size);

// (coded + model) / raw, the model as it is stored, once; nothing if there is no raw data.
std::optional<double> AdjustedRate(const CodedSize& size, uint64_t model_size);

// (coded + 2 x parameters) / raw, as Delétang et al. 2024 count a model; nothing without raw data.
std::optional<double> PaperAdjustedRate(const CodedSize& size, uint64_t parameter_count);

// The smallest raw size from which a model pays: the size whose adjusted rate at `rate` equals
// `other_rate`, a rival without a model, both rates taken as constant. Nothing if it never pays.
std::optional<uint64_t> BreakEvenSize(double rate, double other_rate, uint64_t model_size);

struct BreakEven {
  uint64_t size = 0;          // raw
  bool is_projected = false;  // beyond what was measured
};

// The same from `coded` and `other`, the sizes of both codes for each of the ascending `raw_sizes`.
// Between two of them sizes grow evenly; beyond the last one the rates stay what they are there.
// The first of the raw sizes stands for itself and all below. All three have the same length, not
// 0.
std::optional<BreakEven> FindBreakEven(const std::vector<uint64_t>& raw_sizes,
                                       const std::vector<uint64_t>& coded,
                                       const std::vector<uint64_t>& other, uint64_t model_size);

// `found` for a table, where the smallest of the raw sizes was `smallest`: "never", "at most
// 1,000", "12,345", or "projected 12,300,000", which has three digits as it is known no better.
std::string BreakEvenText(const std::optional<BreakEven>& found, uint64_t smallest);

}  // namespace lmz::bench
