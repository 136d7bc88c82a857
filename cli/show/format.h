// Numbers for display. Nothing here decides what is written to a file.
#pragma once

#include <cstdint>
#include <string>

namespace lmz::cli {

// "999 B", "1.50 kB", "12.3 MB": powers of 1000, three digits.
std::string FormatAmount(double bytes);

// "0 s", "59 s", "12 min 3 s", "3 h 20 min".
std::string FormatDuration(double seconds);

// raw : coded as "4.122"; "-" when nothing was coded.
std::string FormatRatio(uint64_t raw_bytes, uint64_t coded_bytes);

// Coded bits for each raw byte as "1.941"; "-" when there is no raw byte.
std::string FormatBitsPerByte(uint64_t raw_bytes, uint64_t coded_bytes);

}  // namespace lmz::cli
