// A decoder that somebody watches. Walks take it as any coder; they say when an item is over by
// EndItem, which for other coders is nothing at all.
#pragma once

#include <cstdint>
#include <type_traits>

#include "entropy/spent_bits.h"
#include "mix/observe/forecast.h"

namespace lmz {

// Is told of the items of one arithmetic code, in the order of coding: bytes, samples, pixels.
class CodeObserver {
 public:
  virtual ~CodeObserver() = default;
  // `index` counts from 0, where the item stands; `bits_q16` is what it took, in 1/65536 bit.
  virtual void EndItem(uint64_t index, int32_t value, int64_t bits_q16) = 0;
  virtual void EndByte(uint64_t index, uint8_t byte, int64_t bits_q16,
                       const ByteForecast& forecast) = 0;
  // All decisions are made, and took so much.
  virtual void End(int64_t bits_q16) = 0;
};

class ObservedDecoder : public Decoder {
 public:
  // Reads from `in`; both outlive the decoder. Of bytes, the first one that the code holds is the
  // one of number `first`.
  ObservedDecoder(ByteSpan in, CodeObserver& observer, uint64_t first = 0)
      : Decoder(in), observer_(&observer), first_(first) {}

  void EndItem(uint64_t index, int32_t value) { observer_->EndItem(index, value, TakeBits()); }

  // Before and after a byte of `lane`; `peek` as LikeliestOf takes it.
  template <class Peek>
  void Foresee(const ContextMixer& mixer, const ContextMixer::Lane& lane, Peek peek) {
    forecast_.has_network = mixer.opinions() != 0;
    if (forecast_.has_network) forecast_.network = LikeliestOf(lane.opinion(0));
    forecast_.mixer = LikeliestOf(peek);
  }
  void EndByte(const ContextMixer::Lane& lane, uint8_t byte) {
    if (forecast_.has_network) forecast_.network_of_its = ShareOf(lane.opinion(0), byte);
    observer_->EndByte(first_ + lane.position(), byte, TakeBits(), forecast_);
  }

  // After the last decision.
  void End() { observer_->End(SpentBitsQ16(*this)); }

 private:
  int64_t TakeBits() {
    const int64_t before = spent_q16_;
    spent_q16_ = SpentBitsQ16(*this);
    return spent_q16_ - before;
  }

  CodeObserver* observer_;
  uint64_t first_;
  int64_t spent_q16_ = 0;
  ByteForecast forecast_;
};

template <class Coder>
inline constexpr bool kIsObserved = std::is_base_of_v<ObservedDecoder, Coder>;

// The same coder for what is within an item, so that it is compiled but once.
template <class Coder>
auto& Unobserved(Coder& coder) {
  if constexpr (kIsObserved<Coder>) {
    return static_cast<Decoder&>(coder);
  } else {
    return coder;
  }
}

// The item of this number is coded, and it is `value`.
template <class Coder>
void EndItem(Coder& coder, uint64_t index, int32_t value) {
  if constexpr (kIsObserved<Coder>) coder.EndItem(index, value);
}

}  // namespace lmz
