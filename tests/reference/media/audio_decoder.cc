#include "tests/reference/media/audio_decoder.h"

#include <xxhash.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <map>

#include "tests/reference/input.h"
#include "tests/reference/media/audio_predictor.h"
#include "tests/reference/text/arithmetic_decoder.h"
#include "tests/reference/text/mixing.h"

namespace lmz::reference {

namespace {

using Shape = std::vector<int64_t>;
using Wide = boost::multiprecision::uint128_t;

uint64_t Mul(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((Wide(a) * b) >> 62);
}

// 7.2
std::array<Shape, 3> MakeShapes() {
  const uint64_t one = uint64_t{1} << 62;
  std::array<Shape, 3> shapes;
  shapes.fill(Shape(1537));
  std::vector<Wide> areas(769);
  uint64_t logistic = one, laplace = one, g = one, r = 4610252700927136595;
  for (size_t i = 0; i <= 768; ++i) {
    shapes[0][768 + i] = static_cast<int64_t>((Wide(1) << 93) / (one + logistic));
    shapes[1][768 - i] = static_cast<int64_t>(laplace >> 32);
    logistic = Mul(logistic, 4416165660797809419);
    laplace = Mul(laplace, 4469799356029710115);
    const uint64_t next = Mul(g, r);
    if (i < 768) areas[i + 1] = areas[i] + (g >> 8) + (next >> 8);
    g = next;
    r = Mul(r, 4608819828903669334);
  }
  for (size_t i = 0; i <= 768; ++i) {
    shapes[2][768 + i] = (1 << 30) + static_cast<int64_t>((areas[i] << 30) / areas[768]);
    shapes[0][768 - i] = (int64_t{1} << 31) - shapes[0][768 + i];
    shapes[1][768 + i] = (int64_t{1} << 31) - shapes[1][768 - i];
    shapes[2][768 - i] = (int64_t{1} << 31) - shapes[2][768 + i];
  }
  return shapes;
}

const std::array<Shape, 3>& Shapes() {
  static const std::array<Shape, 3> shapes = MakeShapes();
  return shapes;
}

// 7.3
struct Distribution {
  size_t shape;
  int64_t p;
  int64_t m;

  int64_t Below(int64_t v) const {
    const int64_t d = ClampWide(256 * v - 128 - p, 24 * m - 1);
    const int64_t o = ((d * ((int64_t{1} << 40) / m)) >> 19) + (24 << 21);
    const Shape& t = Shapes()[shape];
    const size_t k = static_cast<size_t>(o >> 16);
    return t[k] + (((t[k + 1] - t[k]) * (o & 65535)) >> 16) + (o >> 11);
  }
};

int64_t Grade(int64_t x) {
  return std::clamp<int64_t>(x, 0, 15);
}

// 8
class Model {
 public:
  Model(int64_t low, int64_t high)
      : low_(low), high_(high), by_level_(52 * 64), by_trend_(52 * 64), by_last_(52 * 64) {}

  int64_t DecodeSample(ArithmeticDecoder& decoder, const std::array<int64_t, 6>& p) {
    Begin(p);
    from_ = low_;
    to_ = high_ + 1;
    const bool is_low = !Ask(decoder, center_, 0);
    const auto exceeds = [&](int64_t m, int node) {
      return is_low ? !Ask(decoder, center_ - m, node) : Ask(decoder, center_ + m, node);
    };
    const int side = is_low ? 1 : 0;
    int64_t least = 0;
    int64_t w = width_;
    int bucket = 0;
    while (exceeds(least + Shift(1, w), 1 + 8 * side + std::min(bucket, 7))) {
      least += Shift(1, w);
      if (bucket != 0) ++w;
      ++bucket;
    }
    int node = 17 + 20 * side + 4 * std::min(bucket, 3);
    for (int64_t b = w - 1; b >= 0; --b) {
      const bool is_far = exceeds(least + Shift(1, b), node);
      if (is_far) least += Shift(1, b);
      const bool was_first = b == w - 1;
      node = was_first ? node + (is_far ? 2 : 1) : kNoNode;
    }
    const int64_t sample = is_low ? center_ - 1 - least : center_ + least;
    for (size_t i = 0; i < 8; ++i) means_[i].Learn(256 * sample - p[kMeanOf[i]]);
    last_ = 256 * sample - p[5];
    return sample;
  }

