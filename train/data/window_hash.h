// Hashes of the windows of a file, to find what two files have in common.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lmz::train {

// Hashes of the windows of a file, one byte further each time, after Karp and Rabin. Windows with
// fewer than kLeastDistinct different bytes (rulers, indentation) carry no information.
class WindowHash {
 public:
  static constexpr size_t kWindow = 32;
  static constexpr int kLeastDistinct = 8;

  // Takes in a byte; true once the last kWindow bytes are a window worth asking about.
  bool Add(uint8_t byte) {
    const uint8_t old = ring_[at_];
    if (count_ >= kWindow && --occurrences_[old] == 0) --distinct_;
    if (occurrences_[byte]++ == 0) ++distinct_;
    ring_[at_] = byte;
    at_ = (at_ + 1) % kWindow;
    hash_ = hash_ * kBase + byte + 1 - (count_ >= kWindow ? kOldest * (old + uint64_t{1}) : 0);
    ++count_;
    return count_ >= kWindow && distinct_ >= kLeastDistinct;
  }
  uint64_t hash() const { return (hash_ ^ hash_ >> 31) * 0x9e3779b97f4a7c15u; }

 private:
  static constexpr uint64_t kBase = 0xd1342543de82ef95u;
  // What a byte has been multiplied by when it leaves the window.
  static constexpr uint64_t kOldest = [] {
    uint64_t power = 1;
    for (size_t i = 0; i < kWindow; ++i) power *= kBase;
    return power;
  }();

  std::array<uint8_t, kWindow> ring_{};
  std::array<uint8_t, 256> occurrences_{};
  size_t at_ = 0, count_ = 0;
  int distinct_ = 0;
  uint64_t hash_ = 0;
};

}  // namespace lmz::train
