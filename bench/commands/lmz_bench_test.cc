// The commands of lmz-bench as a whole, on small data.
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "bench/commands/figures.h"
#include "bench/commands/files.h"
#include "bench/commands/small.h"
#include "bench/commands/table.h"
#include "bench/commands/targets.h"
#include "bench/measure/input.h"
#include "bench/measure/process.h"
#include "bench/test_support.h"

namespace lmz::bench {
namespace {

using Commands = FolderTest;

size_t Lines(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

// Rows of a CSV file with its head, without the comments that it begins with.
size_t CsvLines(const std::string& text) {
  size_t lines = 0;
  std::string line;
  for (std::istringstream in(text); std::getline(in, line);) lines += line.starts_with('#') ? 0 : 1;
  return lines;
}

// What a CSV file says about where its numbers come from.
std::string CsvOrigin(const std::string& text) {
  return text.substr(0, text.find("\ncoder,") + 1);
}

TEST_F(Commands, TableMeasuresOnceAndKeepsSizes) {
  WriteBytes(In("text"), SomeText(3000));
  WriteBytes(In("page.md"), {});
  ASSERT_TRUE(WriteFile(In("page.md"), Document("table")).ok());
  TableOptions options;
  options.text = In("text");
  options.max_level = 3;
  options.random_size = 2500;
  options.threads = 2;
  options.state = In("state");
  options.csv = In("sizes.csv");
  options.into = In("page.md");
  Status status = RunTable(options);
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string page = Text(In("page.md")), sizes = Text(In("sizes.csv"));
  for (const char* row : {"| gzip -9 |", "| zstd --ultra -22 |", "| PNG |", "| FLAC -8pe |",
                          "| lmz -3 |", "| network base alone |", "XXH3-128"}) {
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
  // Two data sets: ten other coders and four levels both ways, three networks in chunks.
  EXPECT_EQ(CsvLines(sizes), 1u + 2 * (2 * 14 + 3));
  for (const char* fact : {"# Processor: ", " thread", "zlib ", "Model `base`: ", "XXH3-128 "}) {
    EXPECT_NE(CsvOrigin(sizes).find(fact), std::string::npos) << fact;
  }
  EXPECT_NE(page.find("\n| lmz -1 | projected "), std::string::npos);

  // Whatever is in the state is taken from there: a size that was changed shows.
  std::string state = Text(In("state"));
  size_t row = state.find("gzip -9,whole");
  if (state.find(",text,", row) > state.find('\n', row)) row = state.find("gzip -9,whole", row + 1);
  const size_t number = state.find(';', row) + 1;
  state.replace(number, state.find(',', number) - number, "1500");
  ASSERT_TRUE(WriteFile(In("state"), state).ok());
  status = RunTable(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(Text(In("page.md")).find("| gzip -9 | 50.00 |"), std::string::npos);
  EXPECT_EQ(Lines(Text(In("state"))), Lines(state));  // nothing new

  // A row without a number is none: it is measured again.
  state.replace(number, state.find("done", number) - number, "");
  ASSERT_TRUE(WriteFile(In("state"), state).ok());
  status = RunTable(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(Text(In("page.md")).find("| gzip -9 | 50.00 |"), std::string::npos);
}

TEST_F(Commands, AColumnWithoutDataStopsNoOther) {
  WriteBytes(In("text"), SomeText(1000));
  std::filesystem::create_directories(In("media"));
  WriteBytes(In("media/a.wav"), SomeText(100));
  TableOptions options;
  options.audio = In("media");
  options.image = In("media");
  options.random_size = 0;
  const Status nothing = RunTable(options);
  EXPECT_EQ(nothing.code(), Code::kInvalidArgument);
  EXPECT_NE(nothing.message().find("image: there is no file *.png"), std::string::npos)
      << nothing.message();
  EXPECT_NE(nothing.message().find("recordings: a.wav is left out: "), std::string::npos);
  options.text = In("text");
  options.max_level = 0;
  options.csv = In("sizes.csv");
  const Status status = RunTable(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(Text(In("sizes.csv")).find(",text,1000,"), std::string::npos);
}

TEST_F(Commands, FilesMeasuresOnceAndWritesEverything) {
  std::filesystem::create_directories(In("group"));
  WriteBytes(In("group/a"), SomeText(3000));
  WriteBytes(In("group/b"), SomeText(2000));
  WriteBytes(In("single"), SomeText(1000));
  ASSERT_TRUE(
      WriteFile(In("targets.csv"), "file,tool,max_size\ngroup/a,gzip -9,2999\ngroup/b,gzip -9,1\n")
          .ok());
  ASSERT_TRUE(WriteFile(In("page.md"), Document("files")).ok());
  FilesOptions options;
  options.paths = {In("group"), In("single")};
  options.only = {"gzip -9"};
  options.targets = In("targets.csv");
  options.state = In("state");
  options.csv = In("out.csv");
  options.json = In("out.json");
  options.into = In("page.md");
  Status status = RunFiles(options);
  ASSERT_TRUE(status.ok()) << status.message();
  const std::string page = Text(In("page.md")), csv = Text(In("out.csv"));
  EXPECT_NE(page.find("| **total** |  | 5,000 |"), std::string::npos);
  EXPECT_NE(page.find("1 of 2 targets are met"), std::string::npos);
  EXPECT_EQ(Lines(csv.substr(csv.find("\ngroup,") + 1)), 4u);
  EXPECT_TRUE(csv.starts_with("# cpu: ")) << csv;
  EXPECT_NE(csv.find("\n# threads: 1\n"), std::string::npos);
  EXPECT_NE(csv.find("\n# peer: gzip -9, "), std::string::npos);
  EXPECT_NE(Text(In("out.json")).find("\"raw_size\": 3000"), std::string::npos);
  // The second run has the times of the first one, to the last digit.
  status = RunFiles(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(Text(In("out.csv")), csv);
}

TEST_F(Commands, FilesHasLevel4WhereItsModelIs) {
  WriteBytes(In("file"), SomeText(1000));
  std::filesystem::create_directories(In("bin"));
  std::filesystem::copy_file(LMZ_PROGRAM, In("bin/lmz"));
  FilesOptions options;
  options.paths = {In("file")};
  options.lmz = In("bin/lmz");
  options.only = {"lmz -4"};
  options.csv = In("out.csv");
  options.json = In("out.json");
  ASSERT_TRUE(WriteFile(In("page.md"), Document("files")).ok());
  options.into = In("page.md");
  EXPECT_EQ(RunFiles(options).message(), "lmz -4: its model is not installed");
  const std::filesystem::path models = std::filesystem::path(In("bin")) / LMZ_MODELS_FROM_PROGRAM;
  std::filesystem::create_directories(models);
  std::filesystem::copy_file(LMZ_OTHER_MODEL, models / "large.lmm");
  Status status = RunFiles(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(Text(In("out.csv")).find(",lmz -4,"), std::string::npos);
  EXPECT_NE(Text(In("page.md")).find("lmz models: tiny-test "), std::string::npos)
      << "the model's id";
  EXPECT_NE(Text(In("out.csv")).find("\n# model: tiny-test, "), std::string::npos);
  EXPECT_NE(Text(In("out.json")).find("\"name\": \"tiny-test\""), std::string::npos);

  // A model in a file is another one, whatever the file is called.
  std::filesystem::rename(models / "large.lmm", In("large.lmm"));
  options.models = {In("large.lmm")};
  options.only = {"lmz --model large"};
  status = RunFiles(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(Text(In("out.csv")).find(",lmz --model large,"), std::string::npos);
  EXPECT_NE(Text(In("page.md")).find("lmz models: large "), std::string::npos);
}

TEST_F(Commands, CodersOfSoundAreForSound) {
  if (!IsInstalled("flac")) GTEST_SKIP() << "flac is not installed";
  WriteBytes(In("a.wav"), SomeText(1000));
  WriteBytes(In("text"), SomeText(1000));
  FilesOptions options;
  options.only = {"flac -8", "gzip -9"};
  options.csv = In("out.csv");
  options.into = In("page.md");
  ASSERT_TRUE(WriteFile(In("page.md"), Document("files")).ok());
  options.paths = {In("text"), In("a.wav")};
  Status status = RunFiles(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(Text(In("out.csv")).find(",flac -8,"), std::string::npos);
  EXPECT_NE(Text(In("page.md")).find("Left out: flac -8, which is for .wav files only."),
            std::string::npos);
  options.paths = {In("a.wav")};  // which is none, and flac says so
  EXPECT_NE(RunFiles(options).message().find("flac -8"), std::string::npos);
}

TEST_F(Commands, APeerThatDoesNotRestoreIsAnError) {
  WriteBytes(In("file"), SomeText(1000));
  const Peer broken = {"broken", "sh", "cp input packed", "head -c 999 packed > restored", ""};
  const Result<FileCost> cost = MeasureFile(broken, In("file"), In(""), 1);
  ASSERT_FALSE(cost.ok());
  EXPECT_EQ(cost.status().code(), Code::kDamaged);
  const Peer failing = {"failing", "sh", "cp input packed", "echo no good; exit 3", ""};
  EXPECT_NE(MeasureFile(failing, In("file"), In(""), 1).status().message().find("no good"),
            std::string::npos);
}

TEST_F(Commands, APeerThatWritesNothingHasNoFileOfAnEarlierOne) {
  WriteBytes(In("file"), SomeText(1000));
  const std::string pack = "cp input packed", unpack = "cp packed restored";
  for (const auto& [code, raw] : {std::pair<std::string, std::string>{"true", unpack},
                                  {"true", "cp original restored"},
                                  {pack, "true"},
                                  {"mv input packed", unpack}}) {
    ASSERT_TRUE(MeasureFile({"whole", "sh", pack, unpack, ""}, In("file"), In(""), 2).ok());
    EXPECT_FALSE(MeasureFile({"idle", "sh", code, raw, ""}, In("file"), In(""), 1).ok())
        << code << ", " << raw;
  }
}

TEST_F(Commands, AFailingPeerIsLeftOutAndTheOthersGoOn) {
  WriteBytes(In("file"), SomeText(1000));
  WriteBytes(In("bad.lmm"), SomeText(1000));  // which is no model, and lmz says so
  FilesOptions options;
  options.paths = {In("file")};
  options.lmz = LMZ_PROGRAM;
  options.only = {"lmz --model bad", "gzip -9"};
  options.models = {In("bad.lmm")};
  options.csv = In("out.csv");
  options.into = In("page.md");
  ASSERT_TRUE(WriteFile(In("page.md"), Document("files")).ok());
  const Status status = RunFiles(options);
  EXPECT_FALSE(status.ok());
  for (const char* part : {"lmz --model bad: file: failed with exit status ", "bad.lmm"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << status.message();
  }
  const std::string page = Text(In("page.md"));
  EXPECT_NE(page.find("| gzip -9 |"), std::string::npos);
  EXPECT_EQ(page.find("| lmz --model bad |"), std::string::npos);
  // The documents do not say where that was.
  std::smatch reason;
  ASSERT_TRUE(std::regex_search(page, reason, std::regex("\nLeft out: (.*)\\.\n"))) << page;
  EXPECT_TRUE(std::regex_match(reason.str(1),
                               std::regex("lmz --model bad: file: failed with exit status [0-9]+")))
      << reason.str(1);
  EXPECT_NE(Text(In("out.csv")).find("\n# left out: " + reason.str(1) + "\n"), std::string::npos);
  EXPECT_EQ(Text(In("out.csv")).find("\nfile,file,lmz"), std::string::npos);
}

TEST_F(Commands, APeerThatIsNamedMustBeInstalled) {
  WriteBytes(In("file"), SomeText(1000));
  FilesOptions options;
  options.paths = {In("file")};
  options.lmz = In("no lmz");
  options.only = {"lmz -0", "gzip -9"};
  options.json = In("out.json");
  EXPECT_EQ(RunFiles(options).message(), "lmz -0: it is not installed");
  EXPECT_NE(Text(In("out.json")).find("\"lmz -0: it is not installed\""), std::string::npos);
  options.only = {"lmz -0"};
  EXPECT_EQ(RunFiles(options).message(), "lmz -0: it is not installed");
  options.only = {};
  EXPECT_TRUE(RunFiles(options).ok());
}

TEST_F(Commands, EveryTargetIsARow) {
  const auto write = [&](const std::string& rows) {
    return WriteFile(In("targets.csv"), "file,tool,max_size\n" + rows).ok();
  };
  FilesResult result;
  result.peers = {{"gzip -9", "gzip", "", "", ""}};
  result.groups = {{"group", {{"a", "group/a", 10, "", {{5, {}, {}}}}}}};
  ASSERT_TRUE(write("a,gzip -9,5\nb,gzip -9,5\ngroup/a,xz -9e,7\n"));
  const auto targets = ReadTargets(In("targets.csv"));
  ASSERT_TRUE(targets.ok()) << targets.status().message();
  const std::string text = TargetsMarkdown(result, targets.value());
  EXPECT_NE(text.find("1 of 3 targets are met, 2 were not measured"), std::string::npos) << text;
  EXPECT_NE(text.find("| b, gzip -9 | – | 5 | not measured |"), std::string::npos) << text;
  for (const char* row : {"a,gzip -9,abc\n", "a,gzip -9\n", "a,gzip -9,5 bytes\n", ""}) {
    ASSERT_TRUE(write(row));
    EXPECT_EQ(ReadTargets(In("targets.csv")).status().code(), Code::kInvalidArgument) << row;
  }
}

TEST_F(Commands, SmallFilesAreRestored) {
  WriteBytes(In("text"), SomeText(3000));
  ASSERT_TRUE(WriteFile(In("page.md"), Document("small")).ok());
  SmallOptions options;
  options.paths = {In("text")};
  options.lmz = LMZ_PROGRAM;
  options.count = 10;
  options.runs = 1;
  options.into = In("page.md");
  const Status status = RunSmall(options);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(Text(In("page.md")).find("| one process per file |"), std::string::npos);
}

TEST_F(Commands, SmallFilesThatAreNotWrittenAreNotRestored) {
  WriteBytes(In("text"), SomeText(3000));
  ASSERT_TRUE(WriteFile(In("lmz"), "#!/bin/sh\ncase \" $* \" in *' -d '*) exit 0 ;; esac\nexec " +
                                       ShellWord(LMZ_PROGRAM) + " \"$@\"\n")
                  .ok());
  std::filesystem::permissions(In("lmz"), std::filesystem::perms::owner_all);
  SmallOptions options;
  options.paths = {In("text")};
  options.lmz = In("lmz");
  options.count = 10;
  options.runs = 1;
  EXPECT_EQ(RunSmall(options).code(), Code::kDamaged);
}

TEST_F(Commands, FiguresMarkWhatIsProjected) {
  WriteBytes(In("text"), SomeText(5000));
  ScalingOptions scaling;
  scaling.text = In("text");
  scaling.max_level = 3;
  scaling.sizes = {1000000000, 4000};
  scaling.csv = In("scaling.csv");
  scaling.svg = IsInstalled("gnuplot") ? In("scaling.svg") : "";
  scaling.state = In("state");
  scaling.into = In("page.md");
  scaling.section = "scaling";
  ASSERT_TRUE(WriteFile(In("page.md"), Document("scaling")).ok());
  Status status = RunScaling(scaling);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_NE(Text(In("page.md")).find("| 4,000 | projected 1,000,000,000 |"), std::string::npos);
  EXPECT_TRUE(scaling.svg.empty() || Renders(scaling.svg));
  const size_t rivals = IsInstalled("xz") + IsInstalled("zpaq");
  EXPECT_EQ(CsvLines(Text(In("scaling.csv"))), 1u + 2 * (7 + rivals));
  for (const char* fact : {"# Processor: ", " thread", "lmz ", "model `base` ", "XXH3-128 "}) {
    EXPECT_NE(CsvOrigin(Text(In("scaling.csv"))).find(fact), std::string::npos) << fact;
  }
  if (IsInstalled("zpaq")) {
    // A small text: its code is smaller than that of zpaq, but the model is larger than it.
    EXPECT_NE(Text(In("page.md")).find("against lmz -0 | against zpaq -m5 | against xz -9e |"),
              std::string::npos);
    EXPECT_NE(Text(In("page.md")).find("\n| lmz -1 | projected "), std::string::npos);
  }
  // What is in the state is taken from there.
  const std::string state = Text(In("state"));
  status = RunScaling(scaling);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(Lines(Text(In("state"))), Lines(state));  // nothing new
  for (const uint64_t size : {uint64_t{0}, uint64_t{6000}}) {
    scaling.sizes = {size};
    EXPECT_EQ(RunScaling(scaling).code(), Code::kInvalidArgument) << size;
  }

  ContextOptions context;
  context.text = In("text");
  context.level = 1;
  context.csv = In("context.csv");
  context.into = In("page.md");
  context.section = "scaling";
  status = RunContext(context);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(CsvLines(Text(In("context.csv"))), 1u + 3 * 15);
  for (const char* fact : {"# Processor: ", " thread", "zlib ", "model `tiny` ", "XXH3-128 "}) {
    EXPECT_NE(CsvOrigin(Text(In("context.csv"))).find(fact), std::string::npos) << fact;
  }
  context.level = 7;
  EXPECT_EQ(RunContext(context).code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace lmz::bench
