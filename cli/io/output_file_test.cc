#include "cli/io/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/io/descriptor.h"
#include "tests/folder_test.h"

namespace lmz::cli {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::FolderTest {
 protected:
  std::string Content(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // An output with the content "new", which has no name yet.
  std::unique_ptr<OutputFile> Create(const std::string& name, bool may_replace) const {
    Result<std::unique_ptr<OutputFile>> output =
        OutputFile::Create(Path(name), {}, {.may_replace = may_replace});
    EXPECT_TRUE(output.ok()) << output.status().message();
    EXPECT_TRUE(output.value()->Write(BytesOf("new")).ok());
    return std::move(output).value();
  }
};

TEST_F(OutputFileTest, WithoutCommitNothingIsLeft) {
  Create("out", false);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(OutputFileTest, ANameThatIsTakenMeanwhileIsKept) {
  const auto output = Create("out", false);
  Write("out", "another");
  EXPECT_EQ(output->Commit().code(), Code::kIo);
  EXPECT_EQ(Content("out"), "another");
}

TEST_F(OutputFileTest, WhatIsCommittedCanBeWithdrawn) {
  for (const bool may_replace : {false, true}) {
    if (may_replace) Write("out", "old");
    const auto output = Create("out", may_replace);
    EXPECT_TRUE(output->Commit().ok());
    EXPECT_EQ(Content("out"), "new");
    output->Withdraw();
    EXPECT_TRUE(fs::is_empty(folder_));
  }
}

TEST_F(OutputFileTest, NoOtherFileIsWithdrawn) {
  const auto output = Create("out", false);
  EXPECT_TRUE(output->Commit().ok());
  fs::rename(Path("out"), Path("moved"));
  output->Withdraw();
  Write("out", "another");
  output->Withdraw();
  EXPECT_EQ(Content("out"), "another");
  EXPECT_EQ(Content("moved"), "new");
}

}  // namespace
}  // namespace lmz::cli
