#include "plan/contest/contest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "model/library.h"
#include "tests/paths.h"
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

// Sorted addresses: for these, the model of level 2 is worse than that of level 1.
Bytes SortedNames(size_t size) {
  std::istringstream words(
      "absorb account action air alter amber angle appear aqueous arise around axis ball beam "
      "begin "
      "bend blue body bright broad bubble candle carry centre change circle clear cloud colour "
      "cone "
      "copper crown crystal curve dark degree depth distance double drop edge equal ether even eye "
      "face fall figure film fire fit flame fluid focus force fringe front glass gold green "
      "ground");
  const std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  TestRandom random(2);
  std::vector<std::string> lines;
  for (size_t i = 0; i < size / 18; ++i) {
    lines.push_back(all[random.Below(all.size())] + '.' + all[random.Below(all.size())] +
                    "@mail.example\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line;
  return ToBytes(text.substr(0, size));
}

// What `level` makes of `raw`, planned.
size_t SizeAt(int level, const Bytes& raw) {
  const SharedModel model = ModelLibrary().OfLevel(level).value();
  size_t size = 0;
  for (const BlockPlan& block : Plan(raw, PlanOptions())) {
    const ByteSpan bytes =
        ByteSpan(raw).subspan(static_cast<size_t>(block.offset), static_cast<size_t>(block.size));
    Bytes payload;
    EXPECT_TRUE(EncodePlanned(bytes, block, model.get(), payload, {}).ok());
    size += payload.size();
  }
  return size;
}

TEST(Contest, NoLevelIsLargerThanTheOneBelow) {
  TestRandom random(4);
  Bytes noisy = NotesInRuns(20'000);
  for (uint8_t& byte : noisy) {
    if (random.Below(12) == 0) byte = static_cast<uint8_t>(random.Below(256));
  }
  const Bytes dna = random.From(ToBytes("ACGT"), 20'000);
  for (const Bytes& raw : {noisy, dna, SortedNames(20'000), NotesInRuns(78'000)}) {
    const size_t level0 = SizeAt(0, raw);
    const size_t level1 = SizeAt(1, raw);
    const size_t level2 = SizeAt(2, raw);
    EXPECT_LE(level1, level0 + level0 / 1000 + 16);
    EXPECT_LE(level2, level1 + level1 / 1000 + 16);
  }
}

// Knows nothing and counts how often it is asked.
class CountingModel final : public Predictor {
 public:
  CountingModel() : Predictor({}, {"counting", "Apache-2.0", ""}, 0, {}) {}
  uint64_t SessionMemory(const SessionSize& /*size*/) const override { return 0; }
  std::unique_ptr<Session> Begin(const SessionSize& /*size*/) const override {
    return std::make_unique<CountingSession>(steps);
  }

  mutable std::atomic<uint64_t> steps = 0;  // of all lanes

 private:
  class CountingSession final : public Session {
   public:
    explicit CountingSession(std::atomic<uint64_t>& steps) : steps_(steps) {}
    using Session::Step;
    Status Step(int /*worker*/, int /*first*/, int count, StepPart /*part*/,
                const uint8_t* /*last_bytes*/, uint32_t* opinions) override {
      std::fill(opinions, opinions + ptrdiff_t{count} * kByteValues, 1u);
      steps_ += static_cast<uint64_t>(count);
      return OkStatus();
    }
    void Reset(int /*lane*/) override {}
    void CopyFrom(const Session& /*other*/) override {}

   private:
    std::atomic<uint64_t>& steps_;
  };
};

uint64_t StepsFor(const Bytes& raw) {
  const CountingModel model;
  Bytes payload;
  EXPECT_TRUE(EncodePlanned(raw, Plan(raw, PlanOptions()).at(0), &model, payload, {}).ok());
  return model.steps;
}

// The model is what takes the time. Whatever the content, it sees little more than the block.
TEST(Contest, TheModelSeesABlockOnceAtMost) {
  TestRandom random(6);
  for (const size_t size : {16'384u, 16'385u, 100'000u}) {
    const uint64_t most = size + size / 8;
    EXPECT_LE(StepsFor(NotesInRuns(size)), most);
    EXPECT_LE(StepsFor(random.Text(size)), most);
    EXPECT_LE(StepsFor(random.From(ToBytes("ACGT"), size)), most);
    EXPECT_LE(StepsFor(random.From(ToBytes(std::string("\0\1\2\3\0\0x", 7)), size)), most);
  }
}

// One that knows nothing falls behind, and what shows at half is not done to the end.
TEST(Contest, AModelThatFallsBehindStopsAtHalf) {
  TestRandom random(7);
  for (const size_t size : {40'000u, 600'000u}) {
    EXPECT_LE(StepsFor(random.From(ToBytes("ACGT"), size)), size / 2 + size / 8);
  }
}

// Halves that have little in common: the contest may be wrong, but not by much.
TEST(Contest, IsHardToFool) {
  TestRandom random(8);
  constexpr size_t kHalf = 10'000;
  const Bytes letters = random.From(ToBytes("abcdefghijklmnopqrstuvwxyz      "), kHalf);
  std::ifstream novel(testing::SourcePath("samples/opticks.txt"), std::ios::binary);
  Bytes text(kHalf);
  ASSERT_TRUE(novel.read(reinterpret_cast<char*>(text.data()), kHalf));
  for (const bool text_first : {false, true}) {
    Bytes raw = text_first ? text : letters;
    const Bytes& rest = text_first ? letters : text;
    raw.insert(raw.end(), rest.begin(), rest.end());
    const size_t level0 = SizeAt(0, raw);
    EXPECT_LE(SizeAt(1, raw), level0 + level0 / 50) << text_first;
  }
}

TEST(Contest, ProgressCountsAllPasses) {
  const SharedModel model = ModelLibrary().OfLevel(1).value();
  const Bytes raw = NotesInRuns(40'000);
  const std::vector<BlockPlan> plan = Plan(raw, PlanOptions());
  ASSERT_EQ(plan.at(0).content, Content::kStructured);
  Bytes payload;
  std::vector<uint64_t> told;
  BlockResources resources;
  resources.report = [&](uint64_t done, uint64_t) {
    told.push_back(done);
    return true;
  };
  ASSERT_TRUE(EncodePlanned(raw, plan[0], model.get(), payload, resources).ok());
  ExpectCountsAllPasses(told, raw.size());
}

TEST(Contest, IsCancelledInAnyPass) {
  const auto model = ModelLibrary().OfLevel(1);
  ASSERT_TRUE(model.ok());
  const Bytes raw = NotesInRuns(9'000);
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

// What is no longer than its sample is coded by both profiles once, and the smaller one is kept.
TEST(Contest, ShortStructuredTextIsTheSmallerOfBothProfiles) {
  for (const size_t size : {500u, 1'000u}) {
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
