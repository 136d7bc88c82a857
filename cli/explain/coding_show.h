// A coding as text for a terminal and as a drawing.
#pragma once

#include <string>

#include "cli/explain/coding_steps.h"

namespace lmz::cli {

struct CodingSource {
  bool is_counted = false;  // the probabilities are how often each symbol stands in the text
};

// Lines for a terminal.
std::string CodingText(const Coding& coding, const CodingSource& source);

// An SVG file: a bar for each symbol, below it the part that was chosen at full width again.
std::string CodingSvg(const Coding& coding, const CodingSource& source);

}  // namespace lmz::cli
