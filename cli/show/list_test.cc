#include "cli/show/list.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/show/table.h"

namespace lmz::cli {
namespace {

ListedFile FileOf(const std::string& name, uint64_t coded_size, uint64_t raw_size) {
  BlockEntry block;
  block.offset = coded_size;
  block.header.raw_size = raw_size;
  block.header.payload_size = coded_size;
  FrameEntry frame;
  frame.coded_size = coded_size;
  frame.raw_size = raw_size;
  ListedFile file(name, true);
  EXPECT_TRUE(file.BeginFrame(frame).ok());
  EXPECT_TRUE(file.AddBlock(frame, block).ok());
  EXPECT_TRUE(file.EndFrame(frame).ok());
  return file;
}

std::vector<std::vector<std::string>> Cells(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    lines.emplace_back();
    for (std::string word; words >> word;) lines.back().push_back(word);
  }
  return lines;
}

TEST(ListTable, ColumnsOfAnySizeStayApart) {
  const uint64_t petabyte = uint64_t{1} << 50;
  for (const uint64_t size : {uint64_t{1}, uint64_t{999999}, petabyte, UINT64_MAX}) {
    const auto lines = Cells(ListTable({FileOf("small", 1, 1), FileOf("large", 1, size)}, false));
    ASSERT_EQ(lines.size(), 4u);
    const std::string number = std::to_string(size);
    EXPECT_EQ(lines[1][6], "small");
    ASSERT_GE(lines[2].size(), 7u);
    EXPECT_EQ(lines[2][2], "1");
    EXPECT_EQ(lines[2][3], number);
    EXPECT_EQ(lines[2][6], "large");
    EXPECT_EQ(lines[3][6], "2");
  }
}

TEST(ListTable, ColumnsOfBlocksOfAnySizeStayApart) {
  for (const uint64_t size : {uint64_t{1}, uint64_t{1} << 50, UINT64_MAX}) {
    const auto lines = Cells(ListTable({FileOf("file", size, size)}, true));
    ASSERT_EQ(lines.size(), 4u);
    const std::string number = std::to_string(size);
    const std::vector<std::string> wanted = {
        "0", "0", number, number, number, "0000000000000000", "stored"};
    EXPECT_EQ(lines[3], wanted);
  }
}

TEST(ListTable, RowsAreAligned) {
  std::istringstream in(ListTable({FileOf("a", 12, 1234), FileOf("b", 1, 1)}, false));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1].find("  a  (stored)"), lines[0].find("  File"));
  EXPECT_EQ(lines[2].find("  b  (stored)"), lines[0].find("  File"));
}

TEST(Table, AlignsBothWays) {
  Table table({{"N"}, {"Left", Table::Align::kLeft}, {"Name", Table::Align::kLeft}}, 1);
  table.AddRow({"1000", "x", "end "});
  table.AddRow({"1", "longer", ""});
  const std::vector<std::string> wanted = {"    N  Left    Name\n", " 1000  x       end \n",
                                           "    1  longer  \n"};
  EXPECT_EQ(table.Lines(), wanted);
}

}  // namespace
}  // namespace lmz::cli
