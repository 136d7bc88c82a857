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

// The range of no samples yet.
constexpr SampleRange kNone = {.lowest = INT32_MAX, .highest = INT32_MIN};

void Widen(SampleRange& range, int32_t sample) {
  range.lowest = std::min(range.lowest, sample);
  range.highest = std::max(range.highest, sample);
}

// Both give the range before the shift.

// Integers: bits that are the same in all words below those that differ are left out, and so are
// those beyond what predictors take.
std::optional<Analysis> AnalyseIntegers(ByteSpan samples, const SampleLayout& layout,
                                        const Watch& watch) {
  const SampleWords words(layout, {});
  const int32_t first = words.Load(samples.data()).high;
  uint32_t differing = 0;
  Analysis found = {.split = {}, .range = kNone};
  if (!ForEachWord(samples, layout, words, watch, [&](const Parted& parted) {
        differing |= static_cast<uint32_t>(parted.high ^ first);
        Widen(found.range, parted.high);
      })) {
    return std::nullopt;
  }
  // Of a constant, all but two bits.
  const int same = std::min(std::countr_zero(differing), 8 * layout.sample_bytes - 2);
  WordSplit& split = found.split;
  split.shift = static_cast<uint8_t>(std::max(same, found.range.Bits() - kMaxHighBits));
  split.has_low_bits = split.shift > same;
  if (!split.has_low_bits) {
    split.low = static_cast<uint32_t>(first) & ((uint32_t{1} << split.shift) - 1);
  }
  return found;
}

std::optional<Analysis> AnalyseFloats(ByteSpan samples, const SampleLayout& layout,
                                      const Watch& watch) {
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
  Analysis found = {.split = {.exponent = static_cast<uint8_t>(largest)}, .range = kNone};
  WordSplit& split = found.split;
  uint32_t all = 0;
  if (!ForEachWord(samples, layout, SampleWords(layout, split), watch, [&](const Parted& parted) {
        all |= static_cast<uint32_t>(parted.high);
        split.has_low_bits |= parted.low != 0;
        Widen(found.range, parted.high);
      })) {
    return std::nullopt;
  }
  split.shift = static_cast<uint8_t>(all == 0 ? 0 : std::countr_zero(all));
  return found;
}

}  // namespace

std::optional<Analysis> Analyse(ByteSpan samples, const SampleLayout& layout, const Watch& watch) {
  std::optional<Analysis> found = layout.is_float ? AnalyseFloats(samples, layout, watch)
                                                  : AnalyseIntegers(samples, layout, watch);
  if (!found) return std::nullopt;
  SampleRange& range = found->range;
  range.lowest >>= found->split.shift;
  range.highest >>= found->split.shift;
  if (range.lowest == range.highest) {
    if (range.lowest < LimitsOf(layout, found->split).highest) {
      ++range.highest;
    } else {
      --range.lowest;
    }
  }
  return found;
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
