// Samples of what a model expects: the decoder of the codec `text`, run on random bits.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "codec/block.h"
#include "mix/profile.h"
#include "model/predictor.h"

namespace lmz {

struct SampleOptions {
  const Predictor* model = nullptr;  // null: the context mixer alone
  Profile profile = Profile::kText;
  uint64_t seed = 0;
  // Every logit is divided by this, in 1/1000, before a bit is drawn: 1 .. kMaxTemperature. At 1000
  // the bits are those of the decoder, below it they follow the likelier ones more often.
  int temperature_milli = 1000;
};

inline constexpr int kMaxTemperature = 100'000;

// Continues a block of at least one byte, whose first `prompt_size` bytes are given: they are
// learnt from, then what is behind them is drawn, in the lanes that EncodeText would give such a
// block. The same arguments give the same bytes on every machine and for any number of threads.
// Returns how many random bits were taken. Errors: kInvalidArgument, kOutOfMemory, kCancelled.
// Thread-safe.
Result<uint64_t> SampleText(const SampleOptions& options, size_t prompt_size, MutableByteSpan block,
                            const BlockResources& resources = {});

}  // namespace lmz
