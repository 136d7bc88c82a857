#include "train/loop/sampler.h"

#include <cmath>

namespace lmz::train {

Sampler::Sampler(uint64_t seed, int64_t data_size, const BatchShape& batch, double jump_share)
    : random_state_(seed),
      data_size_(data_size),
      batch_(batch),
      jump_threshold_(static_cast<uint64_t>(std::ldexp(jump_share, 32))),
      positions_(static_cast<size_t>(batch.rows)),
      fresh_(static_cast<size_t>(batch.rows)) {}

void Sampler::Next() {
  for (size_t row = 0; row < positions_.size(); ++row) {
    fresh_[row] = !started_ || Random() >> 32 < jump_threshold_ ? 1 : 0;
    positions_[row] = fresh_[row] != 0
                          ? static_cast<int64_t>(Random() % static_cast<uint64_t>(data_size_))
                          : (positions_[row] + batch_.steps) % data_size_;
  }
  started_ = true;
}

void Sampler::Save(ByteWriter& out) const {
  out.U64(random_state_);
  out.U8(started_ ? 1 : 0);
  for (const int64_t position : positions_) out.U64(static_cast<uint64_t>(position));
}

Status Sampler::Load(ByteReader& in) {
  LMZ_ASSIGN(random_state_, in.U64());
  LMZ_ASSIGN(const uint8_t started, in.U8());
  started_ = started != 0;
  for (int64_t& position : positions_) {
    LMZ_ASSIGN(const uint64_t value, in.U64());
    position = static_cast<int64_t>(value % static_cast<uint64_t>(data_size_));
  }
  return OkStatus();
}

// SplitMix64 (Steele, Lea and Flood, 2014).
uint64_t Sampler::Random() {
  random_state_ += 0x9e3779b97f4a7c15u;
  uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace lmz::train
