// What the contexts of all lanes remember. As long as a context was followed by one byte only, that
// byte and a count are all there is to know, and they are kept as a run of four bytes. A second
// byte moves the context to slots, one for the first half of its next byte and one for each second
// half.
//
// To the kernels all contexts look alike: a run is shown as the slots that it stands for. Encoder
// and decoder make the same calls, so they hold the same state. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/hash.h"
#include "base/status.h"
#include "cpu/zeroed_memory.h"
#include "mix/kernels/mixer_kernels.h"
#include "mix/table/node_steps.h"
#include "mix/table/slot_table.h"

namespace lmz {

class ContextTable {
 public:
  static constexpr size_t kContexts = kMixerContexts;
  using Hashes = std::array<uint32_t, kContexts>;

  // What the contexts of one lane know of its current byte. Valid from EnterFirst to Leave, while
  // it stays where it is and no other lane is between the two.
  class View {
   public:
    // Of the current half of the byte, for the kernels to read and to teach.
    Slot* const* slots() const { return slots_.data(); }
    // What followed last, behind a leading one.
    const uint32_t* last_bytes() const { return last_bytes_.data(); }
    // The byte that will most likely follow, as far as one can tell quickly.
    uint8_t Guess() const;

   private:
    friend class ContextTable;

    bool HasSlots(size_t context) const { return runs_.counts[context] == RunBucket::kMoved; }

    std::array<Slot*, kContexts> slots_{};
    std::array<uint32_t, kContexts> last_bytes_{};
    Hashes hashes_{};
    Hashes second_hashes_{};
    RunLookup runs_{};
    std::array<Slot*, kContexts> first_slots_{};  // of the byte's first half
    std::array<Slot, kContexts> first_halves_{};  // what runs stand for
    std::array<Slot, kContexts> second_halves_{};
  };

  // For a block of `raw_size` bytes. Errors: kOutOfMemory.
  static Result<ContextTable> Make(uint64_t raw_size, const MixerKernels& kernels);

  // Bytes that Make allocates.
  static uint64_t MemoryFor(uint64_t raw_size);

  // Holds from now on what `other`, made for the same size, holds.
  void CopyFrom(const ContextTable& other);

  // Asks for the memory that EnterFirst will read.
  [[gnu::always_inline]] void PrefetchFirst(const Hashes& hashes) const {
    for (const uint32_t hash : hashes) PrefetchFirst(hash);
  }
  // The same for one of the contexts: of both its bucket and its slot, since which of them it has
  // is not known before the bucket has come.
  [[gnu::always_inline]] void PrefetchFirst(uint32_t hash) const {
    __builtin_prefetch(BucketOf(hash));
    slots_.Prefetch(hash);
  }

  // Before the first half of a byte in these contexts.
  void EnterFirst(const Hashes& hashes, View& view);

  // Asks for the memory that EnterSecond will read after this first half, behind a leading one.
  // Must be called with the true half before EnterSecond, and may be with others before.
  void PrefetchSecond(uint32_t node, View& view) const;

  // Before the second half of the byte; `node` is the first one behind a leading one.
  void EnterSecond(uint32_t node, View& view);

  // The byte was `byte`.
  void Leave(uint8_t byte, View& view);

  // EnterFirst and EnterSecond for those who only look: nothing but the view changes. PeekSecond
  // may be called for any number of first halves; before the byte itself comes EnterFirst.
  void PeekFirst(const Hashes& hashes, View& view) const;
  void PeekSecond(uint32_t node, View& view) const;
  // Back to the first half.
  static void ReturnToFirst(View& view) { view.slots_ = view.first_slots_; }

 private:
  // Throws std::bad_alloc.
  ContextTable(uint64_t raw_size, const MixerKernels& kernels);

  RunBucket* BucketOf(uint32_t hash) const {
    return buckets_ + (hash * uint64_t{kGoldenRatio32} >> 12 & bucket_mask_);
  }
  size_t RunsSize() const { return (bucket_mask_ + 1) * sizeof(RunBucket); }
  void MoveToSlots(size_t context, uint8_t byte, const View& view);
  void Store(uint32_t hash, const Slot& slot, uint8_t last_byte);

  const MixerKernels& kernels_;
  const RunSlots& run_slots_;
  SlotTable slots_;
  size_t bucket_mask_;
  ZeroedMemory runs_;
  RunBucket* buckets_;  // in runs_
};

}  // namespace lmz