 private:
  static constexpr int kNoNode = -1;
  static constexpr std::array<size_t, 8> kMeanOf = {5, 5, 5, 5, 4, 0, 1, 2};

  void Begin(const std::array<int64_t, 6>& p) {
    const std::array<size_t, 10> mean = {0, 1, 3, 1, 2, 2, 4, 5, 6, 7};
    const std::array<size_t, 10> shape = {0, 0, 0, 2, 1, 2, 0, 0, 0, 0};
    for (size_t i = 0; i < 10; ++i) {
      distributions_[i] = {shape[i], p[kMeanOf[mean[i]]], means_[mean[i]].Value()};
    }
    const int64_t e1 = means_[1].Value();
    const int64_t e2 = means_[2].Value();
    const int64_t scale = (3 * e1 + 5 * e2) >> 3;
    width_ = std::max<int64_t>(0, Bits(scale >> 8) - 1);
    fraction_ = (scale >> (Bits(scale) - 3)) & 3;
    level_ = std::min<int64_t>(63, 2 * Bits(scale) + (fraction_ >> 1));
    const int64_t ratio = 16 * e1 / (e2 + 1);
    const int64_t next_bit = Bits(ratio) >= 2 ? (ratio >> (Bits(ratio) - 2)) & 1 : 0;
    trend_ = Grade(2 * Bits(ratio) - 4 + next_bit);
    surprise_ = Grade(Bits((std::abs(last_) >> 8) * 2048 / (scale + 1)));
    dissent_ = Grade(2 * Bits(std::abs(p[0] - p[1]) * 8 / (scale + 1)));
    center_ = std::clamp((p[5] + 128) >> 8, low_, high_);
    remnant_ = ((p[5] + 128) >> 4) & 15;
  }

  bool Ask(ArithmeticDecoder& decoder, int64_t split, int node) {
    if (split <= from_) return true;
    if (split >= to_) return false;
    const int p = node == kNoNode ? Probability(4, split) : Mix(split, node);
    const int bit = decoder.Decode(std::clamp(p, 32, 65504));
    if (node != kNoNode) Learn(bit);
    (bit == 1 ? from_ : to_) = split;
    return bit == 1;
  }

  int Probability(size_t i, int64_t split) const {
    const int64_t b = distributions_[i].Below(from_);
    const int64_t s = distributions_[i].Below(split);
    const int64_t t = distributions_[i].Below(to_);
    if (t <= b) return 32768;
    return static_cast<int>(std::clamp<int64_t>((t - s) * 65536 / (t - b), 1, 65535));
  }

  int Mix(int64_t split, int node) {
    inputs_.assign(14, 0);
    for (size_t i = 0; i < 10; ++i) inputs_[i] = Stretch(Probability(i, split));
    const auto at = [](int64_t index) { return static_cast<size_t>(index); };
    const int64_t last = node == 0 ? remnant_ : surprise_;
    pairs_ = {&by_level_[at(64 * node + level_)],
              &by_trend_[at((16 * node + trend_) * 4 + fraction_)],
              &by_last_[at((16 * node + last) * 4 + fraction_)]};
    for (size_t i = 0; i < 3; ++i) inputs_[10 + i] = Stretch(pairs_[i]->Prediction());
    inputs_[13] = 256;
    const int64_t g = 16 * node;
    const std::array<int64_t, 5> rows = {node, g + trend_, g + dissent_, g + surprise_,
                                         g + Grade(width_)};
    set_logits_.assign(5, 0);
    for (size_t s = 0; s < 5; ++s) set_logits_[s] = sets_[s].Mix(inputs_, at(rows[s]));
    const int final0 = final_sets_[0].Mix(set_logits_, at(node));
    const int final1 = final_sets_[1].Mix(set_logits_, at(g + trend_));
    const int logit = (final0 + final1) / 2;
    const int refined = map_.Refine(logit, static_cast<uint32_t>(64 * node + level_));
    return (3 * Squash(logit) + refined) / 4;
  }

  void Learn(int bit) {
    for (WeightSet& set : sets_) set.Learn(inputs_, bit);
    for (WeightSet& set : final_sets_) set.Learn(set_logits_, bit);
    map_.Learn(bit);
    for (Pair* pair : pairs_) pair->Learn(bit, 5, 7);
  }

