// What damaged copies of a file may do: fail with an error of the input, after a right beginning of
// the content at most, or give all of the content.
#pragma once

#include <algorithm>
#include <string>

#include "stream/pipeline.h"

namespace lmz::testing {

inline Status DecompressTo(ByteSpan coded, const DecompressOptions& options, Bytes& raw) {
  raw.clear();
  MemorySource source(coded);
  MemorySink sink(raw);
  return DecompressFrames(source, sink, options).status();
}

inline bool IsInputError(Code code) {
  return code == Code::kNotLmz || code == Code::kTruncated || code == Code::kDamaged ||
         code == Code::kNewerVersion || code == Code::kLimit || code == Code::kModelMissing;
}

// Empty when decoding `coded`, a damaged copy of a file that holds `raw`, does what it may; else
// what it did. A copy that was cut short must be reported as truncated.
inline std::string Violation(ByteSpan coded, ByteSpan raw, const DecompressOptions& options,
                             bool is_cut = false) {
  Bytes back;
  const Status status = DecompressTo(coded, options, back);
  const bool is_beginning =
      back.size() <= raw.size() && std::equal(back.begin(), back.end(), raw.begin());
  if (!is_beginning) return "wrong bytes";
  if (is_cut && status.code() != Code::kTruncated) return "it is not reported as truncated";
  if (status.ok()) return back.size() == raw.size() ? "" : "bytes are missing";
  if (!IsInputError(status.code())) return std::string("error ") + CodeName(status.code());
  return status.message().empty() ? "no message" : "";
}

// The first violation of all files that are `coded` cut short.
inline std::string ViolationOfTruncations(ByteSpan coded, ByteSpan raw,
                                          const DecompressOptions& options) {
  for (size_t size = 0; size < coded.size(); ++size) {
    const std::string violation = Violation(coded.first(size), raw, options, true);
    if (!violation.empty()) return "cut to " + std::to_string(size) + ": " + violation;
  }
  return "";
}

// The first violation of all files that are `coded` with one bit changed.
inline std::string ViolationOfBitFlips(ByteSpan coded, ByteSpan raw,
                                       const DecompressOptions& options) {
  Bytes changed(coded.begin(), coded.end());
  for (size_t bit = 0; bit < 8 * changed.size(); ++bit) {
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const std::string violation = Violation(changed, raw, options);
    if (!violation.empty()) return "bit " + std::to_string(bit) + " changed: " + violation;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
  return "";
}

}  // namespace lmz::testing
