// What zlib writes, for any settings, is what the deflate parts of the png codec expect: its
// tokens, the ends of its blocks, its codes. Needs zlib, which the library itself does not.
#include <gtest/gtest.h>
#include <zlib.h>

#include "codec/deflate/find_settings.h"
#include "codec/deflate/stream_coder.h"
#include "entropy/coder.h"
#include "tests/png_builder.h"

namespace lmz {
namespace {

struct ZlibChoice {
  int level, strategy, memory_level, window_bits;
};

Bytes Deflate(ByteSpan data, const ZlibChoice& choice) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, choice.level, Z_DEFLATED, -choice.window_bits,
                         choice.memory_level, choice.strategy),
            Z_OK);
  Bytes out(deflateBound(&stream, data.size()) + 64);
  Bytes in(data.begin(), data.end());
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Rows of a photograph, filtered: small numbers, some repeated.
Bytes Residuals(TestRandom& random, size_t size) {
  Bytes bytes;
  while (bytes.size() < size) {
    const uint64_t r = random.Below(64);
    bytes.push_back(static_cast<uint8_t>(r < 40 ? 0 : r < 50 ? r % 3 : 250 + r % 11));
  }
  return bytes;
}

Bytes Mixture(uint64_t seed) {
  TestRandom random(seed);
  Bytes data = Residuals(random, 60000);
  AppendTo(data, random.Text(30000));
  AppendTo(data, Bytes(3000, 0));
  AppendTo(data, Bytes(data.begin() + 40000, data.begin() + 70000));
  AppendTo(data, Residuals(random, 50000));
  return data;
}

// The bytes that the code of the stream takes.
size_t CodeSize(const deflate::Stream& stream, const deflate::Settings& settings) {
  Bytes code;
  Encoder encoder(code);
  const Watch watch;
  deflate::StreamModel model;
  deflate::StreamCoder<Encoder> coder(encoder, model, stream.data, 0, settings, watch);
  for (const deflate::Block& block : stream.blocks) EXPECT_TRUE(coder.Code(block).has_value());
  encoder.Finish();
  return code.size();
}

void ExpectKnown(const Bytes& data, const ZlibChoice& choice) {
  SCOPED_TRACE(std::to_string(choice.level) + " " + std::to_string(choice.strategy) + " " +
               std::to_string(choice.memory_level) + " " + std::to_string(choice.window_bits));
  const Bytes deflated = Deflate(data, choice);
  const std::optional<deflate::Stream> stream =
      deflate::ReadStream(deflated, {.data_size = data.size()});
  ASSERT_TRUE(stream.has_value());
  EXPECT_EQ(stream->data, data);
  EXPECT_EQ(stream->size, deflated.size());
  EXPECT_EQ(testing::WriteBlocks(stream->blocks, data), deflated);
  const deflate::Settings settings =
      deflate::FindSettings(*stream, static_cast<uint32_t>(choice.window_bits)).settings;
  // A few bytes for what is always the same, three for each stored block.
  size_t limit = 60;
  for (const deflate::Block& block : stream->blocks) {
    limit += block.type == deflate::BlockType::kStored ? 3 : 0;
  }
  EXPECT_LT(CodeSize(*stream, settings), limit);
}

TEST(Zlib, EveryLevelIsKnown) {
  const Bytes data = Mixture(1);
  for (int level = 0; level <= 9; ++level) ExpectKnown(data, {level, Z_DEFAULT_STRATEGY, 8, 15});
}

TEST(Zlib, EveryStrategyIsKnown) {
  const Bytes data = Mixture(2);
  for (const int strategy : {Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
    for (const int level : {1, 6, 9}) ExpectKnown(data, {level, strategy, 8, 15});
  }
}

TEST(Zlib, EveryMemoryLevelAndWindowIsKnown) {
  const Bytes data = Mixture(3);
  for (int memory_level = 1; memory_level <= 9; ++memory_level) {
    ExpectKnown(data, {6, Z_DEFAULT_STRATEGY, memory_level, 15});
  }
  for (int window_bits = 9; window_bits <= 15; ++window_bits) {
    for (const int level : {2, 7}) ExpectKnown(data, {level, Z_DEFAULT_STRATEGY, 8, window_bits});
  }
}

TEST(Zlib, ShortDataAreKnown) {
  TestRandom random(4);
  for (size_t size = 1; size < 40; ++size) {
    const Bytes data = random.From(Bytes{0, 1}, size);
    for (const int level : {1, 4, 6, 9}) ExpectKnown(data, {level, Z_DEFAULT_STRATEGY, 8, 15});
  }
}

// What tests make without zlib is what zlib makes.
TEST(Zlib, TheBuilderWritesTheSame) {
  const Bytes data = Mixture(5);
  for (const uint32_t level : {1u, 3u, 4u, 6u, 9u}) {
    const Bytes built = testing::WriteBlocks(testing::ZlibBlocks(data, {.search = level}), data);
    EXPECT_EQ(built, Deflate(data, {static_cast<int>(level), Z_DEFAULT_STRATEGY, 8, 15}));
  }
}

}  // namespace
}  // namespace lmz
