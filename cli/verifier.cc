#include "cli/verifier.h"

#include "base/memory_errors.h"

namespace lmz::cli {

namespace {
// Written bytes that may wait for the decoder; a larger piece waits alone.
constexpr size_t kMaxWaiting = size_t{1} << 20;
}  // namespace

class Verifier::Coded final : public Source {
 public:
  explicit Coded(Verifier& owner) : owner_(owner) {}
  Result<size_t> Read(MutableByteSpan buffer) override {
    size_t filled = 0;
    while (filled < buffer.size()) {
      if (next_ == bytes_.size() && !Fetch()) break;
      const size_t n = std::min(buffer.size() - filled, bytes_.size() - next_);
      std::memcpy(buffer.data() + filled, bytes_.data() + next_, n);
      filled += n;
      next_ += n;
    }
    return filled;
  }

 private:
  bool Fetch() {
    bytes_.clear();
    next_ = 0;
    std::unique_lock lock(owner_.mutex_);
    owner_.changed_.wait(lock, [this] { return owner_.is_closed_ || !owner_.waiting_.empty(); });
    bytes_.swap(owner_.waiting_);
    owner_.changed_.notify_all();
    return !bytes_.empty();
  }

  Verifier& owner_;
  Bytes bytes_;
  size_t next_ = 0;
};

class Verifier::Restored final : public Sink {
 public:
  explicit Restored(Verifier& owner) : owner_(owner) {}
  Status Write(ByteSpan bytes) override {
    owner_.restored_.Update(bytes);
    return OkStatus();
  }

 private:
  Verifier& owner_;
};

Verifier::Verifier(Source& source, Sink& sink, const DecompressOptions& options)
    : source_(source), sink_(sink) {
  thread_ = std::thread([this, options] {
    const auto restore = [this, &options] {
      Coded coded(*this);
      Restored restored(*this);
      return Decompress(coded, restored, options).status();
    };
    status_ = WithMemoryErrors(restore, "not enough memory to decode it");
    const std::lock_guard lock(mutex_);
    has_stopped_ = true;
    changed_.notify_all();
  });
}

Verifier::~Verifier() {
  Close();
}

void Verifier::Close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

Result<size_t> Verifier::Read(MutableByteSpan buffer) {
  Result<size_t> size = source_.Read(buffer);
  if (size.ok()) read_.Update(buffer.first(size.value()));
  return size;
}

Status Verifier::Write(ByteSpan bytes) {
  LMZ_TRY(sink_.Write(bytes));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this, bytes] {
    return has_stopped_ || waiting_.empty() || waiting_.size() + bytes.size() <= kMaxWaiting;
  });
  if (!has_stopped_) waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  changed_.notify_all();
  return OkStatus();
}

Status Verifier::Finish() {
  Close();
  LMZ_TRY(status_.At("--verify"));
  if (restored_.Digest() == read_.Digest()) return OkStatus();
  return Status(
      Code::kInternal,
      "--verify: the output decompresses to different data; keep the input, try another level "
      "and report this");
}

}  // namespace lmz::cli
