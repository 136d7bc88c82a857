// Entropy-coded bytes of a scan as coefficients.
#pragma once

#include "codec/jpeg/picture.h"
#include "codec/watch.h"

namespace lmz::jpeg {

// What fills the last bits of a byte before a marker.
enum class Padding : uint8_t { kNone, kZeros, kOnes, kOther };

struct ReadScanResult {
  size_t size = 0;     // bytes, up to the marker behind them; 0: they are no whole scan
  uint64_t units = 0;  // that were read without an error
  Padding padding = Padding::kNone;
};

// `bytes` begin behind SOS. Sets the coefficients of `frame` that the first `max_units` units of
// the scan tell, 0 standing for all. Time linear in the blocks of the scan and the bytes. Nothing
// is read once `watch` is stopped.
ReadScanResult ReadScan(ByteSpan bytes, const Scan& scan, uint64_t max_units, const Watch& watch,
                        Frame& frame);

}  // namespace lmz::jpeg
