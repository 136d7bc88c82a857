// The specifications suffice: a decoder written from their text alone decodes the golden files, and
// what the library writes today.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "codec/text/text.h"
#include "entropy/logistic.h"
#include "model/library.h"
#include "records/records.h"
#include "stream/pipeline.h"
#include "tests/choices.h"
#include "tests/paths.h"
#include "tests/recipes.h"
#include "tests/reference/file_decoder.h"
#include "tests/reference/media/audio_decoder.h"
#include "tests/reference/models/reference_models.h"
#include "tests/reference/text/arithmetic_decoder.h"
#include "tests/reference/text/record_decoder.h"

namespace lmz {
namespace {

using testing::FixedPlan;
using testing::SlowNetwork;

const std::string kGolden = testing::SourcePath("tests/golden/v0/");

Bytes ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

// The content of a file, or nothing and a failed test.
Bytes Decode(const Bytes& file) {
  try {
    return reference::DecodeFile(file, SlowNetwork);
  } catch (const reference::Damage& damage) {
    ADD_FAILURE() << damage.what();
    return {};
  }
}

Bytes MakeRaw(const std::string& generator, size_t size) {
  for (const testing::Generator& row : testing::kGenerators) {
    if (row.name == generator) return row.make(size);
  }
  ADD_FAILURE() << "no generator " << generator;
  return {};
}

TEST(ReferenceDecoder, DecodesEveryGoldenFile) {
  std::ifstream manifest(kGolden + "MANIFEST");
  ASSERT_TRUE(manifest.is_open());
  int files = 0;
  for (std::string line; std::getline(manifest, line); ++files) {
    std::istringstream fields(line);
    std::string name;
    std::string generator;
    size_t raw_size = 0;
    ASSERT_TRUE(fields >> name >> generator >> raw_size) << line;
    EXPECT_EQ(Decode(ReadFile(kGolden + name)), MakeRaw(generator, raw_size)) << name;
  }
  EXPECT_GT(files, 0);
}

TEST(ReferenceDecoder, RefusesAGoldenFileWithOneOtherBit) {
  for (const char* name : {"bytes-f0-p0-words-1000-1000.lmz", "text-f0-p0-words-1000-1000.lmz"}) {
    const Bytes file = ReadFile(kGolden + name);
    for (const size_t position : {3u, 6u, 20u, 100u, 200u}) {
      Bytes other = file;
      other.at(position) ^= 4;
      EXPECT_THROW(reference::DecodeFile(other, SlowNetwork), reference::Damage) << position;
    }
  }
}

TEST(ReferenceDecoder, RefusesEveryMalformedFile) {
  const std::string folder = testing::SourcePath("tests/golden/errors/");
  std::ifstream manifest(folder + "MANIFEST");
  ASSERT_TRUE(manifest.is_open());
  int files = 0;
  for (std::string name, line; manifest >> name && std::getline(manifest, line); ++files) {
    EXPECT_THROW(reference::DecodeFile(ReadFile(folder + name), SlowNetwork), reference::Damage)
        << name;
  }
  EXPECT_GT(files, 30);
}

// What the library writes for `raw` as one compact frame, decoded by the reference.
Bytes ThroughTheLibrary(ByteSpan raw, const BlockChoice& choice) {
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  const Status status = CompressPlanned(source, sink, {}, FixedPlan(choice, raw.size())).status();
  EXPECT_TRUE(status.ok()) << status.message();
  const int codec_and_filters = static_cast<int>(choice.codec()) | choice.filters << 4;
  EXPECT_EQ(coded.at(4), codec_and_filters) << "the library chose otherwise";
  return Decode(coded);
}

Bytes ThroughTheLibrary(ByteSpan raw, Profile profile) {
  return ThroughTheLibrary(raw, BlockChoice{.options = BytesOptions{.profile = profile}});
}

// Longer than the golden files: lines, long matches, histories at their limits.
TEST(ReferenceDecoder, DecodesABookOfTheLibrary) {
  const Bytes book = ReadFile(testing::SourcePath("samples/opticks.txt"));
  Bytes raw(book.begin() + 20000, book.begin() + 60000);
  raw.insert(raw.end(), book.begin() + 30000, book.begin() + 32000);
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    EXPECT_EQ(ThroughTheLibrary(raw, profile), raw);
  }
}

// All layouts that a header of the library's choice does not give: channels, padding, byte order.
TEST(ReferenceDecoder, DecodesPixelsOfTheLibrary) {
  const Bytes photo = testing::MakePhoto(4000);
  const Bytes scan = testing::MakeScan(2500);
  const auto decode = [](const Bytes& raw, const ImageLayout& layout) {
    const BlockChoice choice = {.options =
                                    ImageOptions{.layout = layout, .profile = Profile::kBinary}};
    return ThroughTheLibrary(raw, choice);
  };
  EXPECT_EQ(
      decode(photo, {.offset = 20, .width = 38, .height = 30, .row_padding = 6, .channels = 3}),
      photo);
  EXPECT_EQ(decode(photo, {.width = 30, .height = 32, .channels = 4}), photo);
  EXPECT_EQ(decode(photo, {.width = 17, .height = 100, .channels = 2}), photo);
  EXPECT_EQ(decode(scan, {.width = 24, .height = 40, .sample_bytes = 2}), scan);
  EXPECT_EQ(decode(scan, {.offset = 7,
                          .width = 16,
                          .height = 20,
                          .channels = 3,
                          .sample_bytes = 2,
                          .is_big_endian = true}),
            scan);
}

Bytes PngOfTheLibrary(const testing::PngShape& shape, Bytes zlib, size_t idat_size) {
  const BlockChoice choice = {.options = PngOptions{.profile = Profile::kBinary}};
  return ThroughTheLibrary(testing::PngFile(shape, zlib, idat_size), choice);
}

// Every search, rows and no rows, checksums that are wrong, what follows the stream.
TEST(ReferenceDecoder, DecodesPngFilesOfTheLibrary) {
  const testing::PngShape shape = {.width = 40, .height = 30};
  const testing::PngShape interlaced = {.width = 40, .height = 30, .interlace = 1};
  const Bytes photo = testing::MakePhoto(15 + 3600);
  Bytes rows = testing::FilteredRows(shape, ByteSpan(photo).subspan(15));
  for (uint32_t search = 0; search <= 10; ++search) {
    SCOPED_TRACE(search);
    const deflate::Settings settings = {
        .search = search, .is_filtered = search % 2 == 0, .memory_level = 1 + search % 3};
    Bytes zlib = testing::ZlibStream(rows, settings);
    const size_t idat_size = zlib.size() - search;
    EXPECT_EQ(PngOfTheLibrary(shape, zlib, idat_size), testing::PngFile(shape, zlib, idat_size));
    AppendTo(zlib, Bytes{1, 2, 3});
    zlib[zlib.size() - 5] ^= 1;
    EXPECT_EQ(PngOfTheLibrary(interlaced, zlib, 50), testing::PngFile(interlaced, zlib, 50));
  }
}

// Streams that zlib would not make: blocks that end early, stored ones, copies it would not take,
// codes of another shape.
TEST(ReferenceDecoder, DecodesPngFilesOfOtherEncoders) {
  const testing::PngShape shape = {.width = 60, .height = 40, .color = 0};
  TestRandom random(1);
  const Bytes data = testing::FilteredRows(shape, random.From(Bytes{0, 1, 2}, 2400));
  for (int round = 0; round < 8; ++round) {
    const std::vector<deflate::Block> blocks = testing::RandomBlocks(random, data);
    Bytes zlib = {0x78, 0x9C};
    AppendTo(zlib, testing::WriteBlocks(blocks, data));
    png::AppendBe32(png::Adler32(data), zlib);
    EXPECT_EQ(PngOfTheLibrary(shape, zlib, 1 << 16), testing::PngFile(shape, zlib));
  }
}

// The smallest tables.
TEST(ReferenceDecoder, DecodesAShortText) {
  const Bytes raw = testing::MakeWords(120);
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    EXPECT_EQ(ThroughTheLibrary(raw, profile), raw);
  }
}

