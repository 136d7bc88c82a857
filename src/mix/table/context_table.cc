#include "mix/table/context_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/memory_errors.h"

namespace lmz {

namespace {

constexpr size_t kMaxSlots = size_t{1} << 22;
constexpr size_t kMaxRuns = size_t{1} << 23;

size_t PowerOfTwo(uint64_t number, size_t high) {
  return static_cast<size_t>(std::clamp(std::bit_ceil(number), uint64_t{1} << 12, uint64_t{high}));
}

// For small blocks four slots and eight runs a byte: more of them than a byte can need. Less
// suffice for larger ones, where contexts come back.
size_t SlotsFor(uint64_t raw_size) {
  return PowerOfTwo(std::max(raw_size, std::min(4 * raw_size, uint64_t{1} << 20)), kMaxSlots);
}

size_t BucketsFor(uint64_t raw_size) {
  const uint64_t runs = std::max(2 * raw_size, std::min(8 * raw_size, uint64_t{1} << 21));
  return PowerOfTwo(runs, kMaxRuns) / RunBucket::kRuns;
}

uint32_t SecondHash(uint32_t hash, uint32_t node) {
  const uint32_t mixed = (hash + node * kGoldenRatio32) * 0x85EBCA6Bu;
  return mixed ^ mixed >> 15;
}

// The first half of `byte` behind a leading one.
uint32_t FirstNode(uint8_t byte) {
  return byte >> 4 | 16u;
}

}  // namespace

uint8_t ContextTable::View::Guess() const {
  // In both profiles the first five contexts are of ascending order.
  for (size_t i = 5; i > 0; --i) {
    if (runs_.counts[i - 1] != 0) return static_cast<uint8_t>(last_bytes_[i - 1]);
  }
  return static_cast<uint8_t>(last_bytes_[0]);
}

Result<ContextTable> ContextTable::Make(uint64_t raw_size, const MixerKernels& kernels) {
  return WithMemoryErrors(
      [&]() -> Result<ContextTable> { return ContextTable(raw_size, kernels); },
      "there is not enough memory for the context tables; use smaller blocks or fewer threads");
}

uint64_t ContextTable::MemoryFor(uint64_t raw_size) {
  return ZeroedMemory::MemoryFor(SlotsFor(raw_size) * sizeof(Slot)) +
         ZeroedMemory::MemoryFor(BucketsFor(raw_size) * sizeof(RunBucket));
}

ContextTable::ContextTable(uint64_t raw_size, const MixerKernels& kernels)
    : kernels_(kernels),
      run_slots_(AllRunSlots()),
      slots_(SlotsFor(raw_size)),
      bucket_mask_(BucketsFor(raw_size) - 1),
      runs_(RunsSize()),
      buckets_(static_cast<RunBucket*>(runs_.Take(RunsSize()))) {}

void ContextTable::CopyFrom(const ContextTable& other) {
  slots_.CopyFrom(other.slots_);
  std::memcpy(static_cast<void*>(buckets_), other.buckets_, RunsSize());
}

void ContextTable::EnterFirst(const Hashes& hashes, View& view) {
  view.hashes_ = hashes;
  for (size_t i = 0; i < kContexts; ++i) view.runs_.buckets[i] = BucketOf(hashes[i]);
  kernels_.find_runs(hashes.data(), &view.runs_);
  for (size_t i = 0; i < kContexts; ++i) {
    uint8_t last_byte = view.runs_.bytes[i];
    if (view.HasSlots(i)) {
      view.slots_[i] = slots_.Find(hashes[i]);
      last_byte = view.slots_[i]->last_byte;
    } else {
      view.first_halves_[i] = run_slots_.Of(last_byte >> 4, view.runs_.counts[i]);
      view.slots_[i] = &view.first_halves_[i];
    }
    view.last_bytes_[i] = last_byte | 256u;
  }
  view.first_slots_ = view.slots_;
}

void ContextTable::PrefetchSecond(uint32_t node, View& view) const {
  for (size_t i = 0; i < kContexts; ++i) {
    view.second_hashes_[i] = SecondHash(view.hashes_[i], node);
    if (view.HasSlots(i)) slots_.Prefetch(view.second_hashes_[i]);
  }
}

void ContextTable::EnterSecond(uint32_t node, View& view) {
  for (size_t i = 0; i < kContexts; ++i) {
    if (view.HasSlots(i)) {
      view.slots_[i] = slots_.Find(view.second_hashes_[i]);
    } else {
      const uint8_t byte = view.runs_.bytes[i];
      const uint8_t count = FirstNode(byte) == node ? view.runs_.counts[i] : uint8_t{0};
      view.second_halves_[i] = run_slots_.Of(byte & 15, count);
      view.slots_[i] = &view.second_halves_[i];
    }
  }
}

void ContextTable::Leave(uint8_t byte, View& view) {
  for (size_t i = 0; i < kContexts; ++i) {
    if (view.HasSlots(i)) {
      view.first_slots_[i]->last_byte = byte;
      continue;
    }
    uint8_t count = view.runs_.counts[i];
    if (count == 0 || view.runs_.bytes[i] == byte) {
      count = std::min(static_cast<uint8_t>(count + 1), RunBucket::kMaxCount);
    } else {
      MoveToSlots(i, byte, view);
      count = RunBucket::kMoved;
    }
    RunBucket& bucket = *view.runs_.buckets[i];
    const uint8_t place = view.runs_.places[i];
    bucket.checks[place] = RunBucket::CheckOf(view.hashes_[i]);
    bucket.bytes[place] = byte;
    bucket.counts[place] = count;
  }
}

void ContextTable::PeekFirst(const Hashes& hashes, View& view) const {
  view.hashes_ = hashes;
  for (size_t i = 0; i < kContexts; ++i) view.runs_.buckets[i] = BucketOf(hashes[i]);
  kernels_.find_runs(hashes.data(), &view.runs_);
  for (size_t i = 0; i < kContexts; ++i) {
    uint8_t last_byte = view.runs_.bytes[i];
    Slot& first = view.first_halves_[i];
    if (view.HasSlots(i)) {
      const Slot* const slot = slots_.Peek(hashes[i]);
      first = slot != nullptr ? *slot : Slot{};
      last_byte = first.last_byte;
    } else {
      first = run_slots_.Of(last_byte >> 4, view.runs_.counts[i]);
    }
    view.slots_[i] = &first;
    view.last_bytes_[i] = last_byte | 256u;
  }
  view.first_slots_ = view.slots_;
}

void ContextTable::PeekSecond(uint32_t node, View& view) const {
  for (size_t i = 0; i < kContexts; ++i) {
    Slot& second = view.second_halves_[i];
    if (view.HasSlots(i)) {
      const Slot* const slot = slots_.Peek(SecondHash(view.hashes_[i], node));
      second = slot != nullptr ? *slot : Slot{};
    } else {
      const uint8_t byte = view.runs_.bytes[i];
      const uint8_t count = FirstNode(byte) == node ? view.runs_.counts[i] : uint8_t{0};
      second = run_slots_.Of(byte & 15, count);
    }
    view.slots_[i] = &second;
  }
}

// The halves of the view have learned `byte` already.
void ContextTable::MoveToSlots(size_t context, uint8_t byte, const View& view) {
  const uint32_t hash = view.hashes_[context];
  const uint8_t run_byte = view.runs_.bytes[context];
  Store(hash, view.first_halves_[context], byte);
  if (FirstNode(run_byte) != FirstNode(byte)) {
    Store(SecondHash(hash, FirstNode(run_byte)),
          run_slots_.Of(run_byte & 15, view.runs_.counts[context]), 0);
  }
  Store(SecondHash(hash, FirstNode(byte)), view.second_halves_[context], 0);
}

void ContextTable::Store(uint32_t hash, const Slot& slot, uint8_t last_byte) {
  Slot& stored = *slots_.Find(hash);
  const uint8_t check = stored.check;
  stored = slot;
  stored.check = check;
  stored.last_byte = last_byte;
}

}  // namespace lmz
