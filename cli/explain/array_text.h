// Long arrays of numbers as text.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace lmz::cli {

// As JSON.
template <class Number>
void AppendNumbers(const std::vector<Number>& numbers, std::string& text) {
  text += '[';
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (i != 0) text += ',';
    text += std::to_string(numbers[i]);
  }
  text += ']';
}

// As a JSON string: their bytes, little-endian, in base64 (RFC 4648).
template <class Number>
void AppendBase64(const std::vector<Number>& numbers, std::string& text) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t size = numbers.size() * sizeof(Number);
  const auto byte = [&](size_t i) -> uint32_t {
    if (i >= size) return 0;
    return static_cast<uint32_t>(numbers[i / sizeof(Number)] >> (8 * (i % sizeof(Number)))) & 0xFF;
  };
  text.reserve(text.size() + size / 3 * 4 + 8);
  text += '"';
  for (size_t i = 0; i < size; i += 3) {
    const uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (size_t digit = 0; digit < 4; ++digit) {
      text += i + digit <= size ? kDigits[group >> (18 - 6 * digit) & 63] : '=';
    }
  }
  text += '"';
}

}  // namespace lmz::cli
