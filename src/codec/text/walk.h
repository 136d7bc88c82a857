// The one walk over a block of the text codec, for both directions.
//
// Every step feeds each lane's last byte to the network and codes each lane's next one, in the
// order of the lanes. Threads take pieces of this work as a Schedule hands them out, so that one
// thread's network runs while another codes. The order of coding, and so the code, is the same for
// any number of threads.
#pragma once

#include <array>
#include <atomic>
#include <new>
#include <optional>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/crew.h"
#include "codec/block.h"
#include "codec/text/layout.h"
#include "codec/text/schedule.h"
#include "cpu/aligned.h"
#include "mix/context_mixer.h"
#include "model/network.h"

namespace lmz {

// Encoding, Coder is Encoder and Byte is const uint8_t; decoding, each byte is written before
// anything reads it.
template <class Coder, class Byte>
class TextWalk {
 public:
  // All arguments outlive the walk; `coders` holds one for each group.
  TextWalk(const Network& network, const Layout& layout, Profile profile, std::span<Byte> block,
           std::span<Coder> coders, const BlockResources& resources)
      : network_(network),
        layout_(layout),
        profile_(profile),
        block_(block),
        coders_(coders),
        resources_(resources),
        crew_(std::min(resources.threads, layout.lanes())),
        schedule_(layout, crew_.size(), kLanesTogether, network.PartsFor(crew_.size())),
        states_(network.shape(), layout.lanes()),
        weights_(static_cast<size_t>(layout.lanes()) * kByteValues) {}

  // Codes the whole block. Errors: kOutOfMemory, kCancelled, kTruncated when a coder has overrun.
  Status Run() {
    std::unique_lock<std::mutex> lock;
    if (resources_.crew_mutex != nullptr) lock = std::unique_lock(*resources_.crew_mutex);
    LMZ_TRY(MakeGroups());
    const int most_lanes =
        std::min(layout_.lanes(), std::max(kLanesTogether, layout_.lanes() / crew_.size() + 1));
    for (int i = 0; i < crew_.size(); ++i) scratches_.emplace_back(network_.shape(), most_lanes);
    crew_.Run([this](int member) { Work(member); });
    switch (failure_.load()) {
      case Code::kOk:
        return OkStatus();
      case Code::kCancelled:
        return CancelledStatus();
      case Code::kOutOfMemory:
        return Status(Code::kOutOfMemory, "there is not enough memory for the code");
      default:
        return Status(Code::kTruncated, "the payload ends too early");
    }
  }

  // For tests, after Run.
  const Schedule& schedule() const { return schedule_; }

 private:
  static constexpr uint64_t kReportSteps = 64;
  // So many lanes make the kernels as quick as they get.
  static constexpr int kLanesTogether = 8;

  // Lanes that share a mixer and a coder. They know nothing of other groups.
  struct Group {
    Group(ContextMixer group_mixer, Coder& group_coder)
        : mixer(std::move(group_mixer)), coder(group_coder) {}
    ContextMixer::Lane& lane(int number) { return lanes[static_cast<size_t>(number - first_lane)]; }
    int end_lane() const { return first_lane + static_cast<int>(lanes.size()); }

    ContextMixer mixer;
    Coder& coder;
    std::vector<ContextMixer::Lane> lanes;
    int first_lane = 0;
    std::atomic<uint64_t> written_size = 0;  // by the coder, for reports
  };

  Status MakeGroups() {
    const ContextMixer::Start start = ContextMixer::WithModel(network_.mixer_start());
    for (int g = 0; g < layout_.groups(); ++g) {
      const int first = layout_.GroupBegin(g);
      const int end = layout_.GroupBegin(g + 1);
      const uint64_t begin = layout_.LaneBegin(first);
      LMZ_ASSIGN(ContextMixer mixer, ContextMixer::Make(layout_.LaneBegin(end) - begin, end - first,
                                                        start, BestKernels(MixerBuilds())));
      groups_.push_back(std::make_unique<Group>(std::move(mixer), coders_[static_cast<size_t>(g)]));
      Group& group = *groups_.back();
      group.first_lane = first;
      for (int lane = first; lane < end; ++lane) {
        group.lanes.push_back(
            group.mixer.MakeLane(block_.data() + begin,
                                 static_cast<uint32_t>(layout_.LaneBegin(lane) - begin), profile_));
      }
    }
    return OkStatus();
  }

