#include "plan/contest.h"

#include <gtest/gtest.h>

#include <string>

#include "model/catalog.h"
#include "tests/random.h"

namespace lmz {
namespace {

size_t SizeOf(ByteSpan raw, const BlockChoice& choice) {
  Bytes payload;
  EXPECT_TRUE(EncodeBlock(raw, choice, payload).ok());
  return payload.size();
}

// Records in runs that share a note of plain words, so that each resembles the one before it.
Bytes NotesInRuns(size_t size) {
  constexpr const char* kWords[] = {"the",   "state", "of",   "our",   "world", "should", "have",
                                    "been",  "made",  "with", "these", "many",  "other",  "people",
                                    "would", "not",   "know", "about", "any",   "more"};
  TestRandom random(1);
  std::string text = "[\n", note;
  for (int i = 0; text.size() < size; ++i) {
    if (i % 4 == 0) {
      note.clear();
      for (int word = 0; word < 12; ++word) note += std::string(kWords[random.Below(20)]) + ' ';
    }
    text += "{\"id\": " + std::to_string(1000 * (i / 4) + i % 4) + ", \"note\": \"" + note +
            "\", \"size\": " + std::to_string(random.Below(1'000'000)) + "},\n";
  }
  return ToBytes(text.substr(0, size));
}

TEST(Contest, OneLaneWhereSeveralCostMoreThanTheModelGains) {
  const auto model = FindModelOfLevel(1);
  ASSERT_TRUE(model.ok());
  const Bytes raw = NotesInRuns(72'000);
  const std::vector<BlockPlan> plan = Plan(raw, PlanOptions());
  ASSERT_EQ(plan.size(), 1u);
  ASSERT_EQ(plan[0].content, Content::kStructured);
  Bytes payload;
  const auto header = EncodePlanned(raw, plan[0], model.value().get(), payload, {});
  ASSERT_TRUE(header.ok());

  BlockChoice choice = {.codec = CodecId::kBytes, .profile = Profile::kText};
  const size_t without = SizeOf(raw, choice);
  choice.codec = CodecId::kText;
  choice.model = model.value().get();
  EXPECT_GT(SizeOf(raw, choice), without);
  choice.lanes = 1;
  const size_t one_lane = SizeOf(raw, choice);
  EXPECT_LT(one_lane, without);
  EXPECT_EQ(payload.size(), one_lane);
}

}  // namespace
}  // namespace lmz
