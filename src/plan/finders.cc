#include "plan/finders.h"

#include <algorithm>
#include <array>

#include "codec/audio/finder.h"
#include "codec/image/finder.h"
#include "codec/inside/finder.h"
#include "codec/jpeg/finder.h"
#include "codec/png/finder.h"

namespace lmz {

namespace {

struct ObjectKind {
  const Finder& finder;
  Content content;
  CodecId codec;  // of its options
};

// A format is a row; the first one that may begin somewhere is taken.
const std::array kKinds = {
    ObjectKind{.finder = png::kFinder, .content = Content::kImage, .codec = kPngCodec.id},
    ObjectKind{.finder = jpeg::kFinder, .content = Content::kImage, .codec = kJpegCodec.id},
    ObjectKind{.finder = kAudioFinder, .content = Content::kAudio, .codec = kAudioCodec.id},
    ObjectKind{.finder = kImageFinder, .content = Content::kImage, .codec = kImageCodec.id},
    ObjectKind{
        .finder = inside::kFinder, .content = Content::kCompressed, .codec = kInsideCodec.id},
    ObjectKind{
        .finder = inside::kBase64Finder, .content = Content::kText, .codec = kInsideCodec.id},
};

// The one that says itself where objects may begin.
const ObjectKind& kHintedKind = kKinds.back();

// A header is not longer: closer to an open edge, it may be cut off.
constexpr uint64_t kMaxHeaderSize = uint64_t{1} << 12;

// In units of Sighting::cost.
constexpr uint64_t kMinPatience = uint64_t{1} << 16;

// Whether an object can begin with a byte, for all bytes.
std::array<bool, 256> FirstBytes() {
  std::array<bool, 256> first{};
  for (const ObjectKind& kind : kKinds) {
    for (const char c : kind.finder.first_bytes) first[static_cast<uint8_t>(c)] = true;
  }
  return first;
}

const ObjectKind* KindAt(ByteSpan bytes, bool is_inner, const SearchOptions& options) {
  for (const ObjectKind& kind : kKinds) {
    if (!options.looks_inside && kind.codec == kInsideCodec.id) continue;
    if (kind.finder.next != nullptr) continue;
    const auto first = static_cast<char>(bytes[0]);
    if (is_inner && kind.finder.first_bytes.find(first) == std::string_view::npos) continue;
    if (kind.finder.may_begin(bytes, is_inner)) return &kind;
  }
  return nullptr;
}

}  // namespace

ObjectPiece CutObject(const CodecOptions& object, uint64_t done, uint64_t size) {
  for (const ObjectKind& kind : kKinds) {
    if (kind.codec == CodecOf(object).id) return kind.finder.cut(object, done, size);
  }
  return {};
}

ObjectSearch::ObjectSearch(ByteSpan window, const SearchOptions& options)
    : window_(window), options_(options), patience_(4 * window.size() + kMinPatience) {}

// Whether an object of kHintedKind may begin at a place; they are asked for in ascending order.
bool ObjectSearch::IsHinted(uint64_t at) {
  if (!options_.looks_inside) return false;
  if (!hint_ || *hint_ < at) {
    hint_ = kHintedKind.finder.next(window_, static_cast<size_t>(at));
  }
  return *hint_ == at;
}

std::optional<ObjectSearch::Find> ObjectSearch::Resume(const FoundObject& object,
                                                       uint64_t from) const {
  const ByteSpan bytes = window_.subspan(static_cast<size_t>(from));
  if (bytes.empty()) {
    if (!options_.is_open) return std::nullopt;
    return Find{.begin = from};
  }
  const Sighting sighting = object.finder->resume(
      object.options, bytes, {.max_size = options_.max_size, .is_open = options_.is_open});
  if (sighting.kind == Sighting::Kind::kNothing) return std::nullopt;
  if (sighting.kind == Sighting::Kind::kUndecided) return Find{.begin = from};
  FoundObject next = object;
  next.size = sighting.size;
  next.options = sighting.options;
  next.goes_on = sighting.goes_on;
  return Find{.begin = from, .object = next};
}

ObjectSearch::Find ObjectSearch::Next(uint64_t from, uint64_t to) {
  static const std::array<bool, 256> kFirstBytes = FirstBytes();
  const uint64_t edge = std::min(kMaxHeaderSize, options_.max_size);
  to = std::min<uint64_t>(to, window_.size());
  for (uint64_t at = from; at < to && patience_ != 0; ++at) {
    const ByteSpan bytes = window_.subspan(static_cast<size_t>(at));
    const bool is_inner = at != from || (at == 0 && options_.begins_inside);
    const bool is_hinted = IsHinted(at);
    if (is_inner && !is_hinted && !kFirstBytes[bytes[0]]) continue;
    const ObjectKind* const kind = is_hinted ? &kHintedKind : KindAt(bytes, is_inner, options_);
    if (kind == nullptr) continue;
    if (options_.is_open && bytes.size() < edge) return {.begin = at};
    const Sighting sighting =
        kind->finder.look(bytes, {.max_size = options_.max_size,
                                  .is_inner = is_inner,
                                  .is_open = options_.is_open,
                                  .before = at - from,
                                  .is_whole = from == 0 && !options_.begins_inside});
    if (sighting.kind == Sighting::Kind::kNothing) {
      patience_ -= std::min(patience_, sighting.cost);
      if (is_hinted && sighting.size > 1) {
        hint_ = kHintedKind.finder.next(window_, static_cast<size_t>(at + sighting.size));
      }
      continue;
    }
    if (sighting.kind == Sighting::Kind::kUndecided) return {.begin = at};
    return {.begin = at + sighting.begin - sighting.lead_in,
            .object = FoundObject{.finder = &kind->finder,
                                  .content = kind->content,
                                  .size = sighting.size,
                                  .options = sighting.options,
                                  .goes_on = sighting.goes_on}};
  }
  return {.begin = window_.size()};
}

}  // namespace lmz
