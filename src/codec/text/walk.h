// The walk over a block of the text codec that needs to know no byte in advance: a decoder's. An
// encoder's is in ahead_walk.h and codes the same.
//
// Every step feeds each lane's last byte to the models and codes each lane's next one, in the order
// of the lanes. Threads take pieces of this work as a Schedule hands them out, so that one thread's
// model runs while another codes. The order of coding, and so the code, is the same for any number
// of threads.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/crew.h"
#include "codec/block.h"
#include "codec/text/crew_work.h"
#include "codec/text/lane_groups.h"
#include "codec/text/layout.h"
#include "codec/text/schedule.h"
#include "cpu/aligned.h"
#include "model/predictor.h"

namespace lmz::text {

template <class Coder, class Byte>
class TextWalk {
 public:
  // All arguments outlive the walk; `models` holds at most mixer_inputs::kMaxOpinions, none null;
  // `coders` holds one for each group.
  TextWalk(std::span<const Predictor* const> models, const Layout& layout, Profile profile,
           std::span<Byte> block, std::span<Coder> coders, const BlockResources& resources)
      : models_(models),
        layout_(layout),
        profile_(profile),
        resources_(resources),
        crew_(layout.CrewSize(resources.threads, ParametersOf(models))),
        parts_(PartsOf(models, crew_.size())),
        schedule_(layout, crew_.size(), kLanesTogether, static_cast<int>(parts_.size())),
        opinions_(static_cast<size_t>(layout.lanes()) * kByteValues * models.size()),
        groups_(layout, block, coders, resources) {}

  // The memory that the walk takes for `models`, from above, in bytes.
  static uint64_t MemoryFor(std::span<const Predictor* const> models, const Layout& layout,
                            int threads) {
    const SessionSize size = SizeFor(layout, layout.CrewSize(threads, ParametersOf(models)));
    uint64_t memory = 0;
    for (const Predictor* model : models) {
      memory += model->SessionMemory(size) +
                static_cast<uint64_t>(layout.lanes()) * kByteValues * sizeof(uint32_t);
    }
    return memory;
  }

  // Codes the whole block. Errors: kOutOfMemory, kCancelled, kTruncated when a coder has overrun,
  // those of a session.
  Status Run() {
    const std::unique_lock<std::mutex> lock = resources_.HoldCrew();
    LMZ_TRY(groups_.Make(models_, profile_));
    for (const Predictor* model : models_) {
      sessions_.push_back(resources_.BeginSession(*model, SizeFor(layout_, crew_.size())));
    }
    return RunCrew(crew_, schedule_, [this](int member) { return DoPieces(member); });
  }

  // For tests, after Run.
  const Schedule& schedule() const { return schedule_; }

 private:
  // So many lanes make the kernels as quick as they get.
  static constexpr int kLanesTogether = 16;

  static uint64_t ParametersOf(std::span<const Predictor* const> models) {
    uint64_t sum = 0;
    for (const Predictor* model : models) sum += model->parameters();
    return sum;
  }

  static SessionSize SizeFor(const Layout& layout, int workers) {
    const int lanes = layout.lanes();
    return {.lanes = lanes,
            .workers = workers,
            .lanes_per_step = std::min(lanes, std::max(kLanesTogether, lanes / workers + 1))};
  }

  // What a part of the schedule stands for: the steps of all models, one after the other, each in
  // as many parts as it likes.
  static constexpr size_t kNoModel = SIZE_MAX;
  struct Part {
    size_t model;
    StepPart step;
  };
  static std::vector<Part> PartsOf(std::span<const Predictor* const> models, int threads) {
    std::vector<Part> parts;
    for (size_t i = 0; i < models.size(); ++i) {
      const int count = models[i]->PartsFor(threads);
      for (int part = 0; part < count; ++part) parts.push_back({i, {part, count}});
    }
    if (parts.empty()) parts.push_back({kNoModel, {}});
    return parts;
  }

  Status DoPieces(int member) {
    while (const std::optional<Piece> piece = schedule_.Take(member)) {
      LMZ_TRY(piece->group == Piece::kNetwork ? StepModels(*piece, member) : CodeLanes(*piece));
      schedule_.Done(*piece);
    }
    return OkStatus();
  }

  Status StepModels(const Piece& piece, int member) {
    const int first = schedule_.RangeBegin(piece.first_range);
    const int end = schedule_.RangeBegin(piece.end_range);
    const Part& part = parts_[static_cast<size_t>(piece.part)];
    if (part.model == kNoModel) return OkStatus();
    const size_t first_row = part.model * static_cast<size_t>(layout_.lanes());
    const auto opinion = [&](int lane) {
      return opinions_.data() + (first_row + static_cast<size_t>(lane)) * kByteValues;
    };
    LMZ_TRY(sessions_[part.model]->Step(member, first, end - first, part.step,
                                        inputs_.data() + first, opinion(first)));
    if (part.step.index + 1 < part.step.count) return OkStatus();
    for (int lane = first; lane < end; ++lane) groups_.SetOpinion(lane, part.model, opinion(lane));
    return OkStatus();
  }

  Status CodeLanes(const Piece& piece) {
    const int first =
        std::max(schedule_.RangeBegin(piece.first_range), layout_.GroupBegin(piece.group));
    const int end =
        std::min(schedule_.RangeBegin(piece.end_range), layout_.GroupBegin(piece.group + 1));
    groups_.CodeStep(piece.group, first, end, piece.step,
                     [&](int lane, uint8_t byte) { inputs_[static_cast<size_t>(lane)] = byte; });
    LMZ_TRY(groups_.Check(piece.group));
    // Whoever holds the first lane reports; the next report waits until this one has let go of it.
    if (first != 0 || piece.step % kReportSteps != 0) return OkStatus();
    return groups_.Report(piece.step);
  }

  const std::span<const Predictor* const> models_;
  const Layout& layout_;
  const Profile profile_;
  const BlockResources& resources_;
  Crew crew_;
  const std::vector<Part> parts_;
  Schedule schedule_;
  std::vector<std::unique_ptr<Session>> sessions_;  // [model]
  std::array<uint8_t, kMaxLanes> inputs_{};  // [lane]: its last byte; 0 in front of the first one
  AlignedVector<uint32_t> opinions_;         // [model][lane][byte]
  LaneGroups<Coder, Byte> groups_;
};

}  // namespace lmz::text