  int64_t low_, high_;
  int64_t from_ = 0, to_ = 0;
  std::array<Distribution, 10> distributions_{};
  std::array<MeanOfErrors, 8> means_ = {MeanOfErrors(2), MeanOfErrors(3), MeanOfErrors(5),
                                        MeanOfErrors(7), MeanOfErrors(5), MeanOfErrors(5),
                                        MeanOfErrors(5), MeanOfErrors(5)};
  int64_t last_ = 0;
  int64_t width_ = 0, fraction_ = 0, level_ = 0, trend_ = 0, surprise_ = 0, dissent_ = 0;
  int64_t center_ = 0, remnant_ = 0;
  std::vector<Pair> by_level_, by_trend_, by_last_;
  std::array<Pair*, 3> pairs_{};
  std::vector<int> inputs_;
  std::vector<int> set_logits_;
  std::vector<WeightSet> sets_ =
      std::vector<WeightSet>(5, WeightSet(52 * 16, std::vector<int>(14, 1638), 2047, 10));
  std::vector<WeightSet> final_sets_ =
      std::vector<WeightSet>(2, WeightSet(52 * 16, std::vector<int>(5, 6553), 3071, 6));
  ProbabilityMap map_{4096};
};

// 2
struct Fields {
  uint64_t sample_bytes = 0, channels = 0, offset = 0, frames = 0;
  bool is_high_first = false, is_unsigned = false, is_float = false;
  int64_t half = 0, low = 0, high = 0;
  uint64_t shift = 0, low_plus_one = 1, exponent = 0;

  bool HasLowBits() const { return low_plus_one == 0; }
};

// 9.1
void ReadSplit(Input& input, Fields& fields) {
  fields.shift = input.Number(1);
  fields.low_plus_one = input.Varint();
  if (fields.is_float) fields.exponent = input.Number(1);
  const auto bits = static_cast<int64_t>(8 * fields.sample_bytes);
  const auto shift = static_cast<int64_t>(fields.shift);
  const auto too = [](bool condition) {
    if (condition) throw Damage("an impossible split");
  };
  if (fields.is_float) {
    too(shift > 22 || fields.low_plus_one > 1 || fields.exponent < 25 || fields.exponent > 254);
    const int64_t limit = int64_t{1} << (23 - shift);
    too(fields.low <= -limit || fields.high >= limit);
  } else {
    too(shift > bits - 2 || fields.low_plus_one > uint64_t{1} << shift);
    too(fields.HasLowBits() && shift == 0);
    const int64_t limit = int64_t{1} << (std::min<int64_t>(bits - shift, 24) - 1);
    too(fields.low < -limit || fields.high >= limit);
  }
}

Fields ReadFields(Input& input, uint64_t n) {
  Fields fields;
  const uint64_t format = input.Number(1);
  if (format == 0) return fields;
  const bool has_split = (format & 16) != 0;
  fields.sample_bytes = format & 3;
  if (fields.sample_bytes == 0 && has_split) fields.sample_bytes = 4;
  fields.is_high_first = (format & 4) != 0;
  fields.is_unsigned = (format & 8) != 0;
  fields.is_float = (format & 32) != 0;
  fields.channels = input.Number(1);
  const bool is_odd_float = fields.is_float && (fields.sample_bytes != 4 || fields.is_unsigned);
  if (format > 63 || fields.sample_bytes == 0 || is_odd_float || fields.channels < 1 ||
      fields.channels > 16) {
    throw Damage("newer version: Format");
  }
  fields.offset = input.Varint();
  fields.frames = input.Varint();
  const uint64_t lowest = input.Varint();
  const uint64_t span = input.Varint();
  fields.half = int64_t{1} << (8 * std::min<uint64_t>(fields.sample_bytes, 3) - 1);
  const auto values = static_cast<uint64_t>(2 * fields.half);
  if (fields.frames == 0 || fields.offset > n ||
      fields.frames > (n - fields.offset) / (fields.channels * fields.sample_bytes) ||
      lowest >= values || span == 0 || span >= values - lowest) {
    throw Damage("samples that do not fit");
  }
  fields.low = static_cast<int64_t>(lowest) - fields.half;
  fields.high = fields.low + static_cast<int64_t>(span);
  if (has_split) ReadSplit(input, fields);
  return fields;
}

// 9.3
class LowBits {
 public:
  uint64_t Decode(ArithmeticDecoder& decoder, int64_t high_bits, uint64_t count) {
    uint64_t low = 0;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t left = count - 1 - i;
      const std::array<uint64_t, 3> place =
          i < 8 ? std::array<uint64_t, 3>{0, i, low} : std::array<uint64_t, 3>{1, left, low != 0};
      Pair& pair = pairs_[static_cast<size_t>(high_bits)][place];
      const int bit = decoder.Decode(std::clamp(pair.Prediction(), 32, 65504));
      pair.Learn(bit, 6, 8);
      low = 2 * low + static_cast<uint64_t>(bit);
    }
    return low;
  }

