#include "mix/bit_history.h"

#include <cstddef>

namespace lmz {

namespace {

struct Counts {
  int zeros = 0;
  int ones = 0;
  int last = 0;
};

// The larger count a state may hold, by the smaller one.
constexpr int kMaxLarger[] = {41, 41, 24, 12, 8};

constexpr bool IsState(int zeros, int ones) {
  const int smaller = zeros < ones ? zeros : ones;
  const int larger = zeros < ones ? ones : zeros;
  return smaller <= 4 && larger <= kMaxLarger[smaller];
}

// What is left of a count when the opposite bit comes.
constexpr int Discount(int count) {
  if (count <= 2) return count;
  if (count == 3) return 2;
  if (count <= 5) return 3;
  if (count <= 7) return 4;
  return count < 25 ? 5 : 6;
}

// Counts after `bit`, cut down until they are a state.
constexpr Counts Advance(Counts c, int bit) {
  int same = bit != 0 ? c.ones : c.zeros;
  int other = bit != 0 ? c.zeros : c.ones;
  ++same;
  other = Discount(other);
  while (!IsState(same, other)) {
    if (other > 1 && same <= other) {
      --other;
    } else {
      --same;
    }
  }
  return bit != 0 ? Counts{other, same, 1} : Counts{same, other, 0};
}

// Candidates 0..30 are the exact histories of up to four bits, written as binary numbers with a
// leading one, less one; the rest follow by ascending total, zeros, last bit. Number() then gives
// the states their numbers.
constexpr size_t kExactStates = 31;

constexpr uint8_t ExactState(unsigned code) {
  return static_cast<uint8_t>(code - 1);
}

// An exact history with these counts whose last bit is c.last.
constexpr uint8_t ExactStateOf(Counts c) {
  unsigned code = 1;
  const int zeros = c.last != 0 ? c.zeros : c.zeros - 1;
  const int ones = c.last != 0 ? c.ones - 1 : c.ones;
  for (int i = 0; i < zeros; ++i) code = code * 2;
  for (int i = 0; i < ones; ++i) code = code * 2 + 1;
  return ExactState(code * 2 + static_cast<unsigned>(c.last));
}

// Candidates: the exact histories, then every valid pair of counts with either last bit, although
// not all of them can come about.
struct Candidates {
  static constexpr size_t kMax = 512;
  std::array<Counts, kMax> counts{};
  std::array<std::array<uint16_t, 2>, kMax> next{};
  size_t size = kExactStates;
};

constexpr uint16_t Find(const Candidates& c, Counts counts) {
  if (counts.zeros + counts.ones < 5) return ExactStateOf(counts);
  for (size_t i = kExactStates; i < c.size; ++i) {
    const Counts& known = c.counts[i];
    if (known.zeros == counts.zeros && known.ones == counts.ones && known.last == counts.last) {
      return static_cast<uint16_t>(i);
    }
  }
  return 0;
}

constexpr Candidates MakeCandidates() {
  Candidates c;
  for (unsigned code = 1; code < 32; ++code) {
    Counts& counts = c.counts[ExactState(code)];
    for (unsigned rest = code; rest > 1; rest >>= 1) (rest & 1 ? counts.ones : counts.zeros) += 1;
    counts.last = static_cast<int>(code & 1);
  }
  for (int total = 5; total <= 2 * kMaxLarger[0]; ++total) {
    for (int zeros = 0; zeros <= total; ++zeros) {
      if (!IsState(zeros, total - zeros)) continue;
      for (int last = 0; last < 2; ++last) c.counts[c.size++] = {zeros, total - zeros, last};
    }
  }
  for (size_t i = 0; i < c.size; ++i) {
    for (unsigned bit = 0; bit < 2; ++bit) {
      const unsigned code = static_cast<unsigned>(i) + 1;
      c.next[i][bit] = code < 16 ? ExactState(code * 2 + bit)
                                 : Find(c, Advance(c.counts[i], static_cast<int>(bit)));
    }
  }
  return c;
}

// Numbers for the candidates that can come about: those with only one kind of bit first, so that a
// comparison tells them; 0 for the others.
struct Numbering {
  std::array<uint16_t, Candidates::kMax> number{};
  int pure_states = 0;
  int states = 0;
};

constexpr Numbering Number(const Candidates& c) {
  std::array<bool, Candidates::kMax> is_reached{};
  is_reached[0] = true;
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (size_t i = 0; i < c.size; ++i) {
      if (!is_reached[i]) continue;
      for (const uint16_t next : c.next[i]) {
        is_new = is_new || !is_reached[next];
        is_reached[next] = true;
      }
    }
  }
  Numbering n;
  for (const bool wanted : {true, false}) {
    for (size_t i = 0; i < c.size; ++i) {
      const bool is_pure = c.counts[i].zeros == 0 || c.counts[i].ones == 0;
      if (is_reached[i] && is_pure == wanted) n.number[i] = static_cast<uint16_t>(n.states++);
    }
    if (wanted) n.pure_states = n.states;
  }
  return n;
}

// One constant per step: compilers bound the work for each (clang at 2^20 steps).
constexpr Candidates kCandidates = MakeCandidates();
constexpr Numbering kNumbering = Number(kCandidates);

constexpr BitHistoryTable MakeTable(const Candidates& c, const Numbering& n) {
  BitHistoryTable table{};
  table.states = n.states;
  for (size_t i = 0; i < c.size; ++i) {
    if (i != 0 && n.number[i] == 0) continue;
    const size_t state = n.number[i];
    table.zeros[state] = static_cast<uint8_t>(c.counts[i].zeros);
    table.ones[state] = static_cast<uint8_t>(c.counts[i].ones);
    for (size_t bit = 0; bit < 2; ++bit) {
      table.next[state][bit] = static_cast<uint8_t>(n.number[c.next[i][bit]]);
    }
  }
  return table;
}

constexpr BitHistoryTable kTable = MakeTable(kCandidates, kNumbering);
static_assert(kTable.states <= 256);
static_assert(kNumbering.pure_states == kPureStates);

}  // namespace

constinit const BitHistoryTable kBitHistory = kTable;

}  // namespace lmz