// Records of 16 bytes, then of 12: the stride is found and changes.
TEST(ReferenceDecoder, DecodesRecordsOfTheLibrary) {
  Bytes raw = testing::MakeRecords(20000);
  const Bytes records = testing::MakeRecords(30000);
  for (size_t i = 0; i < records.size(); ++i) {
    if (i % 16 < 12) raw.push_back(records[i]);
  }
  EXPECT_EQ(ThroughTheLibrary(raw, Profile::kBinary), raw);
}

// Records of 2040 bytes that change a little: strides near the longest, columns.
TEST(ReferenceDecoder, DecodesLongRecordsOfTheLibrary) {
  const Bytes noise = testing::MakeRandom(12 * 2040);
  Bytes raw;
  for (size_t i = 0; i < noise.size(); ++i) {
    raw.push_back(i < 2040 || noise[i] % 8 == 0 ? noise[i] : raw[i - 2040]);
  }
  EXPECT_EQ(ThroughTheLibrary(raw, Profile::kBinary), raw);
}

// Certainty: probabilities and histories at their ends, the longest matches; then a surprise.
TEST(ReferenceDecoder, DecodesRunsOfTheLibrary) {
  Bytes raw = testing::MakeZeros(6000);
  AppendTo(raw, Bytes(3000, 0xFF));
  AppendTo(raw, testing::MakeWords(1000));
  AppendTo(raw, Bytes(4000, ' '));
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    EXPECT_EQ(ThroughTheLibrary(raw, profile), raw);
  }
}

