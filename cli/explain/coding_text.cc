#include <algorithm>
#include <cstdio>

#include "cli/explain/coding_show.h"
#include "cli/show/table.h"

namespace lmz::cli {

namespace {

// Of a table; with longer fractions each step has lines of its own.
constexpr size_t kWidest = 100;

std::string Rounded(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

std::string Count(size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string Shares(const Distribution& distribution) {
  std::string text;
  for (const SymbolShare& share : distribution) {
    text += (text.empty() ? "" : ", ") + SymbolLabel(share.symbol) + " " + share.probability.str();
  }
  return text;
}

// Of the steps, in the order in which they were used; one that is used again stands once.
std::string Distributions(const Coding& coding) {
  std::string text;
  std::vector<const Distribution*> told;
  std::string before;
  for (const CodingStep& step : coding.steps) {
    if (std::find(told.begin(), told.end(), step.distribution) == told.end()) {
      told.push_back(step.distribution);
      text += "  " + (before.empty() ? "" : "behind " + before + ": ") +
              Shares(*step.distribution) + "\n";
    }
    before += SymbolLabel(step.symbol);
  }
  return text;
}

std::string Bits(const std::string& bits) {
  return bits.empty() ? "none yet" : bits;
}

std::vector<std::string> Cells(const CodingStep& step) {
  return {(*step.distribution)[step.choice].probability.str(), step.interval.low.str(),
          step.interval.High().str(), step.interval.width.str(), Bits(step.certain_bits)};
}

// A label of many bytes and few columns stands in front of each line.
std::vector<std::string> TableOfSteps(const Coding& coding) {
  Table table({{"probability"},
               {"from"},
               {"to"},
               {"width"},
               {"bits that are certain", Table::Align::kLeft}},
              2);
  table.AddRow({"", "0", "1", "1", Bits("")});
  std::vector<std::string> labels = {"symbol", ""};
  for (const CodingStep& step : coding.steps) {
    table.AddRow(Cells(step));
    labels.push_back(SymbolLabel(step.symbol));
  }
  size_t width = 0;
  for (const std::string& label : labels) width = std::max(width, LabelWidth(label));
  std::vector<std::string> lines = table.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].insert(0, labels[i] + std::string(width - LabelWidth(labels[i]), ' '));
  }
  return lines;
}

std::string ListOfSteps(const Coding& coding) {
  constexpr const char* kNames[] = {"probability", "from", "to", "width", "certain"};
  std::string text;
  for (size_t i = 0; i < coding.steps.size(); ++i) {
    if (i != 0) text += '\n';
    text += std::to_string(i + 1) + ". " + SymbolLabel(coding.steps[i].symbol) + "\n";
    const std::vector<std::string> cells = Cells(coding.steps[i]);
    for (size_t c = 0; c < cells.size(); ++c) {
      std::string name = kNames[c];
      name.resize(13, ' ');
      text += "   " + name + cells[c] + "\n";
    }
  }
  return text;
}

std::string Steps(const Coding& coding) {
  const std::vector<std::string> lines = TableOfSteps(coding);
  std::string text;
  for (const std::string& line : lines) text += line;
  const bool fits = std::all_of(lines.begin(), lines.end(),
                                [](const std::string& line) { return line.size() <= kWidest; });
  return fits ? text : ListOfSteps(coding);
}

std::string Between(const Interval& interval) {
  return interval.low.str() + " to " + interval.High().str();
}

std::string Decimals(const Interval& interval) {
  return DecimalText(interval.low, interval.width) + " to " +
         DecimalText(interval.High(), interval.width);
}

}  // namespace

std::string CodingText(const Coding& coding, const CodingSource& source) {
  std::vector<Symbol> symbols;
  for (const CodingStep& step : coding.steps) symbols.push_back(step.symbol);
  const double bits = BitsOf(coding.Last().width);
  return "Arithmetic coding of '" + SymbolLabels(symbols) + "', " +
         Count(symbols.size(), "symbol") + "\n\n" +
         (source.is_counted ? "Probabilities: how often each symbol stands in the text. A decoder "
                              "would have to be "
                              "told them.\n"
                            : "Probabilities of the table:\n") +
         Distributions(coding) + "\n" + Steps(coding) + "\n" + "interval     " +
         Between(coding.Last()) + "\n" + "             " + Decimals(coding.Last()) + "\n" +
         "its width    the probability of the text: 2^-" + Rounded(bits) + ", which is " +
         Rounded(bits) + " bits (Shannon's bound)\n" + "code         " +
         (coding.code.empty() ? "none" : coding.code) + ", " + Count(coding.code.size(), "bit") +
         "; what begins with 0." + coding.code + " is from\n" + "             " +
         Between(coding.code_interval) + "\n" + "             " + Decimals(coding.code_interval) +
         "\n\n" + "A decoder that has the same probabilities and knows that there " +
         (symbols.size() == 1 ? "is " : "are ") + Count(symbols.size(), "symbol") +
         " finds\nthe text by asking at each step in whose part the code lies.\n";
}

}  // namespace lmz::cli
