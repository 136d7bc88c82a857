#include "mix/bit_history.h"

#include "kernels/mixer_kernels.h"

namespace lmz {

namespace {

struct Counts {
  int zeros = 0;
  int ones = 0;
  int last = 0;
};

// The larger count a state may hold, by the smaller one.
constexpr int kMaxLarger[] = {41, 20, 10, 6, 5};

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

// States 1..30 are the exact histories of one to four bits, written as binary numbers with a
// leading one, less one; the others follow by ascending total, zeros, last bit.
constexpr int kExactStates = 31;

constexpr uint8_t ExactState(unsigned code) { return static_cast<uint8_t>(code - 1); }

// An exact history with these counts whose last bit is c.last.
constexpr uint8_t ExactStateOf(Counts c) {
  unsigned code = 1;
  const int zeros = c.last != 0 ? c.zeros : c.zeros - 1;
  const int ones = c.last != 0 ? c.ones - 1 : c.ones;
  for (int i = 0; i < zeros; ++i) code = code * 2;
  for (int i = 0; i < ones; ++i) code = code * 2 + 1;
  return ExactState(code * 2 + static_cast<unsigned>(c.last));
}

struct Enumeration {
  std::array<Counts, 256> counts{};
  int states = 0;
};

constexpr Enumeration Enumerate() {
  Enumeration e;
  for (unsigned code = 1; code < 32; ++code) {
    Counts c;
    for (unsigned rest = code; rest > 1; rest >>= 1) (rest & 1 ? c.ones : c.zeros) += 1;
    c.last = static_cast<int>(code & 1);
    e.counts[ExactState(code)] = c;
  }
  e.states = kExactStates;
  for (int total = 5; total < 64; ++total) {
    for (int zeros = 0; zeros <= total; ++zeros) {
      const int ones = total - zeros;
      if (!IsState(zeros, ones)) continue;
      for (int last = 0; last < 2; ++last) {
        if (last == 0 ? zeros == 0 : ones == 0) continue;
        e.counts[static_cast<unsigned>(e.states++)] = {zeros, ones, last};
      }
    }
  }
  return e;
}

constexpr uint8_t Find(const Enumeration& e, Counts c) {
  if (c.zeros + c.ones < 5) return ExactStateOf(c);
  for (int i = kExactStates; i < e.states; ++i) {
    const Counts& s = e.counts[static_cast<unsigned>(i)];
    if (s.zeros == c.zeros && s.ones == c.ones && s.last == c.last) return static_cast<uint8_t>(i);
  }
  return 0;
}

// Where each enumerated state goes: those with only one kind of bit first, so that a comparison
// tells them.
constexpr std::array<uint8_t, 256> PureFirst(const Enumeration& e) {
  std::array<uint8_t, 256> place{};
  int next = 0;
  for (const bool wanted : {true, false}) {
    for (int i = 0; i < e.states; ++i) {
      const Counts& c = e.counts[static_cast<unsigned>(i)];
      const bool is_pure = c.zeros == 0 || c.ones == 0;
      if (is_pure == wanted) place[static_cast<unsigned>(i)] = static_cast<uint8_t>(next++);
    }
  }
  return place;
}

constexpr BitHistoryTable MakeTable() {
  const Enumeration e = Enumerate();
  const std::array<uint8_t, 256> place = PureFirst(e);
  BitHistoryTable table{};
  table.states = e.states;
  for (unsigned i = 0; i < static_cast<unsigned>(e.states); ++i) {
    const Counts& c = e.counts[i];
    table.zeros[place[i]] = static_cast<uint8_t>(c.zeros);
    table.ones[place[i]] = static_cast<uint8_t>(c.ones);
    if (c.zeros == 0 || c.ones == 0) ++table.pure_states;
    for (int bit = 0; bit < 2; ++bit) {
      const unsigned code = i + 1;
      const uint8_t next = code < 16 ? ExactState(code * 2 + static_cast<unsigned>(bit))
                                     : Find(e, Advance(c, bit));
      table.next[place[i]][static_cast<unsigned>(bit)] = place[next];
    }
  }
  return table;
}

static_assert(Enumerate().states <= 256);

}  // namespace

constinit const BitHistoryTable kBitHistory = MakeTable();
static_assert(MakeTable().pure_states == kPureStates);

}  // namespace lmz
