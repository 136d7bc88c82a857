// Base64 (RFC 4648) amid text: mail, `data:` URIs, PEM. spec.md, section 6.
#pragma once

#include <array>
#include <optional>

#include "base/bytes.h"

namespace lmz::inside {

// How a run of Base64 is written.
struct Base64Layout {
  static constexpr size_t kMaxSeparator = 31;

  bool is_url = false;       // - and _ in place of + and /
  bool is_padded = true;     // up to a multiple of four characters
  uint32_t line_length = 0;  // characters in a line; 0: there is one line
  uint32_t first_line = 0;   // of the first one, 1 .. line_length; 0 for one line
  // Between lines: an end of line, and what the next one is indented or quoted by.
  uint32_t separator_size = 0;                     // 1 .. kMaxSeparator; 0 for one line
  std::array<uint8_t, kMaxSeparator> separator{};  // zeros behind its size

  bool operator==(const Base64Layout&) const = default;

  bool IsValid() const {
    if (line_length == 0) return first_line == 0 && separator_size == 0;
    return first_line >= 1 && first_line <= line_length && separator_size >= 1;
  }
};

// A run as the search finds it; it begins with a character.
struct Base64Run {
  size_t begin = 0;
  size_t size = 0;
  Base64Layout layout = {};
};

// The first run that begins in bytes[from, to) and is worth a look: long enough, and not words or
// numbers that use the same characters. A run that is cut off by the end of the bytes ends behind
// four characters. Time linear in the bytes passed and those of the run.
std::optional<Base64Run> FindBase64(ByteSpan bytes, size_t from, size_t to);

// What a run stands for.
Bytes DecodeBase64(ByteSpan run, const Base64Layout& layout);

// The size of a run that stands for `data_size` bytes (< 2^32).
uint64_t Base64Size(uint64_t data_size, const Base64Layout& layout);

// Appends the run that stands for `data`.
void AppendBase64(ByteSpan data, const Base64Layout& layout, Bytes& out);

}  // namespace lmz::inside