TEST(ReferenceDecoder, DecodesCrossingRepeatsOfTheLibrary) {
  const Bytes raw = testing::MakeCrossingRepeats();
  EXPECT_EQ(ThroughTheLibrary(raw, Profile::kText), raw);
}

// Calls, jumps and conditional jumps; operands out of range; one cut off at the end.
TEST(ReferenceDecoder, DecodesBranchesOfTheLibrary) {
  Bytes raw = testing::MakeCalls(16 * 500);
  for (size_t i = 0; i < raw.size(); i += 16) {
    if (i % 48 == 16) raw[i] = 0xE9;
    if (i % 80 == 32) {
      raw[i + 8] = 0x0F;
      raw[i + 9] = static_cast<uint8_t>(0x80 + i / 16 % 17);
      std::fill(&raw[i + 11], &raw[i + 14], uint8_t{0});
    }
    if (i % 112 == 64) std::reverse(&raw[i + 1], &raw[i + 5]);
  }
  for (const size_t rest : {0u, 3u, 4u}) {
    Bytes cut = raw;
    AppendTo(cut, Bytes(1, 0xE8));
    AppendTo(cut, Bytes(rest, 0));
    for (const uint8_t filters : {kFilterX86, static_cast<uint8_t>(kFilterX86 | kFilterRepeat)}) {
      const BlockChoice choice = {BytesOptions{Profile::kBinary}, filters};
      // Twice, so that the repeat filter has its part.
      Bytes both = cut;
      if ((filters & kFilterRepeat) != 0) AppendTo(both, cut);
      EXPECT_EQ(ThroughTheLibrary(both, choice), both) << rest;
    }
  }
}

// Few slots and much to remember: contexts take slots from each other.
TEST(ReferenceDecoder, DecodesNoiseOverASmallAlphabet) {
  Bytes raw = testing::MakeRandom(6000);
  for (uint8_t& byte : raw) byte &= 0x5F;
  EXPECT_EQ(ThroughTheLibrary(raw, Profile::kBinary), raw);
}

// Samples that jump between two levels and are noisy, in the order of bytes that the layout says.
Bytes MakeSamples(const SampleLayout& samples, int32_t level) {
  const Bytes noise = testing::MakeRandom(samples.frames * samples.channels);
  Bytes raw = testing::MakeWords(samples.offset);
  for (size_t i = 0; i < noise.size(); ++i) {
    const int32_t sample = (i / 100 % 2 == 0 ? level : -level) + noise[i] % 16;
    for (int k = 0; k < samples.sample_bytes; ++k) {
      const int place = samples.is_big_endian ? samples.sample_bytes - 1 - k : k;
      raw.push_back(static_cast<uint8_t>(sample >> 8 * place));
    }
  }
  AppendTo(raw, testing::MakeWords(7));
  return raw;
}

// One, two and three channels; all sizes and both orders of bytes; quiet and as loud as can be.
TEST(ReferenceDecoder, DecodesSamplesOfTheLibrary) {
  for (int kind = 0; kind < 24; ++kind) {
    SampleLayout samples;
    samples.channels = static_cast<uint8_t>(1 + kind % 3);
    samples.sample_bytes = static_cast<uint8_t>(1 + kind / 3 % 3);
    samples.is_big_endian = kind % 2 == 1;
    samples.is_unsigned = kind / 4 % 2 == 1;
    samples.offset = 44;
    samples.frames = 1000;
    const Bytes raw =
        MakeSamples(samples, kind < 12 ? 3 : (1 << (8 * samples.sample_bytes - 1)) - 16);
    EXPECT_EQ(ThroughTheLibrary(raw, {.options = AudioOptions{.samples = samples}}), raw) << kind;
  }
}

