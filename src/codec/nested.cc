#include "codec/nested.h"

namespace lmz {

BlockResources Parts::Next(uint64_t share, uint64_t work) {
  const uint64_t begin = done_;
  done_ += share;
  return resources_.Part(begin, done_, work);
}

void PartsWriter::Append(ByteSpan code, Framing framing) {
  ByteWriter writer(payload_);
  if (framing == Framing::kSized) writer.Varint(code.size());
  writer.Append(code);
}

Result<ByteSpan> PartsReader::Take(Framing framing) {
  uint64_t size = reader_.remaining();
  if (framing == Framing::kSized) {
    LMZ_ASSIGN(size, reader_.Varint());
  }
  if (size > reader_.remaining()) return Status(Code::kTruncated, "the payload ends too early");
  return reader_.Take(static_cast<size_t>(size));
}

Status PartsReader::LeftOver() {
  return Status(Code::kDamaged, "the payload is longer than its code");
}

Result<ByteSpan> PartsReader::TakeFor(uint64_t raw_size, uint64_t (*max_raw_size)(uint64_t),
                                      Framing framing) {
  LMZ_ASSIGN(const ByteSpan code, Take(framing));
  if (raw_size == 0 && !code.empty()) return LeftOver();
  if (raw_size != 0 && raw_size > max_raw_size(code.size())) {
    return Status(Code::kDamaged, "payload too short for the declared size");
  }
  return code;
}

}  // namespace lmz
