#include "train/data/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "train/data/file.h"

namespace lmz::train {
namespace {

namespace fs = std::filesystem;

class CorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("corpus_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "below");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Write(const std::string& name, size_t size, uint8_t byte) {
    const std::string path = (folder_ / name).string();
    EXPECT_TRUE(WriteWholeFile(path, Bytes(size, byte)).ok());
    return path;
  }

  fs::path folder_;
};

TEST_F(CorpusTest, FilesFoldersAndPatternsAreFoundOnce) {
  const std::string a = Write("a.txt", 1, 'a'), b = Write("below/b.txt", 1, 'b');
  const auto files = FindFiles({folder_.string(), (folder_ / "*.txt").string(), a});
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(files.value(), (std::vector<std::string>{a, b}));
}

TEST_F(CorpusTest, WhatIsNotThereIsNamed) {
  const auto files = FindFiles({(folder_ / "none*").string()});
  EXPECT_EQ(files.status().code(), Code::kIo);
  EXPECT_NE(files.status().message().find("none*"), std::string::npos);
}

TEST_F(CorpusTest, ValidationIsSetAsideEvenly) {
  Write("a", 500000, 'a');
  Write("b", 500000, 'b');
  const auto corpus = ReadCorpus({folder_.string()}, {});
  ASSERT_TRUE(corpus.ok());
  const Bytes& validation = corpus.value().validation;
  EXPECT_NEAR(static_cast<double>(validation.size()), 20000, 100);
  EXPECT_EQ(validation.size() + corpus.value().training.size(), 1000002u);
  EXPECT_NEAR(static_cast<double>(std::count(validation.begin(), validation.end(), 'a')), 10000,
              100);
}

TEST_F(CorpusTest, OwnValidationDataIsTakenAsItIs) {
  const std::string a = Write("a", 20000, 'a'), b = Write("b", 100, 'b');
  const auto corpus = ReadCorpus({a}, {b});
  ASSERT_TRUE(corpus.ok());
  EXPECT_EQ(corpus.value().training.size(), 20001u);
  EXPECT_EQ(corpus.value().validation.size(), 101u);
}

TEST_F(CorpusTest, APathNamedTwiceCountsTwice) {
  const std::string a = Write("a", 20000, 'a'), b = Write("b", 100, 'b');
  const auto corpus = ReadCorpus({folder_.string(), a, a}, {b});
  ASSERT_TRUE(corpus.ok());
  const Bytes& training = corpus.value().training;
  EXPECT_EQ(std::count(training.begin(), training.end(), 'a'), 60000);
  EXPECT_EQ(std::count(training.begin(), training.end(), 'b'), 100);
}

TEST_F(CorpusTest, TooLittleIsAnError) {
  const auto corpus = ReadCorpus({Write("a", 100, 'a')}, {});
  EXPECT_EQ(corpus.status().code(), Code::kInvalidArgument);
  EXPECT_NE(corpus.status().message().find("too little"), std::string::npos);
}

}  // namespace
}  // namespace lmz::train
