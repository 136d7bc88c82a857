#include "codec/filter/repeat.h"

#include <gtest/gtest.h>

#include "tests/random.h"

namespace lmz {
namespace {

Bytes Inverse(ByteSpan filtered, uint64_t max_size) {
  Bytes out;
  const Status status = RepeatInverse(filtered, max_size, Watch(), out);
  EXPECT_TRUE(status.ok()) << status.message();
  return out;
}

uint64_t Covered(const std::vector<Repeat>& repeats) {
  uint64_t sum = 0;
  for (const Repeat& repeat : repeats) sum += repeat.length;
  return sum;
}

void ExpectRepeatsAreReal(ByteSpan in, const std::vector<Repeat>& repeats, uint32_t min_length) {
  uint64_t end = 0;
  for (const Repeat& repeat : repeats) {
    ASSERT_GE(repeat.position, end);
    ASSERT_GE(repeat.length, min_length);
    ASSERT_GE(repeat.distance, 1u);
    ASSERT_LE(repeat.distance, repeat.position);
    end = uint64_t{repeat.position} + repeat.length;
    ASSERT_LE(end, in.size());
    for (uint64_t i = repeat.position; i < end; ++i) ASSERT_EQ(in[i], in[i - repeat.distance]);
  }
}

// Random pieces, copies of what is there, short periods and zeros.
Bytes Patchwork(TestRandom& random, size_t pieces) {
  Bytes bytes;
  for (size_t i = 0; i < pieces; ++i) {
    const size_t length = random.Below(6000);
    const uint64_t kind = random.Below(4);
    if (kind == 0 || bytes.empty()) {
      AppendTo(bytes, random.Random(length));
    } else if (kind == 1) {
      const size_t distance = 1 + random.Below(std::min<size_t>(bytes.size(), 80));
      for (size_t k = 0; k < length; ++k) bytes.push_back(bytes[bytes.size() - distance]);
    } else if (kind == 2) {
      const size_t distance = 1 + random.Below(bytes.size());
      for (size_t k = 0; k < length; ++k) bytes.push_back(bytes[bytes.size() - distance]);
    } else {
      AppendTo(bytes, random.Text(length));
    }
  }
  return bytes;
}

TEST(Repeat, PatchworkComesBack) {
  TestRandom random(1);
  int filtered_count = 0;
  for (int round = 0; round < 200; ++round) {
    const Bytes raw = Patchwork(random, 1 + random.Below(12));
    for (const uint32_t min_length : {1u, 64u, 512u}) {
      ExpectRepeatsAreReal(raw, FindRepeats(raw, min_length), min_length);
    }
    Bytes filtered;
    if (!RepeatForward(raw, Watch(), filtered)) continue;
    ++filtered_count;
    EXPECT_LT(filtered.size(), raw.size());
    ASSERT_EQ(Inverse(filtered, raw.size()), raw);
  }
  EXPECT_GT(filtered_count, 100);
}

TEST(Repeat, ZerosBecomeAFewDozenBytes) {
  const Bytes raw(size_t{16} << 20, 0);
  Bytes filtered;
  ASSERT_TRUE(RepeatForward(raw, Watch(), filtered));
  EXPECT_LE(filtered.size(), 100u);
  EXPECT_EQ(Inverse(filtered, raw.size()), raw);
}

TEST(Repeat, SecondCopyIsOneCommand) {
  TestRandom random(2);
  const Bytes once = random.Random(size_t{1} << 20);
  for (const size_t gap : {size_t{0}, size_t{1}, size_t{63}, size_t{100'000}}) {
    Bytes raw = once;
    AppendTo(raw, random.Random(gap));
    AppendTo(raw, once);
    Bytes filtered;
    ASSERT_TRUE(RepeatForward(raw, Watch(), filtered));
    EXPECT_LE(filtered.size(), once.size() + gap + 16);
    ASSERT_EQ(Inverse(filtered, raw.size()), raw);
  }
}

TEST(Repeat, EveryShortPeriodIsFound) {
  TestRandom random(3);
  for (size_t period = 1; period <= 200; ++period) {
    Bytes raw = random.Random(1000 + period);
    for (size_t i = 0; i < 4096; ++i) raw.push_back(raw[raw.size() - period]);
    AppendTo(raw, random.Random(1000));
    EXPECT_GE(Covered(FindRepeats(raw, 512)), 4096 - 300) << period;
  }
}

TEST(Repeat, NearlyAllLongRepeatsAreFound) {
  TestRandom random(4);
  int found = 0;
  for (int round = 0; round < 300; ++round) {
    Bytes raw = random.Random(20'000);
    const size_t source = random.Below(10'000);
    const Bytes piece(raw.begin() + static_cast<std::ptrdiff_t>(source),
                      raw.begin() + static_cast<std::ptrdiff_t>(source) + 512);
    AppendTo(raw, piece);
    AppendTo(raw, random.Random(500));
    found += Covered(FindRepeats(raw, 512)) >= 512;
  }
  EXPECT_GE(found, 290);
}

TEST(Repeat, RefusesWhereNothingIsGained) {
  TestRandom random(5);
  Bytes filtered;
  EXPECT_FALSE(RepeatForward(random.Random(1'000'000), Watch(), filtered));
  EXPECT_FALSE(RepeatForward(random.Text(1'000'000), Watch(), filtered));
  for (size_t size = 1; size < 300; ++size)
    EXPECT_FALSE(RepeatForward(Bytes(size, 0), Watch(), filtered));
  Bytes one_repeat = random.Random(1'000'000);  // 0.1 % is not worth it
  std::copy_n(one_repeat.begin(), 1000, one_repeat.begin() + 500'000);
  EXPECT_FALSE(RepeatForward(one_repeat, Watch(), filtered));
}

// The example of repeat.spec.md.
TEST(Repeat, DecodesTheExampleOfTheSpecification) {
  const Bytes filtered = {0x28, 0x01, 0x02, 0x06, 0x01, 'a', 'b'};
  Bytes raw;
  for (int i = 0; i < 20; ++i) AppendTo(raw, ToBytes("ab"));
  EXPECT_EQ(Inverse(filtered, 40), raw);
}

TEST(Repeat, RefusesMalformedInput) {
  const struct {
    const char* what;
    Bytes bytes;
  } cases[] = {
      {"empty", {}},
      {"no command count", {0x28}},
      {"no command", {0x02, 0x00, 'a', 'b'}},
      {"cut in a command", {0x28, 0x01, 0x02, 0x06}},
      {"number with padding", {0x28, 0x01, 0x82, 0x00, 0x06, 0x01, 'a', 'b'}},
      {"more commands than bytes", {0x28, 0xFF, 0xFF, 0x03, 0x02, 0x06, 0x01, 'a', 'b'}},
      {"raw size above the limit", {0x29, 0x01, 0x02, 0x07, 0x01, 'a', 'b'}},
      {"copy beyond the raw size", {0x27, 0x01, 0x02, 0x06, 0x01, 'a', 'b'}},
      {"literals beyond the raw size", {0x20, 0x01, 0x21, 0x00, 0x00, 'a'}},
      {"too few literals", {0x28, 0x01, 0x02, 0x06, 0x01, 'a'}},
      {"too many literals", {0x28, 0x01, 0x02, 0x06, 0x01, 'a', 'b', 'c'}},
      {"copy from before the block", {0x28, 0x01, 0x02, 0x06, 0x02, 'a', 'b'}},
      {"copy before any literal", {0x20, 0x01, 0x00, 0x00, 0x00}},
      {"huge copy",
       {0x28, 0x01, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x01, 'a',
        'b'}},
      {"huge distance",
       {0x28, 0x01, 0x02, 0x06, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 'a',
        'b'}},
  };
  for (const auto& malformed : cases) {
    Bytes out;
    EXPECT_EQ(RepeatInverse(malformed.bytes, 40, Watch(), out).code(), Code::kDamaged)
        << malformed.what;
    EXPECT_LE(out.size(), 40u);
  }
}

TEST(Repeat, ArbitraryBytesGiveAnErrorOrABoundedBlock) {
  TestRandom random(6);
  Bytes raw = random.Random(700);
  AppendTo(raw, Bytes(raw));
  Bytes filtered;
  ASSERT_TRUE(RepeatForward(raw, Watch(), filtered));
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes mutated = filtered;
    mutated[random.Below(8)] = static_cast<uint8_t>(random.Next());
    if (round % 2 == 0) mutated.resize(random.Below(mutated.size()));
    Bytes out;
    const Status status = RepeatInverse(mutated, 2000, Watch(), out);
    EXPECT_LE(out.size(), 2000u);
    EXPECT_TRUE(status.ok() || status.code() == Code::kDamaged);
    accepted += status.ok();
  }
  EXPECT_GT(accepted, 0);  // some changes stand for another legal block
}

}  // namespace
}  // namespace lmz
