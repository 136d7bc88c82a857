// The lanes of a block of the text codec in their groups, each with a mixer and a coder: what codes
// the bytes, for all walks over a block.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "codec/block.h"
#include "codec/text/layout.h"
#include "mix/code_byte.h"
#include "mix/context_mixer.h"
#include "model/predictor.h"

namespace lmz::text {

// Encoding, Coder is Encoder and Byte is const uint8_t; decoding, each byte is written before
// anything reads it. Groups know nothing of each other: distinct threads may work on distinct ones.
template <class Coder, class Byte>
class LaneGroups {
 public:
  // All arguments outlive this; `coders` holds one for each group.
  LaneGroups(const Layout& layout, std::span<Byte> block, std::span<Coder> coders,
             const BlockResources& resources)
      : layout_(layout), block_(block), coders_(coders), resources_(resources) {}

  // Comes before all else. Errors: kOutOfMemory.
  Status Make(std::span<const Predictor* const> models, Profile profile) {
    const ContextMixer::Start start = ContextMixer::For(models);
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
                                 static_cast<uint32_t>(layout_.LaneBegin(lane) - begin), profile));
      }
    }
    return OkStatus();
  }

  // What the model of that number expects of the lane's next byte. `opinion` is read here.
  void SetOpinion(int lane, size_t model, const uint32_t* opinion) {
    for (const auto& group : groups_) {
      if (lane < group->end_lane()) return group->lane(lane).SetOpinion(model, opinion);
    }
  }

  // Codes the byte at `step` of the lanes first .. end - 1, those which are so long, all of them in
  // the group of that number. `tell(lane, byte)` is called for each of them.
  template <class Tell>
  void CodeStep(int number, int first, int end, uint64_t step, const Tell& tell) {
    Group& group = *groups_[static_cast<size_t>(number)];
    for (int lane = first; lane < end; ++lane) {
      if (step >= layout_.LaneSize(lane)) continue;
      if (end - first > 1) group.mixer.Await(&group.lane(lane + 1 < end ? lane + 1 : first));
      tell(lane, CodeByte(group.mixer, group.lane(lane), group.coder,
                          block_[static_cast<size_t>(layout_.LaneBegin(lane) + step)]));
    }
    group.mixer.Await(nullptr);
  }

  // Behind some steps of the group: has its coder overrun? Errors: kTruncated.
  Status Check(int number) {
    Group& group = *groups_[static_cast<size_t>(number)];
    if (group.coder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    group.written_size.store(group.coder.written_size(), std::memory_order_relaxed);
    return OkStatus();
  }

  // Says that the first lane has come to `step`, and all others about as far. One thread at a time.
  // Errors: kCancelled.
  Status Report(uint64_t step) {
    uint64_t written_size = 0;
    for (const auto& group : groups_) {
      written_size += group->written_size.load(std::memory_order_relaxed);
    }
    const uint64_t done = step * static_cast<uint64_t>(layout_.lanes());
    const bool goes_on = resources_.Report(done, written_size) &&
                         (std::is_const_v<Byte> || resources_.TellDecoded(step + 1));
    return goes_on ? OkStatus() : CancelledStatus();
  }

 private:
  // Lanes that share a mixer and a coder.
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

  const Layout& layout_;
  const std::span<Byte> block_;
  const std::span<Coder> coders_;
  const BlockResources& resources_;
  std::vector<std::unique_ptr<Group>> groups_;
};

// A walk reports every so many steps.
inline constexpr uint64_t kReportSteps = 64;

}  // namespace lmz::text
