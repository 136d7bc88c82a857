// Text that is not UTF-8: found by the planner, and made UTF-8 where that pays.
#include <gtest/gtest.h>

#include "codec/filter/charset/transcode.h"
#include "plan/classify.h"
#include "plan/contest/contest.h"
#include "plan/plan.h"
#include "tests/random.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using charset::Encoding;

constexpr auto kWindows1252 = Encoding::kFirstSingleByte;
constexpr auto kIbm037 = static_cast<Encoding>(26);

Bytes Encoded(Encoding encoding, ByteSpan text) {
  Bytes raw;
  EXPECT_TRUE(FromUtf8(encoding, text, 8 * text.size(), Watch(), raw).ok());
  return raw;
}

// Words with letters beyond ASCII.
Bytes Accented(size_t size) {
  Bytes out;
  for (const uint8_t byte : testing::MakeWords(size)) {
    if (byte == 'o') {
      AppendTo(out, Bytes{0xC3, 0xB6});
    } else {
      out.push_back(byte);
    }
  }
  return out;
}

bool HasCharset(const BlockPlan& block) {
  return (block.choice.filters & kFilterCharset) != 0;
}

TEST(PlanCharset, TextInOtherEncodingsIsText) {
  const Bytes text = Accented(30'000);
  for (const Encoding encoding : {Encoding::kUtf16Le, Encoding::kUtf16Be, Encoding::kUtf32Le,
                                  Encoding::kUtf32Be, kWindows1252, kIbm037}) {
    const std::vector<BlockPlan> plan = Plan(Encoded(encoding, text), PlanOptions());
    ASSERT_EQ(plan.size(), 1u);
    EXPECT_EQ(plan[0].content, Content::kText) << static_cast<int>(encoding);
    EXPECT_TRUE(HasCharset(plan[0])) << static_cast<int>(encoding);
  }
  EXPECT_FALSE(HasCharset(Plan(text, PlanOptions()).at(0)));
}

TEST(PlanCharset, StructureShowsInAnyEncoding) {
  Bytes json;
  for (int i = 0; i < 500; ++i) {
    AppendTo(json, ToBytes("{\"id\": " + std::to_string(i * 7919) + ", \"name\": \"user\"},\n"));
  }
  EXPECT_EQ(Classify(Encoded(Encoding::kUtf16Le, json)), Content::kStructured);
  EXPECT_EQ(Classify(Encoded(kIbm037, json)), Content::kStructured);
}

// Numbers, samples and noise have units of two and four bytes as well.
TEST(PlanCharset, BinaryDataIsNotTakenForText) {
  TestRandom random(3);
  Bytes samples;
  Bytes table;
  for (int i = 0; i < 50'000; ++i) {
    const auto sample = static_cast<int>(random.Below(2000)) - 1000;
    AppendTo(samples, Bytes{static_cast<uint8_t>(sample), static_cast<uint8_t>(sample >> 8)});
    AppendTo(table, Bytes{static_cast<uint8_t>(random.Below(256)), 0, 0, 0});
  }
  for (const Bytes& raw : {samples, table, random.Random(100'000), testing::MakeCalls(100'000),
                           testing::MakeRecords(100'000), testing::MakeRamp(100'000)}) {
    for (const BlockPlan& block : Plan(raw, PlanOptions())) EXPECT_FALSE(HasCharset(block));
  }
}

TEST(PlanCharset, LongTextsInDifferentEncodingsPart) {
  constexpr size_t kSize = size_t{3} << 19;
  TestRandom random(4);
  Bytes raw = random.Text(kSize);
  const Bytes wide = Encoded(Encoding::kUtf16Be, random.Text(kSize));
  AppendTo(raw, wide);
  const std::vector<BlockPlan> plan = Plan(raw, PlanOptions());
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].size, kSize);
  EXPECT_FALSE(HasCharset(plan[0]));
  EXPECT_TRUE(HasCharset(plan[1]));
}

// As small as the better of both ways.
TEST(PlanCharset, TheFilterIsUsedWhereItPays) {
  const Bytes text = Accented(20'000);
  bool is_used = false;
  bool is_left = false;
  for (const Encoding encoding : {Encoding::kUtf16Le, Encoding::kUtf32Be, kWindows1252, kIbm037}) {
    const Bytes raw = Encoded(encoding, text);
    const BlockPlan plan = Plan(raw, PlanOptions()).at(0);
    Bytes payload;
    const Result<BlockHeader> header = EncodePlanned(raw, plan, nullptr, payload, {});
    ASSERT_TRUE(header.ok());
    for (const uint8_t filters : {uint8_t{0}, kFilterCharset}) {
      for (const Profile profile : {Profile::kText, Profile::kBinary}) {
        if (filters != 0 && profile == Profile::kBinary) continue;
        const BlockChoice choice = {.options = BytesOptions{.profile = profile},
                                    .filters = filters};
        Bytes other;
        ASSERT_TRUE(EncodeBlock(raw, choice, other).ok());
        EXPECT_LE(payload.size(), other.size()) << static_cast<int>(encoding);
      }
    }
    const bool has_filter = (header.value().filters & kFilterCharset) != 0;
    (has_filter ? is_used : is_left) = true;
  }
  EXPECT_TRUE(is_used);
  EXPECT_TRUE(is_left);
}

}  // namespace
}  // namespace lmz
