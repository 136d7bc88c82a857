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

Status List(Source& source, FrameVisitor& visitor) {
  return WithMemoryErrors([&] { return VisitFrames(source, visitor); }, kNoMemory);
}

Result<std::vector<FrameEntry>> List(Source& source) {
  return WithMemoryErrors([&] { return ListFrames(source); }, kNoMemory);
}

Result<uint64_t> ContentSize(Source& source) {
  class Sum final : public FrameVisitor {
   public:
    Status BeginFrame(const FrameEntry&) override { return OkStatus(); }
    Status AddBlock(const FrameEntry&, BlockEntry) override { return OkStatus(); }
    Status EndFrame(const FrameEntry& frame) override {
      size += frame.raw_size;
      return OkStatus();
    }
    uint64_t size = 0;
  };
  Sum sum;
  LMZ_TRY(List(source, sum));
  return sum.size;
}

}  // namespace lmz
