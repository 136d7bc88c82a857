// The marker segments of a JPEG file up to the scans.
#pragma once

#include <optional>

#include "codec/jpeg/picture.h"

namespace lmz::jpeg {

// Goes from segment to segment, and keeps what they say.
class SegmentWalk {
 public:
  enum class Stop : uint8_t {
    kScan,  // behind SOS
    kEnd,   // behind EOI
    kNone,  // there is no segment, or one of another kind of file
  };

  // `bytes` begin with SOI, or Next gives kNone. They outlive the walk.
  explicit SegmentWalk(ByteSpan bytes);

  // Passes segments up to a stop.
  Stop Next();

  // Of kScan.
  const Scan& scan() const { return scan_; }
  const Frame& frame() const { return frame_; }
  Frame& frame() { return frame_; }

  size_t position() const { return at_; }
  // Where the walk goes on.
  void SetPosition(size_t position) { at_ = position; }

  // Whether a segment goes on behind the bytes.
  bool is_cut() const { return is_cut_; }

 private:
  bool Take(uint8_t marker, ByteSpan body);
  bool TakeQuantizers(ByteSpan body);
  bool TakeCodes(ByteSpan body);
  bool TakeFrame(ByteSpan body, bool is_progressive);
  bool TakeScan(ByteSpan body);
  bool TakeScanComponents(ByteSpan ids);

  ByteSpan bytes_;
  size_t at_ = 0;
  Frame frame_;
  Tables tables_;
  Scan scan_;
  bool is_cut_ = false;
};

// Where entropy-coded bytes end that begin at `at`: at the next marker that is no restart.
size_t ScanEnd(ByteSpan bytes, size_t at);

}  // namespace lmz::jpeg
