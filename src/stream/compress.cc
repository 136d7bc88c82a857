#include "stream/compress.h"

#include <new>

#include "stream/pipeline.h"

namespace lmz {

namespace {

// Runs `work` and turns a failed allocation into a Status.
template <typename Work>
auto WithMemoryErrors(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory, "there is not enough memory; use fewer threads");
  }
}

}  // namespace

Result<Progress> Compress(Source& source, Sink& sink, const CompressOptions& options) {
  return WithMemoryErrors([&] { return CompressPlanned(source, sink, options, StreamPlanner()); });
}

Result<Progress> Decompress(Source& source, Sink& sink, const DecompressOptions& options) {
  return WithMemoryErrors([&] { return DecompressFrames(source, sink, options); });
}

Result<std::vector<FrameEntry>> List(Source& source) {
  return WithMemoryErrors([&] { return ListFrames(source); });
}

}  // namespace lmz
