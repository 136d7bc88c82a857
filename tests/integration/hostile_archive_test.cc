// Archives and pictures that are made to cost an encoder much: they come back, and take little time
// and memory beyond what as many bytes, or those that they stand for, take without archives.
#include <gtest/gtest.h>

#include <ctime>

#include "stream/pipeline.h"
#include "tests/archive_builder.h"
#include "tests/counted_memory.h"
#include "tests/jpeg_builder.h"
#include "tests/recipes.h"
#include "tests/sanitized.h"

namespace lmz {
namespace {

using testing::GzipFile;
using testing::live;
using testing::peak;
using testing::ZipEntry;
using testing::ZipFile;

constexpr size_t kMaxMemory = size_t{512} << 20;

// Builds that check everything take so many times as long.
#if defined(__OPTIMIZE__)
constexpr double kSlowness = testing::kIsSanitized ? 30 : 2;
#else
constexpr double kSlowness = 30;
#endif

// What compressing took at level 0.
struct Cost {
  Bytes coded;
  double seconds = 0;  // of the processor
  size_t memory = 0;
};

Cost CostOf(const Bytes& raw) {
  Cost cost;
  MemorySource source(raw);
  MemorySink sink(cost.coded);
  const size_t before = live;
  peak = before;
  const std::clock_t begin = std::clock();
  EXPECT_TRUE(Compress(source, sink, {.content_size = raw.size()}).ok());
  cost.seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  cost.memory = peak - before;
  return cost;
}

// Beyond what the contents take where they are within the budget, or else as many random bytes.
// Returns the size of the code.
size_t ExpectBounded(const Bytes& raw, const Bytes& contents = {}) {
  const Cost cost = CostOf(raw);
  const Cost usual = CostOf(contents.empty() ? testing::MakeRandom(raw.size()) : contents);
  const double megabytes = static_cast<double>(raw.size()) / 1e6;
  EXPECT_LE(cost.seconds, usual.seconds + kSlowness * (1 + megabytes));
  EXPECT_LE(cost.memory, kMaxMemory);
  EXPECT_LE(cost.coded.size(), raw.size() + 100);
  Bytes back;
  MemorySource source(cost.coded);
  MemorySink sink(back);
  EXPECT_TRUE(Decompress(source, sink, {}).ok());
  EXPECT_EQ(back, raw);
  return cost.coded.size();
}

// 16 entries of zeros, about 42 kB.
Bytes Bomb() {
  return ZipFile(std::vector<ZipEntry>(16, {.name = "zeros", .data = Bytes(2'600'000)}));
}

TEST(HostileArchive, ABomb) {
  const Bytes bomb = Bomb();
  EXPECT_LT(bomb.size(), 50'000u);
  ExpectBounded(bomb);
}

TEST(HostileArchive, BombsInBombs) {
  Bytes inner = Bomb();
  for (int depth = 0; depth < 2; ++depth) {
    inner = ZipFile(std::vector<ZipEntry>(16, {.name = "bomb", .data = inner}));
    ExpectBounded(inner);
  }
}

TEST(HostileArchive, NineDeep) {
  Bytes gzip = testing::MakeWords(100'000), zip = gzip, stored = gzip;
  for (int depth = 0; depth < 9; ++depth) {
    gzip = GzipFile(gzip);
    zip = ZipFile({{.name = "inner", .data = zip}, {.name = "text", .data = Bytes(5000, 'a')}});
    stored = ZipFile({{.name = "inner", .data = stored, .is_stored = true}});
  }
  for (const Bytes& raw : {gzip, zip, stored}) ExpectBounded(raw);
}

// Base64 within Base64, bombs and archives within it, and what it is cut by.
TEST(HostileArchive, Mail) {
  Bytes nested = testing::MakeWords(60'000), mixed = GzipFile(nested);
  for (int depth = 0; depth < 9; ++depth) {
    nested = testing::MailFile({nested});
    mixed = depth % 2 == 0 ? testing::MailFile({mixed}) : GzipFile(mixed);
  }
  for (const Bytes& raw : {nested, mixed, testing::MailFile({Bomb(), Bomb()})}) ExpectBounded(raw);
  const Bytes mail = testing::MailFile({GzipFile(testing::MakeWords(50'000))});
  for (size_t at = 200; at < mail.size(); at += 5001) {
    Bytes wrong = mail;
    wrong[at] = '=';
    ExpectBounded(wrong);
    ExpectBounded(Bytes(mail.begin(), mail.begin() + static_cast<std::ptrdiff_t>(at)));
  }
  // Short runs between characters of none, and one that no line ends.
  Bytes text = testing::MailBase64(testing::MakeRandom(400'000));
  for (size_t at = 0; at < text.size(); at += 300) text[at] = '!';
  ExpectBounded(text);
  ExpectBounded(Bytes(1'000'000, 'A'));
}

// Streams of one short block and a long one that is never whole: each is a promise of a piece.
TEST(HostileArchive, PiecesThatAreNone) {
  const Bytes data = testing::MakeWords(40'000);
  std::vector<deflate::Block> blocks = testing::ZlibBlocks(data, {.memory_level = 9});
  ASSERT_EQ(blocks.size(), 1u);
  blocks[0].is_last = false;
  Bytes stream = ToBytes("\x1F\x8B\x08");
  stream.resize(10);
  AppendTo(stream, testing::WriteBlocks(blocks, data));
  Bytes raw;
  while (raw.size() < 1'000'000) AppendTo(raw, stream);
  ExpectBounded(raw);
}

// Sizes and sums in the headers, and streams that end elsewhere.
TEST(HostileArchive, WrongSizes) {
  const Bytes file = ZipFile({{.name = "a", .data = testing::MakeWords(50'000)},
                              {.name = "b", .data = testing::MakeWords(60'000)}});
  for (const size_t field : {14u, 18u, 22u}) {
    for (const uint8_t value : Bytes{0, 1, 0xFF}) {
      Bytes wrong = file;
      for (size_t i = 0; i < 4; ++i) wrong[field + i] = value;
      EXPECT_LT(ExpectBounded(wrong), file.size());
    }
  }
  for (size_t at = 40; at < file.size(); at += 7001) {
    Bytes wrong = file;
    wrong[at] ^= 0x55;
    ExpectBounded(wrong);
  }
}

TEST(HostileArchive, ManyHeaders) {
  Bytes raw = testing::MakeRandom(1'000'000);
  for (size_t at = 0; at + 40 < raw.size(); at += 33) {
    raw[at] = 0x78;
    raw[at + 1] = 0x9C;
  }
  ExpectBounded(raw);
  Bytes streams;
  const Bytes small = testing::ZlibStream(testing::MakeWords(60), {});
  while (streams.size() < 500'000) AppendTo(streams, small);
  ExpectBounded(streams);
}

// Streams that are just within the budget, and of little that repeats.
TEST(HostileArchive, MuchOfEverything) {
  Bytes data;
  TestRandom random(5);
  while (data.size() < 600'000) {
    data.resize(data.size() + random.Below(400), static_cast<uint8_t>(random.Below(256)));
  }
  ExpectBounded(GzipFile(data), data);
  Bytes members;
  while (members.size() < 300'000) AppendTo(members, GzipFile(Bytes(300'000)));
  ExpectBounded(members);
}

Bytes HugePicture(uint32_t side) {
  return testing::JpegAround({.width = side, .height = side});
}

TEST(HostileArchive, PicturesWithoutData) {
  Bytes file = HugePicture(65'500);
  ExpectBounded(file);
  Bytes all;
  while (all.size() < 400'000) AppendTo(all, file);
  ExpectBounded(all);
  // As many blocks as the bytes allow, in a scan that ends at once.
  file = HugePicture(2400);
  file.resize(file.size() - 2);
  ExpectBounded(file);
  AppendTo(file, Bytes(400'000));
  ExpectBounded(file);
}

TEST(HostileArchive, ManySignaturesOfPictures) {
  Bytes raw;
  while (raw.size() < 600'000) AppendTo(raw, Bytes{0xFF, 0xD8, 0xFF, 0xE0, 0, 2});
  ExpectBounded(raw);
  // Thumbnails that begin everywhere in the metadata of a picture.
  TestRandom random(6);
  const Bytes picture = testing::MakeJpegFile(random, {.width = 200, .height = 200});
  Bytes metadata;
  while (metadata.size() < 60'000) AppendTo(metadata, Bytes{0xFF, 0xD8, 0xFF, 0xDB});
  ExpectBounded(testing::WithThumbnail(picture, metadata));
}

}  // namespace
}  // namespace lmz
