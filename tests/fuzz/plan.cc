// Any content, made longer by repeating parts of it, given to the planner in any windows, open or
// flushed: its blocks cover each but for what may be left over, keep to the size allowed, and what
// they are to hold lies within them.
#include "plan/plan.h"

#include "codec/audio/audio_layout.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

constexpr size_t kMostContent = size_t{1} << 18;

// Parts of `seed`, each many times over: long enough for windows to differ, for copies to lie far
// apart.
Bytes Content(Choices& choices, ByteSpan seed) {
  Bytes content;
  for (uint64_t parts = 1 + choices.Below(6); parts != 0; --parts) {
    const size_t begin = static_cast<size_t>(choices.Number(2)) % seed.size();
    const size_t size = 1 + static_cast<size_t>(choices.Number(2)) % (seed.size() - begin);
    uint64_t times = uint64_t{1} << choices.Below(10);
    for (; times != 0 && content.size() + size <= kMostContent; --times) {
      const ByteSpan part = seed.subspan(begin, size);
      content.insert(content.end(), part.begin(), part.end());
    }
  }
  return content;
}

void CheckBlock(const BlockPlan& block, const PlanOptions& options) {
  LMZ_REQUIRE(block.size != 0 && block.size <= options.max_block_size);
  const auto* image = std::get_if<ImageOptions>(&block.choice.options);
  if (image != nullptr) LMZ_REQUIRE(image->layout.Fits(block.size));
  if (const auto* audio = std::get_if<AudioOptions>(&block.choice.options)) {
    const SampleLayout& samples = audio->samples;
    LMZ_REQUIRE(samples.offset + samples.frames * FrameSize(samples) <= block.size);
  }
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Choices choices(input);
  const PlanOptions options = {.max_block_size = uint64_t{1} << (12 + choices.Below(8))};
  const uint64_t piece_size = 64 + choices.Number(3) % kMostContent;
  const uint64_t open_of = 1 + choices.Below(4);  // of so many windows all but one are open
  // The choices of Content come from the end of what is left, its seed is the first half.
  const ByteSpan seed = choices.rest().first((choices.rest().size() + 1) / 2);
  if (seed.empty()) return;
  const Bytes content = Content(choices, seed);

  Planner planner;
  uint64_t begin = 0, seen = 0;
  for (uint64_t windows = 1; seen != content.size(); ++windows) {
    seen += std::min<uint64_t>(piece_size, content.size() - seen);
    const bool is_open = seen != content.size() && windows % open_of != 0;
    const Edge edge = is_open ? Edge::kOpen : seen != content.size() ? Edge::kFlush : Edge::kEnd;
    const ByteSpan window = ByteSpan(content).subspan(begin, seen - begin);
    uint64_t offset = 0;
    for (const BlockPlan& block : planner.Plan(window, edge, options)) {
      LMZ_REQUIRE(block.offset == offset);
      CheckBlock(block, options);
      offset += block.size;
    }
    LMZ_REQUIRE(window.size() - offset <= (is_open ? options.max_block_size : 0));
    begin += offset;
  }
}

}  // namespace lmz::fuzz
