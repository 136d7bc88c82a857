#include "stream/frames_encoder.h"

namespace lmz {

namespace {
constexpr uint64_t kReadSize = uint64_t{1} << 18;
}

Result<Progress> CompressPlanned(Source& source, Sink& sink, const CompressOptions& options,
                                 const PlanFunction& plan) {
  LMZ_TRY(ValidateCompressOptions(options));
  FramesEncoder encoder(sink, options, plan);
  Bytes piece;
  do {
    piece.clear();
    LMZ_TRY(ReadGrowing(source, kReadSize, piece));
    for (ByteSpan left = piece; !left.empty();) {
      LMZ_ASSIGN(const size_t taken, encoder.Write(left));
      left = left.subspan(taken);
    }
  } while (piece.size() == kReadSize);
  return encoder.Finish();
}

}  // namespace lmz
