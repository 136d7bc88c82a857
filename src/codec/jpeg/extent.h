// Where a JPEG file ends.
#pragma once

#include <string_view>

#include "codec/jpeg/picture.h"

namespace lmz::jpeg {

// What each file begins with: its first marker, and some of the next one.
inline constexpr std::string_view kFileStart = "\xFF\xD8\xFF";

struct FileExtent {
  uint64_t size = 0;      // up to behind EOI or to another file; 0: there is none, or no end
  bool is_cut = false;    // it may end behind the bytes
  bool has_scan = false;  // some of one, of a file that the codec may know
  uint64_t scans = 0;
  uint64_t passed = 0;  // bytes in scans
};

// Of the file that `bytes` begin with, at most kMaxScans scans of it. Where something else than a
// segment stands behind a scan, the next marker counts. Time linear in the bytes.
FileExtent ExtentOf(ByteSpan bytes);

}  // namespace lmz::jpeg
