// Byte ranges through the C interface. Linked with nothing but the shared library.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/c_inputs.h"

using namespace lmz::testing;

TEST(CRange, EveryPartIsFound) {
  const std::string content = NoiseAndText(3 * kSmallestBlock + 3000);
  const std::string code = [&] {
    lmz::Compressor compressor = SmallBlocks();
    return compressor.Finish(content);
  }();
  const std::string small = lmz::Compress("a compact frame", 0);
  lmz::TestRandom random(6);
  const std::string padding(5000, '\0');
  for (const int arrangement : {0, 1, 2, 3, 4}) {
    const std::string whole = arrangement == 0   ? content
                              : arrangement == 1 ? content + content
                              : arrangement == 2 ? "a compact frame" + content
                              : arrangement == 3 ? content + "a compact frame"
                                                 : content + content;
    const std::string file = arrangement == 0   ? code
                             : arrangement == 1 ? code + code
                             : arrangement == 2 ? small + code
                             : arrangement == 3 ? code + small
                                                : code + padding + code + padding;
    lmz::RangeReader reader(file);
    ASSERT_EQ(reader.content_size(), whole.size());
    for (int i = 0; i < 12; ++i) {
      const size_t offset = random.Below(whole.size() + 10);
      const size_t size = random.Below(i % 2 == 0 ? 100 : 100000);
      const std::string expected = offset < whole.size() ? whole.substr(offset, size) : "";
      ASSERT_EQ(reader.Read(offset, size), expected) << arrangement << " " << offset;
    }
    EXPECT_EQ(reader.Read(whole.size(), 10), "");
  }
}

TEST(CRange, BlocksLieBehindEachOther) {
  lmz::Compressor compressor = SmallBlocks();
  const std::string code = compressor.Finish(Noise(2 * kSmallestBlock + 100));
  const std::string file = code + lmz::Compress("a compact frame", 0);
  const std::vector<lmz_block> blocks = lmz::RangeReader(file).Blocks();
  ASSERT_EQ(blocks.size(), 4u);
  uint64_t offset = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const uint64_t size = i < 2 ? kSmallestBlock : i == 2 ? 100 : 15;
    EXPECT_EQ(blocks[i].content_offset, offset);
    EXPECT_EQ(blocks[i].content_size, size);
    offset += size;
  }
  EXPECT_EQ(blocks[1].coded_offset, blocks[0].coded_offset + blocks[0].coded_size);
  EXPECT_EQ(blocks[3].coded_offset, code.size());
  EXPECT_EQ(blocks[3].coded_offset + blocks[3].coded_size, file.size());
  lmz_range_reader* reader = nullptr;
  lmz_block block;
  ASSERT_EQ(lmz_range_open_memory(&reader, file.data(), file.size(), nullptr, nullptr), LMZ_OK);
  EXPECT_EQ(lmz_range_block(reader, 4, &block, nullptr), LMZ_INVALID_ARGUMENT);
  lmz_range_reader_free(reader);
}

// A compact frame has no index, so the whole structure is read, but no payload.
TEST(CRange, NoMoreIsReadThanIsNeeded) {
  lmz::Compressor compressor = SmallBlocks();
  const std::string code = compressor.Finish(Noise(40 * kSmallestBlock));
  for (const std::string& file : {code, code + lmz::Compress("a compact frame", 0)}) {
    struct Input {
      const std::string& file;
      size_t read_size;
    } input = {file, 0};
    const lmz_read_at read = [](void* user, uint64_t offset, void* buffer, size_t size) {
      auto* from = static_cast<Input*>(user);
      from->read_size += size;
      std::memcpy(buffer, from->file.data() + offset, size);
      return 0;
    };
    lmz::RangeReader reader(read, &input, file.size());
    reader.Read(20 * kSmallestBlock, 100);
    EXPECT_LT(input.read_size, file.size() / 2);
  }
}

TEST(CRange, FailuresHaveCodes) {
  const std::string content = Noise(2 * kSmallestBlock);
  lmz::Compressor compressor = SmallBlocks();
  std::string code = compressor.Finish(content);
  EXPECT_EQ(CodeOf([&] { lmz::RangeReader("plain text"); }), LMZ_NOT_LMZ);
  EXPECT_EQ(CodeOf([&] { lmz::RangeReader(code.substr(0, code.size() - 1)); }), LMZ_TRUNCATED);
  const lmz_read_at fails = [](void*, uint64_t, void*, size_t) { return 1; };
  EXPECT_EQ(CodeOf([&] { lmz::RangeReader(fails, nullptr, 1000); }), LMZ_IO);
  code[5000] = static_cast<char>(code[5000] ^ 4);  // inside the first block
  lmz::RangeReader reader(code);
  EXPECT_EQ(CodeOf([&] { reader.Read(0, 10); }), LMZ_DAMAGED);
  EXPECT_EQ(reader.Read(kSmallestBlock, 10), content.substr(kSmallestBlock, 10));
}
