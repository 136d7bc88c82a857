#include "plan/plan.h"

#include <algorithm>
#include <array>
#include <optional>

#include "codec/filter/repeat.h"
#include "plan/audio.h"
#include "plan/classify.h"
#include "plan/picture.h"

namespace lmz {
namespace {

constexpr size_t kContents = 9;

// Every block learns from nothing. Measured in bytes, that costs the smaller neighbour of a cut up
// to about this much of its head start; a cut must gain more.
constexpr uint64_t kMinSplitSize = uint64_t{1} << 20;

// Shorter random stretches are left to the codec, which passes them with little loss.
constexpr uint64_t kMinStoredSize = uint64_t{1} << 18;

// A repeat costs one command instead of its bytes, so that even random windows are worth coding
// when this share of them occurs elsewhere in the block.
constexpr uint32_t kMinRepeatLength = 256;
constexpr uint64_t kRepeatedShare = 8;

// A cut must not part this share of the smaller side from what it repeats.
constexpr uint64_t kPartedShare = 16;

enum class Treatment : uint8_t { kStored, kText, kBinary };

Treatment TreatmentOf(Content content) {
  switch (content) {
    case Content::kText:
    case Content::kStructured:
      return Treatment::kText;
    case Content::kRandom:
      return Treatment::kStored;
    default:
      return Treatment::kBinary;
  }
}

// Neighbouring windows of a segment that are to share a block.
struct Run {
  size_t first_window = 0;
  uint64_t size = 0;
  Treatment treatment = Treatment::kBinary;
  std::array<uint64_t, kContents>
      votes{};  // by Content: bytes that are no copies, at least 1 a window

  uint64_t NewBytes() const {
    uint64_t sum = 0;
    for (const uint64_t vote : votes) sum += vote;
    return sum;
  }
  Content Majority() const {
    return static_cast<Content>(std::max_element(votes.begin(), votes.end()) - votes.begin());
  }
};

// How the windows of a segment repeat each other.
struct RepeatMap {
  explicit RepeatMap(ByteSpan segment)
      : copied((segment.size() + kWindowSize - 1) / kWindowSize),
        linked(copied.size()),
        parted(copied.size() + 1) {
    for (const Repeat& repeat : FindRepeats(segment, kMinRepeatLength)) {
      const uint64_t source = repeat.position - repeat.distance;
      Spread(repeat.position, repeat.length, copied);
      Spread(repeat.position, repeat.length, linked);
      Spread(source, repeat.length, linked);
      parted[source / kWindowSize + 1] += repeat.length;
      parted[repeat.position / kWindowSize + 1] -= repeat.length;
    }
    for (size_t i = 1; i < parted.size(); ++i) parted[i] += parted[i - 1];
  }

  std::vector<uint64_t> copied;  // bytes of the window that copy something earlier
  std::vector<uint64_t> linked;  // those, and bytes that something later copies
  std::vector<uint64_t> parted;  // repeated bytes whose source a cut before the window parts off

