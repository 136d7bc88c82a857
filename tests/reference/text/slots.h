// Runs, slots, bit histories and quick probabilities: sections 1 and 5 to 8 of
// src/codec/bytes/spec.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tests/reference/text/arithmetic_decoder.h"

namespace lmz::reference {

inline uint32_t PowerOfTwo(uint64_t x, uint32_t low, uint32_t high) {
  uint32_t power = low;
  while (power < x && power < high) power *= 2;
  return power;
}

// 7. A history is exact (a string of bits behind a leading one) or counted (exact_bits is 0).
struct History {
  uint8_t exact_bits = 1;
  uint8_t zeros = 0;
  uint8_t ones = 0;
  uint8_t last = 0;

  bool IsEmpty() const { return zeros + ones == 0; }
  bool IsPure() const { return zeros == 0 || ones == 0; }
  // Different for different histories, below kNumbers.
  static constexpr size_t kNumbers = 32 + 2 * 64 * 64;
  size_t Number() const {
    return exact_bits != 0 ? exact_bits : 32u + (zeros * 64u + ones) * 2u + last;
  }
};

inline History ExactHistory(unsigned bits_behind_one) {
  History history;
  history.exact_bits = static_cast<uint8_t>(bits_behind_one);
  for (unsigned rest = bits_behind_one; rest > 1; rest /= 2) {
    if (rest % 2 == 1) {
      ++history.ones;
    } else {
      ++history.zeros;
    }
  }
  return history;
}

inline bool IsValid(int a, int b) {
  constexpr std::array<int, 5> kLargerAtMost = {41, 41, 24, 12, 8};
  const int smaller = std::min(a, b);
  return smaller <= 4 && std::max(a, b) <= kLargerAtMost[static_cast<size_t>(smaller)];
}

inline int Discounted(int count) {
  if (count <= 2) return count;
  if (count == 3) return 2;
  if (count <= 5) return 3;
  if (count <= 7) return 4;
  if (count <= 24) return 5;
  return 6;
}

inline History HistoryNext(const History& history, int bit) {
  if (history.exact_bits != 0 && history.zeros + history.ones < 4) {
    return ExactHistory(history.exact_bits * 2u + static_cast<unsigned>(bit));
  }
  int same = (bit == 1 ? history.ones : history.zeros) + 1;
  int other = Discounted(bit == 1 ? history.zeros : history.ones);
  while (!IsValid(same, other)) {
    if (other > 1 && same <= other) {
      --other;
    } else {
      --same;
    }
  }
  const int zeros = bit == 1 ? other : same;
  const int ones = bit == 1 ? same : other;
  if (same + other >= 5) {
    return {0, static_cast<uint8_t>(zeros), static_cast<uint8_t>(ones), static_cast<uint8_t>(bit)};
  }
  unsigned bits = 1;
  for (int i = 0; i < zeros - (bit == 0 ? 1 : 0); ++i) bits = bits * 2;
  for (int i = 0; i < ones - (bit == 1 ? 1 : 0); ++i) bits = bits * 2 + 1;
  return ExactHistory(bits * 2 + static_cast<unsigned>(bit));
}

// 8. Quick_Next for the n of the section.
inline int QuickAfter(int n, int bit, int quick) {
  const int p = Squash(16 * quick);
  const int moved = p + (65536 * bit - p) * 2 / (2 * n + 3);
  int result = 127;
  while (result > -128 && Squash(16 * result - 8) > moved) --result;
  return result;
}

inline int QuickNext(const History& history, int bit, int quick) {
  static const std::vector<int> table = [] {
    std::vector<int> t;
    for (int n = 0; n <= 20; ++n) {
      for (int i = 0; i < 512; ++i) t.push_back(QuickAfter(n, i / 256, i % 256 - 128));
    }
    return t;
  }();
  int n = 0;
  for (const int step : {0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20}) {
    if (step <= history.zeros + history.ones) n = step;
  }
  return table[static_cast<size_t>((n * 2 + bit) * 256 + quick + 128)];
}

// 6.1
struct Pair {
  int fast = 32768;
  int slow = 32768;

  int Prediction() const { return (fast + slow) >> 1; }
  void Learn(int bit, int f, int s) {
    fast += bit == 1 ? (65535 - fast) >> f : -(fast >> f);
    slow += bit == 1 ? (65535 - slow) >> s : -(slow >> s);
  }
};

// 5.1
struct Slot {
  uint8_t check = 0;
  uint8_t last_byte = 0;
  std::array<History, 16> history{};  // by node; 0 is not used
  std::array<int8_t, 16> quick{};

  // 6.3, 2 for all four bits of a half.
  void Learn(uint32_t half) {
    uint32_t node = 1;
    for (int k = 3; k >= 0; --k) {
      const int bit = (half >> k) & 1;
      quick[node] = static_cast<int8_t>(QuickNext(history[node], bit, quick[node]));
      history[node] = HistoryNext(history[node], bit);
      node = 2 * node + static_cast<uint32_t>(bit);
    }
  }
};

class Slots {
 public:
  explicit Slots(uint64_t n)
      : slots_(PowerOfTwo(std::max(n, std::min<uint64_t>(4 * n, 1 << 20)), 1 << 12, 1 << 22)) {}

  Slot* Find(uint32_t h) {
    const uint8_t check = static_cast<uint8_t>(h >> 24);
    const size_t index = (uint64_t{h} * 0x9E3779B1 >> 8) % slots_.size();
    Slot& first = slots_[index];
    Slot& second = slots_[index ^ 1];
    if (first.check == check) return &first;
    if (second.check == check) return &second;
    const auto bits = [](const Slot& slot) { return slot.history[1].zeros + slot.history[1].ones; };
    Slot& chosen = bits(second) < bits(first) ? second : first;
    chosen = Slot();
    chosen.check = check;
    return &chosen;
  }

  // 5.5: the slot of h takes over what `from` has learned.
  void Put(uint32_t h, const Slot& from, uint8_t last_byte) {
    Slot* slot = Find(h);
    slot->history = from.history;
    slot->quick = from.quick;
    slot->last_byte = last_byte;
  }

 private:
  std::vector<Slot> slots_;
};

// 5.2
struct Run {
  static constexpr int kMoved = 255;
  uint16_t check = 0;
  uint8_t byte = 0;
  int count = 0;

  // 5.3: what it stands for.
  Slot Half(uint32_t half, int times) const {
    static std::vector<Slot> known;  // of all halves and counts
    if (known.empty()) {
      for (uint32_t h = 0; h < 16; ++h) {
        Slot slot;
        for (int c = 0; c <= 71; ++c) {
          known.push_back(slot);
          slot.Learn(h);
        }
      }
    }
    return known.at(half * 72 + static_cast<size_t>(times));
  }
};

class Runs {
 public:
  explicit Runs(uint64_t n)
      : buckets_(PowerOfTwo(std::max(2 * n, std::min<uint64_t>(8 * n, 1 << 21)), 1 << 12, 1 << 23) /
                 16) {}

  // The place of the run of h, or one that it may take. `is_known` tells which.
  Run* Find(uint32_t h, bool& is_known) {
    std::array<Run, 16>& bucket = buckets_[(uint64_t{h} * 0x9E3779B1 >> 12) % buckets_.size()];
    Run* least = &bucket[0];
    for (Run& run : bucket) {
      is_known = run.check == h % 65536;
      if (is_known) return &run;
      if (run.count < least->count) least = &run;
    }
    return least;
  }

 private:
  std::vector<std::array<Run, 16>> buckets_;
};

}  // namespace lmz::reference
