#include "codec/deflate/stream.h"

#include <gtest/gtest.h>

#include "codec/deflate/huffman.h"
#include "codec/deflate/stream_coder.h"
#include "entropy/coder.h"
#include "tests/png_builder.h"

namespace lmz::deflate {
namespace {

TEST(Huffman, LengthsAreACompleteCodeWithinTheLimit) {
  TestRandom random(1);
  for (int round = 0; round < 200; ++round) {
    std::array<uint32_t, kLiteralCodes> frequencies{};
    const uint64_t spread = 1 + random.Below(26);
    for (uint32_t& frequency : frequencies) {
      if (random.Below(3) == 0) continue;
      frequency = static_cast<uint32_t>(random.Next() >> (64 - random.Below(spread + 1)) % 64);
      frequency &= 0xFFFFFF >> random.Below(24);
    }
    LiteralLengths lengths;
    ZlibLengths(frequencies, kMaxCodeLength, lengths);
    uint32_t sum = 0;
    for (size_t i = 0; i < kLiteralCodes; ++i) {
      ASSERT_LE(lengths[i], kMaxCodeLength);
      ASSERT_TRUE(frequencies[i] == 0 || lengths[i] != 0) << i;
      if (lengths[i] != 0) sum += 1u << (kMaxCodeLength - lengths[i]);
    }
    EXPECT_EQ(sum, 1u << kMaxCodeLength);
  }
}

// Weights like Fibonacci's numbers give the deepest trees.
TEST(Huffman, DeepTreesAreCut) {
  std::array<uint32_t, kOrderCodes> frequencies{};
  uint32_t last = 1, next = 1;
  for (uint32_t& frequency : frequencies) {
    frequency = last;
    last = std::exchange(next, last + next);
  }
  OrderLengths lengths;
  ZlibLengths(frequencies, kMaxOrderLength, lengths);
  std::array<uint16_t, kOrderCodes> codes;
  EXPECT_TRUE(CanonicalCodes(lengths, codes));
  EXPECT_EQ(*std::max_element(lengths.begin(), lengths.end()), kMaxOrderLength);
}

TEST(Huffman, ACodeHasTwoSymbols) {
  for (size_t used = 0; used < 4; ++used) {
    std::array<uint32_t, kDistanceCodes> frequencies{};
    frequencies[used] = used == 3 ? 0 : 5;
    DistanceLengths lengths;
    ZlibLengths(frequencies, kMaxCodeLength, lengths);
    EXPECT_EQ(std::count(lengths.begin(), lengths.end(), 1), 2);
  }
}

TEST(Huffman, TooManyCodesAreRefused) {
  std::array<uint16_t, 3> codes;
  EXPECT_FALSE(CanonicalCodes(std::array<uint8_t, 3>{1, 1, 1}, codes));
  EXPECT_TRUE(CanonicalCodes(std::array<uint8_t, 3>{1, 2, 2}, codes));
  EXPECT_EQ(codes, (std::array<uint16_t, 3>{0, 1, 3}));  // the first bit lowest
}

TEST(Symbols, EveryLengthAndDistanceHasItsCode) {
  for (uint32_t length = kMinMatch, last = 0; length <= kMaxMatch; ++length) {
    const Symbol symbol = LengthSymbol(length);
    EXPECT_LE(symbol.code, 28u);
    EXPECT_LE(symbol.code - last, 1u) << length;
    last = symbol.code;
  }
  EXPECT_EQ(LengthSymbol(257).code, 27u);
  EXPECT_EQ(LengthSymbol(257).extra, 30u);
  for (uint32_t distance = 1, last = 0; distance <= kMaxDistance; ++distance) {
    const Symbol symbol = DistanceSymbol(distance);
    EXPECT_LE(symbol.code - last, 1u) << distance;
    last = symbol.code;
  }
  EXPECT_EQ(DistanceSymbol(kMaxDistance).code, 29u);
  EXPECT_EQ(DistanceSymbol(kMaxDistance).extra, 8191u);
}

TEST(Stream, AnyParseIsReadAsItWasWritten) {
  TestRandom random(2);
  for (int round = 0; round < 60; ++round) {
    const Bytes data = random.From(Bytes{1, 2, 3}, 1 + random.Below(3000));
    const std::vector<Block> blocks = testing::RandomBlocks(random, data);
    const Bytes written = testing::WriteBlocks(blocks, data);
    const std::optional<Stream> stream = ReadStream(written, {.data_size = data.size()});
    ASSERT_TRUE(stream.has_value());
    EXPECT_EQ(stream->data, data);
    EXPECT_EQ(stream->size, written.size());
    EXPECT_EQ(testing::WriteBlocks(stream->blocks, data), written);
  }
}

TEST(Stream, AnyParseIsCoded) {
  TestRandom random(3);
  for (int round = 0; round < 120; ++round) {
    const Bytes data = random.From(Bytes{1, 2, 3}, 1 + random.Below(3000));
    const std::vector<Block> blocks = testing::RandomBlocks(random, data);
    Settings settings;
    settings.search = static_cast<uint32_t>(random.Below(11));
    settings.is_filtered = random.Below(2) != 0;
    settings.keeps_distant = random.Below(2) != 0;
    settings.window_bits = static_cast<uint32_t>(9 + random.Below(7));
    settings.memory_level = static_cast<uint32_t>(1 + random.Below(9));

    Bytes code;
    Encoder encoder(code);
    const Watch watch;
    StreamModel written_model;
    StreamCoder<Encoder> writer(encoder, written_model, data, 0, settings, watch);
    for (const Block& block : blocks) ASSERT_TRUE(writer.Code(block).has_value());
    const uint32_t fingerprint = encoder.fingerprint();
    encoder.Finish();

    Decoder decoder(code);
    StreamModel read_model;
    StreamCoder<Decoder> reader(decoder, read_model, data, 0, settings, watch);
    std::vector<Block> decoded;
    while (decoded.empty() || !decoded.back().is_last) {
      const std::optional<Block> block = reader.Code({});
      ASSERT_TRUE(block.has_value());
      decoded.push_back(*block);
    }
    EXPECT_EQ(decoder.fingerprint(), fingerprint);
    EXPECT_EQ(testing::WriteBlocks(decoded, data), testing::WriteBlocks(blocks, data));
  }
}

TEST(Stream, DamageIsRefused) {
  TestRandom random(4);
  const Bytes data = random.Text(3000);
  const Bytes written = testing::WriteBlocks(testing::ZlibBlocks(data, {}), data);
  EXPECT_FALSE(ReadStream(written, {.data_size = data.size() - 1}).has_value());
  for (size_t size = 0; size < written.size(); ++size) {
    ASSERT_FALSE(ReadStream(ByteSpan(written).first(size), {.data_size = data.size()}).has_value())
        << size;
  }
  EXPECT_FALSE(ReadStream(Bytes{7}, {}).has_value());                 // type 3
  EXPECT_FALSE(ReadStream(Bytes{1, 1, 0, 0, 0, 9}, {}).has_value());  // lengths that disagree
  EXPECT_FALSE(ReadStream(Bytes{3, 2, 0}, {}).has_value());           // a copy of nothing
}

TEST(Writer, StopsAtItsLimit) {
  Bytes out;
  BitWriter writer(out, 2);
  writer.Bits(0xFFFF, 16);
  EXPECT_FALSE(writer.overran());
  writer.Bits(1, 8);
  EXPECT_TRUE(writer.overran());
  EXPECT_EQ(out.size(), 2u);
}

// What all searches may take together is bounded, also for data made to be slow.
TEST(Parser, GivesUpWhenSearchesTakeTooLong) {
  Bytes data;
  for (int i = 0; i < 40000; ++i) {
    data.insert(data.end(), {1, 2, 3, static_cast<uint8_t>(i), static_cast<uint8_t>(i >> 8)});
  }
  Parser parser(data, {.search = 9});
  uint64_t copies = 0;
  while (parser.position() < data.size()) {
    copies += !parser.Next().found.is_literal();
    parser.Take({});  // never as guessed
  }
  EXPECT_GT(copies, 1000u);
  EXPECT_LT(copies, data.size() / 2);
}

// Read up to a boundary, and from there on with the window: as the whole stream.
TEST(Streams, AreCutAndEnteredBetweenBlocks) {
  TestRandom random(21);
  const Bytes data = random.Text(90'000);
  const Bytes deflated = testing::WriteBlocks(testing::ZlibBlocks(data, {.memory_level = 2}), data);
  const Inflation part = Inflate(ByteSpan(deflated).first(deflated.size() / 2), {}, Watch());
  ASSERT_TRUE(part.is_cut);
  ASSERT_GT(part.boundary_data, 32'768u);
  ASSERT_LT(part.boundary_data, part.data.size());
  const std::optional<Stream> front = ReadStream(deflated, {.end_bit = part.boundary_bit});
  ASSERT_TRUE(front.has_value());
  EXPECT_TRUE(front->is_cut);
  EXPECT_EQ(front->size, part.boundary_bit / 8);
  EXPECT_EQ(front->data.size(), part.boundary_data);

  const ByteSpan rest = ByteSpan(deflated).subspan(front->size);
  const auto bits = static_cast<uint32_t>(part.boundary_bit % 8);
  const Entrance entrance = {
      .lead = static_cast<uint8_t>((rest[0] & ((1u << bits) - 1)) | 1u << bits),
      .window = Bytes(front->data.end() - kMaxDistance, front->data.end())};
  const std::optional<Stream> back = ReadStream(rest, {}, Watch(), &entrance);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->size, rest.size());
  EXPECT_EQ(back->data_size(), data.size() - front->data.size());
  EXPECT_TRUE(std::equal(back->data.begin() + kMaxDistance, back->data.end(),
                         data.begin() + static_cast<std::ptrdiff_t>(front->data.size())));
  // Without what stands before, copies reach too far.
  const Entrance blind = {.lead = entrance.lead, .window = {}};
  EXPECT_FALSE(ReadStream(rest, {}, Watch(), &blind).has_value());
}

}  // namespace
}  // namespace lmz::deflate