 private:
  // Adds the part of [begin, begin + length) in each window to that window's number.
  static void Spread(uint64_t begin, uint64_t length, std::vector<uint64_t>& windows) {
    while (length != 0) {
      const uint64_t part = std::min(length, kWindowSize - begin % kWindowSize);
      windows[begin / kWindowSize] += part;
      begin += part;
      length -= part;
    }
  }
};

Run Join(const Run& left, const Run& right) {
  Run run = left;
  run.size += right.size;
  for (size_t i = 0; i < kContents; ++i) run.votes[i] += right.votes[i];
  if (left.treatment == right.treatment) return run;
  const uint64_t text = run.votes[static_cast<size_t>(Content::kText)] +
                        run.votes[static_cast<size_t>(Content::kStructured)];
  run.treatment = 2 * text >= run.NewBytes() ? Treatment::kText : Treatment::kBinary;
  return run;
}

// Joins neighbours of equal treatment.
void Coalesce(std::vector<Run>& runs) {
  size_t kept = 0;
  for (size_t i = 1; i < runs.size(); ++i) {
    if (runs[i].treatment == runs[kept].treatment) {
      runs[kept] = Join(runs[kept], runs[i]);
    } else {
      runs[++kept] = runs[i];
    }
  }
  runs.resize(std::min(runs.size(), kept + 1));
}

std::vector<Run> ClassifyWindows(ByteSpan segment, const RepeatMap& repeats) {
  std::vector<Run> runs;
  for (size_t begin = 0; begin < segment.size(); begin += kWindowSize) {
    const size_t end = std::min(begin + kWindowSize, segment.size());
    const size_t window = begin / kWindowSize;
    const Content content = ClassifyWindow(segment, begin, end);
    Run run = {.first_window = window, .size = end - begin, .treatment = TreatmentOf(content)};
    const bool is_repeated = repeats.linked[window] >= run.size / kRepeatedShare;
    if (run.treatment == Treatment::kStored && is_repeated) run.treatment = Treatment::kBinary;
    // Overlapping sources can link more than there is, copies are disjoint.
    run.votes[static_cast<size_t>(content)] =
        std::max<uint64_t>(run.size - repeats.copied[window], 1);
    runs.push_back(run);
  }
  Coalesce(runs);
  return runs;
}

// Whether a block of its own is right for the stored run `i`: it must not part its neighbours if
// they need each other more than the time that it saves.
bool StoredRunPays(const std::vector<Run>& runs, size_t i, const RepeatMap& repeats) {
  const Run& run = runs[i];
  if (runs.size() == 1) return true;
  if (run.size < kMinStoredSize) return false;
  if (i == 0 || i + 1 == runs.size()) return true;
  const uint64_t smaller = std::min(runs[i - 1].NewBytes(), runs[i + 1].NewBytes());
  const uint64_t parted = repeats.parted[run.first_window];
  return run.size >= std::min(smaller, kMinSplitSize) && parted <= smaller / kPartedShare;
}

// Gives stored runs that do not pay to their neighbours, shortest first.
void DropStoredRuns(std::vector<Run>& runs, const RepeatMap& repeats) {
  while (true) {
    std::optional<size_t> shortest;
    for (size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].treatment != Treatment::kStored || StoredRunPays(runs, i, repeats)) continue;
      if (!shortest || runs[i].size < runs[*shortest].size) shortest = i;
    }
    if (!shortest) return;
    const size_t i = *shortest;
    const bool is_left_larger =
        i + 1 == runs.size() || (i != 0 && runs[i - 1].size >= runs[i + 1].size);
    runs[i].treatment = runs[is_left_larger ? i - 1 : i + 1].treatment;
    Coalesce(runs);
  }
}

// Joins text and binary neighbours unless both are long enough and neither repeats the other.
void DropCuts(std::vector<Run>& runs, const RepeatMap& repeats) {
  while (true) {
    std::optional<size_t> weakest;  // the cut before this run
    uint64_t weakest_size = 0;
    for (size_t i = 1; i < runs.size(); ++i) {
      const Run& left = runs[i - 1];
      const Run& right = runs[i];
      if (left.treatment == Treatment::kStored || right.treatment == Treatment::kStored) continue;
      const uint64_t smaller = std::min(left.NewBytes(), right.NewBytes());
      const uint64_t parted = repeats.parted[right.first_window];
      if (smaller >= kMinSplitSize && parted <= smaller / kPartedShare) continue;
      if (weakest && smaller >= weakest_size) continue;
      weakest = i;
      weakest_size = smaller;
    }
    if (!weakest) return;
    runs[*weakest - 1] = Join(runs[*weakest - 1], runs[*weakest]);
    runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(*weakest));
    Coalesce(runs);
  }
}

BlockChoice ChoiceFor(const Run& run) {
  if (run.treatment == Treatment::kStored) return {.options = StoredOptions{}};
  const bool has_code = run.votes[static_cast<size_t>(Content::kExecutable)] != 0;
  const bool is_text = run.treatment == Treatment::kText;
  return {.options = BytesOptions{.profile = is_text ? Profile::kText : Profile::kBinary},
          .filters = static_cast<uint8_t>(kFilterRepeat | (has_code ? kFilterX86 : 0))};
}

