#include "codec/inside/candidates.h"

#include <algorithm>

namespace lmz::inside {

std::optional<Candidate> Candidates::Next(size_t from, size_t to) {
  to = std::min(to, bytes_.size());
  if (run_ && run_->begin < from) run_.reset();
  if (!run_ && looked_to_ < to) {
    run_ = FindBase64(bytes_, std::max(from, looked_to_), to);
    looked_to_ = run_ ? run_->begin + 1 : to;
  }
  const bool has_run = run_ && run_->begin < to;
  const std::optional<Candidate> stream = NextCandidate(bytes_, from, has_run ? run_->begin : to);
  if (stream || !has_run) return stream;
  return Candidate{.header_begin = run_->begin,
                   .begin = run_->begin,
                   .announcement = Announcement::kBase64,
                   .run = *run_};
}

}  // namespace lmz::inside