TextOptions TinyText(int lanes, int groups) {
  return {.model = testing::TinyModel().get(),
          .lanes = static_cast<uint8_t>(lanes),
          .groups = static_cast<uint8_t>(groups)};
}

// A block of `raw` in the text codec, coded and decoded without a container: it may be longer than
// `raw`.
Bytes TextThroughTheLibrary(ByteSpan raw, const TextOptions& options) {
  Bytes payload;
  const Result<uint32_t> fingerprint = EncodeText(raw, options, {}, payload);
  EXPECT_TRUE(fingerprint.ok()) << fingerprint.status().message();
  try {
    const reference::Decoded decoded = reference::DecodeTextCodec(payload, raw.size(), SlowNetwork);
    EXPECT_EQ(decoded.fingerprint, fingerprint.value());
    return decoded.raw;
  } catch (const reference::Damage& damage) {
    ADD_FAILURE() << damage.what();
    return {};
  }
}

// Lanes of no more than a byte, more lanes than bytes, lanes of two sizes, groups of two sizes.
TEST(ReferenceDecoder, DecodesFewBytesInManyLanesOfTheLibrary) {
  for (const size_t size : {1u, 2u, 3u, 7u, 63u, 64u, 65u, 100u, 129u}) {
    const Bytes raw = testing::MakeWords(size);
    for (const auto& [lanes, groups] : {std::pair{1, 1}, {3, 2}, {5, 4}, {7, 3}, {64, 4}}) {
      TextOptions options = TinyText(lanes, groups);
      EXPECT_EQ(TextThroughTheLibrary(raw, options), raw) << size << ' ' << lanes;
      options.profile = Profile::kBinary;
      EXPECT_EQ(TextThroughTheLibrary(raw, options), raw) << size << ' ' << lanes;
    }
  }
}

// The number of lanes that the library chooses changes from the first size to the second.
TEST(ReferenceDecoder, DecodesALongTextOfTheLibrary) {
  const Bytes book = ReadFile(testing::SourcePath("samples/opticks.txt"));
  for (const size_t size : {32767u, 32768u}) {
    const Bytes raw(book.begin(), book.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(ThroughTheLibrary(raw, {.options = TinyText(0, 1)}), raw);
  }
}

// Lanes find in each other what they have in common: right behind the other lane's end, a bit
// later, and up to its end.
TEST(ReferenceDecoder, DecodesRepeatsBetweenLanesOfTheLibrary) {
  const Bytes noise = testing::MakeRandom(3000);
  for (const size_t lag : {0u, 1u, 7u, 100u, 900u}) {
    Bytes raw(noise.begin(), noise.begin() + 1000);
    AppendTo(raw, ByteSpan(noise).subspan(1000, lag));
    AppendTo(raw, ByteSpan(noise).subspan(0, 1000 - lag));
    AppendTo(raw, ByteSpan(noise).subspan(500, 500));
    AppendTo(raw, ByteSpan(noise).subspan(0, 500));
    EXPECT_EQ(TextThroughTheLibrary(raw, TinyText(3, 1)), raw) << lag;
    EXPECT_EQ(TextThroughTheLibrary(raw, TinyText(3, 2)), raw) << lag;
  }
}

// Matches that break and are resumed.
TEST(ReferenceDecoder, DecodesEditedCopiesOfTheLibrary) {
  const Bytes raw = testing::MakeEditedCopies(5);
  for (const int n : {1, 2, 5, 6}) EXPECT_EQ(TextThroughTheLibrary(raw, TinyText(n, 1)), raw);
}

TEST(ReferenceDecoder, DecodesRunsInLanesOfTheLibrary) {
  Bytes raw = testing::MakeZeros(3000);
  AppendTo(raw, testing::MakeRecords(1000));
  AppendTo(raw, Bytes(2000, ' '));
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    TextOptions options = TinyText(6, 2);
    options.profile = profile;
    EXPECT_EQ(ThroughTheLibrary(raw, {.options = options}), raw);
  }
}

