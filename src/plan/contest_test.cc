#include "plan/contest.h"

#include <gtest/gtest.h>

#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "model/library.h"
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
  std::istringstream words(
      "the of and to in is that for it was on with as at by this had not are but from or have an "
      "they which one you were all her she there would their we him been has when who will no "
      "more if out so up said what its about than into them can only other time new some could "
      "these two may first then do any like my now over such our man me even most made after "
      "also did many off before must well back through years where much your way down should "
      "because long each just state people those how too little use very good work world make");
  const std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  TestRandom random(1);
  std::string text = "[\n", note;
  for (int i = 0; text.size() < size; ++i) {
    if (i % 4 == 0) {
      note.clear();
      for (int word = 0; word < 12; ++word) note += all[random.Below(all.size())] + ' ';
    }
    text += "{\"id\": " + std::to_string(1000 * (i / 4) + i % 4) + ", \"note\": \"" + note +
            "\", \"size\": " + std::to_string(random.Below(1'000'000)) + "},\n";
  }
  return ToBytes(text.substr(0, size));
}

TEST(Contest, OneLaneWhereSeveralCostMoreThanTheModelGains) {
  const auto model = ModelLibrary().OfLevel(1);
  ASSERT_TRUE(model.ok());
  const Bytes raw = NotesInRuns(78'000);
  const std::vector<BlockPlan> plan = Plan(raw, PlanOptions());
  ASSERT_EQ(plan.size(), 1u);
  ASSERT_EQ(plan[0].content, Content::kStructured);
  Bytes payload;
  const auto header = EncodePlanned(raw, plan[0], model.value().get(), payload, {});
  ASSERT_TRUE(header.ok());

  BlockChoice choice = {.options = BytesOptions{.profile = Profile::kText}};
  const size_t without = SizeOf(raw, choice);
  TextOptions text = {.model = model.value().get()};
  choice.options = text;
  EXPECT_GT(SizeOf(raw, choice), without);
  text.lanes = 1;
  choice.options = text;
  const size_t one_lane = SizeOf(raw, choice);
  EXPECT_LT(one_lane, without - without / 100);
  EXPECT_EQ(payload.size(), one_lane);
}

}  // namespace
}  // namespace lmz
