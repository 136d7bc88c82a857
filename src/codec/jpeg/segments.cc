#include "codec/jpeg/segments.h"

#include <algorithm>
#include <cstring>

namespace lmz::jpeg {

namespace {

// Markers, behind 0xFF.
constexpr uint8_t kBaseline = 0xC0;
constexpr uint8_t kExtended = 0xC1;
constexpr uint8_t kProgressive = 0xC2;
constexpr uint8_t kCodes = 0xC4;
constexpr uint8_t kLastFrame = 0xCF;
constexpr uint8_t kRestart0 = 0xD0;
constexpr uint8_t kStart = 0xD8;
constexpr uint8_t kEnd = 0xD9;
constexpr uint8_t kScan = 0xDA;
constexpr uint8_t kQuantizers = 0xDB;
constexpr uint8_t kHeight = 0xDC;
constexpr uint8_t kInterval = 0xDD;

uint32_t Be16(ByteSpan bytes, size_t at) {
  return uint32_t{bytes[at]} << 8 | bytes[at + 1];
}

// Frames of other processes, markers without a segment, and a height that follows the scan.
bool IsOther(uint8_t marker) {
  const bool is_other_frame = marker > kProgressive && marker <= kLastFrame && marker != kCodes;
  return marker < kBaseline || is_other_frame || (marker >= kRestart0 && marker <= kStart) ||
         marker == kHeight;
}

uint32_t DividedUp(uint32_t a, uint32_t b) {
  return (a + b - 1) / b;
}

void SetSizes(Frame& frame) {
  for (const Component& c : frame.components) {
    frame.max_across = std::max(frame.max_across, c.across);
    frame.max_down = std::max(frame.max_down, c.down);
  }
  for (Component& c : frame.components) {
    c.columns = DividedUp(DividedUp(frame.width * c.across, frame.max_across), 8);
    c.rows = DividedUp(DividedUp(frame.height * c.down, frame.max_down), 8);
    c.all_columns = frame.unit_columns() * c.across;
    c.all_rows = frame.unit_rows() * c.down;
  }
}

}  // namespace

SegmentWalk::SegmentWalk(ByteSpan bytes) : bytes_(bytes) {
  const bool has_start = bytes.size() >= 2 && bytes[0] == 0xFF && bytes[1] == kStart;
  at_ = has_start ? 2 : bytes.size();
}

SegmentWalk::Stop SegmentWalk::Next() {
  while (bytes_.size() - at_ >= 2 && bytes_[at_] == 0xFF) {
    const uint8_t marker = bytes_[at_ + 1];
    if (marker == 0xFF) {  // a fill byte
      ++at_;
      continue;
    }
    if (marker == kEnd) {
      at_ += 2;
      return Stop::kEnd;
    }
    if (IsOther(marker)) return Stop::kNone;
    if (bytes_.size() - at_ < 4) break;
    const size_t size = Be16(bytes_, at_ + 2);
    if (size < 2) return Stop::kNone;
    if (bytes_.size() - at_ - 2 < size) {
      is_cut_ = true;
      return Stop::kNone;
    }
    if (!Take(marker, bytes_.subspan(at_ + 4, size - 2))) return Stop::kNone;
    at_ += 2 + size;
    if (marker == kScan) return Stop::kScan;
  }
  is_cut_ = bytes_.size() - at_ < 4;
  return Stop::kNone;
}

bool SegmentWalk::Take(uint8_t marker, ByteSpan body) {
  switch (marker) {
    case kQuantizers:
      return TakeQuantizers(body);
    case kCodes:
      return TakeCodes(body);
    case kBaseline:
    case kExtended:
    case kProgressive:
      return TakeFrame(body, marker == kProgressive);
    case kInterval:
      if (body.size() != 2) return false;
      tables_.restart_interval = Be16(body, 0);
      return true;
    case kScan:
      return TakeScan(body);
    default:
      return true;
  }
}

bool SegmentWalk::TakeQuantizers(ByteSpan body) {
  while (!body.empty()) {
    const uint32_t precision = body[0] >> 4;
    const uint32_t number = body[0] & 15;
    const size_t size = 1 + kBlockSize * (precision + 1);
    if (precision > 1 || number > 3 || body.size() < size) return false;
    for (size_t k = 0; k < kBlockSize; ++k) {
      const uint32_t step = precision != 0 ? Be16(body, 1 + 2 * k) : body[1 + k];
      frame_.quantizers[number][k] = static_cast<uint16_t>(step);
    }
    body = body.subspan(size);
  }
  return true;
}

bool SegmentWalk::TakeCodes(ByteSpan body) {
  while (!body.empty()) {
    const uint32_t kind = body[0] >> 4;
    const uint32_t number = body[0] & 15;
    if (kind > 1 || number > 3) return false;
    HuffmanCode& code = (kind == 0 ? tables_.dc_codes : tables_.ac_codes)[number];
    const size_t size = code.Set(body.subspan(1));
    if (size == 0) return false;
    body = body.subspan(1 + size);
  }
  return true;
}

bool SegmentWalk::TakeFrame(ByteSpan body, bool is_progressive) {
  constexpr size_t kFixed = 6;
  constexpr uint32_t kMaxFactor = 4;
  if (!frame_.components.empty() || body.size() < kFixed || body[0] != 8) return false;
  Frame frame;
  frame.is_progressive = is_progressive;
  frame.quantizers = frame_.quantizers;
  frame.height = Be16(body, 1);
  frame.width = Be16(body, 3);
  const size_t count = body[5];
  const bool is_valid = frame.width != 0 && frame.height != 0 && count >= 1 &&
                        count <= kMaxComponents && body.size() == kFixed + 3 * count;
  if (!is_valid) return false;
  for (size_t i = 0; i < count; ++i) {
    const ByteSpan bytes = body.subspan(kFixed + 3 * i, 3);
    Component c;
    c.id = bytes[0];
    c.across = bytes[1] >> 4;
    c.down = bytes[1] & 15;
    c.quantizer = bytes[2];
    const uint32_t least = std::min(c.across, c.down);
    if (least < 1 || std::max(c.across, c.down) > kMaxFactor || c.quantizer > 3) return false;
    frame.components.push_back(std::move(c));
  }
  SetSizes(frame);
  frame_ = std::move(frame);
  return true;
}

bool SegmentWalk::TakeScan(ByteSpan body) {
  constexpr uint32_t kMaxShift = 13;
  const size_t count = body.empty() ? 0 : body[0];
  if (count < 1 || count > frame_.components.size() || body.size() != 4 + 2 * count) return false;
  if (!TakeScanComponents(body.subspan(1, 2 * count))) return false;
  const ByteSpan rest = body.subspan(1 + 2 * count);
  scan_.tables = tables_;
  scan_.first = rest[0];
  scan_.last = rest[1];
  scan_.high = rest[2] >> 4;
  scan_.low = rest[2] & 15;
  if (!frame_.is_progressive) {
    return scan_.first == 0 && scan_.last == kBlockSize - 1 && scan_.high == 0 && scan_.low == 0;
  }
  if (scan_.last >= kBlockSize || scan_.first > scan_.last || scan_.low > kMaxShift) return false;
  return scan_.first == 0 ? scan_.last == 0 : count == 1;
}

bool SegmentWalk::TakeScanComponents(ByteSpan bytes) {
  scan_.components.clear();
  for (; !bytes.empty(); bytes = bytes.subspan(2)) {
    const auto found = std::ranges::find(frame_.components, bytes[0], &Component::id);
    if (found == frame_.components.end()) return false;
    const ScanComponent c = {.component = static_cast<size_t>(found - frame_.components.begin()),
                             .dc_code = size_t{bytes[1]} >> 4,
                             .ac_code = size_t{bytes[1]} & 15};
    const bool is_again = std::ranges::find(scan_.components, c.component,
                                            &ScanComponent::component) != scan_.components.end();
    if (is_again || c.dc_code > 3 || c.ac_code > 3) return false;
    scan_.components.push_back(c);
  }
  return true;
}

size_t ScanEnd(ByteSpan bytes, size_t at) {
  while (bytes.size() - at >= 2) {
    const auto* const found =
        static_cast<const uint8_t*>(std::memchr(&bytes[at], 0xFF, bytes.size() - at - 1));
    if (found == nullptr) break;
    at = static_cast<size_t>(found - bytes.data());
    const uint8_t marker = bytes[at + 1];
    if (marker != 0 && (marker < kRestart0 || marker >= kStart)) return at;
    at += 2;
  }
  return bytes.size();
}

}  // namespace lmz::jpeg