// Plans a segment that could be one block.
std::vector<BlockPlan> PlanSegment(ByteSpan segment) {
  const RepeatMap repeats(segment);
  std::vector<Run> runs = ClassifyWindows(segment, repeats);
  DropStoredRuns(runs, repeats);
  DropCuts(runs, repeats);
  std::vector<BlockPlan> blocks;
  uint64_t offset = 0;
  for (const Run& run : runs) {
    blocks.push_back(
        {.offset = offset, .size = run.size, .content = run.Majority(), .choice = ChoiceFor(run)});
    offset += run.size;
  }
  return blocks;
}

// Adds the blocks of input[offset, end).
void PlanStretch(ByteSpan input, uint64_t offset, uint64_t end, uint64_t max_size,
                 std::vector<BlockPlan>& plan) {
  while (offset < end) {
    const uint64_t size = std::min(max_size, end - offset);
    std::vector<BlockPlan> blocks =
        PlanSegment(input.subspan(static_cast<size_t>(offset), static_cast<size_t>(size)));
    // The last block may go on behind the segment: plan it again with what follows. Dropping less
    // than half keeps the time linear.
    const bool is_last = offset + size == end;
    if (!is_last && blocks.size() > 1 && blocks.back().size < max_size / 2) blocks.pop_back();
    for (BlockPlan& block : blocks) {
      block.offset += offset;
      plan.push_back(block);
    }
    offset = plan.back().offset + plan.back().size;
  }
}

}  // namespace

const char* ContentName(Content content) {
  switch (content) {
    case Content::kText:
      return "text";
    case Content::kStructured:
      return "structured text";
    case Content::kExecutable:
      return "executable";
    case Content::kTable:
      return "table";
    case Content::kBinary:
      return "binary";
    case Content::kCompressed:
      return "compressed";
    case Content::kRandom:
      return "random";
    case Content::kImage:
      return "image";
    case Content::kAudio:
      return "audio";
  }
  return "unknown";
}

Content Classify(ByteSpan bytes) {
  if (bytes.empty()) return Content::kBinary;
  // Branch targets are judged within stretches of the default block size.
  const size_t context_size = static_cast<size_t>(PlanOptions().max_block_size);
  Run all;
  for (size_t offset = 0; offset < bytes.size(); offset += context_size) {
    const ByteSpan context = bytes.subspan(offset, std::min(context_size, bytes.size() - offset));
    for (size_t begin = 0; begin < context.size(); begin += kWindowSize) {
      const size_t end = std::min(begin + kWindowSize, context.size());
      all.votes[static_cast<size_t>(ClassifyWindow(context, begin, end))] += end - begin;
    }
  }
  return all.Majority();
}

std::vector<BlockPlan> Planner::Plan(ByteSpan input, const PlanOptions& options) {
  const uint64_t max_size = std::clamp<uint64_t>(options.max_block_size, 1, kMaxBlockRawSize);
  std::vector<BlockPlan> plan;
  uint64_t offset = 0;
  if (unfinished_) {
    offset = PlanPicture(*unfinished_, 0, input.size(), max_size, plan);
    unfinished_ = RowsBehind(*unfinished_, input.size());
    audio_ = {};
  } else {
    const AudioRun audio = FindAudio(input, &audio_);
    PlanStretch(input, 0, audio.begin, max_size, plan);
    PlanAudio(audio, max_size, plan);
    offset = audio.end;
  }
  PictureSearch search(input, max_size);
  while (offset < input.size()) {
    const std::optional<Picture> picture = search.Next(offset);
    const uint64_t end = picture ? picture->begin : input.size();
    PlanStretch(input, offset, end, max_size, plan);
    if (!picture) break;
    if (picture->png_size != 0) {
      offset = PlanPng(*picture, input.size(), max_size, plan);
      continue;
    }
    offset = PlanPicture(picture->layout, picture->begin, input.size(), max_size, plan);
    unfinished_ = RowsBehind(picture->layout, input.size() - picture->begin);
  }
  return plan;
}

}  // namespace lmz