 private:
  std::array<std::map<std::array<uint64_t, 3>, Pair>, 25> pairs_;
};

// 9.2
uint64_t Join(const Fields& fields, int64_t high, LowBits& low_bits, ArithmeticDecoder& decoder) {
  const int64_t magnitude = std::abs(high) << (fields.is_float ? fields.shift : 0);
  const int64_t bits = Bits(magnitude);
  uint64_t low = fields.low_plus_one - 1;
  if (fields.HasLowBits()) {
    uint64_t count = fields.shift;
    if (fields.is_float) count = bits == 0 ? 32 : static_cast<uint64_t>(24 - bits);
    low = low_bits.Decode(decoder, bits, count);
  }
  if (!fields.is_float) {
    const uint64_t word = (static_cast<uint64_t>(high) << fields.shift) + low;
    return fields.is_unsigned ? word + (uint64_t{1} << (8 * fields.sample_bytes - 1)) : word;
  }
  if (high == 0) return low;
  const auto down = static_cast<uint64_t>(24 - bits);
  const uint64_t significand = (static_cast<uint64_t>(magnitude) << down) + low;
  return (high < 0 ? uint64_t{1} << 31 : 0) + ((fields.exponent + 1 - down) << 23) +
         significand % (1 << 23);
}

// 3
void DecodeSamples(ArithmeticDecoder& decoder, const Fields& fields, Bytes& samples) {
  const int64_t headroom = std::min<int64_t>(8, 15 - Bits(std::max(fields.high, -1 - fields.low)));
  const size_t channels = fields.channels;
  std::vector<Predictor> predictors(channels, Predictor(channels > 1, headroom));
  std::vector<Model> models(channels, Model(fields.low, fields.high));
  std::vector<LowBits> low_bits(channels);
  std::vector<Predictor::Samples> histories(channels, Predictor::Samples(32));
  for (uint64_t frame = 0; frame < fields.frames; ++frame) {
    for (size_t c = 0; c < channels; ++c) {
      const auto* partner = channels > 1 ? &histories[c == 0 ? 1 : c - 1] : nullptr;
      const int64_t sample =
          models[c].DecodeSample(decoder, predictors[c].Predict(histories[c], partner));
      predictors[c].Learn(sample);
      histories[c].push_front(sample);
      histories[c].pop_back();
      const uint64_t value = Join(fields, sample, low_bits[c], decoder);
      for (uint64_t i = 0; i < fields.sample_bytes; ++i) {
        const uint64_t place = fields.is_high_first ? fields.sample_bytes - 1 - i : i;
        samples.push_back(static_cast<uint8_t>(value >> (8 * place)));
      }
    }
    if (decoder.HasOverrun()) throw Damage("truncated: Code");
  }
}

}  // namespace

Decoded DecodeAudioCodec(const Bytes& payload, uint64_t size) {
  Input input(payload);
  const Fields fields = ReadFields(input, size);
  const Bytes around_payload = input.Take(input.Varint());
  const uint64_t around_size = size - fields.frames * fields.channels * fields.sample_bytes;
  Decoded decoded = {{}, 0};
  if (around_size != 0) {
    decoded = DecodeBytesCodec(around_payload, around_size);
  } else if (!around_payload.empty()) {
    throw Damage("Around, but nothing is around");
  }
  if (fields.frames == 0) {
    if (input.Left() != 0) throw Damage("bytes behind the payload");
    return decoded;
  }
  ArithmeticDecoder decoder(payload, input.position());
  Bytes samples;
  DecodeSamples(decoder, fields, samples);
  if (decoder.HasUnread()) throw Damage("bytes behind Code");
  decoded.raw.insert(decoded.raw.begin() + static_cast<std::ptrdiff_t>(fields.offset),
                     samples.begin(), samples.end());
  decoded.fingerprint ^= decoder.Fingerprint();
  return decoded;
}

uint64_t ShapesChecksum() {
  Bytes bytes;
  for (const Shape& shape : Shapes()) {
    for (const int64_t value : shape) {
      for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace lmz::reference
