// What goes down through nested payloads: cancelling, progress; and what comes up: errors, one
// fingerprint. How far a cancelled codec went is counted in bytes and questions, not timed.
#include "codec/nested.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/block.h"
#include "codec/deflate/remake.h"
#include "codec/filter/filter.h"
#include "codec/png/unpacked.h"
#include "tests/choices.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using testing::ChoiceName;

// What a codec reports; cancels the work at its report number `stop_at`, from 1 on.
class Reports {
 public:
  explicit Reports(size_t stop_at = SIZE_MAX) : stop_at_(stop_at) {}

  BlockResources resources() {
    BlockResources resources = testing::WithTinyModels();
    resources.report = [this](uint64_t done, uint64_t) {
      if (!done_.empty() && done < done_.back()) ++falls_;
      done_.push_back(done);
      return done_.size() < stop_at_;
    };
    return resources;
  }

  size_t count() const { return done_.size(); }
  uint64_t last() const { return done_.empty() ? 0 : done_.back(); }
  size_t falls() const { return falls_; }  // reports of less than before

  // Between reports, and behind the last one.
  uint64_t longest_step(uint64_t size) const {
    uint64_t longest = size - last();
    uint64_t before = 0;
    for (const uint64_t done : done_)
      longest = std::max(longest, done - std::exchange(before, done));
    return longest;
  }

 private:
  size_t stop_at_;
  size_t falls_ = 0;
  std::vector<uint64_t> done_;
};

struct Case {
  std::string name;
  BlockChoice choice;
  Bytes raw;
};

// Every codec with bytes of no kind and with what others are made for; every set of filters once.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const BlockChoice& choice : testing::AllChoices()) {
    if (choice.codec() == kStoredCodec.id) continue;  // a copy
    const bool is_first = choice.filters == 0 || choice.codec() == kBytesCodec.id;
    if (!is_first || testing::ProfileOf(choice) != Profile::kText) continue;
    for (const testing::Generator& generator : testing::kGenerators) {
      const std::string_view name = generator.name;
      const bool is_worthwhile = choice.filters != 0 ? name == "echo" || name == "calls"
                                                     : name == "words" || name == "photo" ||
                                                           name == "wave" || name == "picture";
      if (!is_worthwhile) continue;
      cases.push_back({ChoiceName(choice) + " " + generator.name, choice, generator.make(12000)});
    }
  }
  return cases;
}

// Codes and decodes; what was reported meanwhile.
std::pair<Reports, Reports> ReportsOf(const Case& test, BlockHeader& header, Bytes& payload) {
  std::pair<Reports, Reports> reports;
  Bytes back(test.raw.size());
  const auto coded = EncodeBlock(test.raw, test.choice, payload, reports.first.resources());
  EXPECT_TRUE(coded.ok()) << test.name;
  header = coded.value();
  EXPECT_TRUE(DecodeBlock(header, payload, back, reports.second.resources()).ok()) << test.name;
  return reports;
}

TEST(Progress, RisesInSmallStepsToTheEnd) {
  constexpr uint64_t kLongestStep = 1 << 12;
  for (const Case& test : Cases()) {
    BlockHeader header;
    Bytes payload;
    const auto [encoding, decoding] = ReportsOf(test, header, payload);
    for (const Reports& reports : {encoding, decoding}) {
      EXPECT_EQ(reports.falls(), 0u) << test.name;
      EXPECT_LE(reports.last(), test.raw.size()) << test.name;
      if (test.choice.filters != 0) continue;  // a step may stand for a long repeat
      EXPECT_LE(reports.longest_step(test.raw.size()), kLongestStep) << test.name;
    }
  }
}

TEST(Cancelling, EndsTheWorkAtAnyReport) {
  for (const Case& test : Cases()) {
    BlockHeader header;
    Bytes payload;
    const auto [encoding, decoding] = ReportsOf(test, header, payload);
    for (const size_t stop_at : {size_t{1}, encoding.count() / 2 + 1, encoding.count()}) {
      Bytes other;
      Reports some(stop_at);
      EXPECT_EQ(EncodeBlock(test.raw, test.choice, other, some.resources()).status().code(),
                Code::kCancelled)
          << test.name << " " << stop_at;
      EXPECT_EQ(some.count(), stop_at) << test.name;
    }
    for (const size_t stop_at : {size_t{1}, decoding.count() / 2 + 1, decoding.count()}) {
      Bytes back(test.raw.size());
      Reports some(stop_at);
      EXPECT_EQ(DecodeBlock(header, payload, back, some.resources()).code(), Code::kCancelled)
          << test.name << " " << stop_at;
      EXPECT_EQ(some.count(), stop_at) << test.name;
    }
  }
}

