#include "plan/shape/rows.h"

#include <algorithm>
#include <array>

#include "mix/profile.h"

namespace lmz {

namespace {

// Rows up to kMaxNearRow bytes are looked for in many windows, longer ones, of which records alone
// are, in a few.
constexpr size_t kWindowSize = size_t{1} << 10;
constexpr size_t kNearWindows = 32;
constexpr size_t kFarWindows = 4;
constexpr size_t kMaxNearRow = size_t{1} << 13;
constexpr size_t kMaxRow = size_t{1} << 16;
constexpr size_t kMinRows = 24;
constexpr size_t kMaxPlanes = size_t{1} << 12;

// By so much of the bytes in the windows a row must show, as divisors.
constexpr uint32_t kNearPeak = 256;
constexpr uint32_t kFarPeak = 32;
constexpr uint32_t kTextPeak = 8;

// What divides a row is taken for the row if it shows nearly as much, in percent.
constexpr uint32_t kDivisorShows = 90;
constexpr uint32_t kDivisorIsAlike = 98;

// A row is so many units long where pictures are looked for, whose neighbours are all alike.
constexpr size_t kMinPixels = 32;

// How two bytes of the same place in two rows are alike.
enum class Likeness : uint8_t { kEqual, kSameHighHalf };

// How many bytes are like those `distance` before them, in all windows.
template <size_t kWindows, Likeness kLikeness = Likeness::kEqual>
class Agreement {
 public:
  static constexpr uint32_t kAll = kWindows * kWindowSize;

  // All distances are at most `max_distance`, which leaves room for a window.
  Agreement(ByteSpan bytes, size_t max_distance) : bytes_(bytes) {
    const size_t free = bytes.size() - max_distance - kWindowSize;
    for (size_t i = 0; i < kWindows; ++i) begins_[i] = max_distance + free * i / (kWindows - 1);
  }

  uint32_t At(size_t distance) const {
    uint32_t alike = 0;
    for (const size_t begin : begins_) {
      const uint8_t* const here = bytes_.data() + begin;
      alike += CountAlike(here, here - distance);
    }
    return alike;
  }

  // [distance]: At, from 1 on.
  std::vector<uint32_t> UpTo(size_t max_distance) const {
    std::vector<uint32_t> alike(max_distance + 1);
    for (size_t d = 1; d <= max_distance; ++d) alike[d] = At(d);
    return alike;
  }

 private:
  // Byte-wide sums of short rows vectorise well.
  static uint32_t CountAlike(const uint8_t* a, const uint8_t* b) {
    constexpr size_t kRow = 128;
    constexpr uint8_t kMask = kLikeness == Likeness::kEqual ? 0xFF : 0xF0;
    uint32_t total = 0;
    for (size_t begin = 0; begin < kWindowSize; begin += kRow) {
      uint8_t alike = 0;
      for (size_t i = begin; i < begin + kRow; ++i) {
        alike = static_cast<uint8_t>(alike + (((a[i] ^ b[i]) & kMask) == 0));
      }
      total += alike;
    }
    return total;
  }

