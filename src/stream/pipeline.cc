#include "stream/frame_encoder.h"

namespace lmz {

Result<Progress> CompressPlanned(Source& source, Sink& sink, const CompressOptions& options,
                                 const PlanFunction& plan) {
  LMZ_TRY(ValidateCompressOptions(options));
  FrameEncoder encoder(sink, options, plan);
  for (;;) {
    Bytes raw;
    LMZ_TRY(ReadGrowing(source, options.block_size, raw));
    if (raw.size() < options.block_size) return encoder.Finish(std::move(raw));
    LMZ_TRY(encoder.Write(std::move(raw)));
  }
}

}  // namespace lmz
