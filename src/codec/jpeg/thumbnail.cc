#include "codec/jpeg/thumbnail.h"

#include <algorithm>
#include <string_view>

#include "codec/jpeg/extent.h"

namespace lmz::jpeg {

namespace {

// Smaller ones are mostly tables, like those of the file around.
constexpr uint64_t kMinSize = uint64_t{1} << 10;

// So many places are looked at: each may take as long as passing what follows it.
constexpr int kMaxTries = 8;

}  // namespace

Thumbnail TakeThumbnail(size_t end, Bytes& around, Bytes& out) {
  const ByteSpan head = ByteSpan(around).first(std::min(end, around.size()));
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  size_t at = text.find(kFileStart, kFileStart.size());
  for (int i = 0; i < kMaxTries && at != std::string_view::npos; ++i) {
    const uint64_t most = std::min<uint64_t>(head.size() - at, kMaxThumbnailSize);
    const uint64_t size = ExtentOf(head.subspan(at, static_cast<size_t>(most))).size;
    if (size >= kMinSize) {
      const auto begin = around.begin() + static_cast<std::ptrdiff_t>(at);
      out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
      around.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
      return {.begin = at, .size = size};
    }
    at = text.find(kFileStart, at + 1);
  }
  return {};
}

}  // namespace lmz::jpeg
