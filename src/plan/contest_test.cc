#include "plan/contest.h"

#include <gtest/gtest.h>

#include <algorithm>
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

// What is reported as done by a whole contest grows steadily through all passes.
void ExpectCountsAllPasses(const std::vector<uint64_t>& told, uint64_t size) {
  ASSERT_GT(told.size(), 20u);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_LT(told[told.size() / 2], size * 3 / 4);
  EXPECT_LE(told.back(), size);
  // A pass alone takes more reports than are told behind nine tenths.
  const auto late =
      std::count_if(told.begin(), told.end(), [&](uint64_t done) { return done > size * 9 / 10; });
  EXPECT_LT(static_cast<size_t>(late), told.size() / 4);
  EXPECT_GT(late, 0);
}

TEST(Contest, OneLaneWhereSeveralCostMoreThanTheModelGains) {
  const auto model = ModelLibrary().OfLevel(1);
  ASSERT_TRUE(model.ok());
  const Bytes raw = NotesInRuns(78'000);
  const std::vector<BlockPlan> plan = Plan(raw, PlanOptions());
  ASSERT_EQ(plan.size(), 1u);
  ASSERT_EQ(plan[0].content, Content::kStructured);
  Bytes payload;
  std::vector<uint64_t> told;
  BlockResources resources;
  resources.report = [&](uint64_t done, uint64_t) {
    told.push_back(done);
    return true;
  };
  ASSERT_TRUE(EncodePlanned(raw, plan[0], model.value().get(), payload, resources).ok());
  ExpectCountsAllPasses(told, raw.size());

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

TEST(Contest, IsCancelledInAnyPass) {
  const auto model = ModelLibrary().OfLevel(1);
  ASSERT_TRUE(model.ok());
  const Bytes raw = NotesInRuns(17'000);
  const std::vector<BlockPlan> plan = Plan(raw, PlanOptions());
  Bytes payload;
  uint64_t reports = 0;
  BlockResources resources;
  resources.report = [&](uint64_t, uint64_t) {
    ++reports;
    return true;
  };
  ASSERT_TRUE(EncodePlanned(raw, plan.at(0), model.value().get(), payload, resources).ok());
  const uint64_t all = reports;
  for (uint64_t most = 0; most < all; most += 1 + all / 5) {
    reports = 0;
    resources.report = [&](uint64_t, uint64_t) { return reports++ != most; };
    EXPECT_EQ(
        EncodePlanned(raw, plan.at(0), model.value().get(), payload, resources).status().code(),
        Code::kCancelled);
    EXPECT_EQ(reports, most + 1);
  }
}

// What fits into a sample is coded by both profiles once, and the smaller one is kept.
TEST(Contest, ShortStructuredTextIsTheSmallerOfBothProfiles) {
  for (const size_t size : {500u, 9'000u, 65'000u}) {
    const Bytes raw = NotesInRuns(size);
    BlockPlan plan = {.size = size, .content = Content::kStructured, .choice = {}};
    plan.choice.filters = kFilterRepeat;
    Bytes payload;
    ASSERT_TRUE(EncodePlanned(raw, plan, nullptr, payload, {}).ok());
    BlockChoice choice = plan.choice;
    choice.options = BytesOptions{.profile = Profile::kText};
    const size_t text_size = SizeOf(raw, choice);
    choice.options = BytesOptions{.profile = Profile::kBinary};
    EXPECT_EQ(payload.size(), std::min(text_size, SizeOf(raw, choice))) << size;
  }
}

}  // namespace
}  // namespace lmz
