#include "codec/inside/inside.h"

#include <gtest/gtest.h>

#include "codec/block.h"
#include "codec/inside/directory.h"
#include "codec/inside/finder.h"
#include "codec/inside/pdf_picture.h"
#include "codec/inside/unpack.h"
#include "tests/archive_builder.h"
#include "tests/codec_round_trip.h"
#include "tests/recipes.h"
#include "tests/tar_builder.h"

namespace lmz {
namespace {

using inside::Frame;
using inside::Unpacked;
using testing::GzipFile;
using testing::ZipEntry;
using testing::ZipFile;

// Codes and decodes; returns what the block was unpacked to.
Unpacked ExpectRoundTrip(ByteSpan raw) {
  testing::RoundTrip(kInsideCodec, raw, {});
  return inside::Unpack(raw, {}, {}).value();
}

std::vector<ZipEntry> ThreeEntries() {
  return {{.name = "word/document.xml", .data = testing::MakeWords(3000)},
          {.name = "stored", .data = testing::MakeRamp(50), .is_stored = true},
          {.name = "records", .data = testing::MakeRecords(2000), .has_descriptor = true},
          {.name = "more words", .data = testing::MakeWords(900), .settings = {.search = 9}}};
}

TEST(Inside, TakesOutGzipMembersWithTheirTrailers) {
  const Bytes words = testing::MakeWords(5000);
  for (const deflate::Settings& settings :
       {deflate::Settings{},
        {.search = 1},
        {.search = 9, .memory_level = 9},
        {.search = 6, .memory_level = deflate::Settings::kGzipMemory}}) {
    Bytes file = GzipFile(words, settings);
    const size_t one = file.size();
    AppendTo(file, GzipFile(testing::MakeRecords(999), settings));
    const Unpacked unpacked = ExpectRoundTrip(file);
    EXPECT_EQ(unpacked.fields.streams, 2u);
    EXPECT_GE(unpacked.fields.alike, 1u);
    EXPECT_EQ(unpacked.groups[0].size(), 30u) << "only the headers are left of " << one;
    EXPECT_EQ(unpacked.groups[1].size(), 5999u);
  }
}

TEST(Inside, LeavesNoSumsOfZipInTheSkeleton) {
  const Bytes file = ZipFile(ThreeEntries());
  const Unpacked unpacked = ExpectRoundTrip(file);
  EXPECT_EQ(unpacked.fields.streams, 3u);
  EXPECT_TRUE(unpacked.fields.has_directories);
  const Bytes& skeleton = unpacked.groups[0];
  EXPECT_EQ(skeleton[14], 0) << "CRC-32 of the first header";
  const Bytes name = ToBytes("records");
  const auto first = std::search(skeleton.begin(), skeleton.end(), name.begin(), name.end());
  ASSERT_NE(first, skeleton.end());
  EXPECT_EQ(std::search(first + 1, skeleton.end(), name.begin(), name.end()), skeleton.end())
      << "the directory repeats the name";
}

TEST(Inside, KeepsWrongSumsAndSizes) {
  const Bytes gzip = GzipFile(testing::MakeWords(2000));
  for (const size_t back : {1u, 4u, 5u, 8u}) {
    Bytes wrong = gzip;
    wrong[wrong.size() - back] ^= 1;
    EXPECT_EQ(ExpectRoundTrip(wrong).fields.streams, 1u);
  }
  const Bytes zip = ZipFile(ThreeEntries());
  for (size_t at = 0; at < 60; ++at) {
    Bytes wrong = zip;
    wrong[at] ^= 4;
    ExpectRoundTrip(wrong);
  }
  for (size_t at = zip.size() - 260; at < zip.size(); at += 3) {
    Bytes wrong = zip;
    wrong[at] ^= 0x41;
    ExpectRoundTrip(wrong);
  }
}

TEST(Inside, LeavesAloneWhatIsCutOff) {
  const Bytes gzip = GzipFile(testing::MakeWords(2000));
  for (size_t size = 1; size + 8 < gzip.size(); size += 37) {
    EXPECT_EQ(ExpectRoundTrip(ByteSpan(gzip).first(size)).fields.streams, 0u) << size;
  }
  EXPECT_EQ(ExpectRoundTrip(ByteSpan(gzip).first(gzip.size() - 3)).fields.streams, 1u);
}

TEST(Inside, FindsZlibStreamsByTheirSum) {
  Bytes raw = testing::MakeRandom(500);
  AppendTo(raw, testing::ZlibStream(testing::MakeWords(100), {}));
  AppendTo(raw, testing::MakeRandom(500));
  EXPECT_EQ(ExpectRoundTrip(raw).fields.streams, 1u);
  // Without the sum only what chance cannot make.
  Bytes wrong = raw;
  wrong[wrong.size() - 501] ^= 1;
  EXPECT_EQ(ExpectRoundTrip(wrong).fields.streams, 0u);
  Bytes longer = testing::ZlibStream(testing::MakeWords(9000), {});
  longer.back() ^= 1;
  EXPECT_EQ(ExpectRoundTrip(longer).fields.streams, 1u);
}

// What resembles no zlib costs more than it brings, what comes near it is taken out.
TEST(Inside, KeepsStreamsThatDoNotPay) {
  const Bytes data = testing::MakeWords(5000);
  std::vector<deflate::Block> blocks = testing::ZlibBlocks(data, {});
  for (deflate::Block& block : blocks) {
    std::vector<deflate::Token> tokens;
    for (const deflate::Token& token : block.tokens) {
      // All copies are in pieces of three bytes.
      uint32_t left = token.length;
      for (; !token.is_literal() && left >= 3; left -= 3) tokens.push_back({3, token.distance});
      tokens.insert(tokens.end(), left, deflate::Token());
    }
    block.tokens = tokens;
    block.type = deflate::BlockType::kFixed;
  }
  Bytes file = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3};
  AppendTo(file, testing::WriteBlocks(blocks, data));
  const Unpacked unpacked = ExpectRoundTrip(file);
  EXPECT_EQ(unpacked.fields.streams, 0u);
  EXPECT_EQ(unpacked.fields.kept, 1u);
}

TEST(Inside, PassesOverPngFiles) {
  TestRandom random(7);
  Bytes raw = testing::MakePng(random, 60, 60);
  EXPECT_EQ(ExpectRoundTrip(raw).fields.streams, 0u);
  AppendTo(raw, GzipFile(testing::MakeWords(2000)));
  EXPECT_EQ(ExpectRoundTrip(raw).fields.streams, 1u);
}

TEST(Inside, UnpacksWithinItsBudget) {
  const Bytes file =
      ZipFile({{.name = "a", .data = Bytes(100'000)}, {.name = "b", .data = Bytes(100'000)}});
  uint64_t budget = 150'000;
  const InsideOptions options = {.budget = &budget};
  EXPECT_EQ(inside::Unpack(file, options, {}).value().fields.streams, 1u);
  EXPECT_EQ(budget, 50'000u);
  // A bomb: more than 64 times its size.
  const Bytes bomb = GzipFile(Bytes(1'000'000));
  ASSERT_LT(64 * bomb.size() + 4096, 1'000'000u);
  EXPECT_EQ(inside::Unpack(bomb, {}, {}).value().fields.streams, 0u);
}

TEST(Inside, DirectoriesComeBackWhateverTheyHold) {
  TestRandom random(11);
  const Bytes zip = ZipFile(ThreeEntries());
  for (int round = 0; round < 300; ++round) {
    Bytes bytes = zip;
    AppendTo(bytes, ByteSpan(zip).subspan(random.Below(zip.size())));
    for (int i = 0; i < 20; ++i) {
      // Signatures anywhere, other names and sizes.
      const size_t at = random.Below(bytes.size() - 4);
      if (i % 2 == 0) bytes[at] = static_cast<uint8_t>(random.Below(256));
      const Bytes signature = {'P', 'K', static_cast<uint8_t>(1 + 2 * random.Below(3)), 0};
      if (i % 4 == 1)
        std::copy(signature.begin(), signature.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(at));
      if (i % 4 == 1) bytes[at + 3] = static_cast<uint8_t>(bytes[at + 2] + 1);
    }
    Bytes changed = bytes;
    inside::XorDirectories(changed);
    inside::XorDirectories(changed);
    ASSERT_EQ(changed, bytes) << round;
  }
}

TEST(Inside, KnowsThePicturesOfPdf) {
  const Bytes pixels = testing::MakeRamp(60 * 40);
  const Bytes file = testing::PdfFile(60, 40, pixels);
  const Unpacked unpacked = ExpectRoundTrip(file);
  ASSERT_EQ(unpacked.contents.size(), 1u);
  EXPECT_EQ(unpacked.contents[0].pixels.width, 60u);
  EXPECT_EQ(unpacked.contents[0].pixels.height, 40u);
  EXPECT_EQ(inside::PdfPicture(file, 60 * 40 - 1).width, 0u);
}

Sighting LookAt(ByteSpan bytes, bool is_open) {
  return inside::kFinder.look(bytes, {.max_size = 1 << 16, .is_open = is_open});
}

TEST(InsideFinder, SeesWholeFiles) {
  const Bytes zip = ZipFile(ThreeEntries());
  Bytes file = zip;
  AppendTo(file, testing::MakeWords(2000));
  const Sighting sighting = LookAt(file, false);
  EXPECT_EQ(sighting.kind, Sighting::Kind::kObject);
  EXPECT_EQ(sighting.size, zip.size());
  EXPECT_EQ(LookAt(testing::PdfFile(60, 40, testing::MakeRamp(2400)), false).kind,
            Sighting::Kind::kObject);
  EXPECT_EQ(LookAt(GzipFile(testing::MakeWords(999)), false).size,
            GzipFile(testing::MakeWords(999)).size());
  EXPECT_EQ(LookAt(ToBytes("PK\x03\x04 and nothing else that would be a file"), false).kind,
            Sighting::Kind::kNothing);
}

TEST(InsideFinder, WaitsForTheEnd) {
  const Bytes gzip = GzipFile(testing::MakeWords(9000));
  EXPECT_EQ(LookAt(ByteSpan(gzip).first(gzip.size() / 2), true).kind, Sighting::Kind::kUndecided);
  EXPECT_EQ(LookAt(ByteSpan(gzip).first(gzip.size() / 2), false).kind, Sighting::Kind::kNothing);
}

// The pieces of a file that the finder parts into objects of at most `max_size` bytes.
struct Piece {
  size_t begin = 0;
  size_t size = 0;
  InsideOptions options;
};

std::vector<Piece> Pieces(ByteSpan file, uint64_t max_size) {
  std::vector<Piece> pieces;
  size_t at = 0;
  for (bool goes_on = true; goes_on;) {
    const ByteSpan rest = file.subspan(at);
    const Surroundings around = {.max_size = max_size};
    const Sighting sighting = pieces.empty()
                                  ? inside::kFinder.look(rest, around)
                                  : inside::kFinder.resume(pieces.back().options, rest, around);
    EXPECT_EQ(sighting.kind, Sighting::Kind::kObject) << at;
    if (sighting.kind != Sighting::Kind::kObject) break;
    EXPECT_LE(sighting.size, max_size);
    goes_on = sighting.goes_on;
    pieces.push_back({at, sighting.size, std::get<InsideOptions>(sighting.options)});
    at += sighting.size;
  }
  return pieces;
}

// Each piece is coded and restored alone, of all encoders of streams.
TEST(Inside, StreamsThatAreTooLongArePartedBetweenTheirBlocks) {
  const Bytes words = testing::MakeWords(36'000);
  Bytes mixed = words;
  AppendTo(mixed, testing::MakeRandom(9000));  // in stored blocks
  for (const uint32_t search : {0u, 1u, 3u, 6u, 9u, 10u}) {
    SCOPED_TRACE(search);
    const Bytes file = GzipFile(search % 2 == 0 ? words : mixed,
                                {.search = search, .memory_level = 1 + search % 4});
    const std::vector<Piece> pieces = Pieces(file, 6000);
    ASSERT_GE(pieces.size(), 2u);
    size_t end = 0;
    for (const Piece& piece : pieces) {
      EXPECT_EQ(piece.begin, end);
      end = piece.begin + piece.size;
      const ByteSpan raw = ByteSpan(file).subspan(piece.begin, piece.size);
      const Unpacked unpacked = inside::Unpack(raw, piece.options, {}).value();
      EXPECT_EQ(unpacked.fields.streams, 1u);
      EXPECT_EQ(unpacked.fields.is_entered, piece.begin != 0);
      EXPECT_LE(unpacked.code.size(), raw.size() / 8) << "zlib's but near the cut";
      EXPECT_LE(unpacked.groups[0].size(), 20u);
      Bytes payload, restored(raw.size());
      const Result<uint32_t> fingerprint = EncodeInside(raw, piece.options, {}, payload);
      ASSERT_TRUE(fingerprint.ok());
      const Result<uint32_t> decoded = DecodeInside(payload, {}, restored);
      ASSERT_TRUE(decoded.ok()) << decoded.status().message();
      EXPECT_EQ(decoded.value(), fingerprint.value());
      EXPECT_TRUE(std::equal(raw.begin(), raw.end(), restored.begin()));
    }
    EXPECT_EQ(end, file.size());
  }
}

TEST(Inside, TakesOutRunsOfBase64) {
  const Bytes words = testing::MakeWords(3000);
  const Bytes mail = testing::MailFile({words, GzipFile(words), testing::MakeRandom(800)});
  const Unpacked unpacked = ExpectRoundTrip(mail);
  EXPECT_EQ(unpacked.fields.streams, 3u);
  EXPECT_EQ(unpacked.fields.kind, inside::Kind::kBase64);
  EXPECT_EQ(unpacked.groups[1].size(), 3000 + GzipFile(words).size() + 800);
  EXPECT_LE(unpacked.groups[0].size(), 600u);
  EXPECT_LE(unpacked.code.size(), 40u);
}

TEST(InsideFinder, TakesInTheTextAroundRuns) {
  const Bytes words = testing::MakeWords(3000);
  const Bytes mail = testing::MailFile({words, GzipFile(words)});
  const size_t begin = inside::kBase64Finder.next(mail, 0);
  ASSERT_LT(begin, mail.size());
  const ByteSpan rest = ByteSpan(mail).subspan(begin);
  const Surroundings around = {
      .max_size = 1 << 16, .is_inner = true, .before = begin, .is_whole = true};
  const Sighting sighting = inside::kBase64Finder.look(rest, around);
  EXPECT_EQ(sighting.kind, Sighting::Kind::kObject);
  EXPECT_EQ(sighting.lead_in, begin);
  // Where text would be cut for so little, and for bytes that are no shorter without Base64.
  EXPECT_EQ(inside::kBase64Finder.look(rest, {.max_size = 1 << 16, .is_inner = true}).kind,
            Sighting::Kind::kNothing);
  const Bytes key = testing::MailFile({testing::MakeRandom(20'000)});
  const size_t at = inside::kBase64Finder.next(key, 0);
  ASSERT_LT(at, key.size());
  EXPECT_EQ(inside::kBase64Finder.look(ByteSpan(key).subspan(at), around).kind,
            Sighting::Kind::kNothing);
}

// A payload of one stored block whose fields went through a change.
TEST(Inside, RefusesWhatItsSpecificationDoesNotAllow) {
  const Bytes raw = GzipFile(testing::MakeWords(2000));
  Bytes payload;
  ASSERT_TRUE(EncodeInside(raw, {}, {}, payload).ok());
  const auto code_of = [&](const Bytes& bytes, int depth = 0) {
    Bytes restored(raw.size());
    return DecodeInside(bytes, {.depth = depth}, restored).status().code();
  };
  EXPECT_EQ(code_of(payload), Code::kOk);
  EXPECT_EQ(code_of(payload, inside::kMaxDepth - 1), Code::kOk);
  EXPECT_EQ(code_of(payload, inside::kMaxDepth), Code::kDamaged);
  for (size_t size = 0; size < payload.size(); ++size) {
    EXPECT_NE(code_of(Bytes(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size))),
              Code::kOk);
  }
  Bytes longer = payload;
  AppendTo(longer, Bytes(1, 0));
  EXPECT_NE(code_of(longer), Code::kOk);
  for (size_t at = 0; at < 12; ++at) {
    for (const int bit : {1, 16, 128}) {
      Bytes wrong = payload;
      wrong[at] = static_cast<uint8_t>(wrong[at] ^ bit);
      Bytes restored(raw.size());
      const Result<uint32_t> decoded = DecodeInside(wrong, {}, restored);
      // Kept, Alike and settings are for people only.
      EXPECT_TRUE(!decoded.ok() || restored == raw) << at;
    }
  }
}

TEST(Inside, TellsItsMemory) {
  const Bytes raw = ZipFile(ThreeEntries());
  Bytes payload;
  ASSERT_TRUE(EncodeInside(raw, {}, {}, payload).ok());
  EXPECT_GT(DecodeMemoryOfInside(payload, raw.size(), {}), 5900u);
  EXPECT_EQ(DecodeMemoryOfInside(payload, raw.size(), {.depth = inside::kMaxDepth}), 0u);
  EXPECT_EQ(DecodeMemoryOfInside(Bytes(5, 0xFF), raw.size(), {}), 0u);
}

}  // namespace
}  // namespace lmz
