#include "plan/stretch.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "codec/filter/repeat.h"
#include "plan/classify.h"

namespace lmz {
namespace {

// Every block learns from nothing. Measured in bytes, that costs the smaller neighbour of a cut up
// to about this much of its head start; a cut must gain more.
constexpr uint64_t kMinSplitSize = uint64_t{1} << 20;

// Shorter random stretches are left to the codec, which passes them with little loss.
constexpr uint64_t kMinStoredSize = uint64_t{1} << 18;

// A repeat costs one command instead of its bytes, so that even random patches are worth coding
// when this share of them occurs elsewhere in the block.
constexpr uint32_t kMinRepeatLength = 256;
constexpr uint64_t kRepeatedShare = 8;

// A cut must not part this share of the smaller side from what it repeats.
constexpr uint64_t kPartedShare = 16;

// Blocks of the usual size are coded side by side, so they stay that long unless more bytes than
// this repeat what is in another one. A part of them at most is lost.
constexpr uint64_t kMaxParted = uint64_t{1} << 16;

// Copies as near as this are what records, pixels and pages are coded by in place: a gap where they
// were shifts what lies behind it against what is above it. They leave a block of records only
// where hardly anything else is in it or long ones are much of it, which saves time, or where as
// many of its copies are farther.
constexpr uint64_t kNearCopy = uint64_t{1} << 20;
constexpr uint64_t kMinCopyThatLeaves = 512;
constexpr uint64_t kKeptShare = 10;
constexpr uint64_t kLongCopy = uint64_t{1} << 14;
constexpr uint64_t kLongRun = uint64_t{1} << 18;
constexpr uint64_t kLongShare = 4;
constexpr uint64_t kFarShare = 32;

enum class Treatment : uint8_t {
  kStored,
  kText,         // ASCII, UTF-8, and encodings that get on with them in one block
  kForeignText,  // text as well, but where other text stands it cannot be made UTF-8
  kBinary,
};

Treatment TreatmentOf(const PatchLook& look) {
  switch (look.content) {
    case Content::kText:
    case Content::kStructured:
      return look.encoding == TextEncoding::kForeign ? Treatment::kForeignText : Treatment::kText;
    case Content::kRandom:
      return Treatment::kStored;
    default:
      return Treatment::kBinary;
  }
}

// Neighbouring patches of a segment that are to share a block.
struct Run {
  size_t first_patch = 0;
  uint64_t size = 0;
  Treatment treatment = Treatment::kBinary;
  ContentVotes votes{};            // bytes that are no copies, at least 1 a patch
  bool has_other_charset = false;  // some patch holds text that is not UTF-8

  uint64_t NewBytes() const { return votes.Sum(); }
};

// How the patches of a segment repeat each other.
struct RepeatMap {
  explicit RepeatMap(ByteSpan segment)
      : copied((segment.size() + kPatchSize - 1) / kPatchSize),
        linked(copied.size()),
        parted(copied.size() + 1),
        all(FindRepeats(segment, kMinRepeatLength)) {
    for (const Repeat& repeat : all) {
      const uint64_t source = repeat.position - repeat.distance;
      Spread(repeat.position, repeat.length, copied);
      Spread(repeat.position, repeat.length, linked);
      Spread(source, repeat.length, linked);
      parted[static_cast<size_t>(source / kPatchSize) + 1] += repeat.length;
      parted[repeat.position / kPatchSize + 1] -= repeat.length;
    }
    for (size_t i = 1; i < parted.size(); ++i) parted[i] += parted[i - 1];
  }

  std::vector<uint64_t> copied;  // bytes of the patch that copy something earlier
  std::vector<uint64_t> linked;  // those, and bytes that something later copies
  std::vector<uint64_t> parted;  // repeated bytes whose source a cut before the patch parts off
  std::vector<Repeat> all;

  // The copies behind `cut` of bytes in [begin, cut).
  uint64_t PartedAt(uint64_t begin, uint64_t cut) const {
    uint64_t bytes = 0;
    for (const Repeat& repeat : all) {
      const uint64_t first = std::max({uint64_t{repeat.position}, cut, begin + repeat.distance});
      const uint64_t end =
          std::min(uint64_t{repeat.position} + repeat.length, cut + repeat.distance);
      if (first < end) bytes += end - first;
    }
    return bytes;
  }

