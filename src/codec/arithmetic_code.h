// An arithmetic code that is a part of a payload, or all of it but some fields: what goes on around
// a codec's walk over its block.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "base/bytes.h"
#include "codec/codec.h"
#include "codec/observer.h"
#include "entropy/coder.h"

namespace lmz {

// Appends to `payload` the code that walk(encoder) makes, and returns the coder's final state.
// Errors: those of the walk.
template <class Walk>
Result<uint32_t> EncodeCode(Bytes& payload, Walk walk) {
  Encoder encoder(payload);
  LMZ_TRY(walk(encoder));
  const uint32_t fingerprint = encoder.fingerprint();
  encoder.Finish();
  return fingerprint;
}

// Decodes all of `code` by walk(decoder), and returns the coder's final state; an observer, if
// there is one, is told that it has the shape `shape()`. Errors: those of the walk; kDamaged when
// some of the code is left over.
template <class Shape, class Walk>
Result<uint32_t> DecodeCode(ByteSpan code, BlockObserver* observer, Shape shape, Walk walk) {
  const auto decode = [&](auto& decoder) -> Result<uint32_t> {
    LMZ_TRY(walk(decoder));
    if (decoder.has_rest()) return Status(Code::kDamaged, "the payload is longer than its code");
    return decoder.fingerprint();
  };
  if (observer != nullptr) {
    ObservedDecoder decoder(code, observer->AddCode(shape(), code.size()));
    LMZ_ASSIGN(const uint32_t fingerprint, decode(decoder));
    decoder.End();
    return fingerprint;
  }
  Decoder decoder(code);
  return decode(decoder);
}

// The walk over a block whose bytes are coded one behind the other, each by code_byte(byte): for
// encoding, Byte is const uint8_t; decoding, it writes the byte. Reports, and stops early once the
// coder has overrun. Errors: kTruncated, kCancelled.
template <class Coder, class Byte, class CodeOne>
Status CodeInOrder(Coder& coder, const BlockResources& resources, std::span<Byte> block,
                   CodeOne code_byte) {
  constexpr size_t kReportSize = 4096;
  size_t done = 0;
  for (Byte& byte : block) {
    if (done % kReportSize == 0) {
      const bool goes_on = resources.Report(done, coder.written_size()) &&
                           (std::is_const_v<Byte> || resources.TellDecoded(done));
      if (!goes_on) return CancelledStatus();
    }
    ++done;
    code_byte(byte);
    if (coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
  }
  return OkStatus();
}

}  // namespace lmz
