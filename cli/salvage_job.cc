#include "cli/salvage_job.h"

#include <utility>

#include "cli/exit_code.h"
#include "cli/show/message.h"
#include "stream/salvage.h"

namespace lmz::cli {

namespace {

class FileAccess final : public RandomAccess {
 public:
  explicit FileAccess(const InputFile& input) : input_(input) {}
  uint64_t size() const override { return *input_.size(); }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    return input_.ReadAt(offset, buffer);
  }

 private:
  const InputFile& input_;
};

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

Result<Progress> RunSalvage(const DecompressOptions& options, bool is_silent, InputFile& input,
                            Sink& sink, Status& worst) {
  Bytes piped;  // all of an input that cannot be read anywhere
  if (!input.size()) LMZ_TRY(ReadGrowing(input, UINT64_MAX, piped));
  const FileAccess file(input);
  const MemoryAccess memory(piped);
  const RandomAccess& access = input.size() ? static_cast<const RandomAccess&>(file) : memory;
  PartList list(input.name(), is_silent);
  const Result<uint64_t> written =
      Salvage(access, sink, options, [&](const SalvagedPart& part) { list.Add(part); });
  list.FinishGood();
  LMZ_TRY(written.status());
  worst = list.worst();
  return Progress{.raw_bytes = written.value(), .coded_bytes = access.size()};
}

}  // namespace lmz::cli
