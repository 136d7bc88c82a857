// The probabilities of `lmz explain --coding`: of the next symbol behind those before it.
#pragma once

// Where headers of the system are no system headers (cross compilers), their warnings are none of
// ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <boost/multiprecision/cpp_int.hpp>
#pragma GCC diagnostic pop

#include <string_view>
#include <vector>

#include "base/status.h"
#include "cli/explain/coding_symbols.h"

namespace lmz::cli {

// Without expression templates, which do not mix the two types.
using Integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                              boost::multiprecision::et_off>;
using Fraction = boost::multiprecision::number<boost::multiprecision::cpp_rational_backend,
                                               boost::multiprecision::et_off>;

struct SymbolShare {
  Symbol symbol = 0;
  Fraction probability;  // above 0
};

// What may come next, in the order in which it shares the interval. The probabilities sum up to 1.
using Distribution = std::vector<SymbolShare>;

class CodingTable {
 public:
  // Rules, each on a line of its own or behind a semicolon: "A=0.45, I=3/10, X=0.25", in front of
  // which a context may stand: "AI: ...". Of the rules whose contexts the symbols before end in,
  // the longest context counts. Errors: kInvalidArgument with a sentence.
  static Result<CodingTable> Parse(std::string_view table);

  // How often each symbol stands in `text`, in the order of their numbers.
  static CodingTable Counted(const std::vector<Symbol>& text);

  // Of the symbol behind these. Null where no rule says anything.
  const Distribution* Behind(const std::vector<Symbol>& before) const;

 private:
  struct Rule {
    std::vector<Symbol> context;
    Distribution distribution;
  };

  std::vector<Rule> rules_;
};

}  // namespace lmz::cli