// The built-in models, known by their numbers, and the smallest tables.
TEST(ReferenceDecoder, DecodesTheModelsOfTheLibrary) {
  const Bytes raw = ToBytes(
      "It is a truth universally acknowledged, that a single man in possession of a good fortune, "
      "must be in want of a wife.\n");
  for (const int level : {1, 2, 3}) {
    const auto model = ModelLibrary().OfLevel(level);
    ASSERT_TRUE(model.ok()) << model.status().message();
    for (const int lanes : {1, 2}) {
      const BlockChoice choice = {.options =
                                      TextOptions{.model = model.value()->as_byte_predictor(),
                                                  .lanes = static_cast<uint8_t>(lanes)}};
      EXPECT_EQ(ThroughTheLibrary(raw, choice), raw) << level;
    }
  }
}

// Records of all framings, with what suits the sample and what does not.
TEST(ReferenceDecoder, DecodesSmallRecordsOfTheLibrary) {
  const reference::Model tiny = SlowNetwork(
      {0, Bytes(testing::TinyModelFile().id.begin(), testing::TinyModelFile().id.end())});
  const Bytes words = testing::MakeWords(3000);
  for (const bool has_model : {false, true}) {
    for (const size_t sample_size : {size_t{0}, size_t{1}, size_t{700}}) {
      const Bytes sample(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(sample_size));
      Result<RecordCoder> coder =
          RecordCoder::Make(has_model ? testing::TinyModel() : nullptr, sample);
      ASSERT_TRUE(coder.ok());
      for (const Bytes& record :
           {Bytes(), ToBytes("x"), testing::MakeWords(127), testing::MakeWords(128),
            testing::MakeRandom(100), Bytes(words.begin() + 500, words.begin() + 1200)}) {
        Bytes code(record.size() + RecordCoder::kFraming);
        const Result<size_t> size = coder.value().Encode(record, code);
        ASSERT_TRUE(size.ok());
        code.resize(size.value());
        const reference::Model* model = has_model ? &tiny : nullptr;
        EXPECT_EQ(reference::DecodeRecord(code, sample, model), record) << record.size();
        AppendTo(code, Bytes(7, 0));  // a decoder may read six bytes ahead
        EXPECT_THROW(reference::DecodeRecord(code, sample, model), reference::Damage);
        Bytes out(record.size());
        EXPECT_EQ(coder.value().Decode(code, out).status().code(), Code::kDamaged);
      }
    }
  }
}

TEST(ReferenceDecoder, RefusesWhatTheTextCodecDoesNotAllow) {
  const Bytes raw = testing::MakeWords(100);
  Bytes payload;
  ASSERT_TRUE(EncodeText(raw, TinyText(4, 2), {}, payload).ok());
  const auto is_refused = [&](const Bytes& bytes, size_t size) {
    Bytes decoded(size);
    EXPECT_FALSE(DecodeText(bytes, testing::WithTinyModels(), decoded).ok());
    EXPECT_THROW(reference::DecodeTextCodec(bytes, size, SlowNetwork), reference::Damage);
  };
  const size_t lanes = 1 + 16 + 1 + testing::TinyModelFile().card.name.size();
  ASSERT_EQ(payload.at(lanes), 4);
  for (const auto& [position, value] : {std::pair<size_t, int>{0, 200},
                                        {1, payload[1] ^ 1},
                                        {17, 255},
                                        {lanes, 0},
                                        {lanes, 1},
                                        {lanes, 65},
                                        {lanes + 1, 0x12},
                                        {lanes + 1, 0x40},
                                        {lanes + 2, 127}}) {
    Bytes other = payload;
    other.at(position) = static_cast<uint8_t>(value);
    is_refused(other, raw.size());
  }
  is_refused(payload, 3);  // fewer bytes than lanes
  for (size_t cut = 0; cut < lanes + 3; ++cut) {
    is_refused(Bytes(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(cut)), 100);
  }
  Bytes longer = payload;
  AppendTo(longer, Bytes(7, 0));
  is_refused(longer, raw.size());
}

TEST(ReferenceDecoder, TablesAreThoseOfTheSpecification) {
  EXPECT_EQ(reference::ShapesChecksum(), 0x0175385b292f7ad1);
  EXPECT_EQ(reference::LogisticChecksum(), 0xae46c153641b4f9b);
  EXPECT_EQ(reference::LogChecksum(), 0x39b90b575a77b3d8);
  for (int64_t v = 1; v < int64_t{1} << 32; v += 1 + v / 997) {
    ASSERT_EQ(reference::LogQ8(v), LogQ8(static_cast<uint32_t>(v))) << v;
  }
  EXPECT_EQ(reference::CountHistories().all, 247);
  EXPECT_EQ(reference::CountHistories().pure, 83);
}

}  // namespace
}  // namespace lmz
