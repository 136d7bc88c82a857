#include "cli/explain/coding_table.h"

#include <algorithm>
#include <map>
#include <string>

namespace lmz::cli {

namespace {

// Keeps every fraction that follows from a table within some thousand digits.
constexpr size_t kMostDigits = 18;
constexpr unsigned kMostBits = 63;

using Symbols = std::vector<Symbol>;

Status Refuse(const std::string& why) {
  return Status(Code::kInvalidArgument, "--probabilities: " + why);
}

std::string Behind(const Symbols& context) {
  return context.empty() ? "" : " behind '" + SymbolLabels(context) + "'";
}

bool IsSpace(Symbol symbol) {
  return symbol == ' ' || symbol == '\t' || symbol == '\r';
}

bool EndsRule(Symbol symbol) {
  return symbol == '\n' || symbol == ';';
}

// Reads a table from its beginning to its end.
class Reader {
 public:
  explicit Reader(Symbols table) : table_(std::move(table)) {}

  bool AtEnd() const { return at_ == table_.size(); }

  // Past what separates rules, and entries of a rule. What an equals sign follows is a symbol.
  void SkipBetweenRules() {
    Skip([](Symbol s) { return IsSpace(s) || EndsRule(s); });
  }
  void SkipBetweenEntries() {
    Skip([](Symbol s) { return IsSpace(s) || s == ','; });
  }

  bool AtEndOfRule() const { return AtEnd() || (!IsEntry() && EndsRule(table_[at_])); }

  // The context in front of a colon; none where the rule begins with an entry.
  Result<Symbols> ReadContext() {
    if (IsEntry()) return Symbols();
    const Symbols::const_iterator begin = Here(), colon = std::find(begin, table_.cend(), U':');
    if (colon >= EndOfRule()) {
      return Refuse("'" + Rest() + "' is not of the kind A=0.5 or CONTEXT: A=0.5");
    }
    at_ = static_cast<size_t>(colon - table_.begin()) + 1;
    return Symbols(begin, colon);
  }

  Result<SymbolShare> ReadEntry(const Symbols& context) {
    if (!IsEntry()) {
      return Refuse("'" + Rest() + "' is not of the kind A=0.5");
    }
    SymbolShare entry;
    entry.symbol = table_[at_];
    at_ += 2;
    std::string number;
    while (!AtEnd() && !IsSpace(table_[at_]) && table_[at_] != ',' && !EndsRule(table_[at_])) {
      number += SymbolLabel(table_[at_++]);
    }
    const std::string what =
        "the probability of '" + SymbolLabel(entry.symbol) + "'" + cli::Behind(context);
    const auto value = Number(number);
    if (!value) {
      return Refuse(what + ": '" + number +
                    "' is not a number above 0 as 0.45 or 9/20, with up to 18 digits");
    }
    if (*value == 0) return Refuse(what + " is 0, and what never comes has no code; leave it out");
    entry.probability = *value;
    return entry;
  }

 private:
  bool IsEntry() const { return at_ + 1 < table_.size() && table_[at_ + 1] == '='; }

  void Skip(auto is_separator) {
    while (!AtEnd() && is_separator(table_[at_]) && !IsEntry()) ++at_;
  }

  Symbols::const_iterator Here() const { return table_.begin() + static_cast<std::ptrdiff_t>(at_); }
  Symbols::const_iterator EndOfRule() const { return std::find_if(Here(), table_.end(), EndsRule); }
  // Of the rule, for a message.
  std::string Rest() const { return SymbolLabels({Here(), EndOfRule()}); }

  static std::optional<Integer> Digits(std::string_view text) {
    const bool is_number =
        !text.empty() && text.size() <= kMostDigits &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return std::nullopt;
    // Not from the text: there a leading zero would mean octal digits.
    Integer value = 0;
    for (const char c : text) value = 10 * value + (c - '0');
    return value;
  }

