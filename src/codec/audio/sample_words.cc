#include "codec/audio/sample_words.h"

#include <algorithm>
#include <bit>

namespace lmz::audio {

namespace {

constexpr int kMaxHighBits = 24;  // with the sign

// Calls visit(word as parted by `words`) for all samples. False once the watch is stopped.
template <class Visit>
bool ForEachWord(ByteSpan samples, const SampleLayout& layout, const SampleWords& words,
                 const Watch& watch, Visit visit) {
  for (size_t i = 0; i < samples.size(); i += layout.sample_bytes) {
    visit(words.Load(&samples[i]));
    if (!watch.Pass(1)) return false;
  }
  return true;
}

// Integers: bits that are the same in all words below those that differ are left out, and so are
// those beyond what predictors take.
std::optional<WordSplit> SplitIntegers(ByteSpan samples, const SampleLayout& layout,
                                       const Watch& watch) {
  uint32_t differing = 0;
  int width = 1;  // of the widest value, with its sign
  std::optional<uint32_t> first;
  const SampleWords words(layout, {});
  if (!ForEachWord(samples, layout, words, watch, [&](const Parted& parted) {
        const auto bits = static_cast<uint32_t>(parted.high);
        differing |= bits ^ first.value_or(bits);
        first = first.value_or(bits);
        width = std::max(width, 1 + BitLength(parted.high < 0 ? ~bits : bits));
      })) {
    return std::nullopt;
  }
  // Of a constant, all but two bits.
  const int same = std::min(std::countr_zero(differing), 8 * layout.sample_bytes - 2);
  WordSplit split;
  split.shift = static_cast<uint8_t>(std::max(same, width - kMaxHighBits));
  split.has_low_bits = split.shift > same;
  if (!split.has_low_bits) split.low = *first & ((uint32_t{1} << split.shift) - 1);
  return split;
}

std::optional<WordSplit> SplitFloats(ByteSpan samples, const SampleLayout& layout,
                                     const Watch& watch) {
  WordSplit split = {.exponent = WordSplit::kMaxExponent};
  uint32_t largest = WordSplit::kMinExponent;
  SampleLayout integers = layout;
  integers.is_float = false;
  if (!ForEachWord(samples, layout, SampleWords(integers, {}), watch,
                   [&](const Parted& parted) {
                     largest = std::max(largest, static_cast<uint32_t>(parted.high) >> 23 & 255);
                   }) ||
      largest > WordSplit::kMaxExponent) {
    return std::nullopt;
  }
  split.exponent = static_cast<uint8_t>(largest);
  uint32_t all = 0;
  if (!ForEachWord(samples, layout, SampleWords(layout, split), watch, [&](const Parted& parted) {
        all |= static_cast<uint32_t>(parted.high);
        split.has_low_bits |= parted.low != 0;
      })) {
    return std::nullopt;
  }
  split.shift = static_cast<uint8_t>(all == 0 ? 0 : std::countr_zero(all));
  return split;
}

}  // namespace

std::optional<Analysis> Analyse(ByteSpan samples, const SampleLayout& layout, const Watch& watch) {
  const std::optional<WordSplit> split =
      layout.is_float ? SplitFloats(samples, layout, watch) : SplitIntegers(samples, layout, watch);
  if (!split) return std::nullopt;
  const SampleRange limits = LimitsOf(layout, *split);
  SampleRange range = {.lowest = limits.highest, .highest = limits.lowest};
  if (!ForEachWord(samples, layout, SampleWords(layout, *split), watch, [&](const Parted& parted) {
        range.lowest = std::min(range.lowest, parted.high);
        range.highest = std::max(range.highest, parted.high);
      })) {
    return std::nullopt;
  }
  if (range.lowest == range.highest) {
    if (range.lowest < limits.highest) {
      ++range.highest;
    } else {
      --range.lowest;
    }
  }
  return Analysis{.split = *split, .range = range};
}

SampleRange LimitsOf(const SampleLayout& layout, const WordSplit& split) {
  if (layout.is_float) {
    const int32_t limit = 1 << (kMaxHighBits - 1 - split.shift);
    return {.lowest = 1 - limit, .highest = limit - 1};
  }
  const int bits = std::min(8 * layout.sample_bytes - split.shift, kMaxHighBits);
  return {.lowest = -(1 << (bits - 1)), .highest = (1 << (bits - 1)) - 1};
}

bool IsValid(const WordSplit& split, const SampleLayout& layout) {
  if (layout.is_float) {
    return split.shift <= kMaxHighBits - 2 && split.low == 0 &&
           split.exponent >= WordSplit::kMinExponent && split.exponent <= WordSplit::kMaxExponent;
  }
  if (split.shift > 8 * layout.sample_bytes - 2) return false;
  return split.has_low_bits ? split.shift != 0 : split.low >> split.shift == 0;
}

}  // namespace lmz::audio