 private:
  // Adds the part of [begin, begin + length) in each patch to that patch's number.
  static void Spread(uint64_t begin, uint64_t length, std::vector<uint64_t>& patches) {
    while (length != 0) {
      const uint64_t part = std::min(length, kPatchSize - begin % kPatchSize);
      patches[static_cast<size_t>(begin / kPatchSize)] += part;
      begin += part;
      length -= part;
    }
  }
};

Run Join(const Run& left, const Run& right) {
  Run run = left;
  run.size += right.size;
  run.votes.Add(right.votes);
  run.has_other_charset |= right.has_other_charset;
  if (left.treatment == right.treatment) return run;
  const uint64_t text = run.votes[Content::kText] + run.votes[Content::kStructured];
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

std::vector<Run> ClassifyPatches(ByteSpan segment, const RepeatMap& repeats) {
  std::vector<Run> runs;
  for (size_t begin = 0; begin < segment.size(); begin += kPatchSize) {
    const size_t end = std::min(begin + kPatchSize, segment.size());
    const size_t patch = begin / kPatchSize;
    const PatchLook look = ClassifyPatch(segment, begin, end);
    Run run = {.first_patch = patch, .size = end - begin, .treatment = TreatmentOf(look)};
    // What is a copy is looked at where its source is.
    const bool is_copy = repeats.copied[patch] >= run.size - run.size / kKeptShare;
    run.has_other_charset = !is_copy && look.encoding != TextEncoding::kUtf8;
    const bool is_repeated = repeats.linked[patch] >= run.size / kRepeatedShare;
    if (run.treatment == Treatment::kStored && is_repeated) run.treatment = Treatment::kBinary;
    // Overlapping sources can link more than there is, copies are disjoint.
    run.votes[look.content] = std::max<uint64_t>(run.size - repeats.copied[patch], 1);
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
  const uint64_t parted = repeats.parted[run.first_patch];
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
      const uint64_t parted = repeats.parted[right.first_patch];
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

uint64_t SizeOf(const std::vector<Repeat>& copies) {
  uint64_t size = 0;
  for (const Repeat& copy : copies) size += copy.length;
  return size;
}

// Runs of a short period are longer before they count: pictures hold some.
bool IsLong(const Repeat& copy) {
  return copy.length >= (copy.distance < kLongCopy ? kLongRun : kLongCopy);
}

// The copies in a run of records, within it.
class RunCopies {
 public:
  RunCopies(const Run& run, const RepeatMap& repeats) : size_(run.size) {
    const uint64_t begin = run.first_patch * kPatchSize;
    for (const Repeat& repeat : repeats.all) {
      const uint64_t first = std::max<uint64_t>(repeat.position, begin + repeat.distance);
      const uint64_t end = std::min<uint64_t>(uint64_t{repeat.position} + repeat.length,  //
                                              begin + run.size);
      if (end < first + kMinCopyThatLeaves) continue;
      all_.push_back({.position = static_cast<uint32_t>(first - begin),
                      .length = static_cast<uint32_t>(end - first),
                      .distance = repeat.distance});
    }
  }

  // Those that are to leave before the run is coded.
  std::vector<Repeat> Leaving() const {
    std::vector<Repeat> in_place = all_;
    std::vector<Repeat> leaving;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(leaving), IsLong);
    if (SizeOf(leaving) >= size_ / kLongShare) {
      std::erase_if(in_place, IsLong);
    } else {
      leaving.clear();
    }
    return MayStay(in_place, size_ - SizeOf(leaving)) ? leaving : all_;
  }

 private:
  // Of a run that has `size` bytes without those that leave in any case.
  static bool MayStay(const std::vector<Repeat>& copies, uint64_t size) {
    uint64_t far = 0;
    for (const Repeat& copy : copies) far += copy.distance >= kNearCopy ? copy.length : 0;
    const uint64_t all = SizeOf(copies);
    const bool is_far = 2 * far >= all && far >= size / kFarShare;
    return !is_far && all < size - size / kKeptShare;
  }

  uint64_t size_;
  std::vector<Repeat> all_;
};

// What is left of a run of records without `copies` is a part by itself, so that nothing of them
// comes between records.
void LeaveOut(std::vector<Repeat> copies, BlockPlan& plan) {
  const uint64_t left = plan.size - SizeOf(copies);
  plan.parts = {{.size = left,
                 .content = plan.content,
                 .choice = {.options = plan.choice.options},
                 .copies_stay = true}};
  plan.copies = std::move(copies);
}

BlockPlan PlanFor(const Run& run, uint64_t offset, const RepeatMap& repeats) {
  BlockPlan plan;
  plan.offset = offset;
  plan.size = run.size;
  plan.content = run.votes.Majority();
  if (run.treatment == Treatment::kStored) {
    plan.choice = {.options = StoredOptions{}};
    return plan;
  }
  const bool has_code = run.votes[Content::kExecutable] != 0;
  const bool is_text = run.treatment != Treatment::kBinary;
  std::vector<Repeat> leaving = RunCopies(run, repeats).Leaving();
  plan.copies_stay = leaving.empty();
  plan.choice = {.options = BytesOptions{.profile = is_text ? Profile::kText : Profile::kBinary},
                 .filters = static_cast<uint8_t>(
                     (is_text || !plan.copies_stay ? kFilterRepeat : 0) |
                     (has_code ? kFilterX86 : 0) | (run.has_other_charset ? kFilterCharset : 0))};
  const bool may_have_rows =
      !is_text || (plan.content == Content::kStructured && std::ranges::all_of(leaving, IsLong));
  const bool has_others = (plan.choice.filters & ~kFilterRepeat) != 0;
  if (!leaving.empty() && may_have_rows && !has_others) LeaveOut(std::move(leaving), plan);
  return plan;
}

// Cuts runs that are longer than the usual size where they may be, at multiples of it.
std::vector<Run> CutLongRuns(const std::vector<Run>& runs, uint64_t usual_size,
                             const RepeatMap& repeats) {
  const auto usual_patches = static_cast<size_t>(usual_size / kPatchSize);
  if (usual_patches == 0) return runs;
  std::vector<Run> cut;
  for (Run run : runs) {
    size_t patches = usual_patches;
    while (patches * kPatchSize < run.size) {
      const uint64_t begin = run.first_patch * kPatchSize;
      if (repeats.PartedAt(begin, begin + patches * kPatchSize) > kMaxParted) {
        patches += usual_patches;
        continue;
      }
      Run front = run;
      front.size = patches * kPatchSize;
      run.first_patch += patches;
      run.size -= front.size;
      cut.push_back(front);
      patches = usual_patches;
    }
    cut.push_back(run);
  }
  return cut;
}

// Plans a segment that could be one block.
std::vector<BlockPlan> PlanSegment(ByteSpan segment, uint64_t usual_size) {
  const RepeatMap repeats(segment);
  std::vector<Run> runs = ClassifyPatches(segment, repeats);
  DropStoredRuns(runs, repeats);
  DropCuts(runs, repeats);
  runs = CutLongRuns(runs, usual_size, repeats);
  std::vector<BlockPlan> blocks;
  uint64_t offset = 0;
  for (const Run& run : runs) {
    blocks.push_back(PlanFor(run, offset, repeats));
    offset += run.size;
  }
  return blocks;
}

}  // namespace

void PlanStretch(ByteSpan input, uint64_t offset, uint64_t end, const PlanOptions& options,
                 std::vector<BlockPlan>& plan) {
  const uint64_t max_size = options.max_block_size;
  while (offset < end) {
    const uint64_t size = std::min(max_size, end - offset);
    std::vector<BlockPlan> blocks =
        PlanSegment(input.subspan(static_cast<size_t>(offset), static_cast<size_t>(size)),
                    options.usual_block_size);
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

}  // namespace lmz
