#include "cli/explain/coding_steps.h"

#include <algorithm>
#include <cmath>

namespace lmz::cli {

namespace {

const Fraction kHalf(1, 2);

Integer Ceiling(const Fraction& fraction) {
  return (numerator(fraction) + denominator(fraction) - 1) / denominator(fraction);
}

double Log2(const Integer& number) {
  constexpr unsigned kPrecision = 60;
  const auto highest = static_cast<unsigned>(msb(number));
  const unsigned shift = highest > kPrecision ? highest - kPrecision : 0;
  const Integer leading = number >> shift;
  return std::log2(leading.convert_to<double>()) + shift;
}

// Goes down from one binary interval to its half as long as all of an interval lies in one half.
class CertainBits {
 public:
  const std::string& Narrow(const Interval& interval) {
    while (true) {
      const Fraction middle = binary_.low + binary_.width * kHalf;
      const bool is_below = interval.High() <= middle, is_above = interval.low >= middle;
      if (!is_below && !is_above) return bits_;
      binary_.width *= kHalf;
      if (is_above) binary_.low = middle;
      bits_ += is_above ? '1' : '0';
    }
  }

 private:
  Interval binary_;
  std::string bits_;
};

Status Missing(const std::vector<Symbol>& text, size_t at) {
  const std::vector<Symbol> before(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at));
  return Status(Code::kInvalidArgument,
                "--probabilities: the table has no probability for '" + SymbolLabel(text[at]) +
                    "'" +
                    (at == 0 ? " at the beginning" : " behind '" + SymbolLabels(before) + "'"));
}

// The shortest binary interval inside; the lowest of these.
void ChooseCode(Coding& coding) {
  const Interval& last = coding.Last();
  Interval& found = coding.code_interval;
  for (unsigned size = 0;; ++size) {
    const Integer scale = Integer(1) << size;
    found = {Fraction(Ceiling(last.low * scale), scale), Fraction(1, scale)};
    if (found.High() > last.High()) continue;
    const Integer number = Ceiling(found.low * scale);
    for (unsigned i = 0; i < size; ++i) coding.code += bit_test(number, size - 1 - i) ? '1' : '0';
    return;
  }
}

}  // namespace

Result<Coding> CodeExactly(const std::vector<Symbol>& text, const CodingTable& table) {
  Coding coding;
  CertainBits bits;
  Interval interval;
  std::vector<Symbol> before;
  for (const Symbol symbol : text) {
    const Distribution* const distribution = table.Behind(before);
    if (distribution == nullptr) return Missing(text, before.size());
    size_t choice = 0;
    while (choice < distribution->size() && (*distribution)[choice].symbol != symbol) {
      interval.low += interval.width * (*distribution)[choice++].probability;
    }
    if (choice == distribution->size()) return Missing(text, before.size());
    interval.width *= (*distribution)[choice].probability;
    coding.steps.push_back({symbol, distribution, choice, interval, bits.Narrow(interval)});
    before.push_back(symbol);
  }
  ChooseCode(coding);
  return coding;
}

double BitsOf(const Fraction& probability) {
  return Log2(denominator(probability)) - Log2(numerator(probability));
}

double Approximately(const Fraction& fraction) {
  return fraction == 0 ? 0 : std::exp2(-BitsOf(fraction));
}

std::string DecimalText(const Fraction& fraction, const Fraction& width) {
  constexpr unsigned kMostDigits = 12, kFurther = 3;
  unsigned digits = 0;
  Fraction scaled = fraction;
  while (denominator(scaled) != 1 && digits < kMostDigits) {
    scaled *= 10;
    ++digits;
  }
  const bool is_exact = denominator(scaled) == 1;
  if (!is_exact) {
    digits = kFurther + static_cast<unsigned>(BitsOf(width) * std::log10(2.0));
    scaled = fraction * boost::multiprecision::pow(Integer(10), digits) + kHalf;
  }
  std::string text = Integer(numerator(scaled) / denominator(scaled)).str();
  if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
  if (digits != 0) text.insert(text.size() - digits, 1, '.');
  return (is_exact ? "" : "≈ ") + text;
}

}  // namespace lmz::cli
