#include "codec/png/finder.h"

#include "codec/png/chunks.h"

namespace lmz::png {

namespace {

// Within other bytes, a file must be this large to be worth a cut.
constexpr uint64_t kMinInnerSize = uint64_t{1} << 14;

constexpr uint64_t kChunkCost = 16;

bool MayBegin(ByteSpan bytes, bool /*is_inner*/) {
  return MayBeginWith(bytes, "\x89PNG");
}

Sighting Look(ByteSpan bytes, const Surroundings& around) {
  ChunkWalk walk;
  const std::optional<File> file = FindFile(bytes, walk);
  Sighting sighting = {.cost = kHeaderCost + kChunkCost * walk.chunks};
  if (!file) {
    const bool is_cut = walk.needed_size > bytes.size() && walk.needed_size <= around.max_size;
    if (around.is_open && is_cut) sighting.kind = Sighting::Kind::kUndecided;
    return sighting;
  }
  if (file->size > around.max_size) return sighting;
  if (around.is_inner && file->size < kMinInnerSize) return sighting;
  sighting.kind = Sighting::Kind::kObject;
  sighting.size = file->size;
  sighting.options = PngOptions{.profile = Profile::kBinary};
  return sighting;
}

}  // namespace

const Finder kFinder = {.name = "png",
                        .first_bytes = "\x89",
                        .max_rest = uint64_t{1} << 12,
                        .may_begin = MayBegin,
                        .look = Look,
                        .cut = CutWhole};

}  // namespace lmz::png
