#include "plan/shape/shape.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "codec/bilevel/pixel_model.h"
#include "plan/contest/coded.h"
#include "plan/shape/rows.h"

namespace lmz {

namespace {

// Shorter blocks are too short for rows to show.
constexpr size_t kMinShapedSize = size_t{1} << 12;

// Pictures of two colours have at least this share of bytes of one.
constexpr size_t kPlainShare = 16;

// Where no row shows, bits may follow a rule all the same, such as those of masks and sequences.
constexpr uint32_t kAnyWidth = 4096;

// The sample: this share of the block, and several rows if the block is not much longer.
constexpr size_t kSampleShare = 32;
constexpr size_t kMinSample = size_t{1} << 12;
constexpr size_t kMaxSample = size_t{1} << 17;
constexpr size_t kSampleRows = 12;
constexpr size_t kMaxSampleShare = 24;
constexpr size_t kSamplePieces = 2;
constexpr size_t kMinRowsInPiece = 4;

// A shape must save this share of the sample; pixels, which learn sooner than bytes do, this share
// of the best of the others.
constexpr size_t kGain = 200;
constexpr size_t kPixelsGain = 20;
constexpr size_t kTextGain = 32;

// Whether pixels run on from the highest bit of a byte to the lowest, or the other way: at the seam
// of two bytes neighbours are alike.
bool IsLowestFirst(ByteSpan bytes) {
  size_t highest_first = 0;
  size_t lowest_first = 0;
  for (size_t i = 1; i < bytes.size(); ++i) {
    highest_first += (bytes[i - 1] & 1) == bytes[i] >> 7;
    lowest_first += bytes[i - 1] >> 7 == (bytes[i] & 1);
  }
  return lowest_first > highest_first;
}

// Whole rows from several places, or where rows are long, bytes from one.
Bytes SampleOf(ByteSpan raw, size_t row) {
  const size_t wanted = std::max(raw.size() / kSampleShare,
                                 std::min(kSampleRows * row, raw.size() / kMaxSampleShare));
  const size_t size = std::min(std::clamp(wanted, kMinSample, kMaxSample), raw.size());
  const size_t unit = std::max<size_t>(row, 1);
  const size_t piece = size / kSamplePieces / unit * unit;
  const bool is_one = piece < kMinRowsInPiece * row;
  const size_t pieces = is_one ? 1 : kSamplePieces;
  const size_t taken = is_one ? size : piece;
  Bytes sample;
  for (size_t i = 0; i < pieces; ++i) {
    const size_t begin = (raw.size() - taken) * (2 * i + 1) / (2 * pieces) / unit * unit;
    const ByteSpan bytes = raw.subspan(begin, taken);
    sample.insert(sample.end(), bytes.begin(), bytes.end());
  }
  return sample;
}

bool MayBePixels(ByteSpan bytes) {
  const auto plain = std::count_if(bytes.begin(), bytes.end(),
                                   [](uint8_t byte) { return byte == 0 || byte == 0xFF; });
  return static_cast<size_t>(plain) >= bytes.size() / kPlainShare;
}

// The width of a PBM file in binary; 0: it is none.
uint32_t WidthOfPbm(ByteSpan bytes) {
  if (bytes.size() < 4 || bytes[0] != 'P' || bytes[1] != '4') return 0;
  uint32_t width = 0;
  for (size_t i = 2; i < 16; ++i) {
    if (bytes[i] >= '0' && bytes[i] <= '9' && width < bilevel::kMaxWidth) {
      width = 10 * width + bytes[i] - '0';
    } else if (width != 0) {
      break;
    }
  }
  return (width + 7) & ~7u;
}

// Looks for the shapes that a block may have.
class ShapeSearch {
 public:
  // `is_text`: a row must show more.
  ShapeSearch(ByteSpan raw, bool is_text) : raw_(raw), rows_(raw, is_text) {
    for (const uint32_t row : rows_.lengths()) AddRecords(row);
    if (!is_text) AddPixels();
  }

  // In bytes; 0: there are no rows.
  size_t longest_row() const { return rows_.longest(); }

  const std::vector<CodecOptions>& found() const { return found_; }

 private:
  void AddRecords(uint32_t row) {
    const RecordShape shape = {.row = row, .unit = rows_.unit(), .plane = rows_.FindPlane(row)};
    found_.emplace_back(BytesOptions{.profile = Profile::kRecords, .shape = shape});
  }

  void AddPixels() {
    const uint32_t told = WidthOfPbm(raw_);
    uint64_t width = told;
    if (told == 0 && MayBePixels(raw_))
      width = rows_.unit() > 1 ? 8 * rows_.unit() : 8 * rows_.longest();
    if (width < bilevel::kMinWidth || width > bilevel::kMaxWidth) width = kAnyWidth;
    found_.emplace_back(
        BilevelOptions{.width = static_cast<uint32_t>(width),
                       .is_lowest_first = told == 0 && IsLowestFirst(SampleOf(raw_, 0))});
  }

  ByteSpan raw_;
  Rows rows_;
  std::vector<CodecOptions> found_;
};

// Binary bytes, and text that may be fields without line ends.
bool MayHaveShape(ByteSpan raw, const BlockPlan& plan) {
  const auto* const bytes = std::get_if<BytesOptions>(&plan.choice.options);
  const int stays = kFilterCharset | (plan.copies_stay ? kFilterRepeat : 0);
  const bool has_filters = (plan.choice.filters & ~stays) != 0;
  if (bytes == nullptr || has_filters || raw.size() < kMinShapedSize) return false;
  return bytes->profile == Profile::kBinary || plan.content == Content::kStructured;
}

}  // namespace

Result<BlockPlan> WithShape(ByteSpan raw, const BlockPlan& plan, const BlockResources& resources) {
  if (!MayHaveShape(raw, plan)) return plan;
  const bool is_text = std::get<BytesOptions>(plan.choice.options).profile == Profile::kText;
  const ShapeSearch search(raw, is_text);
  if (search.found().empty()) return plan;
  const BlockResources standing = resources.Part(0, 0, 0);
  const Bytes bytes = SampleOf(raw, search.longest_row());
  LMZ_ASSIGN(const PreparedBlock sample, PreparedBlock::Make(bytes, 0, standing));
  LMZ_ASSIGN(const Coded plain, Code(sample, plan.choice.options, standing, Trial::Stage::kSample));
  BlockPlan shaped = plan;
  size_t limit = plain.payload.size();
  if (is_text) {
    LMZ_ASSIGN(const std::optional<Coded> columns,
               CodeBelow(limit, sample, BytesOptions{.profile = Profile::kBinary}, standing,
                         Trial::Stage::kSample));
    if (columns) limit = columns->payload.size();
  }
  limit -= limit / (is_text ? kTextGain : kGain);
  for (const CodecOptions& candidate : search.found()) {
    const bool is_bytes = std::holds_alternative<BytesOptions>(candidate);
    if (!is_bytes) limit -= limit / kPixelsGain;
    LMZ_ASSIGN(const std::optional<Coded> rival,
               CodeBelow(limit, sample, candidate, standing, Trial::Stage::kSample));
    if (!rival) continue;
    limit = rival->payload.size();
    shaped.choice = {.options = candidate};
  }
  return shaped;
}

}  // namespace lmz
