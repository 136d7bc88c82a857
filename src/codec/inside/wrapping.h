// What stands around deflate streams in files: headers that announce one, and sizes and sums that
// follow from it. spec.md, section 4.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "codec/inside/base64.h"

namespace lmz::inside {

// What announces a stream.
enum class Announcement : uint8_t { kZlib, kGzip, kZip, kBase64 };

// A place where a stream may begin, or a run of Base64.
struct Candidate {
  size_t header_begin = 0;
  size_t begin = 0;  // of the stream
  Announcement announcement = Announcement::kZlib;
  uint32_t window_bits = 15;
  Base64Run run = {};  // of kBase64
};

// The first stream whose header begins in bytes[from, to). PNG files are passed over: they have a
// codec of their own. Time linear in the bytes passed.
std::optional<Candidate> NextCandidate(ByteSpan bytes, size_t from, size_t to);

// Whether a stream of this kind, or a file that may hold some, can begin with these bytes, as far
// as they go.
bool MayAnnounce(ByteSpan bytes);

bool IsPdf(ByteSpan bytes);

// What follows from a stream and its data, and is left out of the skeleton. Numbers of the format.
enum class Frame : uint8_t {
  kBare,        // nothing
  kZlib,        // behind it: Adler-32
  kGzip,        // behind it: CRC-32 and size
  kZip,         // in a local header of zip before it: CRC-32 and both sizes, there as zeros
  kDescriptor,  // behind it: a data descriptor of zip with its signature
  kCut,         // nothing: the stream goes on
  kBase64,      // no stream, but a run of Base64
};
inline constexpr uint32_t kFrames = 7;

// A stream and its data, as far as frames depend on them.
struct Measures {
  uint32_t crc32 = 0;
  uint32_t adler32 = 0;
  uint64_t stream_size = 0;
  uint64_t data_size = 0;

  static Measures Of(uint64_t stream_size, ByteSpan data);
};

// What a frame leaves out behind the stream.
Bytes TrailerOf(Frame frame, const Measures& measures);

// Where the 12 bytes of Frame::kZip are, when `bytes` end behind a local header of at most
// kMaxZipHeader bytes.
inline constexpr size_t kMaxZipHeader = 4096;
inline constexpr size_t kZipFieldsSize = 12;
std::optional<size_t> ZipFields(ByteSpan bytes);

// Those 12 bytes.
Bytes ZipFieldsOf(const Measures& measures);

// The frame of a stream that begins behind `before` and is followed by `behind`.
Frame FrameOf(ByteSpan before, ByteSpan behind, Announcement announcement,
              const Measures& measures);

// Whether bytes that can be read as a stream are one: chance cannot have made them.
bool IsCredible(const Candidate& candidate, uint64_t stream_size, ByteSpan data, ByteSpan behind);

}  // namespace lmz::inside
