// Files under tests/golden, byte for byte. `golden_test --update` writes the draft ones anew.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "base/checksum.h"
#include "container/writer.h"
#include "stream/pipeline.h"
#include "tests/choices.h"
#include "tests/frame_builder.h"
#include "tests/paths.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

using testing::FixedPlan;
using testing::FrameBuilder;
using testing::Generator;

// Those of tests, and all that come with lmz.
const std::shared_ptr<const ModelLibrary>& Models() {
  static const std::shared_ptr<const ModelLibrary> models = [] {
    const auto library = std::make_shared<ModelLibrary>(*testing::TinyModels());
    library->AddFolder(testing::SourcePath("models"));
    return library;
  }();
  return models;
}

const std::string kFolder = testing::SourcePath("tests/golden/");

Bytes ReadFile(const std::string& name) {
  std::ifstream file(kFolder + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

bool WriteFile(const std::string& name, ByteSpan bytes) {
  std::ofstream file(kFolder + name, std::ios::binary);
  for (const uint8_t byte : bytes) file.put(static_cast<char>(byte));
  return file.flush().good();
}

// How one golden file is made.
struct Recipe {
  const Generator* generator;
  size_t raw_size;
  BlockChoice choice;
  uint64_t block_size;
  std::string model = "";  // of a text, where it is one that comes with lmz

  Bytes MakeRaw() const { return generator->make(raw_size); }

  std::string Name() const {
    std::ostringstream out;
    out << CodecOf(choice.options).name << "-f" << int{choice.filters} << "-p"
        << static_cast<int>(testing::ProfileOf(choice)) << Lanes() << "-"
        << (model.empty() ? "" : model + "-") << generator->name << "-" << raw_size << "-"
        << block_size << ".lmz";
    return out.str();
  }

  std::string Lanes() const {
    const auto [lanes, groups] = testing::LanesOf(choice);
    if (lanes == 0) return "";
    return "-l" + std::to_string(lanes) + "g" + std::to_string(groups);
  }

  std::string ManifestLine() const {
    std::ostringstream out;
    out << Name() << "  " << generator->name << "  " << raw_size << "  "
        << CodecOf(choice.options).name << "  " << int{choice.filters} << "  "
        << static_cast<int>(testing::ProfileOf(choice)) << "  " << block_size << "  " << std::hex
        << Checksum64(MakeRaw());
    return out.str();
  }
};

const Generator* FindGenerator(std::string_view name) {
  for (const Generator& generator : testing::kGenerators) {
    if (generator.name == name) return &generator;
  }
  return nullptr;
}

// All golden files of version 0: every choice with a compact frame and two frames of two blocks,
// and a few odd sizes.
std::vector<Recipe> Recipes() {
  const BlockChoice stored = {.options = StoredOptions{}};
  std::vector<Recipe> recipes = {
      {FindGenerator("zeros"), 0, stored, 1},
      {FindGenerator("ramp"), 1, stored, 1},
      {FindGenerator("ramp"), 200, stored, 200},
      {FindGenerator("ramp"), 200, stored, 70},
  };
  for (const BlockChoice& choice : testing::AllChoices()) {
    if ((choice.filters & kFilterCharset) != 0) {
      recipes.push_back({FindGenerator("wide"), 3000, choice, 2001});
      continue;
    }
    recipes.push_back({FindGenerator("words"), 1000, choice, 1000});
    recipes.push_back({FindGenerator("echo"), 4000, choice, 3000});
    recipes.push_back({FindGenerator("calls"), 4000, choice, 3000});
    if (choice.codec() == kAudioCodec.id && choice.filters == 0) {
      recipes.push_back({FindGenerator("wave"), 6001, choice, 6001});
      for (const char* name : {"coarse", "fine", "floats"}) {
        if (testing::ProfileOf(choice) != Profile::kBinary) continue;
        recipes.push_back({FindGenerator(name), 4001, choice, 4001});
      }
    }
  }
  const BlockChoice image = {.options = ImageOptions{.profile = Profile::kBinary}};
  recipes.push_back({FindGenerator("photo"), 6000, image, 6000});
  recipes.push_back({FindGenerator("scan"), 2500, image, 2500});
  const BlockChoice png = {.options = PngOptions{.profile = Profile::kBinary}};
  recipes.push_back({FindGenerator("picture"), 4000, png, 4000});
  recipes.push_back({FindGenerator("passes"), 4000, png, 4000});
  const ImageLayout planar = {
      .offset = 7, .width = 40, .height = 16, .row_padding = 1, .channels = 3, .is_planar = true};
  const BlockChoice planes = {.options = ImageOptions{planar, Profile::kBinary}};
  recipes.push_back({FindGenerator("ramp"), 2000, planes, 2000});
  recipes.push_back({FindGenerator("archive"), 4000, {.options = InsideOptions{}}, 4000});
  recipes.push_back({FindGenerator("mail"), 6000, {.options = InsideOptions{}}, 6000});
  const testing::StreamPiece piece = testing::MakeStreamPiece();
  recipes.push_back(
      {FindGenerator("piece"), piece.raw.size(), {.options = piece.options}, piece.raw.size()});
  recipes.push_back({FindGenerator("lossy"), 2800, {.options = JpegOptions{}}, 2800});
  recipes.push_back({FindGenerator("lossy"), 6000, {.options = JpegOptions{}}, 6000});
  for (const bool is_lowest_first : {false, true}) {
    const BilevelOptions page = {.width = 200, .is_lowest_first = is_lowest_first};
    recipes.push_back(
        {FindGenerator("page"), is_lowest_first ? 6000u : 5000u, {.options = page}, 6000});
  }
  // Short ones: other architectures are emulated, and the second decoder is slow.
  for (const CatalogRow& row : Catalog()) {
    if (row.number == 0) continue;
    const SharedModel model = Models()->Find({row.number, row.id, row.name}).value();
    const BlockChoice text = {.options = TextOptions{.model = AsBytePredictor(*model).value()}};
    const size_t size = row.file.empty() ? 24 : 60;
    recipes.push_back({FindGenerator("words"), size, text, size, row.name});
  }
  static const std::array parts = {Part{.size = 4000, .options = ImageOptions{}},
                                   Part{.size = 1500, .options = StoredOptions{}},
                                   Part{.size = 500, .options = BytesOptions{}}};
  recipes.push_back({FindGenerator("photo"), 6000, {.options = PartsOptions{parts}}, 6000});
  return recipes;
}

Bytes MakeGolden(const Recipe& recipe) {
  const Bytes raw = recipe.MakeRaw();
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  const Status status =
      CompressPlanned(source, sink, {}, FixedPlan(recipe.choice, recipe.block_size)).status();
  EXPECT_TRUE(status.ok()) << status.message();
  return coded;
}

struct ErrorFile {
  std::string name;
  Code code;
  Bytes bytes;
};

Bytes CompactFrame(std::string_view text) {
  const Bytes raw = ToBytes(text);
  Bytes out;
  AppendCompactFrame(FrameBuilder::StoredHeader(raw), raw, raw, out);
  return out;
}

// A full frame of one stored block whose header went through `change`.
template <typename Change>
Bytes FrameWith(Change change) {
  const Bytes raw = ToBytes("hello world");
  BlockHeader header = FrameBuilder::StoredHeader(raw);
  change(header);
  return FrameBuilder().Start().Block(header, raw).End().bytes;
}

Bytes Flip(Bytes bytes, size_t position) {
  bytes[position] ^= 1;
  return bytes;
}

Bytes Cut(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}

Bytes Join(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Inputs that are no frame, or one that a newer version wrote.
std::vector<ErrorFile> FrameErrors() {
  const Bytes compact = CompactFrame("hello");
  const Bytes full = FrameBuilder().Start().Stored(ToBytes("hello")).End().bytes;
  return {
      {"no-bytes", Code::kTruncated, {}},
      {"half-a-magic", Code::kTruncated, Cut(full, 2)},
      {"other-magic", Code::kNotLmz, ToBytes("PK\x03\x04 and so on")},
      {"version-1", Code::kNewerVersion, FrameBuilder().Start(0x01).End().bytes},
      {"reserved-kind", Code::kNewerVersion, FrameBuilder().Start(0x40).End().bytes},
      {"reserved-flag", Code::kNewerVersion, FrameBuilder().Start(0, 0x02).End().bytes},
      {"frame-check", Code::kDamaged, Flip(full, 5)},
      {"padded-number", Code::kDamaged, {0xF7, 'l', 'z', 0x10, 0x00, 0x80, 0x00, 0x00, 0, 0, 0, 0}},
      {"compact-cut", Code::kTruncated, Cut(compact, compact.size() - 1)},
      {"compact-check", Code::kDamaged, Flip(compact, 8)},
      {"compact-payload", Code::kDamaged, Flip(compact, compact.size() - 1)},
      {"compact-end-magic", Code::kDamaged, CompactFrame("hello zl\xF7")},
      {"compact-note-end-magic", Code::kDamaged, CompactFrame("hello zl\xF6")},
      {"compact-end-magic-zeros", Code::kDamaged,
       CompactFrame(std::string("hello zl\xF7\0\0", 11))},
      {"empty-check", Code::kDamaged, Flip(CompactFrame(""), 9)},
      {"garbage-behind", Code::kDamaged, Join(full, ToBytes("x"))},
      {"garbage-behind-zeros", Code::kDamaged, Join(full, Join(Bytes(5), ToBytes("x")))},
      {"zeros-in-front", Code::kNotLmz, Join(Bytes(4), full)},
      {"second-frame-cut", Code::kTruncated, Join(full, Cut(full, full.size() - 1))},
      {"note-alone", Code::kTruncated, FrameBuilder().Note("test", ToBytes("hello")).bytes},
      {"note-to-know", Code::kNewerVersion, Join(FrameBuilder().Note("Test", {}).bytes, compact)},
      {"note-no-letter", Code::kDamaged, Join(FrameBuilder().Note("1est", {}).bytes, compact)},
      {"note-check", Code::kDamaged,
       Join(Flip(FrameBuilder().Note("test", ToBytes("hello")).bytes, 14), compact)},
      {"note-header-check", Code::kDamaged,
       Join(Flip(FrameBuilder().Note("test", ToBytes("hello")).bytes, 8), compact)},
      {"note-length", Code::kDamaged,
       Join(Flip(FrameBuilder().Note("test", ToBytes("hello")).bytes, 22), compact)},
      {"note-end-magic", Code::kDamaged,
       Join(Flip(FrameBuilder().Note("test", ToBytes("hello")).bytes, 32), compact)},
      {"note-cut", Code::kTruncated, Join(full, Cut(FrameBuilder().Note("test", full).bytes, 20))},
      {"content-size-above", Code::kDamaged,
       FrameBuilder().Start(0, kFlagContentSize, 6).Stored(ToBytes("hello")).End().bytes},
      {"content-size-below", Code::kDamaged,
       FrameBuilder().Start(0, kFlagContentSize, 4).Stored(ToBytes("hello")).End().bytes},
  };
}

// Blocks and indexes that break a rule.
std::vector<ErrorFile> BlockErrors() {
  const Bytes hello = ToBytes("hello");
  const Bytes world = ToBytes("world");
  const BlockHeader first = FrameBuilder::StoredHeader(hello);
  const BlockHeader second = FrameBuilder::StoredHeader(world);
  FrameBuilder wrong_count;
  wrong_count.Start().Stored(hello).head.block_count = 2;
  FrameBuilder wrong_entry;
  wrong_entry.Start().Stored(hello).entries[0].raw_size = 6;
  FrameBuilder wrong_content;
  ++wrong_content.Start().Stored(hello).head.content_check;
  const Bytes full = FrameBuilder().Start().Stored(hello).End().bytes;
  return {
      {"unknown-codec", Code::kNewerVersion,
       FrameWith([](BlockHeader& header) { header.codec = static_cast<CodecId>(200); })},
      {"unknown-filter", Code::kNewerVersion,
       FrameWith([](BlockHeader& header) { header.filters = 0x80; })},
      {"raw-size-0", Code::kDamaged, FrameWith([](BlockHeader& header) { header.raw_size = 0; })},
      {"raw-size-above-payload", Code::kDamaged,
       FrameWith([](BlockHeader& header) { header.raw_size = 1000; })},
      {"raw-size-2-to-63", Code::kDamaged,
       FrameWith([](BlockHeader& header) { header.raw_size = uint64_t{1} << 63; })},
      {"payload-above-raw", Code::kDamaged,
       FrameWith([](BlockHeader& header) { header.raw_size = 10; })},
      {"filtered-as-long", Code::kDamaged,
       FrameWith([](BlockHeader& header) { header.filters = kFilterX86; })},
      {"checksum", Code::kDamaged, FrameWith([](BlockHeader& header) { header.checksum ^= 1; })},
      {"block-header-check", Code::kDamaged, Flip(full, 25)},
      {"block-cut", Code::kTruncated, Cut(full, 28)},
      {"blocks-swapped", Code::kDamaged,
       FrameBuilder().Start().Block(second, world, 1).Block(first, hello, 0).End().bytes},
      {"index-count", Code::kDamaged, wrong_count.End().bytes},
      {"index-entry", Code::kDamaged, wrong_entry.End().bytes},
      {"content-check", Code::kDamaged, wrong_content.End().bytes},
      {"index-check", Code::kDamaged, Flip(full, full.size() - 11)},
      {"index-size", Code::kDamaged, Flip(full, full.size() - 7)},
      {"end-magic", Code::kDamaged, Flip(full, full.size() - 1)},
      {"end-cut", Code::kTruncated, Cut(full, full.size() - 1)},
      {"no-end", Code::kTruncated, FrameBuilder().Start().Stored(hello).bytes},
  };
}

std::vector<ErrorFile> ErrorFiles() {
  std::vector<ErrorFile> files = FrameErrors();
  for (ErrorFile& file : BlockErrors()) files.push_back(std::move(file));
  for (ErrorFile& file : files) file.name += ".lmz";
  return files;
}

std::string Manifest() {
  std::string text;
  for (const Recipe& recipe : Recipes()) text += recipe.ManifestLine() + "\n";
  return text;
}

std::string ErrorManifest() {
  std::string text;
  for (const ErrorFile& file : ErrorFiles()) text += file.name + "  " + CodeName(file.code) + "\n";
  return text;
}

constexpr const char* kModelFile = "tiny-test.lmm";

int Update() {
  bool is_written = WriteFile(kModelFile, WriteModelFile(testing::TinyModelFile()).value()) &&
                    WriteFile("v0/MANIFEST", ToBytes(Manifest())) &&
                    WriteFile("errors/MANIFEST", ToBytes(ErrorManifest()));
  for (const Recipe& recipe : Recipes()) {
    is_written = is_written && WriteFile("v0/" + recipe.Name(), MakeGolden(recipe));
  }
  for (const ErrorFile& file : ErrorFiles()) {
    is_written = is_written && WriteFile("errors/" + file.name, file.bytes);
  }
  std::cout << (is_written ? "golden files written\n" : "a golden file could not be written\n");
  return is_written ? 0 : 1;
}

Status DecompressTo(ByteSpan coded, Bytes& raw) {
  MemorySource source(coded);
  MemorySink sink(raw);
  return DecompressFrames(source, sink, {.models = Models()}).status();
}

TEST(Golden, TheManifestsNameEveryFile) {
  EXPECT_EQ(ReadFile("v0/MANIFEST"), ToBytes(Manifest()))
      << "after a new codec or filter, run golden_test --update";
  EXPECT_EQ(ReadFile("errors/MANIFEST"), ToBytes(ErrorManifest()));
}

TEST(Golden, FilesAreWrittenAgain) {
  for (const Recipe& recipe : Recipes()) {
    EXPECT_EQ(MakeGolden(recipe), ReadFile("v0/" + recipe.Name())) << recipe.Name();
  }
}

TEST(Golden, TheModelIsWrittenAgain) {
  EXPECT_EQ(WriteModelFile(testing::TinyModelFile()).value(), ReadFile(kModelFile));
}

TEST(Golden, FilesDecode) {
  for (const Recipe& recipe : Recipes()) {
    Bytes raw;
    const Status status = DecompressTo(ReadFile("v0/" + recipe.Name()), raw);
    EXPECT_TRUE(status.ok()) << recipe.Name() << ": " << status.message();
    EXPECT_EQ(raw, recipe.MakeRaw()) << recipe.Name();
  }
}

TEST(Golden, MalformedFilesGiveTheirError) {
  for (const ErrorFile& file : ErrorFiles()) {
    const Bytes coded = ReadFile("errors/" + file.name);
    EXPECT_EQ(coded, file.bytes) << file.name;
    Bytes raw;
    const Status status = DecompressTo(coded, raw);
    EXPECT_STREQ(CodeName(status.code()), CodeName(file.code))
        << file.name << ": " << status.message();
    EXPECT_FALSE(status.message().empty());
  }
}

}  // namespace
}  // namespace lmz

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc == 2 && std::string_view(argv[1]) == "--update") return lmz::Update();
  return RUN_ALL_TESTS();
}
