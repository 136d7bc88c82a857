#include "plan/unpacked.h"

#include <algorithm>

#include "codec/image/resemblance.h"
#include "plan/classify.h"
#include "plan/contest/contest.h"
#include "plan/finders.h"
#include "plan/join.h"

namespace lmz {

namespace {

// What is left: streams were taken out of it, and looking for more would use up the patience that
// finding stored pictures needs.
constexpr size_t kSkeleton = 0;

// Contents that are alike share a group, so that what is short can learn from the others.
constexpr size_t kTextGroup = 1;
constexpr size_t kBinaryGroup = 2;
constexpr size_t kObjectGroup = 3;  // each is planned alone

// Smaller contents are not worth blocks of their own.
constexpr size_t kMinObjectSize = size_t{1} << 12;

// As large as blocks are by default, or up to what a stream unpacks to where that parts what
// repeats itself: how the file around is cut does not matter here.
constexpr uint64_t kUsualInnerBlock = uint64_t{16} << 20;
constexpr uint64_t kMaxInnerBlock = uint64_t{32} << 20;

bool IsPicture(ByteSpan content, const ImageLayout& pixels) {
  return pixels.width != 0 && content.size() >= kMinObjectSize && LooksLikePixels(content, pixels);
}

size_t GroupOf(ByteSpan content, const ImageLayout& pixels) {
  if (content.size() >= kMinObjectSize) {
    if (IsPicture(content, pixels)) return kObjectGroup;
    ObjectSearch search(content, {.max_size = kMaxInnerBlock});
    const ObjectSearch::Find find = search.Next(0, 1);
    if (find.object && find.begin == 0) return kObjectGroup;
  }
  switch (Classify(content)) {
    case Content::kText:
    case Content::kStructured:
      return kTextGroup;
    case Content::kRandom:
      return content.size() >= kMinObjectSize ? kObjectGroup : kBinaryGroup;
    default:
      return kBinaryGroup;
  }
}

// Codes the groups of one block.
class GroupCoder {
 public:
  // All outlive the object.
  GroupCoder(const InsideOptions& outer, uint64_t& budget, const ModelUse& use)
      : depth_left_(outer.depth_left - 1), budget_(budget), use_(use) {}

  Result<uint32_t> Code(size_t group, ByteSpan bytes, std::span<const inside::Content> contents,
                        const BlockResources& resources, Bytes& payload) {
    std::vector<BlockPlan> plan;
    if (group != kObjectGroup) {
      AppendPlan(bytes, 0, group != kSkeleton, plan);
    } else {
      for (const inside::Content& content : contents) AppendObject(content, bytes, plan);
      // The same picture twice, say.
      JoinRepeats(bytes, kMaxInnerBlock, plan);
    }
    uint32_t fingerprint = 0;
    for (BlockPlan& block : plan) {
      Limit(block);
      const ByteSpan raw =
          bytes.subspan(static_cast<size_t>(block.offset), static_cast<size_t>(block.size));
      const BlockResources share =
          resources.Part(block.offset, block.offset + block.size, block.size);
      Bytes code;
      LMZ_ASSIGN(const BlockHeader header, EncodePlanned(raw, block, use_, code, share));
      fingerprint ^= header.fingerprint;
      inside::AppendBlock(header, code, payload);
    }
    return fingerprint;
  }

 private:
  void AppendPlan(ByteSpan bytes, uint64_t offset, bool may_hold_streams,
                  std::vector<BlockPlan>& plan) const {
    const PlanOptions options = {.max_block_size = kMaxInnerBlock,
                                 .usual_block_size = kUsualInnerBlock,
                                 .looks_inside = may_hold_streams && depth_left_ > 0};
    for (BlockPlan& block : Plan(bytes, options)) {
      block.offset += offset;
      plan.push_back(std::move(block));
    }
  }

  void AppendObject(const inside::Content& content, ByteSpan group,
                    std::vector<BlockPlan>& plan) const {
    const ByteSpan bytes =
        group.subspan(static_cast<size_t>(content.begin), static_cast<size_t>(content.size));
    if (!IsPicture(bytes, content.pixels) || bytes.size() > kMaxInnerBlock) {
      return AppendPlan(bytes, content.begin, true, plan);
    }
    plan.push_back({.offset = content.begin,
                    .size = content.size,
                    .content = Content::kImage,
                    .choice = {.options = ImageOptions{.layout = content.pixels,
                                                       .profile = Profile::kBinary}}});
  }

  // Hands on what is left of depth and budget.
  void Limit(BlockPlan& block) const {
    if (auto* const options = std::get_if<InsideOptions>(&block.choice.options)) {
      options->depth_left = depth_left_;
      options->budget = &budget_;
    }
    for (BlockPlan& part : block.parts) Limit(part);
  }

  int depth_left_;
  uint64_t& budget_;
  const ModelUse& use_;
};

}  // namespace

Result<BlockHeader> EncodeUnpacked(ByteSpan raw, const BlockPlan& plan, const ModelUse& use,
                                   Bytes& payload, const BlockResources& resources) {
  BlockChoice choice = plan.choice;
  auto& options = std::get<InsideOptions>(choice.options);
  uint64_t own_budget = inside::MaxUnpackedOf(raw.size());
  if (options.budget == nullptr) options.budget = &own_budget;
  GroupCoder coder(options, *options.budget, use);
  const inside::ContentsCoder contents = {
      .group_of = GroupOf,
      .code = [&](size_t group, ByteSpan bytes, std::span<const inside::Content> in_group,
                  const BlockResources& share,
                  Bytes& out) { return coder.Code(group, bytes, in_group, share, out); }};
  options.contents = &contents;
  return EncodeBlock(raw, choice, payload, resources);
}

}  // namespace lmz
