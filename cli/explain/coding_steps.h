// Arithmetic coding with exact fractions: how a text narrows an interval, and what code that gives.
#pragma once

#include <string>
#include <vector>

#include "cli/explain/coding_table.h"

namespace lmz::cli {

// From `low`, which belongs to it, to `low` + `width`, which does not.
struct Interval {
  Fraction low = 0;
  Fraction width = 1;

  Fraction High() const { return low + width; }
};

struct CodingStep {
  Symbol symbol = 0;
  const Distribution* distribution = nullptr;  // that it was taken from
  size_t choice = 0;                           // its index there
  Interval interval;                           // behind it
  std::string certain_bits;  // that each number in the interval begins with, behind "0."
};

struct Coding {
  std::vector<CodingStep> steps;
  std::string code;  // '0' and '1': the fewest bits behind "0." that whatever follows stays inside
  Interval code_interval;  // of what begins with the code

  const Interval& Last() const { return steps.back().interval; }
};

// Codes a text of at least one symbol. The result points into `table`. Errors: kInvalidArgument
// when the table has no probability for a symbol.
Result<Coding> CodeExactly(const std::vector<Symbol>& text, const CodingTable& table);

// -log2 of a fraction above 0.
double BitsOf(const Fraction& probability);

// The nearest double.
double Approximately(const Fraction& fraction);

// Exact where it ends within 12 digits behind the point; otherwise rounded, behind "≈", with enough
// digits to tell numbers apart that are `width` from each other.
std::string DecimalText(const Fraction& fraction, const Fraction& width);

}  // namespace lmz::cli
