#include "stream/compress.h"

#include "base/memory_errors.h"
#include "stream/pipeline.h"

namespace lmz {

namespace {
constexpr char kNoMemory[] = "there is not enough memory; use fewer threads";
}  // namespace

Result<Progress> Compress(Source& source, Sink& sink, const CompressOptions& options) {
  return WithMemoryErrors([&] { return CompressPlanned(source, sink, options, StreamPlanner()); },
                          kNoMemory);
}

Result<Progress> Decompress(Source& source, Sink& sink, const DecompressOptions& options) {
  return WithMemoryErrors([&] { return DecompressFrames(source, sink, options); }, kNoMemory);
}

Result<std::vector<FrameEntry>> List(Source& source) {
  return WithMemoryErrors([&] { return ListFrames(source); }, kNoMemory);
}

}  // namespace lmz
