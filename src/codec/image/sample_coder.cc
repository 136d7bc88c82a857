#include "codec/image/sample_coder.h"

#include "codec/image/opinion.h"
#include "entropy/logistic.h"

namespace lmz::image {

namespace {

constexpr uint16_t kMaxCount = 60;

// 65536 / (n + 1.6)
constexpr auto kRates = [] {
  std::array<int32_t, kMaxCount + 1> rates{};
  for (int n = 0; n <= kMaxCount; ++n) rates[static_cast<size_t>(n)] = 327680 / (5 * n + 8);
  return rates;
}();

constexpr int32_t kBias = 256;
constexpr int16_t kFirstWeight = 32768 * 5 / 100;

static_assert(kOpinions + 2 * kBitContexts + 2 <= Mixer::kInputs);

}  // namespace

SampleCoder::SampleCoder(const MixerKernels& kernels, int32_t maximum)
    : maximum_(maximum),
      mixer_(kernels, kRows, std::span(kRows).first(2), Mixer::EvenRows(kFirstWeight)) {
  for (size_t i = 0; i < kBitContexts; ++i) adaptive_[i].resize(kBitContextSizes[i] * kNodes);
}

uint64_t SampleCoder::Memory() {
  uint64_t contexts = 0;
  for (const uint32_t size : kBitContextSizes) contexts += size;
  uint64_t rows = kNodes + 1 + 2 * kWeightContextSizes[0] * (kNodes / kNodeGroup);
  for (const uint32_t size : kWeightContextSizes) rows += size;
  return contexts * kNodes * sizeof(Adaptive) + rows * Mixer::kInputs * sizeof(int16_t);
}

void SampleCoder::Begin(const Prediction& prediction, const ColorTable* colors) {
  prediction_ = &prediction;
  colors_ = colors;
  low_ = 0;
  high_ = maximum_ + 1;
  for (size_t k = 0; k < kOpinions; ++k) {
    share_low_[k] = ShareBelow(prediction.opinions[k], low_);
    share_high_[k] = ShareBelow(prediction.opinions[k], high_);
  }
}

uint32_t SampleCoder::Ask(int32_t boundary, uint32_t node) {
  size_t i = 0;
  for (size_t k = 0; k < kOpinions; ++k) {
    share_[k] = ShareBelow(prediction_->opinions[k], boundary);
    mixer_.SetInput(i++, LogitOfShares(share_high_[k] - share_[k], share_[k] - share_low_[k]));
  }
  for (size_t k = 0; k < kBitContexts; ++k) {
    asked_[k] = &adaptive_[k][prediction_->bit_contexts[k] * kNodes + node];
    const bool is_known = asked_[k]->count != 0;
    mixer_.SetInput(i++, is_known ? Stretch(asked_[k]->p_q16) : 0);
    mixer_.SetInput(i++, is_known ? (asked_[k]->p_q16 - 32768) >> 5 : 0);
  }
  mixer_.SetInput(i++, colors_ != nullptr ? colors_->LogitQ8(low_, boundary, high_) : 0);
  mixer_.SetInput(i, kBias);
  const auto& contexts = prediction_->weight_contexts;
  const uint32_t energy_node = contexts[0] * (kNodes / kNodeGroup) + node / kNodeGroup;
  const int logit_q8 = mixer_.Predict(
      {.first = {node, energy_node, contexts[1], contexts[2], 0}, .final = {node, energy_node}});
  return static_cast<uint32_t>(Squash(logit_q8));
}

void SampleCoder::Learn(int32_t boundary, int bit) {
  mixer_.Update(bit);
  const int32_t target = bit != 0 ? 65535 : 0;
  for (Adaptive* const adaptive : asked_) {
    const int64_t step = (int64_t{target} - adaptive->p_q16) * kRates[adaptive->count] >> 16;
    adaptive->p_q16 = static_cast<uint16_t>(adaptive->p_q16 + step);
    if (adaptive->count < kMaxCount) ++adaptive->count;
  }
  if (bit != 0) {
    low_ = boundary;
    share_low_ = share_;
  } else {
    high_ = boundary;
    share_high_ = share_;
  }
}

}  // namespace lmz::image
