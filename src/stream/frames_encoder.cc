#include "stream/frames_encoder.h"

#include <algorithm>
#include <utility>

namespace lmz {

FramesEncoder::FramesEncoder(Sink& sink, CompressOptions options, PlanFunction plan)
    : sink_(sink), options_(std::move(options)), plan_(std::move(plan)) {}

Status FramesEncoder::CheckContentSize(uint64_t size, bool is_last) const {
  const uint64_t expected = options_.content_size.value_or(size);
  if (size == expected || (size < expected && !is_last)) return OkStatus();
  return Status(Code::kInvalidArgument,
                "the input should hold " + std::to_string(expected) +
                    " bytes but holds another number; did it change meanwhile?");
}

FrameEncoder& FramesEncoder::OpenFrame() {
  if (frame_) return *frame_;
  CompressOptions options = options_;
  if (options.content_size) {
    options.content_size =
        std::min(*options.content_size - progress_.raw_bytes, options.frame_size);
  }
  if (options.progress) {  // counts all frames
    options.progress = [this](const Progress& done) {
      return options_.progress({.raw_bytes = progress_.raw_bytes + done.raw_bytes,
                                .coded_bytes = progress_.coded_bytes + done.coded_bytes});
    };
  }
  return frame_.emplace(sink_, std::move(options), plan_);
}

Status FramesEncoder::EndFrame() {
  LMZ_ASSIGN(const Progress done, OpenFrame().Finish());
  frame_.reset();
  frame_read_size_ = 0;
  progress_.raw_bytes += done.raw_bytes;
  progress_.coded_bytes += done.coded_bytes;
  return OkStatus();
}

Result<size_t> FramesEncoder::Write(ByteSpan bytes) {
  if (bytes.empty()) return size_t{0};
  if (frame_ && frame_read_size_ == options_.frame_size) LMZ_TRY(EndFrame());
  LMZ_TRY(CheckContentSize(read_size() + bytes.size(), false));
  FrameEncoder& frame = OpenFrame();
  const uint64_t room = options_.frame_size - frame_read_size_;
  const auto size = static_cast<size_t>(std::min<uint64_t>(bytes.size(), room));
  LMZ_ASSIGN(const size_t taken, frame.Write(bytes.first(size)));
  frame_read_size_ += taken;
  return taken;
}

Status FramesEncoder::Flush() {
  return frame_ ? frame_->Flush() : OkStatus();
}

Result<Progress> FramesEncoder::Finish() {
  LMZ_TRY(CheckContentSize(read_size(), true));
  LMZ_TRY(EndFrame());
  return progress_;
}

}  // namespace lmz
