#include "stream/explain/explain.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "stream/explain/costs_by_byte.h"
#include "tests/archive_builder.h"
#include "tests/paths.h"
#include "tests/random.h"
#include "tests/tar_builder.h"

namespace lmz {
namespace {

constexpr int64_t kByteQ16 = 8 * 65536;

Bytes ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

int64_t DocumentBits(const ExplainedDocument& document) {
  int64_t sum = 0;
  for (const uint64_t cost : document.costs_q16) sum += static_cast<int64_t>(cost);
  for (size_t i = 2; i < document.copies.size(); i += 3) {
    sum += static_cast<int64_t>(document.copies[i]);
  }
  return sum;
}

// All of the part in bits, its codes item by item; says what does not add up.
void CheckPart(const Explanation& explanation, const ExplainedPart& part, int64_t& sum_q16) {
  sum_q16 += static_cast<int64_t>(part.side_size()) * kByteQ16;
  ASSERT_LE(part.side_size(), part.coded_size);
  for (const ExplainedModel& model : part.models) {
    sum_q16 += static_cast<int64_t>(model.size) * kByteQ16;
  }
  std::optional<size_t> last;
  int64_t items_q16 = 0, codes_q16 = 0;
  for (const ExplainedCode& code : part.codes) {
    sum_q16 += code.bits_q16 + code.end_q16();
    EXPECT_LE(std::abs(code.end_q16()), 8 * kByteQ16) << part.codec;
    if (!code.document) continue;
    codes_q16 += code.bits_q16;
    if (code.document != last) items_q16 += DocumentBits(explanation.documents[*code.document]);
    last = code.document;
  }
  // The last decisions may stand behind the last item: those that end a token.
  EXPECT_NEAR(static_cast<double>(items_q16), static_cast<double>(codes_q16), 65536) << part.codec;
  for (const ExplainedPart& inner : part.parts) CheckPart(explanation, inner, sum_q16);
}

void CheckSums(const Explanation& explanation) {
  int64_t sum_q16 = 0;
  for (const ExplainedPiece& piece : explanation.pieces) {
    sum_q16 += static_cast<int64_t>(piece.size) * kByteQ16;
  }
  int64_t payloads_q16 = 0;
  for (const ExplainedPart& block : explanation.blocks) {
    CheckPart(explanation, block, sum_q16);
    payloads_q16 += static_cast<int64_t>(block.coded_size) * kByteQ16;
  }
  EXPECT_EQ(sum_q16, static_cast<int64_t>(explanation.coded_size) * kByteQ16);
  const std::vector<uint64_t> costs = CostsByByte(explanation);
  EXPECT_EQ(costs.size(), explanation.content.size());
  EXPECT_EQ(std::accumulate(costs.begin(), costs.end(), int64_t{0}), payloads_q16);
}

TEST(Explain, AllGoldenFilesAddUp) {
  auto models = std::make_shared<ModelLibrary>();
  const std::filesystem::path folder = testing::SourcePath("tests/golden");
  models->Add(LoadModelFile((folder / "tiny-test.lmm").string()).value());
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "v0")) {
    if (entry.path().extension() == ".lmz") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  int explained = 0;
  for (size_t i = 0; i < files.size(); i += 2) {  // neighbours are alike
    SCOPED_TRACE(files[i].filename().string());
    const Bytes coded = ReadFile(files[i]);
    MemorySource source(coded);
    Bytes raw;
    MemorySink sink(raw);
    if (!Decompress(source, sink, {.models = models}).ok()) continue;  // of another model
    const Result<Explanation> explanation = Explain(coded, models);
    ASSERT_TRUE(explanation.ok()) << explanation.status().message();
    EXPECT_EQ(explanation.value().content, raw);
    CheckSums(explanation.value());
    ++explained;
  }
  EXPECT_GE(explained, 80);
}

Explanation ExplainedAt(int level, ByteSpan raw) {
  const auto models = ModelLibrary::Installed();
  Result<Explanation> explanation =
      ExplainCompressed(raw, {.model = models->OfLevel(level).value()}, models);
  EXPECT_TRUE(explanation.ok()) << explanation.status().message();
  return std::move(explanation).value();
}

TEST(Explain, TellsWhatTheCompressorMakes) {
  Bytes raw = ReadFile(testing::SourcePath("samples/opticks.txt"));
  raw.resize(70'000);
  const Explanation explanation = ExplainedAt(1, raw);
  const auto models = ModelLibrary::Installed();
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  ASSERT_TRUE(
      Compress(source, sink, {.model = models->OfLevel(1).value(), .content_size = raw.size()})
          .ok());
  EXPECT_EQ(explanation.coded_size, coded.size());
  CheckSums(explanation);
  ASSERT_EQ(explanation.documents.size(), 1u);
  const ExplainedDocument& document = explanation.documents[0];
  EXPECT_EQ(document.values, raw);
  EXPECT_EQ(document.raw_begin, 0u);
  EXPECT_EQ(document.mixer.size(), raw.size() * kMixerSize);
  EXPECT_EQ(document.network.size(), raw.size() * kNetworkSize);
  // Who has won is among those who were tried.
  uint64_t least = UINT64_MAX;
  for (const ExplainedTrial& trial : explanation.trials) {
    const bool is_of_block = trial.trial.stage == Trial::Stage::kBlock;
    if (is_of_block && trial.trial.outcome == Trial::Outcome::kCoded) {
      least = std::min(least, trial.trial.coded_size);
    }
  }
  EXPECT_EQ(least, explanation.blocks.at(0).coded_size);
}

// The likeliest guess of the mixer is what the byte was coded with, if it came.
TEST(Explain, GuessesAgreeWithCosts) {
  const Bytes raw = TestRandom(4).Text(20'000);
  const Explanation explanation = ExplainedAt(0, raw);
  const ExplainedDocument& document = explanation.documents.at(0);
  size_t hits = 0;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (document.mixer[i * kMixerSize] != raw[i]) continue;
    ++hits;
    const double p = 1 / (1 + std::exp((128 - document.mixer[i * kMixerSize + kGuesses]) / 16.0));
    EXPECT_NEAR(std::exp2(-static_cast<double>(document.costs_q16[i]) / 65536), p, 0.05) << i;
  }
  EXPECT_GT(hits, raw.size() / 3);
}

TEST(Explain, PutsCopiesBack) {
  TestRandom random(5);
  Bytes raw = random.Text(9000);
  const Bytes again(raw.begin() + 500, raw.begin() + 8000);
  AppendTo(raw, again);
  AppendTo(raw, random.Text(300));
  for (const int level : {0, 1}) {
    const Explanation explanation = ExplainedAt(level, raw);
    CheckSums(explanation);
    ASSERT_EQ(explanation.blocks.at(0).filters, std::vector<std::string>{"repeat"});
    const ExplainedDocument& document = explanation.documents.at(0);
    EXPECT_EQ(document.values, raw);
    ASSERT_EQ(document.copies.size(), 3u);
    EXPECT_GE(document.copies[1], 7000u);
    for (uint64_t i = 0; i < document.copies[1]; ++i) {
      EXPECT_EQ(document.costs_q16[document.copies[0] + i], 0u);
    }
  }
}

TEST(Explain, LooksIntoArchivesPicturesAndSound) {
  TestRandom random(6);
  const Bytes wav = testing::MakeWav(random, 9000), bmp = testing::MakeBmp(random, 64, 50);
  Bytes tar;
  testing::AppendTarMember("sound.wav", wav, tar);
  testing::AppendTarMember("picture.bmp", bmp, tar);
  testing::AppendTarMember("text", random.Text(9000), tar);
  const Bytes zip = testing::ZipFile({{.name = "inner", .data = random.Text(40'000)}});
  for (const Bytes& raw : {tar, zip, wav, bmp, testing::MakePng(random, 90, 70)}) {
    const Explanation explanation = ExplainedAt(0, raw);
    EXPECT_EQ(explanation.content, raw);
    CheckSums(explanation);
  }
  const Explanation inside = ExplainedAt(0, zip);
  ASSERT_EQ(inside.blocks.at(0).streams.size(), 1u);
  EXPECT_EQ(inside.blocks[0].streams[0].name, "inner");
  EXPECT_EQ(inside.blocks[0].streams[0].size, 40'000u);
  const Explanation mail =
      ExplainedAt(0, testing::MailFile({random.Text(40'000), testing::GzipFile(wav)}));
  CheckSums(mail);
  ASSERT_EQ(mail.blocks.at(0).streams.size(), 2u);
  EXPECT_EQ(mail.blocks[0].streams[0].kind, "base64");
  const Explanation picture = ExplainedAt(0, bmp);
  const auto pixels = std::ranges::find(picture.documents, CodeShape::Kind::kPixels,
                                        [](const auto& document) { return document.shape.kind; });
  ASSERT_NE(pixels, picture.documents.end());
  EXPECT_EQ(pixels->costs_q16.size(), 64u * 50);
  EXPECT_EQ(pixels->values.size(), 3u * 64 * 50);
}

TEST(Explain, RefusesWhatIsTooLargeOrDamaged) {
  const auto models = ModelLibrary::Installed();
  const Bytes large(kMaxExplainedSize + 1);
  EXPECT_EQ(ExplainCompressed(large, {}, models).status().code(), Code::kLimit);
  MemorySource source(large);
  Bytes coded;
  MemorySink sink(coded);
  ASSERT_TRUE(Compress(source, sink, {}).ok());
  EXPECT_EQ(Explain(coded, models).status().code(), Code::kLimit);
  EXPECT_EQ(Explain(ToBytes("text"), models).status().code(), Code::kNotLmz);
  Bytes small;
  MemorySink small_sink(small);
  const Bytes text = TestRandom(8).Text(3000);
  MemorySource text_source(text);
  ASSERT_TRUE(Compress(text_source, small_sink, {}).ok());
  for (size_t size = 0; size < small.size(); size += 71) {
    EXPECT_FALSE(Explain(ByteSpan(small).first(size), models).ok());
  }
  for (size_t i = 0; i < small.size(); i += 53) {
    Bytes damaged = small;
    damaged[i] ^= 0x10;
    EXPECT_FALSE(Explain(damaged, models).ok());
  }
}

}  // namespace
}  // namespace lmz
