// PGM, PPM and PAM.
#include <algorithm>
#include <string_view>

#include "codec/image/file_headers.h"

namespace lmz::image {

namespace {

constexpr uint64_t kMaxNumber = 1 << 28;

// Reads the text header of the portable anymap family.
class TextHeader {
 public:
  explicit TextHeader(ByteSpan bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }

  // The next word, which white space or a comment ends; comments in front are passed over. Empty at
  // the end.
  std::string_view Word() {
    while (position_ < bytes_.size() && (IsSpace() || IsComment())) {
      if (IsComment()) {
        PassComment();
      } else {
        ++position_;
      }
    }
    const size_t begin = position_;
    while (position_ < bytes_.size() && !IsSpace() && bytes_[position_] != '#') ++position_;
    return {reinterpret_cast<const char*>(bytes_.data()) + begin, position_ - begin};
  }

  // The next word as a number below kMaxNumber; 0 when it is none.
  uint32_t Number() {
    const std::string_view word = Word();
    uint64_t number = 0;
    for (const char c : word) {
      if (c < '0' || c > '9') return 0;
      number = number * 10 + static_cast<uint64_t>(c - '0');
      if (number >= kMaxNumber) return 0;
    }
    return static_cast<uint32_t>(number);
  }

  // Passes what ends the header behind the last word: one byte of white space, two where lines end
  // with two, or a comment with its line.
  bool PassEnd() {
    if (position_ >= bytes_.size()) return false;
    if (IsComment()) {
      PassComment();
      return PassSpace();
    }
    const bool is_pair = HasTwo() && bytes_.size() > 2 && bytes_[2] == '\r';
    return PassSpace() && (!is_pair || PassSpace());
  }

  // Passes comments that stand where the pixels should, when without them the `pixels` bytes end
  // exactly where the file does.
  void PassCommentsBefore(uint64_t pixels, uint64_t file_size) {
    const size_t begin = position_;
    while (position_ < bytes_.size() && IsComment()) {
      PassComment();
      if (!PassSpace()) break;
    }
    if (position_ + pixels != file_size) position_ = begin;
  }

 private:
  bool IsComment() const { return bytes_[position_] == '#'; }

  // Up to the end of its line.
  void PassComment() {
    while (position_ < bytes_.size() && bytes_[position_] != '\n') ++position_;
  }

  bool PassSpace() {
    if (position_ >= bytes_.size() || !IsSpace()) return false;
    ++position_;
    return true;
  }

  bool HasTwo() const {
    return position_ + 1 < bytes_.size() && bytes_[position_] == '\r' &&
           bytes_[position_ + 1] == '\n';
  }

  bool IsSpace() const {
    const uint8_t c = bytes_[position_];
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  ByteSpan bytes_;
  size_t position_ = 0;
};

// A header longer than this is no header.
constexpr size_t kMaxTextHeader = 4096;

void SetMaximum(uint32_t maximum, ImageLayout& layout) {
  layout.sample_bytes = maximum < 256 ? 1 : 2;
  layout.is_big_endian = layout.sample_bytes == 2;
  if (maximum == 0 || maximum > 65535) layout.width = 0;
}

}  // namespace

ImageLayout ReadPnm(ByteSpan bytes) {
  TextHeader header(bytes.first(std::min(bytes.size(), kMaxTextHeader)));
  ImageLayout layout;
  layout.channels = header.Word() == "P6" ? 3 : 1;
  layout.width = header.Number();
  layout.height = header.Number();
  SetMaximum(header.Number(), layout);
  if (!header.PassEnd()) return {};
  if (layout.IsValid()) {
    header.PassCommentsBefore(uint64_t{layout.height} * layout.row_size(), bytes.size());
  }
  layout.offset = header.position();
  return layout;
}

ImageLayout ReadPam(ByteSpan bytes) {
  TextHeader header(bytes.first(std::min(bytes.size(), kMaxTextHeader)));
  header.Word();
  ImageLayout layout;
  uint32_t maximum = 0;
  layout.channels = 0;
  while (true) {
    const std::string_view word = header.Word();
    if (word.empty()) return {};
    if (word == "ENDHDR") break;
    if (word == "TUPLTYPE") {
      header.Word();
      continue;
    }
    const uint32_t number = header.Number();
    if (word == "WIDTH") layout.width = number;
    if (word == "HEIGHT") layout.height = number;
    if (word == "DEPTH") layout.channels = number;
    if (word == "MAXVAL") maximum = number;
  }
  SetMaximum(maximum, layout);
  if (!header.PassEnd()) return {};
  layout.offset = header.position();
  return layout;
}

}  // namespace lmz::image