  ByteSpan bytes_;
  std::array<size_t, kWindows> begins_{};
};

// The length of a number, where neighbours agree more than bytes in a row do.
uint32_t FindUnit(const std::vector<uint32_t>& alike) {
  uint32_t unit = 1;
  for (const uint32_t other : {2u, 4u, 8u}) {
    if (alike[other] > alike[unit] + alike[unit] / 16 + kWindowSize / 16) unit = other;
  }
  return unit;
}

// By how much a distance shows against those a unit off.
uint32_t Peak(const std::vector<uint32_t>& alike, size_t distance, size_t unit) {
  const uint32_t beside = std::max(alike[distance - unit], alike[distance + unit]);
  return alike[distance] > beside ? alike[distance] - beside : 0;
}

// The distance from `from` on that shows most, and more than `least`, or what divides it and shows
// nearly as much; 0: none shows.
size_t FindRow(const std::vector<uint32_t>& alike, size_t unit, size_t from, uint32_t least) {
  size_t best = 0;
  uint32_t highest = least;
  for (size_t d = from; d + unit < alike.size(); ++d) {
    const uint32_t peak = Peak(alike, d, unit);
    if (peak <= highest) continue;
    highest = peak;
    best = d;
  }
  for (size_t d = from; d < best; ++d) {
    if (best % d == 0 && Peak(alike, d, unit) * 100 > highest * kDivisorShows) return d;
  }
  return best;
}

// The distance at which most bytes are alike, and more than at those beside it, or what divides it
// and is nearly as good; 0: none shows.
size_t FindPictureRow(const std::vector<uint32_t>& alike, size_t unit) {
  const size_t from = kMinPixels * unit;
  size_t best = 0;
  for (size_t d = from; d + unit < alike.size(); ++d) {
    if (Peak(alike, d, unit) != 0 && (best == 0 || alike[d] > alike[best])) best = d;
  }
  for (size_t d = from; d < best; ++d) {
    const bool is_alike = alike[d] * 100 > alike[best] * kDivisorIsAlike;
    if (best % d == 0 && is_alike && Peak(alike, d, unit) != 0) return d;
  }
  return best;
}

}  // namespace

Rows::Rows(ByteSpan raw, bool is_text) : raw_(raw), is_text_(is_text) {
  const size_t max_distance = std::min(kMaxNearRow, raw_.size() / kMinRows);
  using Equal = Agreement<kNearWindows>;
  using Similar = Agreement<kNearWindows, Likeness::kSameHighHalf>;
  const std::vector<uint32_t> equal = Equal(raw_, max_distance).UpTo(max_distance);
  unit_ = FindUnit(equal);
  const uint32_t least = Equal::kAll / (is_text_ ? kTextPeak : kNearPeak);
  Add(FindRow(equal, unit_, 2 * unit_, least));
  if (lengths_.empty()) FindFar();
  if (is_text_) return;
  Add(FindPictureRow(Similar(raw_, max_distance).UpTo(max_distance), unit_));
}

void Rows::FindFar() {
  const size_t max_distance = std::min(kMaxRow, raw_.size() / kMinRows);
  if (max_distance <= kMaxNearRow) return;
  using Equal = Agreement<kFarWindows>;
  const std::vector<uint32_t> equal = Equal(raw_, max_distance).UpTo(max_distance);
  Add(FindRow(equal, unit_, kMaxNearRow, Equal::kAll / (is_text_ ? kTextPeak : kFarPeak)));
}

void Rows::Add(size_t row) {
  const auto length = static_cast<uint32_t>(row);
  const bool is_known = std::find(lengths_.begin(), lengths_.end(), length) != lengths_.end();
  if (row != 0 && !is_known) lengths_.push_back(length);
}

uint32_t Rows::longest() const {
  return lengths_.empty() ? 0 : *std::max_element(lengths_.begin(), lengths_.end());
}

uint32_t Rows::FindPlane(uint32_t row) const {
  const size_t room = raw_.size() / 2 - kWindowSize;
  const size_t planes = std::min<size_t>({room / row, kMaxPlanes, RecordShape::kMaxPlane / row});
  const Agreement<kFarWindows> agreement(raw_, planes * row);
  size_t best = 0;
  uint32_t most = 0;
  std::array<uint32_t, 3> alike{};  // at the last three multiples
  for (size_t i = 1; i <= planes + 1; ++i) {
    alike = {alike[1], alike[2], i <= planes ? agreement.At(i * row) : 0};
    if (i == 1) most = alike[2] - alike[2] / 8;
    if (i < 4 || alike[1] <= std::max({alike[0], alike[2], most})) continue;
    most = alike[1] + alike[1] / 64;
    best = (i - 1) * row;
  }
  return static_cast<uint32_t>(best != 0 ? best : 2 * unit_);
}

}  // namespace lmz
