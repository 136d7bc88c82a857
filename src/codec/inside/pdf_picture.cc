#include "codec/inside/pdf_picture.h"

#include <algorithm>
#include <string_view>

namespace lmz::inside {

namespace {

constexpr size_t kMaxDictionary = 1024;

// The number behind a key; 0 when there is none.
uint64_t NumberOf(std::string_view dictionary, std::string_view key) {
  const size_t at = dictionary.rfind(key);
  if (at == std::string_view::npos) return 0;
  size_t i = at + key.size();
  while (i < dictionary.size() && dictionary[i] == ' ') ++i;
  uint64_t number = 0;
  for (; i < dictionary.size() && dictionary[i] >= '0' && dictionary[i] <= '9'; ++i) {
    number = std::min<uint64_t>(10 * number + static_cast<uint64_t>(dictionary[i] - '0'), 1 << 20);
  }
  return number;
}

}  // namespace

ImageLayout PdfPicture(ByteSpan before, uint64_t data_size) {
  const ByteSpan last = before.last(std::min(before.size(), kMaxDictionary));
  std::string_view dictionary(reinterpret_cast<const char*>(last.data()), last.size());
  const size_t begin = dictionary.rfind(" obj");
  if (begin == std::string_view::npos) return {};
  dictionary.remove_prefix(begin);
  const uint64_t width = NumberOf(dictionary, "/Width");
  const uint64_t height = NumberOf(dictionary, "/Height");
  if (width == 0 || height == 0 || NumberOf(dictionary, "/BitsPerComponent") != 8) return {};
  for (const uint32_t channels : {1u, 3u, 4u}) {
    if (width * height * channels != data_size) continue;
    const ImageLayout layout = {.width = static_cast<uint32_t>(width),
                                .height = static_cast<uint32_t>(height),
                                .channels = channels};
    return layout.Fits(data_size) ? layout : ImageLayout();
  }
  return {};
}

}  // namespace lmz::inside