// A payload of `bytes` for a whole block, in each place where a codec may have one.
struct Shell {
  const char* name;
  CodecId codec;
  Bytes payload;
};

std::vector<Shell> ShellsAround(uint64_t raw_size) {
  const auto code_for = [](uint64_t size) {
    Bytes code(20000 + size / 40000, 0x55);
    code[0] = 0;  // the profile
    return code;
  };
  const auto sized = [&](Bytes& payload, uint64_t size) {
    ByteWriter(payload).Varint(code_for(size).size());
    ByteWriter(payload).Append(code_for(size));
  };
  std::vector<Shell> shells;
  shells.push_back({"bytes", kBytesCodec.id, code_for(raw_size)});
  shells.push_back({"an image of width 0", kImageCodec.id, {0}});
  sized(shells.back().payload, raw_size);
  shells.push_back({"audio without frames", kAudioCodec.id, {0}});
  sized(shells.back().payload, raw_size);
  shells.push_back({"a PNG file that is none", kPngCodec.id, {0}});
  ByteWriter(shells.back().payload).Append(code_for(raw_size));
  shells.push_back({"a PNG file's image of width 0", kPngCodec.id, {1}});
  png::Fields fields;
  fields.data_size = png::MaxUnpackedSize(raw_size);
  fields.Write(shells.back().payload);
  ByteWriter(shells.back().payload).Varint(0);
  ByteWriter(shells.back().payload).U8(0);
  sized(shells.back().payload, fields.data_size);
  shells.push_back({"a JPEG file that is none", kJpegCodec.id, {0}});
  ByteWriter(shells.back().payload).Append(code_for(raw_size));
  shells.push_back({"a JPEG file without scans' bytes", kJpegCodec.id, {1, 1, 1, 1}});
  ByteWriter(shells.back().payload).Varint(raw_size);
  sized(shells.back().payload, raw_size);
  return shells;
}

TEST(Cancelling, GoesThroughNestedPayloadsAtOnce) {
  constexpr size_t kRawSize = size_t{1} << 22;
  constexpr uint8_t kUntouched = 0xA5;
  for (const Shell& shell : ShellsAround(kRawSize)) {
    const BlockHeader header = {
        .codec = shell.codec, .raw_size = kRawSize, .payload_size = shell.payload.size()};
    for (size_t stop_at = 1; stop_at <= 4; ++stop_at) {
      Bytes raw(kRawSize, kUntouched);
      Reports reports(stop_at);
      EXPECT_EQ(DecodeBlock(header, shell.payload, raw, reports.resources()).code(),
                Code::kCancelled)
          << shell.name;
      EXPECT_EQ(reports.count(), stop_at) << shell.name;
      const size_t most = stop_at * 4096;
      EXPECT_LE(reports.last(), most) << shell.name;
      EXPECT_LE(std::count_if(raw.begin(), raw.end(), [](auto byte) { return byte != kUntouched; }),
                most)
          << shell.name;
    }
  }
}

// Calls of few functions from everywhere.
Bytes Calls(size_t size) {
  TestRandom random(1);
  Bytes calls;
  while (calls.size() < size) {
    const auto next = static_cast<uint32_t>(calls.size() + 5);
    ByteWriter writer(calls);
    writer.U8(0xE8);
    writer.U32(static_cast<uint32_t>(61 * random.Below(32)) - next);
    writer.Append(Bytes(11));
  }
  return calls;
}

// How often filters ask, and that they stop when told so: not every repeat and branch is looked at.
TEST(Cancelling, FiltersAskOftenAndStopAtOnce) {
  Bytes twice = testing::MakeRandom(size_t{1} << 20);
  AppendTo(twice, Bytes(twice));
  const Bytes inputs[] = {twice, Calls(size_t{1} << 21), testing::MakeWide(size_t{1} << 21)};
  for (const FilterRow& filter : AllFilters()) {
    Reports all, all_back, one(1), one_back(1);
    Bytes filtered, back, none;
    const auto suits = [&](const Bytes& raw) { return filter.forward(raw, Watch(), filtered); };
    const auto input = std::ranges::find_if(inputs, suits);
    ASSERT_NE(input, std::end(inputs)) << filter.name;
    const Bytes& raw = *input;
    ASSERT_TRUE(filter.forward(raw, Watch(all.resources()), filtered)) << filter.name;
    EXPECT_GE(all.count(), raw.size() / Watch::kInterval / 2) << filter.name;
    EXPECT_FALSE(filter.forward(raw, Watch(one.resources()), none)) << filter.name;
    EXPECT_EQ(one.count(), 1u) << filter.name;

    const uint64_t size = raw.size();
    ASSERT_TRUE(filter.inverse(filtered, size, Watch(all_back.resources()), back).ok());
    EXPECT_EQ(back, raw) << filter.name;
    EXPECT_GE(all_back.count(), 2u) << filter.name;
    const Status stopped = filter.inverse(filtered, size, Watch(one_back.resources()), none);
    EXPECT_EQ(stopped.code(), Code::kCancelled) << filter.name;
    EXPECT_EQ(one_back.count(), 1u) << filter.name;
  }
}

