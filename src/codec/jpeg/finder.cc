#include "codec/jpeg/finder.h"

#include <algorithm>

#include "codec/jpeg/extent.h"

namespace lmz::jpeg {

namespace {

// Within other bytes, a file must be this large to be worth a cut.
constexpr uint64_t kMinInnerSize = uint64_t{1} << 12;

// Of a pass over bytes, in units of Sighting::cost.
constexpr uint64_t kBytesPerCost = 8;

bool MayBegin(ByteSpan bytes, bool /*is_inner*/) {
  return MayBeginWith(bytes, kFileStart);
}

// Of a file without an end.
bool MayBeCut(const FileExtent& file, ByteSpan bytes, size_t limit, const Surroundings& around) {
  return file.has_scan && !around.is_inner && !around.is_open && limit == bytes.size();
}

Sighting Look(ByteSpan bytes, const Surroundings& around) {
  const auto limit = static_cast<size_t>(std::min<uint64_t>(bytes.size(), around.max_size));
  const FileExtent file = ExtentOf(bytes.first(limit));
  Sighting sighting = {.size = file.size,
                       .cost = kHeaderCost * (1 + file.scans) + file.passed / kBytesPerCost};
  if (file.size == 0) {
    const bool may_grow = around.is_open && bytes.size() < around.max_size;
    if (file.is_cut && may_grow) sighting.kind = Sighting::Kind::kUndecided;
    if (!MayBeCut(file, bytes, limit, around)) return sighting;
    sighting.size = bytes.size();
  }
  if (around.is_inner && sighting.size < kMinInnerSize) return sighting;
  sighting.kind = Sighting::Kind::kObject;
  sighting.options = JpegOptions{};
  return sighting;
}

}  // namespace

const Finder kFinder = {.name = "jpeg",
                        .first_bytes = "\xFF",
                        .max_rest = uint64_t{1} << 12,
                        .may_begin = MayBegin,
                        .look = Look,
                        .cut = CutWhole};

}  // namespace lmz::jpeg
