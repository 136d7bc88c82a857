#include "codec/inside/wrapping.h"

#include <algorithm>
#include <string_view>

#include "codec/deflate/sums.h"
#include "codec/finder.h"
#include "codec/png/chunks.h"

namespace lmz::inside {

namespace {

constexpr std::string_view kZipSignature = "PK\x03\x04";
constexpr std::string_view kDescriptorSignature = "PK\x07\x08";
constexpr std::string_view kGzipSignature = "\x1f\x8b\x08";
constexpr std::string_view kPdfSignature = "%PDF-";
constexpr std::string_view kPngSignature = "\x89PNG";

constexpr size_t kZipHeaderSize = 30;
constexpr size_t kGzipHeaderSize = 10;
constexpr size_t kMaxGzipHeader = 4096;

// A zlib stream without its sum is one from so many bytes on.
constexpr uint64_t kMinUnsummedStream = 256;
constexpr uint64_t kMinUnsummedData = 1024;

// Compressed by deflate in a window of at most 2^15, without a preset dictionary.
bool IsZlibHeader(ByteSpan bytes) {
  if (bytes.size() < 2) return false;
  const uint32_t method = bytes[0], flags = bytes[1];
  return (method & 15) == 8 && method >> 4 <= 7 && (flags & 32) == 0 &&
         (method * 256 + flags) % 31 == 0;
}

// How long the header of a gzip member is; 0: there is none.
size_t GzipHeaderSize(ByteSpan bytes) {
  constexpr uint8_t kHasSum = 2, kHasExtra = 4, kHasName = 8, kHasComment = 16;
  bytes = bytes.first(std::min(bytes.size(), kMaxGzipHeader));
  if (bytes.size() < kGzipHeaderSize || !BeginsWith(bytes, kGzipSignature)) return 0;
  const uint8_t flags = bytes[3];
  if (flags >= 32) return 0;
  size_t size = kGzipHeaderSize;
  if ((flags & kHasExtra) != 0) {
    if (bytes.size() < size + 2) return 0;
    size += 2 + LoadLe16(&bytes[size]);
  }
  for (const uint8_t text : {kHasName, kHasComment}) {
    if ((flags & text) == 0) continue;
    while (size < bytes.size() && bytes[size] != 0) ++size;
    ++size;
  }
  if ((flags & kHasSum) != 0) size += 2;
  return size < bytes.size() ? size : 0;
}

// How long a local header of zip is in front of a deflate stream; 0: there is none.
size_t ZipHeaderSize(ByteSpan bytes) {
  constexpr uint8_t kIsEncrypted = 1;
  constexpr uint32_t kDeflated = 8;
  if (bytes.size() < kZipHeaderSize || !BeginsWith(bytes, kZipSignature)) return 0;
  if ((bytes[6] & kIsEncrypted) != 0 || LoadLe16(&bytes[8]) != kDeflated) return 0;
  const size_t size = kZipHeaderSize + LoadLe16(&bytes[26]) + LoadLe16(&bytes[28]);
  return size < std::min(bytes.size(), kMaxZipHeader) ? size : 0;
}

std::optional<Candidate> CandidateAt(ByteSpan bytes, size_t at) {
  const ByteSpan rest = bytes.subspan(at);
  Candidate candidate = {.header_begin = at};
  if (const size_t zip = ZipHeaderSize(rest); zip != 0) {
    candidate.begin = at + zip;
    candidate.announcement = Announcement::kZip;
  } else if (const size_t gzip = GzipHeaderSize(rest); gzip != 0) {
    candidate.begin = at + gzip;
    candidate.announcement = Announcement::kGzip;
  } else if (IsZlibHeader(rest)) {
    candidate.begin = at + 2;
    candidate.window_bits = 8u + (rest[0] >> 4);
  } else {
    return std::nullopt;
  }
  return candidate;
}

}  // namespace

std::optional<Candidate> NextCandidate(ByteSpan bytes, size_t from, size_t to) {
  to = std::min(to, bytes.size());
  for (size_t at = from; at < to; ++at) {
    const uint8_t first = bytes[at];
    if (first == 0x89 && BeginsWith(bytes.subspan(at), kPngSignature)) {
      const std::optional<png::File> file = png::FindFile(bytes.subspan(at));
      if (file) at += file->size - 1;
      continue;
    }
    if (first != 'P' && first != 0x1F && (first & 0x8F) != 8) continue;
    if (const std::optional<Candidate> candidate = CandidateAt(bytes, at)) return candidate;
  }
  return std::nullopt;
}

bool MayAnnounce(ByteSpan bytes) {
  if (bytes.size() >= 2 && IsZlibHeader(bytes)) return true;
  if (bytes.size() == 1 && (bytes[0] & 0x8F) == 8) return true;
  return MayBeginWith(bytes, kZipSignature) || MayBeginWith(bytes, kGzipSignature) ||
         MayBeginWith(bytes, kPdfSignature);
}

bool IsPdf(ByteSpan bytes) {
  return BeginsWith(bytes, kPdfSignature);
}

Measures Measures::Of(uint64_t stream_size, ByteSpan data) {
  return {.crc32 = deflate::Crc32(data),
          .adler32 = deflate::Adler32(data),
          .stream_size = stream_size,
          .data_size = data.size()};
}

Bytes TrailerOf(Frame frame, const Measures& measures) {
  Bytes trailer;
  ByteWriter writer(trailer);
  switch (frame) {
    case Frame::kZlib:
      png::AppendBe32(measures.adler32, trailer);
      break;
    case Frame::kGzip:
      writer.U32(measures.crc32);
      writer.Le(measures.data_size, 4);
      break;
    case Frame::kDescriptor:
      trailer.assign(kDescriptorSignature.begin(), kDescriptorSignature.end());
      writer.Append(ZipFieldsOf(measures));
      break;
    case Frame::kBare:
    case Frame::kZip:
    case Frame::kCut:
    case Frame::kBase64:
      break;
  }
  return trailer;
}

std::optional<size_t> ZipFields(ByteSpan bytes) {
  const size_t farthest = std::min(bytes.size(), kMaxZipHeader);
  for (size_t size = kZipHeaderSize; size <= farthest; ++size) {
    const ByteSpan header = bytes.last(size);
    if (!BeginsWith(header, kZipSignature)) continue;
    if (kZipHeaderSize + LoadLe16(&header[26]) + LoadLe16(&header[28]) == size) {
      return bytes.size() - size + 14;
    }
  }
  return std::nullopt;
}

Bytes ZipFieldsOf(const Measures& measures) {
  Bytes fields;
  ByteWriter writer(fields);
  writer.U32(measures.crc32);
  writer.Le(measures.stream_size, 4);
  writer.Le(measures.data_size, 4);
  return fields;
}

Frame FrameOf(ByteSpan before, ByteSpan behind, Announcement announcement,
              const Measures& measures) {
  const auto follows = [&](Frame frame) {
    const Bytes trailer = TrailerOf(frame, measures);
    return behind.size() >= trailer.size() &&
           std::equal(trailer.begin(), trailer.end(), behind.begin());
  };
  switch (announcement) {
    case Announcement::kZlib:
      return follows(Frame::kZlib) ? Frame::kZlib : Frame::kBare;
    case Announcement::kGzip:
      return follows(Frame::kGzip) ? Frame::kGzip : Frame::kBare;
    case Announcement::kZip:
      break;
    case Announcement::kBase64:
      return Frame::kBase64;
  }
  if (follows(Frame::kDescriptor)) return Frame::kDescriptor;
  const std::optional<size_t> place = ZipFields(before);
  const Bytes fields = ZipFieldsOf(measures);
  const bool is_told = place && std::equal(fields.begin(), fields.end(),
                                           before.begin() + static_cast<std::ptrdiff_t>(*place));
  return is_told ? Frame::kZip : Frame::kBare;
}

bool IsCredible(const Candidate& candidate, uint64_t stream_size, ByteSpan data, ByteSpan behind) {
  if (data.empty()) return false;
  if (candidate.announcement != Announcement::kZlib) return true;
  if (stream_size >= kMinUnsummedStream && data.size() >= kMinUnsummedData) return true;
  const Bytes sum = TrailerOf(Frame::kZlib, {.adler32 = deflate::Adler32(data)});
  return behind.size() >= sum.size() && std::equal(sum.begin(), sum.end(), behind.begin());
}

}  // namespace lmz::inside
