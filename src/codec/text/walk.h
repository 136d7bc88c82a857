// The one walk over a block of the text codec, for both directions.
//
// Every step feeds each lane's last byte to the network and codes each lane's next one, in the
// order of the lanes. Threads own lanes: each runs the network for its own ones, and within a group
// they take turns at the mixer and the coder, so that one thread's network runs while another
// codes. The order of coding, and so the code, is the same for any number of threads.
#pragma once

#include <atomic>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/crew.h"
#include "codec/block.h"
#include "codec/text/layout.h"
#include "codec/text/turn.h"
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
        states_(network.shape(), layout.lanes()) {}

  // Codes the whole block. Errors: kOutOfMemory, kCancelled, kTruncated when a coder has overrun.
  Status Run() {
    std::unique_lock<std::mutex> lock;
    if (resources_.crew_mutex != nullptr) lock = std::unique_lock(*resources_.crew_mutex);
    LMZ_TRY(MakeGroups());
    for (int member = 0; member < crew_.size(); ++member) {
      shares_.emplace_back(network_.shape(), member * layout_.lanes() / crew_.size(),
                           (member + 1) * layout_.lanes() / crew_.size());
    }
    crew_.Run([this](int member) { CodeLanes(shares_[static_cast<size_t>(member)]); });
    if (!is_stopped_) return OkStatus();
    if (is_cancelled_) return CancelledStatus();
    return Status(Code::kTruncated, "the payload ends too early");
  }

 private:
  static constexpr uint64_t kReportSteps = 64;

  // Lanes that share a mixer and a coder. They know nothing of other groups.
  struct Group {
    Group(ContextMixer group_mixer, Coder& group_coder)
        : mixer(std::move(group_mixer)), coder(group_coder) {}
    ContextMixer mixer;
    Coder& coder;
    std::vector<ContextMixer::Lane> lanes;
    int first_lane = 0;
    Turn turn;
  };

  // What one member of the crew works on and with.
  struct Share {
    Share(const GlrShape& shape, int first_lane, int end_lane)
        : first(first_lane),
          end(end_lane),
          scratch(shape, end - first),
          inputs(static_cast<size_t>(end - first)),
          weights(static_cast<size_t>(end - first) * kByteValues) {}
    int first;
    int end;
    StepScratch scratch;
    Bytes inputs;                     // [lane]: its last byte; 0 in front of the first one
    AlignedVector<uint32_t> weights;  // [lane][byte]
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

  void CodeLanes(Share& share) {
    for (uint64_t step = 0; step < layout_.steps(); ++step) {
      network_.Step(states_, share.first, share.end - share.first, share.inputs.data(),
                    share.weights.data(), share.scratch);
      for (const auto& group : groups_) {
        if (!CodeShareOfGroup(share, *group, step)) return;
      }
      if (share.first == 0 && !Report(step)) return;
    }
  }

  // False when somebody stopped the walk.
  bool CodeShareOfGroup(Share& share, Group& group, uint64_t step) {
    const int group_size = static_cast<int>(group.lanes.size());
    const int first = std::max(share.first, group.first_lane);
    const int end = std::min(share.end, group.first_lane + group_size);
    if (first >= end) return true;
    for (int lane = first; lane < end; ++lane) {
      group.lanes[static_cast<size_t>(lane - group.first_lane)].SetOpinion(
          share.weights.data() + (lane - share.first) * kByteValues);
    }
    const auto TurnOf = [&](int lane) {
      return Turn::Number(step * static_cast<uint64_t>(group_size) +
                          static_cast<uint64_t>(lane - group.first_lane));
    };
    if (!group.turn.WaitFor(TurnOf(first))) return false;
    for (int lane = first; lane < end; ++lane) {
      if (step >= layout_.LaneSize(lane)) continue;
      share.inputs[static_cast<size_t>(lane - share.first)] =
          CodeByte(group, group.lanes[static_cast<size_t>(lane - group.first_lane)],
                   block_[static_cast<size_t>(layout_.LaneBegin(lane) + step)]);
    }
    if (group.coder.overran()) {
      Stop();
      return false;
    }
    return group.turn.PassTo(TurnOf(first), TurnOf(end));
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

  void Stop() {
    is_stopped_ = true;
    for (const auto& group : groups_) group->turn.Stop();
  }

  // False when the work is cancelled.
  bool Report(uint64_t step) {
    if (step % kReportSteps != 0) return true;
    if (resources_.Report(step * static_cast<uint64_t>(layout_.lanes()))) return true;
    is_cancelled_ = true;
    Stop();
    return false;
  }

  const Network& network_;
  const Layout& layout_;
  const Profile profile_;
  const std::span<Byte> block_;
  const std::span<Coder> coders_;
  const BlockResources& resources_;
  Crew crew_;
  LaneStates states_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<Share> shares_;
  std::atomic<bool> is_stopped_ = false;
  bool is_cancelled_ = false;  // set by the first member
};

}  // namespace lmz
