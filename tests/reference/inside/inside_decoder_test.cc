// The codec `inside` of the library, decoded by the second decoder.
#include "tests/reference/inside/inside_decoder.h"

#include <gtest/gtest.h>

#include "codec/inside/finder.h"
#include "codec/inside/inside.h"
#include "tests/archive_builder.h"
#include "tests/corpora.h"
#include "tests/paths.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

// Without a planner the blocks inside are of `bytes`, or stored.
reference::Decoded DecodeInner(const reference::InnerBlock& block) {
  EXPECT_EQ(block.filters, 0u);
  if (block.codec == 1) return reference::DecodeBytesCodec(block.payload, block.raw_size);
  EXPECT_EQ(block.codec, 0u);
  return {block.payload, 0};
}

Bytes InsideThroughTheLibrary(const Bytes& raw, const InsideOptions& options = {}) {
  Bytes payload;
  const Result<uint32_t> fingerprint = EncodeInside(raw, options, {}, payload);
  EXPECT_TRUE(fingerprint.ok()) << fingerprint.status().message();
  try {
    const reference::Decoded decoded =
        reference::DecodeInsideCodec(payload, raw.size(), DecodeInner);
    EXPECT_EQ(decoded.fingerprint, fingerprint.value());
    return decoded.raw;
  } catch (const reference::Damage& damage) {
    ADD_FAILURE() << damage.what();
    return {};
  }
}

// Every search and memory, all frames, directories that are not as usual.
TEST(InsideDecoder, DecodesArchivesOfTheLibrary) {
  const Bytes words = testing::MakeWords(1500);
  for (uint32_t search = 0; search <= 10; ++search) {
    SCOPED_TRACE(search);
    const deflate::Settings settings = {.search = search, .memory_level = 1 + search % 10};
    Bytes raw = testing::ZipFile({{.name = "first", .data = words, .settings = settings},
                                  {.name = "second", .data = Bytes(1), .is_stored = true},
                                  {.name = "third",
                                   .data = testing::MakeRecords(1200),
                                   .settings = settings,
                                   .has_descriptor = search % 2 == 0}});
    if (search % 3 == 0) raw[raw.size() - 60] ^= 1;
    AppendTo(raw, testing::GzipFile(words, settings));
    if (search % 4 == 0) raw.back() ^= 1;
    AppendTo(raw, testing::ZlibStream(words, settings));
    EXPECT_EQ(InsideThroughTheLibrary(raw), raw);
  }
}

// Runs in all layouts, among them some that an encoder has no reason to choose.
TEST(InsideDecoder, DecodesRunsOfBase64) {
  TestRandom random(8);
  for (int round = 0; round < 40; ++round) {
    Bytes raw = ToBytes("text ");
    for (int i = 0; i < 4; ++i) {
      inside::Base64Layout layout = {.is_url = random.Below(3) == 0,
                                     .is_padded = random.Below(3) != 0};
      if (random.Below(3) != 0) {
        layout.line_length = 32 + static_cast<uint32_t>(random.Below(60));
        layout.first_line = layout.line_length - static_cast<uint32_t>(random.Below(2));
        layout.separator_size = 1 + static_cast<uint32_t>(random.Below(3));
        layout.separator = {'\n'};
        for (size_t k = 1; k < layout.separator_size; ++k) layout.separator[k] = ' ';
      }
      inside::AppendBase64(random.Random(300 + random.Below(300)), layout, raw);
      AppendTo(raw, ToBytes(";\n"));
    }
    EXPECT_EQ(InsideThroughTheLibrary(raw), raw);
  }
}

// A stream in pieces, each of which brings its window along.
TEST(InsideDecoder, DecodesPiecesOfStreams) {
  Bytes data = testing::MakeWords(30'000);
  AppendTo(data, testing::MakeRandom(6000));
  for (uint32_t search = 0; search <= 10; ++search) {
    SCOPED_TRACE(search);
    const Bytes file = testing::GzipFile(data, {.search = search, .memory_level = 1 + search % 3});
    InsideOptions options;
    size_t at = 0, pieces = 0;
    for (bool goes_on = true; goes_on; ++pieces) {
      const ByteSpan rest = ByteSpan(file).subspan(at);
      const Surroundings around = {.max_size = 8000};
      const Sighting piece = at == 0 ? inside::kFinder.look(rest, around)
                                     : inside::kFinder.resume(options, rest, around);
      ASSERT_EQ(piece.kind, Sighting::Kind::kObject);
      options = std::get<InsideOptions>(piece.options);
      const Bytes raw(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(piece.size));
      EXPECT_EQ(InsideThroughTheLibrary(raw, options), raw);
      at += raw.size();
      goes_on = piece.goes_on;
    }
    EXPECT_GE(pieces, 2u);
  }
}

// A parse that takes what is nearest: other tokens than zlib's, of which some pay.
TEST(InsideDecoder, DecodesStreamsOfOtherEncodersInside) {
  const std::optional<Bytes> book = ReadTestFile(testing::SourcePath("samples/opticks.txt"));
  ASSERT_TRUE(book && book->size() > 32000);
  const Bytes data(book->begin() + 20000, book->begin() + 32000);
  std::vector<deflate::Block> blocks = testing::ZlibBlocks(data, {.search = 9});
  for (deflate::Block& block : blocks) {
    std::vector<deflate::Token> tokens;
    for (const deflate::Token& token : block.tokens) {
      // Every 20th copy becomes a shorter one and literals.
      const bool is_changed = token.length > 5 && tokens.size() % 20 == 3;
      tokens.push_back(token);
      if (!is_changed) continue;
      tokens.back().length = static_cast<uint16_t>(token.length - 2);
      tokens.insert(tokens.end(), 2, deflate::Token());
    }
    block.tokens = tokens;
    block.type = deflate::BlockType::kDynamic;
  }
  size_t at = 0;
  for (deflate::Block& block : blocks) {
    block.header = deflate::ZlibHeader({block.tokens, ByteSpan(data).subspan(at)});
    at += static_cast<size_t>(deflate::SizeOf(block));
  }
  Bytes raw = {0x78, 0xDA};
  AppendTo(raw, testing::WriteBlocks(blocks, data));
  png::AppendBe32(png::Adler32(data), raw);
  EXPECT_EQ(InsideThroughTheLibrary(raw), raw);
}

}  // namespace
}  // namespace lmz