// Inflating, writing it again and the search for settings: each in its turn can be stopped.
TEST(Cancelling, DeflateStreamsAreReadUnderWatch) {
  const Bytes zlib = testing::ZlibStream(testing::MakeWords(40000), {});
  const ByteSpan deflated = ByteSpan(zlib).subspan(2);
  Reports all;
  ASSERT_TRUE(deflate::ReadRemakable(deflated, {.data_size = 1 << 16}, 15, Watch(all.resources()))
                  .has_value());
  EXPECT_GE(all.count(), 4u);
  for (size_t stop_at = 1; stop_at <= all.count(); ++stop_at) {
    Reports some(stop_at);
    const Watch watch(some.resources());
    EXPECT_FALSE(deflate::ReadRemakable(deflated, {.data_size = 1 << 16}, 15, watch).has_value())
        << stop_at;
    EXPECT_TRUE(watch.is_stopped());
    EXPECT_EQ(some.count(), stop_at);
  }
}

// Two parts and a code of bits.
Bytes WriteParts(uint32_t& fingerprint) {
  Bytes payload;
  const BlockResources resources;
  PartsWriter parts(resources, payload);
  ByteWriter(parts.payload()).U8(7);
  EXPECT_TRUE(parts.Leave(kBytesCodec, testing::MakeWords(500), {}, Framing::kSized, 500).ok());
  EXPECT_TRUE(parts.Leave(kStoredCodec, Bytes{1, 2, 3}, {}, Framing::kSized, 3).ok());
  EXPECT_TRUE(parts
                  .Code(Framing::kRest, 1, 1,
                        [](Encoder& encoder, const BlockResources&) {
                          for (int i = 0; i < 100; ++i) encoder.Code(i & 1, 32768);
                          return OkStatus();
                        })
                  .ok());
  fingerprint = parts.fingerprint();
  return payload;
}

Status ReadParts(ByteSpan payload, uint64_t words_size, uint32_t& fingerprint) {
  const BlockResources resources;
  PartsReader parts(resources, payload);
  LMZ_TRY(parts.fields().U8().status());
  LMZ_ASSIGN(const Bytes words, parts.Fetch(kBytesCodec, words_size, Framing::kSized, 500));
  EXPECT_EQ(words, testing::MakeWords(500));
  LMZ_ASSIGN(const Bytes three, parts.Fetch(kStoredCodec, 3, Framing::kSized, 3));
  EXPECT_EQ(three, (Bytes{1, 2, 3}));
  LMZ_ASSIGN(const ByteSpan code, parts.Take(Framing::kRest));
  LMZ_TRY(parts.Decode(code, 1, 1, {}, [](Decoder& decoder, const BlockResources&) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(decoder.Code(0, 32768), i & 1);
    return OkStatus();
  }));
  fingerprint = parts.fingerprint();
  return parts.End();
}

TEST(Parts, ComeBackWithOneFingerprint) {
  uint32_t written = 0, read = 0;
  const Bytes payload = WriteParts(written);
  ASSERT_TRUE(ReadParts(payload, 500, read).ok());
  EXPECT_EQ(read, written);
  EXPECT_NE(read, 0u);
}

TEST(Parts, RefuseWhatCannotBe) {
  uint32_t fingerprint = 0;
  const Bytes payload = WriteParts(fingerprint);
  // Up to the end of the third part's bytes.
  for (size_t size = 0; size < payload.size() - 14; ++size) {
    EXPECT_EQ(ReadParts(ByteSpan(payload).first(size), 500, fingerprint).code(), Code::kTruncated)
        << size;
  }
  EXPECT_EQ(ReadParts(payload, kMaxBlockRawSize, fingerprint).code(), Code::kDamaged);
  Bytes longer = payload;
  longer.resize(longer.size() + 10, 0x55);
  EXPECT_EQ(ReadParts(longer, 500, fingerprint).code(), Code::kDamaged);

  const Bytes nothing = {1, 0x55};
  const BlockResources resources;
  PartsReader parts(resources, nothing);
  EXPECT_EQ(parts.Fetch(kBytesCodec, 0, Framing::kSized, 0).status().code(), Code::kDamaged);
}

}  // namespace
}  // namespace lmz
