#include "codec/filter/charset/charset.h"

#include <algorithm>
#include <optional>

#include "codec/filter/charset/detect.h"
#include "codec/filter/charset/transcode.h"

namespace lmz {

namespace {

using charset::Encoding;
using charset::TextForm;

Status Damaged(const char* what) {
  return Status(Code::kDamaged, what);
}

// Where the units of a wide encoding lie: the bytes before the first and behind the last of them.
struct Edges {
  size_t head = 0;
  size_t tail = 0;

  size_t size() const { return head + tail; }
};

// An upper bound of what FromUtf8 makes of a byte of text.
uint64_t MostBytes(uint64_t text_size, Encoding encoding) {
  return text_size * UnitSize(encoding);
}

}  // namespace

bool CharsetForward(ByteSpan in, const Watch& watch, Bytes& out) {
  const std::optional<TextForm> form = charset::DetectForm(in);
  if (!form) return false;
  const size_t unit_size = UnitSize(form->encoding);
  const Edges edges = {.head = form->head, .tail = (in.size() - form->head) % unit_size};
  out.clear();
  out.push_back(static_cast<uint8_t>(form->encoding));
  if (unit_size > 1) {
    out.push_back(static_cast<uint8_t>(edges.head | edges.tail << 2));
    out.insert(out.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(edges.head));
    out.insert(out.end(), in.end() - static_cast<std::ptrdiff_t>(edges.tail), in.end());
  }
  ToUtf8(form->encoding, in.subspan(edges.head, in.size() - edges.size()), watch, out);
  return !watch.is_stopped();
}

Status CharsetInverse(ByteSpan in, uint64_t max_size, const Watch& watch, Bytes& out) {
  if (in.empty()) return Damaged("there is no encoding");
  const auto encoding = static_cast<Encoding>(in[0]);
  if (!charset::IsKnown(encoding)) return Damaged("there is no encoding of this number");
  ByteSpan rest = in.subspan(1);
  Edges edges;
  if (const size_t unit_size = UnitSize(encoding); unit_size > 1) {
    if (rest.empty()) return Damaged("the edges are missing");
    edges = {.head = size_t{rest[0]} & 3, .tail = size_t{rest[0]} >> 2};
    rest = rest.subspan(1);
    if (edges.head >= unit_size || edges.tail >= unit_size || rest.size() < edges.size()) {
      return Damaged("the edges are impossible");
    }
  }
  const ByteSpan tail = rest.subspan(edges.head, edges.tail);
  const ByteSpan text = rest.subspan(edges.size());
  if (text.empty() || edges.size() > max_size) return Damaged("the size does not fit the block");
  out.clear();
  out.reserve(
      static_cast<size_t>(std::min(max_size, edges.size() + MostBytes(text.size(), encoding))));
  out.insert(out.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(edges.head));
  LMZ_TRY(FromUtf8(encoding, text, max_size - edges.tail, watch, out));
  out.insert(out.end(), tail.begin(), tail.end());
  return OkStatus();
}

}  // namespace lmz
