#include "codec/jpeg/huffman_code.h"

namespace lmz::jpeg {

size_t HuffmanCode::Set(ByteSpan bytes) {
  *this = HuffmanCode();
  if (bytes.size() < kMaxLength) return 0;
  uint32_t code = 0;
  uint32_t count = 0;
  for (uint32_t length = 1; length <= kMaxLength; ++length) {
    code <<= 1;
    offsets_[length] = count - code;
    for (uint32_t i = 0; i < bytes[length - 1]; ++i) {
      const bool is_all_ones = code >= (1u << length) - 1;
      if (is_all_ones || count >= symbols_.size() || kMaxLength + count >= bytes.size()) return 0;
      const uint8_t symbol = bytes[kMaxLength + count];
      if (lengths_[symbol] != 0) return 0;
      lengths_[symbol] = static_cast<uint8_t>(length);
      codes_[symbol] = static_cast<uint16_t>(code++);
      symbols_[count++] = symbol;
    }
    ends_[length] = code;
  }
  return kMaxLength + count;
}

}  // namespace lmz::jpeg
