#include "plan/classify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "codec/filter/charset/charset.h"
#include "codec/filter/charset/detect.h"
#include "codec/filter/charset/transcode.h"
#include "codec/filter/x86.h"
#include "plan/histogram.h"
#include "plan/text.h"

namespace lmz {
namespace {

// Below this size chance looks like structure and the other way round.
constexpr uint32_t kMinRandomSize = 1024;

// What 256 random counts seem to save, and six standard deviations more: chi square with 255
// degrees of freedom over 2 ln 2.
constexpr uint64_t kChanceBits = 184 + 100;

// Branch targets are judged within stretches of the default block size.
constexpr size_t kContextSize = size_t{16} << 20;

// Records longer than this are rare enough to be called binary.
constexpr size_t kMaxStride = 64;
constexpr size_t kStrideSample = size_t{1} << 13;

// Signs of structure that the byte counts alone do not show. All are 0 or small by chance.
struct Structure {
  uint64_t excess_pairs = 0;    // equal pairs of neighbours beyond what the byte counts explain
  uint64_t repeated_quads = 0;  // positions whose four bytes came before
};

uint64_t CountPairExcess(ByteSpan bytes, const Histogram& histogram) {
  std::vector<uint16_t> counts(size_t{1} << 16);
  uint64_t equal = 0;
  for (size_t i = 1; i < bytes.size(); ++i) {
    equal += counts[size_t{bytes[i - 1]} << 8 | bytes[i]]++;
  }
  // Two random positions agree in one byte with chance s = SquareSum / size^2, in a pair with s^2;
  // there are size^2 / 2 couples of positions.
  const uint64_t mean_q8 = (histogram.SquareSum() << 8) / histogram.size;
  const uint64_t expected = mean_q8 * mean_q8 >> 17;
  return equal > expected ? equal - expected : 0;
}

uint64_t CountRepeatedQuads(ByteSpan bytes) {
  std::vector<uint32_t> latest(size_t{1} << 16);
  uint64_t repeated = 0;
  for (size_t i = 0; i + 4 <= bytes.size(); ++i) {
    const uint32_t quad = LoadLe32(bytes.data() + i);
    uint32_t& slot = latest[HashBits(quad, 16)];
    repeated += slot == quad;
    slot = quad;
  }
  return repeated;
}

// How many of a[0..count) and b[0..count) agree. Byte-wide sums of short rows vectorise well.
uint32_t CountEqual(const uint8_t* a, const uint8_t* b, size_t count) {
  constexpr size_t kRow = 128;
  uint32_t total = 0;
  for (size_t begin = 0; begin < count; begin += kRow) {
    const size_t end = std::min(begin + kRow, count);
    uint8_t equal = 0;
    for (size_t i = begin; i < end; ++i) equal = static_cast<uint8_t>(equal + (a[i] == b[i]));
    total += equal;
  }
  return total;
}

// Whether bytes one record apart agree much more often than by chance and than neighbours do.
bool LooksLikeTable(ByteSpan bytes, const Histogram& histogram) {
  const size_t sample = std::min(bytes.size(), kStrideSample);
  if (sample < 4 * kMaxStride) return false;
  const size_t compared = sample - kMaxStride;
  const uint8_t* const at = bytes.data() + kMaxStride;
  std::array<uint32_t, kMaxStride + 1> agreeing{};
  for (size_t stride = 1; stride <= kMaxStride; ++stride) {
    agreeing[stride] = CountEqual(at, at - stride, compared);
  }
  const uint64_t chance = histogram.SquareSum() / histogram.size * compared / histogram.size;
  const uint32_t best = *std::max_element(agreeing.begin() + 2, agreeing.end());
  return best >= chance + compared / 32 && best >= agreeing[1] + agreeing[1] / 2;
}

// kRandom, kCompressed or, when there is more to gain, kBinary.
Content ClassifyDense(ByteSpan bytes, const Histogram& histogram) {
  const uint64_t size = bytes.size();
  const uint64_t redundant_bits = histogram.RedundantBits();
  if (redundant_bits > kChanceBits + size / 2) return Content::kBinary;
  const Structure structure = {.excess_pairs = CountPairExcess(bytes, histogram),
                               .repeated_quads = CountRepeatedQuads(bytes)};
  // Bounds above what gzip, xz and zstd output shows, since nothing gains on those; below what one
  // percent of zeros or of short repeats among random bytes shows.
  if (redundant_bits <= kChanceBits + size / 128 && structure.excess_pairs <= size * 3 / 64 &&
      structure.repeated_quads <= size / 256 + 8) {
    return size >= kMinRandomSize ? Content::kRandom : Content::kBinary;
  }
  if (structure.repeated_quads <= size / 32 && structure.excess_pairs <= size * 16 &&
      !LooksLikeTable(bytes, histogram)) {
    return Content::kCompressed;
  }
  return Content::kBinary;
}

// Text counts as what it is in UTF-8.
std::optional<PatchLook> ClassifyForeignText(ByteSpan bytes) {
  const std::optional<charset::TextForm> form = charset::DetectForm(bytes);
  if (!form) return std::nullopt;
  const ByteSpan units = bytes.subspan(form->head);
  const size_t unit_size = UnitSize(form->encoding);
  Bytes text;
  ToUtf8(form->encoding, units.first(units.size() / unit_size * unit_size), Watch(), text);
  const Histogram histogram(text);
  if (text.size() > kCharsetFilter.max_growth * bytes.size()) return std::nullopt;
  if (!LooksLikeText(text, histogram)) return std::nullopt;
  return PatchLook{
      .content = LooksStructured(text, histogram) ? Content::kStructured : Content::kText,
      .encoding =
          charset::ExtendsAscii(form->encoding) ? TextEncoding::kExtended : TextEncoding::kForeign};
}

}  // namespace

PatchLook ClassifyPatch(ByteSpan block, size_t begin, size_t end) {
  const ByteSpan bytes = block.subspan(begin, end - begin);
  if (const std::optional<PatchLook> look = ClassifyForeignText(bytes)) return *look;
  const Histogram histogram(bytes);
  if (LooksLikeText(bytes, histogram)) {
    return {LooksStructured(bytes, histogram) ? Content::kStructured : Content::kText};
  }
  const Content dense = ClassifyDense(bytes, histogram);
  if (dense != Content::kBinary) return {dense};
  if (LooksLikeCode(CountBranches(block, begin, end))) return {Content::kExecutable};
  return {LooksLikeTable(bytes, histogram) ? Content::kTable : Content::kBinary};
}

Content Classify(ByteSpan bytes) {
  if (bytes.empty()) return Content::kBinary;
  ContentVotes votes;
  for (size_t offset = 0; offset < bytes.size(); offset += kContextSize) {
    const ByteSpan context = bytes.subspan(offset, std::min(kContextSize, bytes.size() - offset));
    for (size_t begin = 0; begin < context.size(); begin += kPatchSize) {
      const size_t end = std::min(begin + kPatchSize, context.size());
      votes[ClassifyPatch(context, begin, end).content] += end - begin;
    }
  }
  return votes.Majority();
}

}  // namespace lmz