  void Work(int member) {
    try {
      while (const std::optional<Piece> piece = schedule_.Take(member)) {
        if (piece->group == Piece::kNetwork) {
          StepNetwork(*piece, scratches_[static_cast<size_t>(member)]);
        } else if (!CodeLanes(*piece)) {
          return;
        }
        schedule_.Done(*piece);
      }
    } catch (const std::bad_alloc&) {
      Stop(Code::kOutOfMemory);
    }
  }

  void StepNetwork(const Piece& piece, StepScratch& scratch) {
    const int first = schedule_.RangeBegin(piece.first_range);
    const int end = schedule_.RangeBegin(piece.end_range);
    uint32_t* weights = weights_.data() + static_cast<size_t>(first) * kByteValues;
    const StepPart part = {piece.part, schedule_.parts()};
    network_.Step(states_, first, end - first, part, inputs_.data() + first, weights, scratch);
    if (part.index + 1 < part.count) return;
    for (const auto& group : groups_) {
      const int begin = std::max(first, group->first_lane);
      for (int lane = begin; lane < std::min(end, group->end_lane()); ++lane) {
        group->lane(lane).SetOpinion(weights_.data() + static_cast<size_t>(lane) * kByteValues);
      }
    }
  }

  // False when the walk ends here.
  bool CodeLanes(const Piece& piece) {
    Group& group = *groups_[static_cast<size_t>(piece.group)];
    const int first = std::max(schedule_.RangeBegin(piece.first_range), group.first_lane);
    const int end = std::min(schedule_.RangeBegin(piece.end_range), group.end_lane());
    for (int lane = first; lane < end; ++lane) {
      if (piece.step >= layout_.LaneSize(lane)) continue;
      inputs_[static_cast<size_t>(lane)] =
          CodeByte(group, group.lane(lane),
                   block_[static_cast<size_t>(layout_.LaneBegin(lane) + piece.step)]);
    }
    if (group.coder.overran()) return Stop(Code::kTruncated);
    group.written_size.store(group.coder.written_size(), std::memory_order_relaxed);
    if (first != 0 || piece.step % kReportSteps != 0) return true;
    // Whoever holds the first lane reports; the next report waits until this one has let go of it.
    const uint64_t done = piece.step * static_cast<uint64_t>(layout_.lanes());
    return resources_.Report(done, WrittenSize()) || Stop(Code::kCancelled);
  }

  uint64_t WrittenSize() const {
    uint64_t size = 0;
    for (const auto& group : groups_) size += group->written_size.load(std::memory_order_relaxed);
    return size;
  }

  static uint8_t CodeByte(Group& group, ContextMixer::Lane& lane, Byte& byte) {
    unsigned node = 1;
    for (int i = 7; i >= 0; --i) {
      const int wanted = std::is_const_v<Byte> ? byte >> i & 1 : 0;
      const int bit = group.coder.Code(wanted, group.mixer.Predict(lane));
      group.mixer.Update(lane, bit);
      node = node << 1 | static_cast<unsigned>(bit);
    }
    if constexpr (!std::is_const_v<Byte>) byte = static_cast<Byte>(node);
    group.mixer.UpdateByte(lane);
    return static_cast<uint8_t>(node);
  }

  // The first cause counts. Always false.
  bool Stop(Code cause) {
    Code none = Code::kOk;
    failure_.compare_exchange_strong(none, cause);
    schedule_.Stop();
    return false;
  }

  const Network& network_;
  const Layout& layout_;
  const Profile profile_;
  const std::span<Byte> block_;
  const std::span<Coder> coders_;
  const BlockResources& resources_;
  Crew crew_;
  Schedule schedule_;
  LaneStates states_;
  std::array<uint8_t, kMaxLanes> inputs_{};  // [lane]: its last byte; 0 in front of the first one
  AlignedVector<uint32_t> weights_;          // [lane][byte]
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<StepScratch> scratches_;  // [member]
  std::atomic<Code> failure_ = Code::kOk;
};

}  // namespace lmz
