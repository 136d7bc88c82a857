#include "cli/salvage_job.h"

#include <algorithm>
#include <memory>

#include "cli/exit_code.h"
#include "cli/show/message.h"
#include "stream/salvage.h"

namespace lmz::cli {

namespace {

class FileAccess final : public RandomAccess {
 public:
  explicit FileAccess(const InputFile& input) : input_(input) {}
  uint64_t size() const override { return *input_.size(); }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) override {
    return input_.ReadAt(offset, buffer);
  }

 private:
  const InputFile& input_;
};

// All of a pipe.
class MemoryAccess final : public RandomAccess {
 public:
  explicit MemoryAccess(Bytes bytes) : bytes_(std::move(bytes)) {}
  uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) override {
    std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(offset), buffer.size(), buffer.begin());
    return OkStatus();
  }

 private:
  Bytes bytes_;
};

Result<std::unique_ptr<RandomAccess>> AccessTo(InputFile& input) {
  if (input.size()) return std::unique_ptr<RandomAccess>(std::make_unique<FileAccess>(input));
  Bytes bytes;
  LMZ_TRY(ReadGrowing(input, UINT64_MAX, bytes));
  return std::unique_ptr<RandomAccess>(std::make_unique<MemoryAccess>(std::move(bytes)));
}

std::string Range(uint64_t begin, uint64_t size) {
  return size == 0 ? "no bytes"
                   : "bytes " + std::to_string(begin) + " to " + std::to_string(begin + size - 1);
}

// What is wrong with a part, and which one it is.
std::string Trouble(const SalvagedPart& part) {
  const std::string& why = part.why.message();
  return why.starts_with(part.name) ? why : part.name + ": " + why;
}

std::string PartText(const SalvagedPart& part) {
  const std::string range = Range(part.raw_offset, part.raw_size) + ": ";
  switch (part.kind) {
    case SalvagedPart::Kind::kGood:
      return range + "restored";
    case SalvagedPart::Kind::kZeros:
      return range + "zeros for " + Trouble(part);
    case SalvagedPart::Kind::kCut:
      return range + "the unchecked beginning, then zeros, of " + Trouble(part);
    case SalvagedPart::Kind::kLost:
      return range + "nothing for " + Trouble(part);
  }
  return range;
}

// Prints the parts as they come, neighbours that are good as one.
class PartList {
 public:
  PartList(std::string file, bool is_silent) : file_(std::move(file)), is_silent_(is_silent) {}

  void Add(const SalvagedPart& part) {
    if (part.kind == SalvagedPart::Kind::kGood) {
      if (good_size_ == 0) good_begin_ = part.raw_offset;
      good_size_ += part.raw_size;
      return;
    }
    FinishGood();
    Print(part);
    if (worst_.ok() || ExitCodeFor(part.why.code()) > ExitCodeFor(worst_.code())) worst_ = part.why;
  }

  void FinishGood() {
    if (good_size_ != 0) Print({.raw_offset = good_begin_, .raw_size = good_size_});
    good_size_ = 0;
  }

  const Status& worst() const { return worst_; }

 private:
  void Print(const SalvagedPart& part) const {
    if (!is_silent_) PrintMessage(file_ + ": " + PartText(part));
  }

  std::string file_;
  bool is_silent_;
  uint64_t good_begin_ = 0;
  uint64_t good_size_ = 0;
  Status worst_;
};

}  // namespace

Result<Progress> RunSalvage(const Options& options, const Models& models, InputFile& input,
                            Sink& sink, ProgressLine& line, Status& worst) {
  LMZ_ASSIGN(const std::unique_ptr<RandomAccess> access, AccessTo(input));
  DecompressOptions decompress;
  decompress.models = models.library;
  decompress.threads = options.threads;
  decompress.memory_limit = options.memory_limit;
  decompress.progress = [&line](const Progress& progress) {
    line.Update(progress);
    return true;
  };
  PartList list(input.name(), options.silent);
  const Result<SalvageReport> report =
      Salvage(*access, sink, decompress, [&](const SalvagedPart& part) { list.Add(part); });
  list.FinishGood();
  LMZ_TRY(report.status());
  worst = list.worst();
  return Progress{.raw_bytes = report.value().raw_size, .coded_bytes = access->size()};
}

}  // namespace lmz::cli
