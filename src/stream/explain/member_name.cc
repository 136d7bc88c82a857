#include "stream/explain/member_name.h"

#include <algorithm>
#include <string_view>

namespace lmz {

namespace {

constexpr size_t kRecord = 512;
constexpr size_t kZipHeader = 30;
constexpr size_t kGzipHeader = 10;
constexpr uint8_t kGzipHasName = 8;

std::string_view Text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Up to the first zero.
std::string UpToZero(ByteSpan bytes) {
  const std::string_view text = Text(bytes);
  return std::string(text.substr(0, std::min(text.find('\0'), text.size())));
}

uint64_t Octal(ByteSpan field) {
  uint64_t value = 0;
  for (const uint8_t c : field) {
    if (c >= '0' && c <= '7') value = value * 8 + (c - '0');
  }
  return value;
}

bool HasTarChecksum(ByteSpan header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < kRecord; ++i) sum += i >= 148 && i < 156 ? ' ' : header[i];
  return sum == Octal(header.subspan(148, 8));
}

}  // namespace

std::string MemberNameBefore(ByteSpan before) {
  const size_t zip = Text(before).rfind("PK\3\4");
  if (zip != std::string_view::npos && before.size() - zip >= kZipHeader) {
    const ByteSpan header = before.subspan(zip);
    const size_t name = LoadLe16(&header[26]);
    const size_t extra = LoadLe16(&header[28]);
    if (kZipHeader + name + extra == header.size()) {
      return std::string(Text(header.subspan(kZipHeader, name)));
    }
  }
  const size_t gzip = Text(before).rfind("\x1f\x8b\x08");
  if (gzip != std::string_view::npos && before.size() - gzip > kGzipHeader &&
      before[gzip + 3] == kGzipHasName) {
    return UpToZero(before.subspan(gzip + kGzipHeader));
  }
  return "";
}

std::vector<TarMember> TarMembers(ByteSpan content) {
  std::vector<TarMember> members;
  uint64_t at = 0;
  std::string long_name;
  uint64_t begin = 0;
  while (content.size() - at >= kRecord) {
    const ByteSpan header = content.subspan(static_cast<size_t>(at), kRecord);
    if (Text(header.subspan(257, 5)) != "ustar" || !HasTarChecksum(header)) break;
    const uint64_t size = Octal(header.subspan(124, 12));
    const uint64_t left = content.size() - at - kRecord;
    const uint64_t records =
        std::min((std::min(size, left) + kRecord - 1) / kRecord * kRecord, left);
    const char type = static_cast<char>(header[156]);
    const bool is_for_next = type == 'L' || type == 'K' || type == 'x' || type == 'g';
    if (type == 'L') {
      long_name = UpToZero(content.subspan(static_cast<size_t>(at + kRecord),
                                           static_cast<size_t>(std::min(size, left))));
    }
    at += kRecord + records;
    if (is_for_next) continue;
    std::string name = UpToZero(header.first(100));
    const std::string prefix = UpToZero(header.subspan(345, 155));
    if (!prefix.empty() && header[263] == '0') name = prefix + "/" + name;
    if (!long_name.empty()) name.swap(long_name);
    long_name.clear();
    members.push_back({.name = std::move(name), .begin = begin, .size = at - begin});
    begin = at;
  }
  return members;
}

}  // namespace lmz
