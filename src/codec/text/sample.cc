#include "codec/text/sample.h"

#include <span>

#include "codec/text/walk.h"
#include "entropy/logistic.h"
#include "entropy/random_code.h"

namespace lmz {

namespace {

using text::Layout;
using text::TextWalk;

// The logit whose probability is nearest below `p_q16` (1 .. 65535), by halves.
int Logit(int p_q16) {
  int low = -kMaxLogitQ8, high = kMaxLogitQ8;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (Squash(middle) <= p_q16) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

// In place of a decoder: gives the prompt's bits as they are and draws the others. Is told of bits
// alone, so it counts the bytes in the order of the walk.
class Sampler {
 public:
  Sampler(const Layout& layout, ByteSpan prompt, RandomCode& random, int temperature_milli)
      : layout_(layout), prompt_(prompt), random_(random), temperature_milli_(temperature_milli) {}

  int Code(int /*bit*/, uint32_t p1_q16) {
    const uint64_t at = layout_.LaneBegin(lane_) + step_;
    const int shift = 7 - bits_;
    if (++bits_ == 8) GoOn();
    if (at < prompt_.size()) return prompt_[static_cast<size_t>(at)] >> shift & 1;
    return random_.Code(0, Tempered(p1_q16));
  }

  bool overran() const { return random_.overran(); }
  static constexpr uint64_t written_size() { return 0; }

 private:
  // To the next byte that is coded.
  void GoOn() {
    bits_ = 0;
    do {
      if (++lane_ == layout_.lanes()) {
        lane_ = 0;
        ++step_;
      }
    } while (step_ < layout_.steps() && step_ >= layout_.LaneSize(lane_));
  }

  uint32_t Tempered(uint32_t p1_q16) const {
    if (temperature_milli_ == 1000) return p1_q16;
    return static_cast<uint32_t>(
        Squash(Logit(static_cast<int>(p1_q16)) * 1000 / temperature_milli_));
  }

  const Layout& layout_;
  const ByteSpan prompt_;
  RandomCode& random_;
  const int temperature_milli_;
  int lane_ = 0;
  uint64_t step_ = 0;
  int bits_ = 0;  // of this byte so far
};

}  // namespace

Result<uint64_t> SampleText(const SampleOptions& options, size_t prompt_size, MutableByteSpan block,
                            const BlockResources& resources) {
  if (block.empty() || block.size() > kMaxBlockRawSize || prompt_size > block.size()) {
    return Status(Code::kInvalidArgument, "a sample has 1 to 2^28 bytes, its prompt included");
  }
  if (options.temperature_milli < 1 || options.temperature_milli > kMaxTemperature) {
    return Status(Code::kInvalidArgument, "a temperature is 0.001 to 100");
  }
  const Layout layout = Layout::For(block.size());
  // A byte that is drawn takes eight bits at most, but for chance.
  RandomCode random(options.seed, block.size() - prompt_size);
  const Bytes prompt(block.begin(), block.begin() + static_cast<ptrdiff_t>(prompt_size));
  Sampler sampler(layout, prompt, random, options.temperature_milli);
  const size_t models = options.model == nullptr ? 0 : 1;
  LMZ_TRY(TextWalk(std::span(&options.model, models), layout, options.profile, block,
                   std::span(&sampler, 1), resources)
              .Run());
  return random.taken_bits();
}

}  // namespace lmz