  static std::optional<Fraction> Number(const std::string& text) {
    if (const size_t slash = text.find('/'); slash != std::string::npos) {
      const auto above = Digits(text.substr(0, slash)), below = Digits(text.substr(slash + 1));
      if (!above || !below || *below == 0) return std::nullopt;
      return Fraction(*above, *below);
    }
    const size_t point = std::min(text.find('.'), text.size());
    const std::string behind = point < text.size() ? text.substr(point + 1) : "";
    const auto digits = Digits(text.substr(0, point) + behind);
    if (!digits || (point < text.size() && behind.empty())) return std::nullopt;
    return Fraction(*digits,
                    boost::multiprecision::pow(Integer(10), static_cast<unsigned>(behind.size())));
  }

  Symbols table_;
  size_t at_ = 0;
};

Status Check(const Symbols& context, const Distribution& distribution) {
  Fraction sum = 0;
  Integer common = 1;
  for (size_t i = 0; i < distribution.size(); ++i) {
    for (size_t before = 0; before < i; ++before) {
      if (distribution[before].symbol == distribution[i].symbol) {
        return Refuse("'" + SymbolLabel(distribution[i].symbol) + "' has two probabilities" +
                      Behind(context));
      }
    }
    const Integer below = denominator(distribution[i].probability);
    common = lcm(common, below);
    if (msb(common) >= kMostBits) {
      return Refuse("the probabilities" + Behind(context) +
                    " have no common denominator below 2^63; use simpler ones");
    }
    sum += distribution[i].probability;
  }
  if (sum == 1) return OkStatus();
  return Refuse("the probabilities" + Behind(context) + " sum up to " + sum.str() + ", not to 1");
}

}  // namespace

Result<CodingTable> CodingTable::Parse(std::string_view table) {
  LMZ_ASSIGN(Symbols symbols, SymbolsOf(table, "--probabilities: the table"));
  Reader reader(std::move(symbols));
  CodingTable parsed;
  for (reader.SkipBetweenRules(); !reader.AtEnd(); reader.SkipBetweenRules()) {
    Rule& rule = parsed.rules_.emplace_back();
    LMZ_ASSIGN(rule.context, reader.ReadContext());
    for (reader.SkipBetweenEntries(); !reader.AtEndOfRule(); reader.SkipBetweenEntries()) {
      LMZ_ASSIGN(SymbolShare entry, reader.ReadEntry(rule.context));
      rule.distribution.push_back(std::move(entry));
    }
    LMZ_TRY(Check(rule.context, rule.distribution));
  }
  if (parsed.rules_.empty()) return Refuse("the table is empty");
  std::stable_sort(parsed.rules_.begin(), parsed.rules_.end(),
                   [](auto& a, auto& b) { return a.context.size() > b.context.size(); });
  for (size_t i = 1; i < parsed.rules_.size(); ++i) {
    for (size_t before = 0; before < i; ++before) {
      if (parsed.rules_[before].context != parsed.rules_[i].context) continue;
      return Refuse("there are two rules" + cli::Behind(parsed.rules_[i].context));
    }
  }
  return parsed;
}

CodingTable CodingTable::Counted(const Symbols& text) {
  std::map<Symbol, int> counts;
  for (const Symbol symbol : text) ++counts[symbol];
  CodingTable table;
  Rule& rule = table.rules_.emplace_back();
  for (const auto& [symbol, count] : counts) {
    SymbolShare& share = rule.distribution.emplace_back();
    share.symbol = symbol;
    share.probability = count;
    share.probability /= text.size();
  }
  return table;
}

const Distribution* CodingTable::Behind(const Symbols& before) const {
  for (const Rule& rule : rules_) {  // the longest contexts come first
    if (rule.context.size() <= before.size() &&
        std::equal(rule.context.rbegin(), rule.context.rend(), before.rbegin())) {
      return &rule.distribution;
    }
  }
  return nullptr;
}

}  // namespace lmz::cli
