#include "stream/explain/copies.h"

#include <algorithm>
#include <utility>

#include "codec/filter/repeat_commands.h"

namespace lmz {

namespace {

// Makes the new document from the old one.
class Restorer {
 public:
  Restorer(ByteSpan raw, ExplainedDocument& old) : old_(old) {
    made_.shape = old.shape;
    made_.shape.items = raw.size();
    made_.shape.lanes = {};
    made_.values_per_cost = 1;
    made_.values.assign(raw.begin(), raw.end());
    made_.costs_q16.resize(raw.size());
    if (!old.mixer.empty()) made_.mixer.resize(raw.size() * kMixerSize);
    if (!old.network.empty()) made_.network.resize(raw.size() * kNetworkSize);
  }

  bool Run() {
    ByteReader reader(old_.values);
    const Result<uint64_t> raw_size = reader.Varint();
    const Result<uint64_t> count = reader.Varint();
    if (!raw_size.ok() || !count.ok() || raw_size.value() != made_.values.size()) return false;
    std::vector<std::pair<repeat::Command, uint64_t>> commands;  // with what each took
    uint64_t reach = 0;
    const uint64_t begin_q16 = CostOf(0, reader.position());
    for (uint64_t i = 0; i < count.value(); ++i) {
      const size_t begin = reader.position();
      const Result<repeat::Command> command = repeat::ReadCommand(reader);
      if (!command.ok() || !repeat::PassCommand(command.value(), raw_size.value(), reach).ok()) {
        return false;
      }
      commands.push_back({command.value(), CostOf(begin, reader.position())});
    }
    for (const uint64_t lane : old_.shape.lanes) lanes_.push_back({lane, 0});
    literal_ = reader.position();
    AddLanes(literal_);
    for (const auto& [command, cost_q16] : commands) {
      TakeLiterals(command.literal_length);
      made_.copies.insert(made_.copies.end(), {done_, command.copy_length});
      made_.costs_q16[done_] += cost_q16;
      done_ += command.copy_length;
    }
    TakeLiterals(made_.values.size() - done_);
    if (!made_.costs_q16.empty()) made_.costs_q16[0] += begin_q16;
    for (const auto& [begin, place] : lanes_) made_.shape.lanes.push_back(place);
    std::swap(old_, made_);
    return true;
  }

 private:
  uint64_t CostOf(size_t begin, size_t end) const {
    uint64_t sum = 0;
    for (size_t i = begin; i < end; ++i) sum += old_.costs_q16[i];
    return sum;
  }

  // Lanes that begin in front of literal `end` begin where the bytes are that are next.
  void AddLanes(uint64_t end) {
    for (; lane_ < lanes_.size() && lanes_[lane_].first < end; ++lane_) {
      lanes_[lane_].second = done_;
    }
  }

  void TakeLiterals(uint64_t size) {
    for (size_t at = lane_; at < lanes_.size() && lanes_[at].first < literal_ + size; ++at) {
      lanes_[at].second = done_ + lanes_[at].first - literal_;
      lane_ = at + 1;
    }
    const auto copy = [&](const auto& from, auto& to, size_t each) {
      if (from.empty()) return;
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(literal_ * each), size * each,
                  to.begin() + static_cast<std::ptrdiff_t>(done_ * each));
    };
    copy(old_.costs_q16, made_.costs_q16, 1);
    copy(old_.mixer, made_.mixer, kMixerSize);
    copy(old_.network, made_.network, kNetworkSize);
    literal_ += size;
    done_ += size;
  }

  ExplainedDocument& old_;
  ExplainedDocument made_;
  std::vector<std::pair<uint64_t, uint64_t>> lanes_;  // where each begins, among the old and new
  size_t lane_ = 0;
  uint64_t literal_ = 0;
  uint64_t done_ = 0;
};

}  // namespace

bool PutCopiesBack(ByteSpan raw, ExplainedDocument& document) {
  if (document.shape.kind != CodeShape::Kind::kBytes || document.run != 1) return false;
  return Restorer(raw, document).Run();
}

}  // namespace lmz
