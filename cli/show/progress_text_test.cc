#include "cli/show/progress_text.h"

#include <gtest/gtest.h>

namespace lmz::cli {
namespace {

ProgressFigures Figures(const std::string& name) {
  return {.name = name,
          .share = 0.345,
          .seconds_left = 723,
          .raw_bytes = 3'000'000,
          .coded_bytes = 750'000,
          .seconds = 10};
}

TEST(ProgressText, HasAllFiguresWhereThereIsRoom) {
  EXPECT_EQ(ProgressText(Figures("in"), 79),
            "in: 34 %, 12 min 3 s left, 2.000 bits/byte, 300 kB/s");
}

TEST(ProgressText, ShareAndTimeLeftStayAtFortyColumns) {
  EXPECT_EQ(ProgressText(Figures("in"), 39), "in: 34 %, 12 min 3 s left");
  EXPECT_EQ(ProgressText(Figures("a/very/long/path/to/some/report.txt"), 39),
            "...me/report.txt: 34 %, 12 min 3 s left");
}

TEST(ProgressText, NumbersTheFilesOfARun) {
  ProgressFigures figures = Figures("a/very/long/path/to/some/report.txt");
  figures.file_number = 7;
  figures.file_count = 12;
  EXPECT_EQ(ProgressText(figures, 39), "7/12 ...port.txt: 34 %, 12 min 3 s left");
  figures.name = "in";
  EXPECT_EQ(ProgressText(figures, 79), "7/12 in: 34 %, 12 min 3 s left, 2.000 bits/byte, 300 kB/s");
}

TEST(ProgressText, SaysBytesAndTimeWhereTheSizeIsUnknown) {
  ProgressFigures figures = Figures("(stdin)");
  figures.share.reset();
  figures.seconds_left.reset();
  EXPECT_EQ(ProgressText(figures, 79), "(stdin): 3.00 MB, 10 s, 2.000 bits/byte, 300 kB/s");
  figures.raw_bytes = 0;
  EXPECT_EQ(ProgressText(figures, 79), "(stdin): 0 B, 10 s");
}

TEST(ProgressText, NeverIsWiderThanTheTerminal) {
  for (const std::string name : {"in", "a/long/name/with/folders.txt",
                                 "\xE6\xBC\xA2\xE5\xAD\x97\xE3\x81\xAE\xE5\x90\x8D\xE5\x89\x8D.txt",
                                 "\x80\x80\xFF\xFE", ""}) {
    for (const size_t count : {size_t{1}, size_t{1000}}) {
      ProgressFigures figures = Figures(name);
      figures.file_count = count;
      for (size_t columns = 0; columns < 100; ++columns) {
        const std::string text = ProgressText(figures, columns);
        size_t width = 0;
        for (const char c : text) {
          const auto byte = static_cast<unsigned char>(c);
          if (byte < 0x80) width += 1;
          if (byte >= 0xC0) width += 2;
        }
        EXPECT_LE(width, columns) << text;
        const bool starts_inside = !text.empty() && (text[0] & 0xC0) == 0x80;
        EXPECT_TRUE(!starts_inside || name[0] == text[0]) << text;
      }
      EXPECT_NE(ProgressText(figures, 39).find("34 %, 12 min 3 s left"), std::string::npos);
    }
  }
}

TEST(ProgressText, ControlCharactersCannotSteerTheTerminal) {
  EXPECT_EQ(ProgressText(Figures("a\x1b[31m\n"), 79).substr(0, 8), "a?[31m?:");
}

}  // namespace
}  // namespace lmz::cli
