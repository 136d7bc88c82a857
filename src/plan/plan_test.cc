#include "plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "plan/classify.h"
#include "tests/corpora.h"
#include "tests/random.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

std::vector<BlockPlan> PlanAll(ByteSpan input) {
  return Plan(input, PlanOptions());
}

void ExpectCovers(const std::vector<BlockPlan>& plan, size_t size, uint64_t max_block_size) {
  uint64_t offset = 0;
  for (const BlockPlan& block : plan) {
    ASSERT_EQ(block.offset, offset);
    ASSERT_GT(block.size, 0u);
    ASSERT_LE(block.size, max_block_size);
    offset += block.size;
  }
  ASSERT_EQ(offset, size);
}

bool IsStored(const BlockPlan& block) {
  return block.choice.codec() == kStoredCodec.id;
}

Bytes Json(TestRandom& random, size_t size) {
  Bytes bytes;
  while (bytes.size() < size) {
    AppendTo(bytes, ToBytes("{\"id\": " + std::to_string(random.Below(100'000)) +
                            ", \"name\": \"user" + std::to_string(random.Below(500)) +
                            "\", \"tags\": [\"a\", \"b\"], \"ok\": true},\n"));
  }
  bytes.resize(size);
  return bytes;
}

Bytes Log(TestRandom& random, size_t size) {
  Bytes bytes;
  for (uint64_t second = 0; bytes.size() < size; ++second) {
    AppendTo(bytes, ToBytes("2024-01-0" + std::to_string(1 + second % 9) + " 12:00:0" +
                            std::to_string(second % 10) + " host kernel: "));
    Bytes message = random.Text(20 + random.Below(40));
    std::replace(message.begin(), message.end(), uint8_t{'\n'}, uint8_t{' '});
    AppendTo(bytes, message);
    bytes.push_back('\n');
  }
  bytes.resize(size);
  return bytes;
}

Bytes Csv(TestRandom& random, size_t size) {
  Bytes bytes;
  while (bytes.size() < size) {
    AppendTo(bytes, ToBytes("item" + std::to_string(random.Below(100)) + ",blue,large," +
                            std::to_string(random.Below(1000)) + "\n"));
  }
  bytes.resize(size);
  return bytes;
}

// 32-bit records that drift, as in tables of samples.
Bytes Table(TestRandom& random, size_t size) {
  Bytes bytes(size);
  uint32_t value = 1'000'000;
  for (size_t i = 0; i + 4 <= size; i += 4) {
    value += static_cast<uint32_t>(random.Below(2000));
    StoreLe32(&bytes[i], value);
  }
  return bytes;
}

TEST(Plan, CoversEveryInputOnce) {
  TestRandom random(1);
  EXPECT_TRUE(PlanAll({}).empty());
  for (const size_t size : std::vector<size_t>{1, 2, 100, 65535, 65536, 65537, 300'000}) {
    for (const uint64_t max_size : {uint64_t{1} << 16, uint64_t{100'000}, uint64_t{1} << 24}) {
      const PlanOptions options = {.max_block_size = max_size};
      ExpectCovers(Plan(random.Random(size), options), size, max_size);
      ExpectCovers(Plan(random.Text(size), options), size, max_size);
      Bytes mixed = random.Text(size);
      AppendTo(mixed, random.Random(size));
      AppendTo(mixed, Bytes(size, 0));
      ExpectCovers(Plan(mixed, options), mixed.size(), max_size);
    }
  }
  const Bytes tiny = random.Random(50);
  ExpectCovers(Plan(tiny, {.max_block_size = 1}), tiny.size(), 1);
}

// Blocks of the usual size are coded side by side; only repeats are worth a longer one.
TEST(Plan, BlocksOutgrowTheirUsualSizeForRepeatsOnly) {
  TestRandom random(30);
  const PlanOptions options = {.max_block_size = 8 * kMiB, .usual_block_size = kMiB};
  const Bytes text = random.Text(3 * kMiB + 100'000);
  const std::vector<BlockPlan> plain = Plan(text, options);
  ExpectCovers(plain, text.size(), kMiB);
  EXPECT_EQ(plain.size(), 4u);
  EXPECT_EQ(Plan(text, {.max_block_size = kMiB}).size(), plain.size());

  Bytes periodic;
  for (int i = 0; i < 3; ++i) AppendTo(periodic, ByteSpan(text).first(kMiB + 300'000));
  EXPECT_EQ(Plan(periodic, options).size(), 1u);
  EXPECT_EQ(Plan(periodic, {.max_block_size = 8 * kMiB}).size(), 1u);

  // Once the repeats are over, the usual size is back.
  Bytes both = periodic;
  AppendTo(both, random.Text(3 * kMiB));
  const std::vector<BlockPlan> mixed = Plan(both, options);
  ExpectCovers(mixed, both.size(), 8 * kMiB);
  ASSERT_GE(mixed.size(), 3u);
  EXPECT_GT(mixed[0].size, 2 * kMiB);
  EXPECT_LE(mixed.back().size, kMiB);
}

TEST(Plan, AudioIsCodedAsAudio) {
  const Bytes wave = testing::MakeWave(300'003);
  const std::vector<BlockPlan> plan = PlanAll(wave);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].content, Content::kAudio);
  EXPECT_EQ(plan[0].choice.codec(), kAudioCodec.id);
  EXPECT_EQ(std::get<AudioOptions>(plan[0].choice.options).samples.offset, 44u);
  EXPECT_EQ(std::get<AudioOptions>(plan[0].choice.options).samples.frames, (300'003u - 44) / 4);
}

TEST(Plan, AudioOfAnyLengthIsCutAndGoesOnInTheNextPart) {
  const Bytes wave = testing::MakeWave(500'000);
  constexpr uint64_t kMaxSize = 65'537;  // no multiple of a frame
  Planner planner;
  uint64_t position = 0;  // in the wave
  for (uint64_t part = 0; part < wave.size(); part += 200'001) {
    const uint64_t size = std::min<uint64_t>(200'001, wave.size() - part);
    const ByteSpan input = ByteSpan(wave).subspan(part, size);
    const std::vector<BlockPlan> plan =
        planner.Plan(input, Edge::kFlush, {.max_block_size = kMaxSize});
    ExpectCovers(plan, size, kMaxSize);
    for (const BlockPlan& block : plan) {
      ASSERT_EQ(block.choice.codec(), kAudioCodec.id);
      const SampleLayout& samples = std::get<AudioOptions>(block.choice.options).samples;
      EXPECT_EQ((position + samples.offset - 44) % 4, 0u) << "frames begin where they should";
      EXPECT_LT(block.size - samples.offset - 4 * samples.frames, 4u);
      position += block.size;
    }
  }
  EXPECT_EQ(position, wave.size());
}

// 8 and 16 bits, in archives of one window and with all their kin.
TEST(Plan, AudioAmidOtherBytesIsFound) {
  TestRandom random(31);
  Bytes wave = testing::MakeWave(60'044);
  StoreLe32(&wave[40], 60'000);
  for (const bool is_first : {false, true}) {
    Bytes archive = is_first ? Bytes() : random.Text(20'000);
    AppendTo(archive, wave);
    AppendTo(archive, random.Text(20'000));
    const std::vector<BlockPlan> plan = PlanAll(archive);
    EXPECT_TRUE(std::ranges::any_of(plan, [&](const BlockPlan& block) {
      return block.choice.codec() == kAudioCodec.id && block.size == wave.size();
    }));
  }
}

TEST(Plan, WhatFollowsTheSamplesIsPlannedAlone) {
  TestRandom random(21);
  Bytes file = testing::MakeWave(200'044);
  StoreLe32(&file[40], 200'000);
  AppendTo(file, random.Text(300'000));
  const std::vector<BlockPlan> plan = PlanAll(file);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].choice.codec(), kAudioCodec.id);
  EXPECT_EQ(plan[0].size, 200'044u);
  EXPECT_EQ(plan[1].choice.codec(), kBytesCodec.id);
  EXPECT_EQ(plan[1].content, Content::kText);
}

TEST(Plan, HeadersThatLieAreNotBelieved) {
  TestRandom random(22);
  Bytes text = testing::MakeWave(44);
  AppendTo(text, random.Text(200'000));
  Planner planner;
  for (const BlockPlan& block : planner.Plan(text, Edge::kFlush, {})) {
    EXPECT_EQ(block.choice.codec(), kBytesCodec.id);
  }
  const Bytes samples = testing::MakeWave(100'044);
  for (const BlockPlan& block : planner.Plan(ByteSpan(samples).subspan(44), Edge::kEnd, {})) {
    EXPECT_EQ(block.choice.codec(), kBytesCodec.id) << "nothing goes on";
  }
}

TEST(Plan, RandomDataIsStored) {
  TestRandom random(2);
  const std::vector<BlockPlan> plan = PlanAll(random.Random(3 * kMiB));
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_TRUE(IsStored(plan[0]));
  EXPECT_EQ(plan[0].choice.filters, 0);
  EXPECT_EQ(plan[0].content, Content::kRandom);
}

TEST(Plan, RandomDataThatComesAgainIsNotStored) {
  TestRandom random(3);
  const Bytes once = random.Random(kMiB);
  Bytes twice = once;
  AppendTo(twice, random.Random(2 * kMiB));
  AppendTo(twice, once);
  const std::vector<BlockPlan> plan = PlanAll(twice);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_FALSE(IsStored(plan[0]));
  EXPECT_EQ(plan[0].choice.filters & kFilterRepeat, kFilterRepeat);
}

TEST(Plan, OnePercentOfRedundancyIsNotStored) {
  TestRandom random(4);
  Bytes zeros = random.Random(kMiB);
  for (size_t i = 0; i < zeros.size(); i += 100) zeros[i] = 0;
  Bytes repeats = random.Random(kMiB);
  for (size_t i = 2000; i + 16 < repeats.size(); i += 1600) {
    std::copy_n(repeats.begin() + static_cast<std::ptrdiff_t>(i) - 1500, 16,
                repeats.begin() + static_cast<std::ptrdiff_t>(i));
  }
  Bytes pairs = random.Random(kMiB);
  for (size_t i = 1; i < pairs.size(); i += 8) pairs[i] = static_cast<uint8_t>(pairs[i - 1] + 1);
  for (const Bytes& bytes : {zeros, repeats, pairs}) {
    for (const BlockPlan& block : PlanAll(bytes)) EXPECT_FALSE(IsStored(block));
  }
}

TEST(Plan, RandomStretchBetweenTextsIsStoredWhenItIsLong) {
  TestRandom random(5);
  for (const size_t random_size : {kMiB / 8, 4 * kMiB}) {
    Bytes bytes = random.Text(2 * kMiB);
    AppendTo(bytes, random.Random(random_size));
    AppendTo(bytes, random.Text(2 * kMiB));
    const std::vector<BlockPlan> plan = PlanAll(bytes);
    ExpectCovers(plan, bytes.size(), PlanOptions().max_block_size);
    if (random_size < kMiB) {
      ASSERT_EQ(plan.size(), 1u);
      EXPECT_EQ(plan[0].content, Content::kText);
      continue;
    }
    ASSERT_EQ(plan.size(), 3u);
    EXPECT_FALSE(IsStored(plan[0]));
    EXPECT_TRUE(IsStored(plan[1]));
    EXPECT_EQ(plan[1].size, 4 * kMiB);
    EXPECT_FALSE(IsStored(plan[2]));
    EXPECT_EQ(std::get<BytesOptions>(plan[2].choice.options).profile, Profile::kText);
  }
}

TEST(Plan, TextAndTablePartOnlyWhenBothAreLong) {
  TestRandom random(6);
  Bytes large = random.Text(2 * kMiB);
  AppendTo(large, Table(random, 2 * kMiB));
  const std::vector<BlockPlan> two = PlanAll(large);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].size, 2 * kMiB);
  EXPECT_EQ(std::get<BytesOptions>(two[0].choice.options).profile, Profile::kText);
  EXPECT_EQ(std::get<BytesOptions>(two[1].choice.options).profile, Profile::kBinary);
  EXPECT_EQ(two[1].content, Content::kTable);

  Bytes small = random.Text(2 * kMiB);
  AppendTo(small, Table(random, kMiB / 2));
  const std::vector<BlockPlan> one = PlanAll(small);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(std::get<BytesOptions>(one[0].choice.options).profile, Profile::kText);
}

TEST(Plan, DoesNotPartWhatRepeats) {
  TestRandom random(7);
  const Bytes text = random.Text(2 * kMiB);
  Bytes bytes = text;
  AppendTo(bytes, Table(random, 2 * kMiB));
  AppendTo(bytes, text);
  EXPECT_EQ(PlanAll(bytes).size(), 1u);
}

TEST(Plan, ZerosDoNotDecideTheProfile) {
  TestRandom random(8);
  Bytes bytes = random.Text(kMiB / 2);
  AppendTo(bytes, Bytes(4 * kMiB, 0));
  const std::vector<BlockPlan> plan = PlanAll(bytes);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(std::get<BytesOptions>(plan[0].choice.options).profile, Profile::kText);
}

TEST(Plan, SegmentEndsDoNotLeaveSlivers) {
  TestRandom random(9);
  Bytes bytes = random.Random(3 * kMiB);
  AppendTo(bytes, random.Text(3 * kMiB));
  const std::vector<BlockPlan> plan = Plan(bytes, {.max_block_size = 4 * kMiB});
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_TRUE(IsStored(plan[0]));
  EXPECT_EQ(plan[1].size, 3 * kMiB);
}

TEST(Classify, GeneratedData) {
  TestRandom random(10);
  EXPECT_EQ(Classify({}), Content::kBinary);
  EXPECT_EQ(Classify(Bytes(100'000, 0)), Content::kBinary);
  EXPECT_EQ(Classify(random.Random(100'000)), Content::kRandom);
  EXPECT_EQ(Classify(random.Random(2000)), Content::kRandom);
  EXPECT_EQ(Classify(random.Text(100'000)), Content::kText);
  EXPECT_EQ(Classify(random.Text(20)), Content::kText);
  EXPECT_EQ(Classify(Json(random, 100'000)), Content::kStructured);
  EXPECT_EQ(Classify(Log(random, 100'000)), Content::kStructured);
  EXPECT_EQ(Classify(Csv(random, 100'000)), Content::kStructured);
  EXPECT_EQ(Classify(Table(random, 100'000)), Content::kTable);
}

TEST(Classify, RandomDataIsNeverTakenForAnythingElse) {
  TestRandom random(11);
  for (int round = 0; round < 200; ++round) {
    const size_t size = 1024 + random.Below(65536 - 1024);
    ASSERT_EQ(Classify(random.Random(size)), Content::kRandom) << size;
  }
}

TEST(Classify, TextInAnyLanguageAndWithPadding) {
  Bytes chinese;
  Bytes russian_koi8;
  TestRandom random(12);
  for (int i = 0; i < 5000; ++i) {
    const uint64_t character = 0x4E00 + random.Below(300);
    chinese.push_back(static_cast<uint8_t>(0xE0 | character >> 12));
    chinese.push_back(static_cast<uint8_t>(0x80 | (character >> 6 & 0x3F)));
    chinese.push_back(static_cast<uint8_t>(0x80 | (character & 0x3F)));
    russian_koi8.push_back(i % 6 == 0 ? ' ' : static_cast<uint8_t>(0xC0 + random.Below(32)));
  }
  EXPECT_EQ(Classify(chinese), Content::kText);
  EXPECT_EQ(Classify(ByteSpan(chinese).subspan(1)), Content::kText);  // begins inside a character
  EXPECT_EQ(Classify(russian_koi8), Content::kText);
  Bytes archive;
  for (int i = 0; i < 20; ++i) {
    AppendTo(archive, random.Text(3000));
    AppendTo(archive, Bytes(600, 0));
  }
  EXPECT_EQ(Classify(archive), Content::kText);
}

struct CorpusCase {
  const char* path;
  std::vector<Content> allowed;
};

TEST(Classify, Corpora) {
  const CorpusCase cases[] = {
      {"text/canterbury/alice29.txt", {Content::kText}},
      {"text/canterbury/plrabn12.txt", {Content::kText}},
      {"text/canterbury/fields.c", {Content::kText}},
      {"text/canterbury/cp.html", {Content::kStructured}},
      {"text/canterbury/kennedy.xls", {Content::kTable}},
      {"text/canterbury/ptt5", {Content::kBinary, Content::kTable}},
      {"text/canterbury/sum", {Content::kBinary, Content::kTable}},  // SPARC code
      {"text/calgary/geo", {Content::kTable}},
      {"text/calgary/obj2", {Content::kBinary, Content::kTable}},
      {"text/calgary/trans", {Content::kText}},
      {"text/calgary/bib", {Content::kText}},
      {"text/enwik6", {Content::kText, Content::kStructured}},
      {"valid/wiki_zh", {Content::kText}},
      {"valid/c", {Content::kText}},
      {"valid/html", {Content::kStructured}},
      {"valid/json", {Content::kStructured}},
      {"image/kodim01.png", {Content::kCompressed, Content::kRandom}},
      {"image/1025469.png", {Content::kCompressed}},
      {"audio/vinyl_hiss.flac", {Content::kCompressed, Content::kRandom}},
      {"audio/priv-callee-options.wav", {Content::kTable, Content::kBinary}},
  };
  for (const CorpusCase& item : cases) {
    const std::optional<Bytes> raw = ReadCorpusFile(item.path);
    if (!raw) GTEST_SKIP() << "the corpora are not here";
    const Content content = Classify(*raw);
    EXPECT_NE(std::find(item.allowed.begin(), item.allowed.end(), content), item.allowed.end())
        << item.path << ": " << ContentName(content);
  }
}

TEST(Plan, ProgramsGetTheBranchFilter) {
  const std::optional<Bytes> program = ReadTestFile("/bin/ls");
  constexpr size_t kMachineOffset = 18;
  constexpr uint8_t kMachineX86 = 62;
  if (!program || program->size() < 64 || (*program)[kMachineOffset] != kMachineX86) {
    GTEST_SKIP() << "/bin/ls is no x86-64 program";
  }
  EXPECT_EQ(Classify(*program), Content::kExecutable);
  const std::vector<BlockPlan> plan = PlanAll(*program);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].choice.filters, kFilterX86);
  EXPECT_EQ(std::get<BytesOptions>(plan[0].choice.options).profile, Profile::kBinary);
}

// Holes of disk images and of sparse files take no time, in every block that they reach over.
TEST(Plan, LongCopiesLeaveEveryBlockOfBytes) {
  const auto leave = [](ByteSpan bytes) {
    for (const BlockPlan& block : Plan(bytes, {.usual_block_size = kMiB})) {
      if (IsStored(block)) continue;
      EXPECT_NE(block.choice.filters & kFilterRepeat, 0) << block.offset << " of " << bytes.size();
      EXPECT_FALSE(block.copies_stay);
    }
  };
  leave(Bytes(5 * kMiB));
  TestRandom random(12);
  Bytes image = random.From(ToBytes(std::string("\0\1\2\3\0\0x", 7)), 400'000);
  image.resize(image.size() + 500'000);
  leave(image);
}

// A table that is there twice or more often: only the first one stays, and its columns stay whole.
TEST(Plan, OnlyLongCopiesLeaveRecords) {
  TestRandom random(13);
  Bytes table;
  const Bytes page = random.From(ToBytes(std::string("\0\1\2\3\0\0x", 7)), 800);
  while (table.size() < 100'000) {
    AppendTo(table, random.From(ToBytes(std::string("\0\1\2\3\0\0x", 7)), 2400));
    AppendTo(table, page);
  }
  Bytes several = table;
  for (size_t more = 1; more <= 3; ++more) {
    AppendTo(several, table);
    const std::vector<BlockPlan> plan = PlanAll(several);
    ASSERT_EQ(plan.size(), 1u);
    ASSERT_EQ(plan[0].copies.size(), 1u);
    EXPECT_EQ(plan[0].copies[0].length, more * table.size());
    EXPECT_EQ(plan[0].copies[0].distance, table.size());
    ASSERT_EQ(plan[0].parts.size(), 1u);
    EXPECT_EQ(plan[0].parts[0].size, table.size());
    EXPECT_TRUE(plan[0].parts[0].copies_stay);
  }
}

}  // namespace
}  // namespace lmz
