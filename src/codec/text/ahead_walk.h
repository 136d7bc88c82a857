// An encoder's walk over a block of the text codec. It knows all bytes, so the models go through a
// stretch of steps at once: their weights then are read once for the whole stretch, which is what
// most of a large model's time goes into, and threads hand over stretches instead of steps. It
// codes what TextWalk does.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/crew.h"
#include "codec/block.h"
#include "codec/text/ahead_schedule.h"
#include "codec/text/crew_work.h"
#include "codec/text/lane_groups.h"
#include "codec/text/layout.h"
#include "cpu/aligned.h"
#include "entropy/coder.h"
#include "model/predictor.h"

namespace lmz::text {

class AheadWalk {
 public:
  // All arguments outlive the walk; `models` holds at most mixer_inputs::kMaxOpinions, none null;
  // `encoders` holds one for each group.
  AheadWalk(std::span<const Predictor* const> models, const Layout& layout, Profile profile,
            ByteSpan block, std::span<Encoder> encoders, const BlockResources& resources)
      : models_(models),
        layout_(layout),
        profile_(profile),
        block_(block),
        resources_(resources),
        groups_(layout, block, encoders, resources),
        crew_(CrewSize(layout, resources.threads)),
        ranges_(std::min(crew_.size(), layout.lanes())),
        steps_(StepsFor(layout, ranges_, resources.device != nullptr)),
        schedule_(layout, ranges_, (layout.steps() + steps_ - 1) / steps_),
        opinions_(AheadSchedule::kKept * steps_ * LanesTimesValues() * models.size()) {}

  // Codes the whole block. Errors: kOutOfMemory, kCancelled, those of a session.
  Status Run() {
    const std::unique_lock<std::mutex> lock = resources_.HoldCrew();
    LMZ_TRY(groups_.Make(models_, profile_));
    for (const Predictor* model : models_) {
      sessions_.push_back(
          resources_.BeginSession(*model, {.lanes = layout_.lanes(),
                                           .workers = crew_.size(),
                                           .lanes_per_step = LanesOfRange(layout_, ranges_),
                                           .steps_ahead = static_cast<int>(steps_)}));
    }
    return RunCrew(crew_, schedule_, [this](int member) { return DoPieces(member); });
  }

 private:
  // So many positions make the kernels as quick as they get, and a device's threads sleep seldom.
  static constexpr int kPositionsTogether = 128;
  static constexpr int kPositionsOnDevice = 256;
  // What is coded between two pieces of one lane: no report comes later than it should.
  static constexpr int kMostSteps = kReportSteps;
  // From here on another thread is worth its start.
  static constexpr uint64_t kSharedFromSteps = 256;

  // One thread codes while the others step the models.
  static int CrewSize(const Layout& layout, int threads) {
    return layout.steps() < kSharedFromSteps ? 1
                                             : std::min(threads, layout.lanes() + layout.groups());
  }
  static int LanesOfRange(const Layout& layout, int ranges) {
    return (layout.lanes() + ranges - 1) / ranges;
  }
  static size_t StepsFor(const Layout& layout, int ranges, bool is_on_device) {
    const int positions = is_on_device ? kPositionsOnDevice : kPositionsTogether;
    int steps = kMostSteps;
    while (steps > 1 && steps / 2 * LanesOfRange(layout, ranges) >= positions) steps /= 2;
    return static_cast<size_t>(steps);
  }

  size_t LanesTimesValues() const { return static_cast<size_t>(layout_.lanes()) * kByteValues; }

  // Where the model's opinions for a range's stretch lie: [step][lane of the range][byte].
  uint32_t* Opinions(size_t model, uint64_t stretch, int first_lane) {
    const auto part = static_cast<size_t>(stretch % AheadSchedule::kKept);
    const size_t kept = (model * AheadSchedule::kKept + part) * steps_;
    return opinions_.data() + kept * LanesTimesValues() +
           steps_ * static_cast<size_t>(first_lane) * kByteValues;
  }

  Status DoPieces(int member) {
    std::vector<uint8_t> last_bytes(steps_ * static_cast<size_t>(LanesOfRange(layout_, ranges_)));
    while (const std::optional<AheadSchedule::Piece> piece = schedule_.Take()) {
      LMZ_TRY(piece->is_coding ? CodeGroup(*piece) : StepModels(*piece, member, last_bytes));
      schedule_.Done(*piece);
    }
    return OkStatus();
  }

  // Steps behind a lane's end see its last byte again; nobody asks what comes of them.
  Status StepModels(const AheadSchedule::Piece& piece, int member, std::vector<uint8_t>& bytes) {
    const int first = schedule_.RangeBegin(piece.index);
    const int count = schedule_.RangeBegin(piece.index + 1) - first;
    const uint64_t begin = piece.stretch * steps_;
    const uint64_t steps = std::min<uint64_t>(steps_, layout_.steps() - begin);
    for (int i = 0; i < count; ++i) {
      const uint8_t* const lane = block_.data() + layout_.LaneBegin(first + i);
      for (uint64_t t = 0; t < steps; ++t) {
        const uint64_t at = std::min(begin + t, layout_.LaneSize(first + i));
        bytes[static_cast<size_t>(t) * static_cast<size_t>(count) + static_cast<size_t>(i)] =
            at == 0 ? 0 : lane[at - 1];
      }
    }
    for (size_t m = 0; m < models_.size(); ++m) {
      LMZ_TRY(sessions_[m]->StepAhead(member, first, count, static_cast<int>(steps), bytes.data(),
                                      Opinions(m, piece.stretch, first)));
    }
    return OkStatus();
  }

  Status CodeGroup(const AheadSchedule::Piece& piece) {
    const uint64_t begin = piece.stretch * steps_;
    const uint64_t end = std::min(begin + steps_, layout_.steps());
    const int first_lane = layout_.GroupBegin(piece.index);
    const int end_lane = layout_.GroupBegin(piece.index + 1);
    for (uint64_t step = begin; step < end; ++step) {
      SetOpinions(piece.stretch, step - begin, first_lane, end_lane);
      groups_.CodeStep(piece.index, first_lane, end_lane, step, [](int, uint8_t) {});
    }
    LMZ_TRY(groups_.Check(piece.index));
    if (piece.index != 0 || begin % kReportSteps != 0) return OkStatus();
    return groups_.Report(begin);
  }

  void SetOpinions(uint64_t stretch, uint64_t step, int first_lane, int end_lane) {
    for (int range = 0; range < ranges_; ++range) {
      const int begin = schedule_.RangeBegin(range);
      const int count = schedule_.RangeBegin(range + 1) - begin;
      for (int lane = std::max(begin, first_lane); lane < std::min(begin + count, end_lane);
           ++lane) {
        const size_t row = static_cast<size_t>(step) * static_cast<size_t>(count) +
                           static_cast<size_t>(lane - begin);
        for (size_t m = 0; m < models_.size(); ++m) {
          groups_.SetOpinion(lane, m, Opinions(m, stretch, begin) + row * kByteValues);
        }
      }
    }
  }

  const std::span<const Predictor* const> models_;
  const Layout& layout_;
  const Profile profile_;
  const ByteSpan block_;
  const BlockResources& resources_;
  LaneGroups<Encoder, const uint8_t> groups_;
  Crew crew_;
  const int ranges_;
  const size_t steps_;  // of a stretch
  AheadSchedule schedule_;
  std::vector<std::unique_ptr<Session>> sessions_;  // [model]
  AlignedVector<uint32_t> opinions_;                // [model][stretch that is kept] of Opinions
};

}  // namespace lmz::text
