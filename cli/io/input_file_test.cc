#include "cli/io/input_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/folder_test.h"

namespace lmz::cli {
namespace {

namespace fs = std::filesystem;

using Change = InputFile::Change;

class InputFileTest : public testing::FolderTest {
 protected:
  void Append(const std::string& name, const std::string& content) const {
    std::ofstream(Path(name), std::ios::binary | std::ios::app) << content;
  }

  // In place, without a change of the size.
  void Overwrite(const std::string& name, off_t offset, const std::string& content) const {
    std::fstream file(Path(name), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(offset);
    file << content;
  }

  std::unique_ptr<InputFile> Open(const std::string& path) const {
    Result<std::unique_ptr<InputFile>> input =
        InputFile::Open(path, InputFile::Accept::kAnyReadable);
    EXPECT_TRUE(input.ok()) << input.status().message();
    return std::move(input).value();
  }

  static std::string Read(InputFile& input, size_t limit = 1 << 20) {
    Bytes bytes;
    const Status status = ReadGrowing(input, limit, bytes);
    EXPECT_TRUE(status.ok()) << status.message();
    return std::string(bytes.begin(), bytes.end());
  }

  static Change Found(InputFile& input, bool always_by_content = false) {
    const Result<Change> change = input.FindChange(always_by_content);
    EXPECT_TRUE(change.ok()) << change.status().message();
    return change.value();
  }
};

TEST_F(InputFileTest, AFileThatIsLeftAloneDoesNotChange) {
  for (const std::string& content : {std::string(), std::string("x"), std::string(300000, 'a')}) {
    Write("in", content);
    const auto input = Open(Path("in"));
    EXPECT_EQ(Read(*input), content);
    EXPECT_EQ(Found(*input), Change::kNone);
    EXPECT_EQ(Found(*input, true), Change::kNone);
    EXPECT_TRUE(input->RemoveName().ok());
    EXPECT_FALSE(fs::exists(Path("in")));
  }
}

TEST_F(InputFileTest, WhatIsAppendedIsNotRead) {
  for (const std::string& content : {std::string("x"), std::string(300000, 'a')}) {
    for (const size_t read_before : {size_t{0}, content.size() / 2, content.size()}) {
      Write("in", content);
      const auto input = Open(Path("in"));
      EXPECT_EQ(input->size(), content.size());
      std::string found = Read(*input, read_before);
      Append("in", "more");
      found += Read(*input);
      EXPECT_EQ(found, content);
      EXPECT_EQ(Found(*input), Change::kGrown);
      EXPECT_EQ(Found(*input, true), Change::kGrown);
    }
  }
}

TEST_F(InputFileTest, AnEmptyFileThatGrowsStaysEmpty) {
  for (const bool is_read_before : {false, true}) {
    Write("in", "");
    const auto input = Open(Path("in"));
    EXPECT_EQ(is_read_before ? Read(*input) : "", "");
    Append("in", "more");
    EXPECT_EQ(Read(*input), "");
    EXPECT_EQ(input->read_size(), 0u);
    EXPECT_EQ(Found(*input), Change::kGrown);
  }
}

TEST_F(InputFileTest, OverwritingIsFoundWhereverItHappens) {
  const std::string content(300000, 'a');
  for (const off_t offset : {0, 150000, 299999}) {
    for (const size_t read_before : {size_t{150000}, content.size()}) {
      Write("in", content);
      const auto input = Open(Path("in"));
      std::string found = Read(*input, read_before);
      Overwrite("in", offset, "b");
      found += Read(*input);
      // What was read before it was written is right, even if the file has another time.
      const bool is_read_late = static_cast<size_t>(offset) >= read_before;
      EXPECT_EQ(Found(*input, true), is_read_late ? Change::kTouched : Change::kOverwritten);
    }
  }
}

TEST_F(InputFileTest, RestoredTimesHideNothing) {
  Write("in", "content");
  const auto input = Open(Path("in"));
  EXPECT_EQ(Read(*input), "content");
  Overwrite("in", 3, "X");
  const struct timespec times[2] = {input->attributes().st_atim, input->attributes().st_mtim};
  ASSERT_EQ(utimensat(AT_FDCWD, Path("in").c_str(), times, 0), 0);
  EXPECT_EQ(Found(*input, true), Change::kOverwritten);
}

// A page that is dirty already is written through a mapping without a new time.
TEST_F(InputFileTest, WritingThroughAMappingIsFoundByContent) {
  Write("in", std::string(8192, 'a'));
  const int descriptor = open(Path("in").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(descriptor, 0);
  void* const mapping = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  auto* const bytes = static_cast<volatile char*>(mapping);
  bytes[5000] = 'b';
  const auto input = Open(Path("in"));
  EXPECT_EQ(Read(*input).size(), 8192u);
  bytes[5000] = 'c';
  EXPECT_EQ(Found(*input, true), Change::kOverwritten);
  munmap(mapping, 8192);
  close(descriptor);
}

TEST_F(InputFileTest, AFileThatBecomesShorterIsAnError) {
  Write("in", std::string(300000, 'a'));
  const auto input = Open(Path("in"));
  EXPECT_EQ(Read(*input, 100000).size(), 100000u);
  fs::resize_file(Path("in"), 200000);
  Bytes bytes;
  const Status status = ReadGrowing(*input, 1 << 20, bytes);
  EXPECT_EQ(status.code(), Code::kIo);
  EXPECT_NE(status.message().find("in: was truncated"), std::string::npos) << status.message();
}

TEST_F(InputFileTest, AFileThatBecomesShorterAfterwardsIsOverwritten) {
  Write("in", std::string(300000, 'a'));
  const auto input = Open(Path("in"));
  EXPECT_EQ(Read(*input).size(), 300000u);
  fs::resize_file(Path("in"), 0);
  EXPECT_EQ(Found(*input), Change::kOverwritten);
}

TEST_F(InputFileTest, OtherTimesAndLinksOnlyTouchIt) {
  Write("in", "content");
  for (const int kind : {0, 1, 2}) {
    const auto input = Open(Path("in"));
    EXPECT_EQ(Read(*input), "content");
    if (kind == 0) fs::last_write_time(Path("in"), fs::file_time_type());
    if (kind == 1) fs::create_hard_link(Path("in"), Path("link"));
    if (kind == 2) fs::permissions(Path("in"), fs::perms::owner_read);
    EXPECT_EQ(Found(*input), Change::kTouched);
    EXPECT_EQ(Found(*input, true), Change::kTouched);
  }
}

TEST_F(InputFileTest, ANameThatChangedOwnersIsNotRemoved) {
  Write("in", "content");
  const auto input = Open(Path("in"));
  EXPECT_EQ(Read(*input), "content");
  Write("new", "other");
  fs::rename(Path("new"), Path("in"));
  EXPECT_EQ(input->CheckName().code(), Code::kIo);
  EXPECT_EQ(input->RemoveName().code(), Code::kIo);
  EXPECT_TRUE(fs::exists(Path("in")));
  fs::remove(Path("in"));
  EXPECT_EQ(input->RemoveName().code(), Code::kIo);
}

TEST_F(InputFileTest, SizesThatAreMadeUpAreNotBelieved) {
  for (const char* path : {"/proc/self/status", "/proc/version", "/proc/self/maps",
                           "/sys/kernel/mm/transparent_hugepage/enabled",
                           "/sys/devices/system/cpu/online", "/sys/kernel/notes"}) {
    if (!fs::exists(path)) continue;
    const auto input = Open(path);
    EXPECT_NE(Read(*input), "") << path;
    EXPECT_EQ(input->size().value_or(input->read_size()), input->read_size()) << path;
    EXPECT_EQ(Found(*input), Change::kNone) << path;
  }
}

TEST_F(InputFileTest, OnlyPlainFilesWithOneNameAreRemovable) {
  Write("in", "content");
  EXPECT_TRUE(Open(Path("in"))->CheckRemovable(false).ok());
  fs::create_symlink("in", Path("symbolic"));
  EXPECT_EQ(Open(Path("symbolic"))->CheckRemovable(true).code(), Code::kIo);
  EXPECT_EQ(Open("/dev/null")->CheckRemovable(true).code(), Code::kIo);
  fs::create_hard_link(Path("in"), Path("hard"));
  const Status status = Open(Path("in"))->CheckRemovable(false);
  EXPECT_EQ(status.code(), Code::kIo);
  EXPECT_NE(status.message().find("has 2 hard links"), std::string::npos) << status.message();
  EXPECT_TRUE(Open(Path("in"))->CheckRemovable(true).ok());
}

TEST_F(InputFileTest, OnlyTheFileThatWasReadLosesItsName) {
  Write("in", "content");
  const auto input = Open(Path("in"));
  EXPECT_EQ(Read(*input), "content");
  fs::rename(Path("in"), Path("moved"));
  EXPECT_EQ(input->RemoveName().code(), Code::kIo);
  Write("in", "another");
  EXPECT_EQ(input->CheckName().code(), Code::kIo);
  const Status status = input->RemoveName();
  EXPECT_EQ(status.code(), Code::kIo);
  EXPECT_NE(status.message().find("was replaced by another file"), std::string::npos);
  EXPECT_TRUE(fs::exists(Path("in")));
  // Nor does a link that stands for it.
  fs::remove(Path("in"));
  fs::create_symlink("moved", Path("in"));
  EXPECT_EQ(input->RemoveName().code(), Code::kIo);
  EXPECT_TRUE(fs::is_symlink(Path("in")));
  fs::rename(Path("moved"), Path("in"));
  EXPECT_TRUE(input->RemoveName().ok());
  EXPECT_FALSE(fs::exists(Path("in")));
}

TEST_F(InputFileTest, PipesNeverChange) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "text", 4), 4);
  close(ends[1]);
  const auto input = Open("/dev/fd/" + std::to_string(ends[0]));
  EXPECT_FALSE(input->size().has_value());
  EXPECT_EQ(Read(*input), "text");
  EXPECT_EQ(Found(*input, true), Change::kNone);
  close(ends[0]);
}

}  // namespace
}  // namespace lmz::cli
