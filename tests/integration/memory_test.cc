// A decoder takes no more memory for a block than its payload's first fields say it will: measured
// at the allocator, for honest blocks and for payloads that ask for as much as they can.
#include <gtest/gtest.h>

#include "codec/png/unpacked.h"
#include "codec/registry.h"
#include "model/library.h"
#include "stream/frame_encoder.h"
#include "tests/archive_builder.h"
#include "tests/choices.h"
#include "tests/counted_memory.h"
#include "tests/frame_builder.h"
#include "tests/jpeg_builder.h"
#include "tests/png_builder.h"
#include "tests/recipes.h"
#include "tests/repeated_zero.h"

namespace lmz {
namespace {

using testing::AllChoices;
using testing::ChoiceName;
using testing::FrameBuilder;
using testing::live;
using testing::peak;

// What decoding of a block took at most beside payload and raw bytes, whatever came of it.
uint64_t PeakOf(const BlockHeader& header, ByteSpan payload, int threads) {
  Bytes raw(header.raw_size);
  BlockResources resources = testing::WithTinyModels();
  resources.threads = threads;
  const size_t before = live;
  peak = before;
  const Result<uint32_t> ignored = DecodePayload(header, payload, raw, resources);
  return peak - before;
}

void ExpectBounded(const BlockHeader& header, ByteSpan payload, const std::string& what) {
  const int threads = header.codec == kTextCodec.id ? 2 : 1;  // others take one
  ASSERT_TRUE(ValidateBlockHeader(header).ok()) << what;
  BlockResources resources = testing::WithTinyModels();
  resources.threads = threads;
  // The second loads the model, which does not count.
  const uint64_t bound = DecodeMemory(header, payload, resources);
  EXPECT_LE(PeakOf(header, payload, threads), bound) << what << " raw " << header.raw_size;
}

// Neither more than the bound, nor less than a quarter of it, payload and raw bytes included.
void ExpectClose(ByteSpan raw, const BlockChoice& choice, const std::string& what) {
  Bytes payload;
  const Result<BlockHeader> header = EncodeBlock(raw, choice, payload);
  ASSERT_TRUE(header.ok()) << what;
  const uint64_t sizes = raw.size() + payload.size();
  const uint64_t bound = DecodeMemory(header.value(), payload, testing::WithTinyModels());
  const uint64_t peak_size = PeakOf(header.value(), payload, 1);
  EXPECT_LE(peak_size, bound) << what << " raw " << raw.size();
  EXPECT_GE(4 * (sizes + peak_size), sizes + bound) << what << " raw " << raw.size();
}

TEST(Memory, TheMeterCounts) {
  const size_t before = live;
  {
    const Bytes bytes(1000000);
    EXPECT_GE(live, before + bytes.size());
  }
  EXPECT_EQ(live, before);
}

TEST(Memory, HonestBlocksStayCloseToTheirBound) {
  for (const BlockChoice& choice : AllChoices()) {
    for (const size_t size : {1u, 3000u, 30000u}) {
      ExpectClose(testing::MakeWords(size), choice, ChoiceName(choice));
    }
  }
}

TEST(Memory, HonestFilesStayCloseToTheirBound) {
  for (const size_t size : {3000u, 200000u}) {
    ExpectClose(testing::MakePhoto(size), {.options = ImageOptions{}}, "image");
    ExpectClose(testing::MakeWave(size), {.options = AudioOptions{}}, "audio");
    ExpectClose(testing::MakePicture(size), {.options = PngOptions{}}, "png");
    ExpectClose(testing::MakeLossy(size), {.options = JpegOptions{}}, "jpeg");
    ExpectClose(testing::MakeArchive(size), {.options = InsideOptions{}}, "inside");
    ExpectClose(testing::MakeScan(size), {.options = ImageOptions{}}, "image of two bytes");
    ExpectClose(testing::MakePage(size), {.options = BilevelOptions{.width = 200}}, "bilevel");
  }
  const testing::PngShape shape = {.width = 400, .height = 300};
  const Bytes pixels = testing::MakePhoto(shape.width * shape.height * 3);
  const Bytes rows = testing::FilteredRows(shape, pixels);
  ExpectClose(testing::PngFile(shape, testing::ZlibStream(rows, {})), {.options = PngOptions{}},
              "large png");
  TestRandom random(3);
  ExpectClose(testing::MakeJpegFile(random, {.width = 400, .height = 300}),
              {.options = JpegOptions{}}, "large jpeg");
  ExpectClose(testing::GzipFile(testing::MakeWords(200000)), {.options = InsideOptions{}},
              "large gzip");
}

constexpr uint8_t kBase = 1;  // the number of the model

void AppendVarint(Bytes& out, uint64_t number) {
  ByteWriter(out).Varint(number);
}

struct Greedy {
  std::string name;
  CodecId codec;
  Bytes payload;
};

// As many blocks as there can be, and as many scans.
Greedy GreedyJpeg(uint64_t size, bool is_progressive) {
  const uint64_t most = jpeg::MaxBlocksOf(size) / 4096 * 4096;
  const testing::JpegShape shape = {.width = 8 * 512,
                                    .height = static_cast<uint32_t>(most / 512 * 8),
                                    .components = 1,
                                    .is_progressive = is_progressive};
  Bytes around = testing::JpegAround(shape);
  around.resize(std::min<size_t>(around.size(), static_cast<size_t>(size)));
  Bytes coded;
  EXPECT_TRUE(EncodeBytes(around, {.profile = Profile::kBinary}, {}, coded).ok());
  Greedy greedy = {"jpeg", kJpegCodec.id, {1, 1}};
  AppendVarint(greedy.payload, is_progressive ? 6 : 1);
  AppendVarint(greedy.payload, most);
  AppendVarint(greedy.payload, around.size());
  AppendVarint(greedy.payload, coded.size());
  AppendTo(greedy.payload, coded);
  return greedy;
}

// Payloads that promise a block of `size` bytes in the ways that cost most; noise follows.
std::vector<Greedy> GreedyPayloads(uint64_t size) {
  std::vector<Greedy> all;
  for (const uint8_t profile : {uint8_t{0}, uint8_t{1}})
    all.push_back({"bytes", kBytesCodec.id, {profile}});
  const ModelFile& model = testing::TinyModelFile();
  Bytes tiny = {0};
  AppendTo(tiny, model.id);
  tiny.push_back(static_cast<uint8_t>(model.card.name.size()));
  AppendTo(tiny, ToBytes(model.card.name));
  const Bytes base = {kBase, FindNumber(kBase)->id[0]};
  for (const Bytes& name : {tiny, base}) {
    for (const auto& [lanes, groups] : {std::pair{1, 1}, {64, 1}, {64, 4}}) {
      Greedy text = {"text " + std::to_string(lanes), kTextCodec.id, name};
      text.payload.push_back(static_cast<uint8_t>(lanes));
      text.payload.push_back(static_cast<uint8_t>((groups - 1) << 4));
      for (int g = 1; g < groups; ++g) {
        AppendVarint(text.payload, 8);
        AppendTo(text.payload, testing::MakeRandom(8));
      }
      AppendTo(text.payload, testing::MakeRandom(static_cast<size_t>(size / 1024)));
      all.push_back(std::move(text));
    }
  }
  for (const uint64_t width : {uint64_t{16}, uint64_t{1} << 10, uint64_t{1} << 15}) {
    for (const uint8_t format :
         Bytes{0x00, 0x03, 0x84, 0x87}) {  // one or four channels, 8 or 16 bits
      const uint64_t row = width * ((format & 3u) + 1) * (format >= 0x80 ? 2 : 1);
      if (row > size) continue;
      Greedy image = {"image " + std::to_string(width) + " format " + std::to_string(format),
                      kImageCodec.id,
                      {}};
      AppendVarint(image.payload, width);
      AppendVarint(image.payload, size / row);
      image.payload.push_back(format);
      image.payload.push_back(format == 0x03 ? 32 : 0);
      AppendVarint(image.payload, 0);
      AppendVarint(image.payload, 0);
      if (size % row != 0) {
        AppendVarint(image.payload, 100);
        image.payload.push_back(0);
        AppendTo(image.payload, Bytes(99));
      }
      all.push_back(std::move(image));
    }
  }
  all.push_back({"image without pixels", kImageCodec.id, {0}});
  AppendVarint(all.back().payload, 400);
  for (const uint64_t width : {uint64_t{0}, uint64_t{1} << 12}) {
    const uint64_t unpacked = png::MaxUnpackedSize(size);
    png::Fields fields;
    fields.settings = {.search = 9, .memory_level = 9};
    fields.data_size = unpacked;
    Greedy png = {"png " + std::to_string(width), kPngCodec.id, {1}};
    fields.Write(png.payload);
    AppendVarint(png.payload, 100);
    AppendTo(png.payload, testing::MakeRandom(100));
    AppendVarint(png.payload, width);
    if (width != 0) {
      AppendVarint(png.payload, unpacked / width);
      AppendTo(png.payload, Bytes{0, 0, 0, 0});
    }
    if (unpacked % std::max(width, uint64_t{1}) != 0 || width == 0) {
      const auto code_size = static_cast<size_t>(100 + unpacked / 40000);
      AppendVarint(png.payload, code_size);
      // Zeros are long to decode and get far: that shows in blocks which are not large already.
      const bool is_large = size > 100000;
      AppendTo(png.payload, is_large ? testing::MakeRandom(code_size) : Bytes(code_size));
    }
    all.push_back(std::move(png));
  }
  for (const int channels : {1, 2, 16}) {
    const uint64_t frame = 2 * static_cast<uint64_t>(channels);
    if (frame > size) continue;
    Greedy audio = {"audio " + std::to_string(channels), kAudioCodec.id, {2}};
    audio.payload.push_back(static_cast<uint8_t>(channels));
    for (const uint64_t field : {size % frame, size / frame, uint64_t{0}, uint64_t{65535}}) {
      AppendVarint(audio.payload, field);
    }
    AppendVarint(audio.payload, size % frame == 0 ? 0 : 2);
    if (size % frame != 0) AppendTo(audio.payload, Bytes(2));
    all.push_back(std::move(audio));
  }
  // Unpacked to four times the block; what follows is a payload of `bytes` for it.
  inside::Fields fields;
  fields.sizes = {0, 4 * size, 0, 0};
  fields.streams = 1;
  Greedy inside = {"inside", kInsideCodec.id, {}};
  fields.Write(inside.payload);
  AppendVarint(inside.payload, 100);
  AppendTo(inside.payload, testing::MakeRandom(100));
  inside.payload.push_back(static_cast<uint8_t>(kBytesCodec.id));
  AppendVarint(inside.payload, 4 * size);
  AppendVarint(inside.payload, size / 40000 + 450);
  all.push_back(std::move(inside));
  for (const bool is_progressive : {false, true}) all.push_back(GreedyJpeg(size, is_progressive));
  all.push_back({"audio without samples", kAudioCodec.id, {0}});
  AppendVarint(all.back().payload, 400);
  return all;
}

// As long as a payload must be for what it promises, so that only the codec can refuse it.
Bytes WithNoise(const Greedy& greedy, uint64_t size) {
  Bytes payload = greedy.payload;
  // Some promise 400 bytes of code; those of text are slow to decode.
  AppendTo(payload,
           testing::MakeRandom(size / 40000 + (greedy.codec == kTextCodec.id ? 100 : 450)));
  return payload;
}

TEST(Memory, GreedyBlocksStayBelowTheirBound) {
  const auto base = ModelLibrary().OfLevel(3);  // loaded once, for all blocks
  ASSERT_TRUE(base.ok() && ReferenceTo(*base.value()).number == kBase);
  for (const uint64_t size : {1000u, 65537u, (1u << 22) + 5}) {
    for (const Greedy& greedy : GreedyPayloads(size)) {
      const Bytes payload = WithNoise(greedy, size);
      if (payload.size() >= size) continue;
      BlockHeader header = {.codec = greedy.codec};
      header.raw_size = size;
      header.payload_size = payload.size();
      ExpectBounded(header, payload, greedy.name);

      Bytes filtered;
      AppendVarint(filtered, size);
      AppendTo(filtered, payload);
      header.filters = kFilterRepeat | kFilterX86;
      header.payload_size = filtered.size();
      ExpectBounded(header, filtered, greedy.name + " filtered");
      header.filters |= kFilterCharset;
      ExpectBounded(header, filtered, greedy.name + " filtered with charset");
    }
  }
}

// As many tokens as there can be: all literals, most of them of one bit.
TEST(Memory, APngFileOfLiteralsStaysBelowItsBound) {
  const testing::PngShape shape = {.width = 500, .height = 500, .color = 0};
  TestRandom random(1);
  Bytes pixels(250000);
  for (int i = 0; i < 250; ++i) pixels[static_cast<size_t>(random.Below(pixels.size()))] = 1;
  const Bytes data = testing::FilteredRows(shape, pixels);
  const Bytes raw = testing::PngFile(shape, testing::ZlibStream(data, {.search = 0}));
  Bytes payload;
  const Result<BlockHeader> header = EncodeBlock(raw, {.options = PngOptions{}}, payload);
  ASSERT_TRUE(header.ok());
  ASSERT_EQ(payload.at(0), 1);
  ExpectBounded(header.value(), payload, "png");
}

TEST(Memory, AFilterThatGrowsStaysBelowItsBound) {
  Bytes payload;
  const BlockHeader header = testing::RepeatedZero(uint64_t{1} << 24, payload);
  ExpectBounded(header, payload, "repeat");
}

// Sequences of one byte become units of four.
TEST(Memory, TextThatBecomesUtf32StaysBelowItsBound) {
  constexpr uint64_t kSize = uint64_t{1} << 22;
  Bytes text = {3, 0};
  text.resize(2 + kSize / 4, 'a');
  BlockHeader header = {.codec = kStoredCodec.id, .filters = kFilterCharset, .raw_size = kSize};
  Bytes payload;
  AppendVarint(payload, text.size());
  AppendTo(payload, text);
  header.payload_size = payload.size();
  ExpectBounded(header, payload, "charset");
}

// A model whose session takes far more than its weights: its block is admitted with what it takes,
// and refused with less.
TEST(Memory, ASessionIsJudgedByWhatItTakes) {
  const ModelFile file =
      ParseModelFile(
          WriteModelFile(RandomModel({.width = 16, .layers = 64, .state = 4096, .hidden = 16}, 7,
                                     Wildness::kTame))
              .value())
          .value();
  const auto model = std::make_shared<const GlrPredictor>(file);
  const auto models = std::make_shared<ModelLibrary>();
  models->Add(model);
  const Bytes raw = testing::MakeWords(1000);
  Bytes payload;
  const Result<BlockHeader> header =
      EncodeBlock(raw, {.options = TextOptions{.model = model.get(), .lanes = 64}}, payload);
  ASSERT_TRUE(header.ok());
  ASSERT_EQ(header.value().codec, kTextCodec.id);
  for (const int threads : {1, 2}) {
    const BlockResources resources = {.threads = threads, .models = models.get()};
    const uint64_t session = DecodeMemory(header.value(), payload, resources);
    EXPECT_GT(session, uint64_t{64} << 20);
    const uint64_t needed = raw.size() + payload.size() + session;
    FrameBuilder frame;
    frame.Start();
    frame.Block(header.value(), payload);
    frame.End();
    for (const uint64_t limit : {needed - 1, needed}) {
      MemorySource source(frame.bytes);
      Bytes back;
      MemorySink sink(back);
      DecompressOptions options = {.threads = threads, .memory_limit = limit};
      options.models = models;
      const size_t before = live;
      peak = before;
      const Status status = DecompressFrames(source, sink, options).status();
      EXPECT_EQ(status.code(), limit == needed ? Code::kOk : Code::kLimit) << status.message();
      if (limit != needed) continue;
      EXPECT_EQ(back, raw);
      EXPECT_GT(peak - before, session / 10 * 9);
      EXPECT_LE(peak - before, needed + (uint64_t{1} << 19));  // the reader's buffer, threads
    }
  }
}

}  // namespace
}  // namespace lmz
