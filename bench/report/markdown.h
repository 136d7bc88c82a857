// Tables and generated sections as Markdown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace lmz::bench {

using Row = std::vector<std::string>;

// The first column is aligned left, all others right.
std::string MarkdownTable(const Row& head, const std::vector<Row>& rows);

// 1234567 as "1,234,567".
std::string Grouped(uint64_t number);

// With so many digits behind the point.
std::string Fixed(double number, int digits);

// `text` with the lines between the marks of `section` replaced by those of `generated`, which end
// as the line of the first mark does. Errors: kInvalidArgument when `text` lacks the marks.
Result<std::string> ReplaceSection(const std::string& text, const std::string& section,
                                   const std::string& generated);

// Prints `generated`, or writes it between the marks of the file `into` when that is not empty;
// what cannot be written there is printed all the same, and the failure returned. Errors: kIo,
// kInvalidArgument.
Status WriteSection(const std::string& generated, const std::string& section,
                    const std::string& into);

// The figure `svg` as a link in the document `into`; empty unless both are given and the figure
// lies in the folder of the document or below it.
std::string FigureLink(const std::string& title, const std::string& svg, const std::string& into);

}  // namespace lmz::bench
