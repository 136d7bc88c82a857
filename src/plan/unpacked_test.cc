// Files inside files, as the planner codes them.
#include "plan/unpacked.h"

#include <gtest/gtest.h>

#include "codec/inside/unpack.h"
#include "plan/contest/contest.h"
#include "tests/archive_builder.h"
#include "tests/jpeg_builder.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using testing::GzipFile;
using testing::ZipFile;

// Plans the whole, codes each block, decodes it, and returns the size of all payloads.
uint64_t CodeWhole(ByteSpan raw) {
  uint64_t size = 0, offset = 0;
  for (const BlockPlan& block : Plan(raw, {})) {
    EXPECT_EQ(block.offset, offset);
    offset += block.size;
    const ByteSpan bytes = raw.subspan(block.offset, block.size);
    Bytes payload;
    const Result<BlockHeader> header = EncodePlanned(bytes, block, nullptr, payload, {});
    EXPECT_TRUE(header.ok()) << header.status().message();
    Bytes restored(bytes.size());
    const Status status = DecodeBlock(header.value(), payload, restored);
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), restored.begin()));
    size += payload.size();
  }
  EXPECT_EQ(offset, raw.size());
  return size;
}

TEST(PlanInside, CodesWhatIsInsideAsIfItWereNot) {
  const Bytes words = testing::MakeWords(60'000);
  const uint64_t plain = CodeWhole(words);
  EXPECT_LT(CodeWhole(GzipFile(words)), plain + 100);
  EXPECT_LT(CodeWhole(ZipFile({{.name = "words", .data = words}})), plain + 200);
}

TEST(PlanInside, FindsFilesWithinFiles) {
  const Bytes words = testing::MakeWords(60'000);
  const uint64_t plain = CodeWhole(words);
  Bytes file = words;
  for (int depth = 1; depth <= 9; ++depth) {
    file = GzipFile(file);
    const uint64_t size = CodeWhole(file);
    if (depth <= inside::kMaxDepth) {
      EXPECT_LT(size, plain + 200) << depth;
    } else {
      EXPECT_GT(size, plain + 200) << depth;
    }
  }
}

TEST(PlanInside, FindsStoredPicturesAmongManyStreams) {
  TestRandom random(8);
  const Bytes picture = testing::MakeJpegFile(random, {.width = 400, .height = 300});
  const Bytes words = testing::MakeWords(2000);
  std::vector<testing::ZipEntry> entries(60, {.name = "words", .data = words});
  const uint64_t texts = CodeWhole(ZipFile(entries));
  entries.push_back({.name = "picture", .data = picture, .is_stored = true});
  EXPECT_LT(CodeWhole(ZipFile(entries)), texts + CodeWhole(picture) + 400);
}

TEST(PlanInside, CodesPicturesOfPdfAsPictures) {
  const Bytes photo = testing::MakePhoto(15 + 128 * 96 * 3);
  const ByteSpan pixels = ByteSpan(photo).subspan(15, 128 * 96);
  const Bytes file = testing::PdfFile(128, 96, pixels);
  const inside::ContentsCoder contents = {
      .group_of = [](ByteSpan, const ImageLayout& layout) { return layout.width == 128 ? 3u : 1u; },
      .code = {}};
  const auto unpacked = inside::Unpack(file, {.contents = &contents}, {});
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(unpacked.value().fields.sizes[3], pixels.size());

  const BlockChoice as_image = {
      .options = ImageOptions{.layout = {.width = 128, .height = 96}, .profile = Profile::kBinary}};
  Bytes image, bytes;
  ASSERT_TRUE(EncodeBlock(pixels, as_image, image).ok());
  ASSERT_TRUE(EncodeBlock(pixels, {}, bytes).ok());
  constexpr size_t kAround = 300;
  ASSERT_GT(bytes.size(), image.size() + kAround);
  EXPECT_LT(CodeWhole(file), image.size() + kAround);
}

// What is left of `budget` once a gzip member within another is coded.
uint64_t LeftOf(uint64_t budget, ByteSpan file) {
  std::vector<BlockPlan> plan = Plan(file, {});
  EXPECT_EQ(plan.size(), 1u);
  std::get<InsideOptions>(plan[0].choice.options).budget = &budget;
  Bytes payload;
  EXPECT_TRUE(EncodePlanned(file, plan[0], nullptr, payload, {}).ok());
  return budget;
}

// All blocks within one file together keep to what the outermost may unpack.
TEST(PlanInside, BudgetsHoldAcrossDepths) {
  const Bytes words = testing::MakeWords(60'000);
  const Bytes inner = GzipFile(words);
  const Bytes file = GzipFile(inner);
  EXPECT_EQ(LeftOf(inner.size() + words.size(), file), 0u);
  EXPECT_EQ(LeftOf(inner.size() + words.size() - 1, file), words.size() - 1);
  EXPECT_EQ(LeftOf(inner.size() - 1, file), inner.size() - 1);

  Bytes bomb = Bytes(4'000'000);
  for (int depth = 0; depth < 3; ++depth) bomb = GzipFile(bomb, {.search = 9});
  CodeWhole(bomb);
  std::vector<testing::ZipEntry> entries;
  for (int i = 0; i < 4; ++i) {
    entries.push_back({.name = std::to_string(i), .data = GzipFile(Bytes(300'000))});
  }
  CodeWhole(ZipFile(entries));
}

}  // namespace
}  // namespace lmz
