#include "codec/inside/directory.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace lmz::inside {

namespace {

constexpr size_t kHeaderSize = 30;
constexpr size_t kRecordSize = 46;

// From the version on, up to both sizes: at 4 in a header, at 6 in a record.
constexpr size_t kCommonSize = 22;
constexpr size_t kSumsSize = 12;  // its end: CRC-32 and both sizes

constexpr uint8_t kHasDescriptor = 8;  // of the flags: sums are not in the header

// Of a signature of zip that begins with "PK".
bool IsAt(ByteSpan bytes, size_t at, uint8_t third, uint8_t fourth) {
  return bytes.size() - at >= 4 && bytes[at] == 'P' && bytes[at + 1] == 'K' &&
         bytes[at + 2] == third && bytes[at + 3] == fourth;
}

struct Header {
  size_t at;
  size_t end;  // of the file's entry: the next header, or the directory
};

// The local headers in front of a directory, and where its next record finds its own. None of them
// reaches into a record, so that what one says is the same on the way back.
class Headers {
 public:
  void Add(size_t at) {
    if (has_record_) Clear();
    places_.push_back(at);
  }
  void Clear() {
    places_.clear();
    next_ = 0;
    has_record_ = false;
  }
  size_t first() const { return places_.front(); }

  std::optional<Header> Next(size_t record) {
    if (!has_record_) directory_ = record;
    has_record_ = true;
    if (next_ >= places_.size()) return std::nullopt;
    const size_t at = places_[next_++];
    return Header{at, next_ < places_.size() ? places_[next_] : directory_};
  }

 private:
  std::vector<size_t> places_;
  size_t next_ = 0;
  bool has_record_ = false;
  size_t directory_ = 0;  // where the first record is
};

void XorRecord(MutableByteSpan bytes, size_t record, const Header& header, size_t first) {
  const auto mix = [&](size_t to, size_t from, size_t size) {
    for (size_t i = 0; i < size; ++i) bytes[to + i] ^= bytes[from + i];
  };
  const size_t from = header.at;
  const bool has_sums = (bytes[from + 6] & kHasDescriptor) == 0;
  mix(record + 6, from + 4, kCommonSize - kSumsSize);
  const size_t sums = has_sums ? from + 4 + kCommonSize - kSumsSize : header.end - kSumsSize;
  mix(record + 6 + kCommonSize - kSumsSize, sums, kSumsSize);
  const size_t place = from - first;
  for (size_t i = 0; i < 4; ++i) bytes[record + 42 + i] ^= static_cast<uint8_t>(place >> 8 * i);
  const size_t name = std::min(LoadLe16(&bytes[record + 28]), LoadLe16(&bytes[from + 26]));
  mix(record + kRecordSize, from + kHeaderSize, name);
}

}  // namespace

bool XorDirectories(MutableByteSpan bytes) {
  Headers headers;
  bool has_record = false;
  for (size_t at = 0; at + kHeaderSize <= bytes.size(); ++at) {
    if (bytes[at] != 'P' || bytes[at + 1] != 'K') continue;
    if (IsAt(bytes, at, 3, 4)) {
      headers.Add(at);
      at += kHeaderSize - 1;
    } else if (IsAt(bytes, at, 5, 6)) {
      headers.Clear();
    } else if (IsAt(bytes, at, 1, 2) && bytes.size() - at >= kRecordSize) {
      const size_t record = at;
      const size_t size = kRecordSize + LoadLe16(&bytes[at + 28]) + LoadLe16(&bytes[at + 30]) +
                          LoadLe16(&bytes[at + 32]);
      if (size > bytes.size() - at) {
        at += kRecordSize - 1;  // or a record within it might change what it says
        continue;
      }
      const std::optional<Header> header = headers.Next(at);
      at += size - 1;
      if (!header) continue;
      const size_t name_end = header->at + kHeaderSize + LoadLe16(&bytes[header->at + 26]);
      if (name_end > header->end) continue;
      XorRecord(bytes, record, *header, headers.first());
      has_record = true;
    }
  }
  return has_record;
}

}  // namespace lmz::inside
