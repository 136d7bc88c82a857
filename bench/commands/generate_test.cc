// `lmz-bench generate` as a whole, and figures as people see them.
#include "bench/commands/generate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "bench/commands/figures.h"
#include "bench/measure/media.h"
#include "bench/measure/process.h"
#include "bench/test_support.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz::bench {
namespace {

class Generate : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    WriteBytes(In("text"), SomeText(5000));
    std::filesystem::create_directories(In("pictures"));
    Picture picture{200, 150, 3, Bytes(size_t{200} * 150 * 3)};
    for (size_t i = 0; i < picture.pixels.size(); ++i) {
      picture.pixels[i] = static_cast<uint8_t>(i / 600 + i % 600 / 6);
    }
    WriteBytes(In("pictures/a.png"), EncodePng(picture).value());
    Bytes wave;
    for (int i = 0; i < 20000; ++i) {
      wave.push_back(static_cast<uint8_t>(128 + 60 * std::sin(i * 0.1) + i % 7));
    }
    ASSERT_TRUE(WriteSound(In("wave.wav"), wave, 16000).ok());
    const RandomTransformerModel toy = RandomTransformer(ToyShape(), 1, Wildness::kTame);
    WriteBytes(In("toy.lmm"), WriteModelFile(toy.file).value());
    options_.text = In("text");
    options_.image = In("pictures");
    options_.audio = In("wave.wav");
    options_.bytes = 30;
    options_.rows = 1;
    options_.samples = 100;
    options_.level = 1;
    options_.threads = 2;
    options_.llms = {In("toy.lmm")};
  }

  GenerateOptions options_;
};

TEST_F(Generate, OneFigureOfAllKindsAndPredictors) {
  std::filesystem::create_directories(In("samples"));
  ASSERT_TRUE(WriteFile(In("page.md"), Document("generate")).ok());
  options_.folder = In("samples");
  options_.svg = In("all.svg");
  options_.into = In("page.md");
  const Status status = RunGenerate(options_);
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string page = Text(In("page.md")), figure = Text(In("all.svg"));
  for (const char* name : {"gzip -9", "lmz, image and audio", "lmz -0", "network tiny alone",
                           "lmz -1", "network random alone"}) {
    EXPECT_NE(page.find(std::string("| ") + name + " |"), std::string::npos) << name;
    EXPECT_NE(figure.find(std::string(">") + name + "</text>"), std::string::npos) << name;
  }
  for (const char* fact : {"; seed 0; text: 30 bytes behind 1,6", "audio: 100 bytes behind 8,000",
                           "image: 128 bytes behind 12,160", "zlib ", "](all.svg)"}) {
    EXPECT_NE(page.find(fact), std::string::npos) << fact << "\n" << page;
  }
  EXPECT_NE(page.find("| lmz, image and audio | – |"), std::string::npos) << page;
  // The original, gzip and five of lmz; text is not for the codecs of pictures and sound.
  size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(In("samples"))) {
    files += file.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 7u * 3 - 1);
  const std::string original = Text(In("samples/original.txt"));
  const std::string drawn = Text(In("samples/gzip--9.txt"));
  ASSERT_EQ(original.size(), drawn.size());
  EXPECT_EQ(original.substr(0, original.size() - 30), drawn.substr(0, original.size() - 30));
  EXPECT_EQ(LoadPng(In("samples/lmz--0.png")).value().height, kPictureRows);
  EXPECT_EQ(LoadSound(In("samples/lmz--0.wav")).value().samples.size(), 8100u);
  EXPECT_TRUE(Renders(In("all.svg")));
}

TEST_F(Generate, TheSameSeedGivesTheSameFigure) {
  options_.audio.clear();
  options_.llms.clear();
  options_.image.clear();
  const auto figure = [&](uint64_t seed, int threads) {
    options_.seed = seed;
    options_.threads = threads;
    options_.svg = In("a.svg");
    testing::internal::CaptureStdout();
    EXPECT_TRUE(RunGenerate(options_).ok());
    testing::internal::GetCapturedStdout();
    return Text(In("a.svg"));
  };
  const std::string first = figure(1, 1);
  EXPECT_EQ(first, figure(1, 2));
  EXPECT_NE(first, figure(2, 2));
}

TEST_F(Generate, BadInputGivesASentence) {
  const auto refused = [&](const std::string& words) {
    const Status status = RunGenerate(options_);
    EXPECT_NE(status.message().find(words), std::string::npos) << status.message();
  };
  GenerateOptions all = options_;
  options_.text = options_.image = options_.audio = "";
  refused("name data with --text, --image or --audio");
  options_ = all;
  options_.text = In("none");
  refused("none");
  WriteBytes(In("short"), SomeText(1000));
  options_.text = In("short");
  refused("short: there is no text of 1,678 bytes");
  options_ = all;
  options_.image = In("text");
  refused("there is no picture of 128x96 pixels");
  options_ = all;
  options_.samples = 90000;
  refused("there is no sound of 98,000 samples");
  options_ = all;
  options_.folder = In("none");
  refused("there is no such folder");
  options_ = all;
  options_.svg = In("none/a.svg");
  refused("none/a.svg");
  options_ = all;
  options_.llms = {In("text")};
  EXPECT_FALSE(RunGenerate(options_).ok());
}

TEST_F(Generate, ContextHasAColumnForEachKind) {
  ASSERT_TRUE(WriteFile(In("page.md"), Document("context")).ok());
  ContextOptions context;
  context.text = options_.text;
  context.image = options_.image;
  context.audio = options_.audio;
  context.llms = options_.llms;
  context.chunks = 1;
  context.level = 1;
  context.max_level = 1;
  context.section = "context";
  context.into = In("page.md");
  context.csv = In("context.csv");
  context.svg = IsInstalled("gnuplot") ? In("context.svg") : "";
  const Status status = RunContext(context);
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string page = Text(In("page.md"));
  for (const char* kind : {"text", "image", "audio"}) {
    EXPECT_NE(page.find(std::string("| ") + kind +
                        ", bits per byte of a prefix of this length | gzip -9 | network tiny "
                        "alone | lmz -1 | network random alone |"),
              std::string::npos)
        << page;
  }
  if (!context.svg.empty()) {
    EXPECT_NE(Text(In("context.svg")).find("audio: bits per byte"), std::string::npos);
    EXPECT_TRUE(Renders(In("context.svg")));
  }
  context.text = context.image = context.audio = "";
  EXPECT_EQ(RunContext(context).code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace lmz::bench
