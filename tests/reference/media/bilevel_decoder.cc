#include "tests/reference/media/bilevel_decoder.h"

#include <algorithm>

#include "tests/reference/input.h"
#include "tests/reference/text/arithmetic_decoder.h"
#include "tests/reference/text/mixing.h"

namespace lmz::reference {

namespace {

// 4.2
struct Cell {
  int64_t p = 1 << 17;
  int count = 0;
  uint32_t check = 0;
};

size_t CountClass(int count) {
  size_t of_count = 0;
  size_t j = 0;
  for (const int first : {0, 1, 2, 3, 4, 5, 6, 8, 12, 18, 26, 40, 60}) {
    if (first <= count) of_count = j;
    ++j;
  }
  return of_count;
}

size_t Grade(int count) {
  return count == 0 ? 0 : count <= 2 ? 1 : count < 12 ? 2 : 3;
}

uint64_t RunClass(uint64_t r) {
  return r < 16 ? r : r < 64 ? 16 + (r - 16) / 4 : r < 512 ? 28 + (r - 64) / 32 : 42;
}

class Picture {
 public:
  Picture(int64_t width, uint64_t size)
      : width_(width), cells_(PowerOfTwo(16 * size, 1 << 12, 1 << 23)) {
    for (size_t t = 0; t < 64; ++t) {
      const int p = Squash(64 * static_cast<int>(t) - 2016);
      for (auto& of_context : trust_) {
        for (auto& of_class : of_context) of_class[t] = {p, p};
      }
    }
    const std::vector<int> first(33, 6554);
    const std::vector<int> second(4, 8192);
    for (const size_t rows : {1024u, 64u, 128u, 256u}) first_.emplace_back(rows, first, 2047, 10);
    for (const size_t rows : {256u, 64u}) second_.emplace_back(rows, second, 3071, 6);
  }

  int DecodePixel(ArithmeticDecoder& decoder) {
    int bit = 0;
    const int colour = PlainColour();
    if (colour >= 0) {
      const size_t f = Left(32, 17) != (colour == 1 ? 0xFFFFu : 0) ? 1 : 0;
      const size_t g = Up(5, -2, 2) != (colour == 1 ? 31u : 0) ? 1 : 0;
      int64_t& p = plain_[4 * static_cast<size_t>(colour) + f + 2 * g];
      bit = decoder.Decode(static_cast<int>(std::clamp<int64_t>(p >> 16, 1, 65535)));
      p = p - (p >> 10) + (bit == 1 ? (1 << 22) - 1 : 0);
    } else {
      bit = DecodeMixed(decoder);
    }
    runs_.push_back(bit == static_cast<int>(Left(1, 1)) ? Run() + 1 : 0);
    pixels_.push_back(bit);
    return bit;
  }

 private:
  uint64_t Pixel(int64_t i) const {
    return i < 0 ? 0 : uint64_t(pixels_.at(static_cast<size_t>(i)));
  }
  int64_t Next() const { return static_cast<int64_t>(pixels_.size()); }
  uint64_t Run() const { return runs_.empty() ? 0 : runs_.back(); }
  uint64_t Up(int64_t k, int64_t a, int64_t b) const {
    uint64_t number = 0;
    for (int64_t d = a; d <= b; ++d) number = number * 2 + Pixel(Next() - k * width_ + d);
    return number;
  }
  uint64_t Up(int64_t k, int64_t d) const { return Up(k, d, d); }
  uint64_t Left(int64_t a, int64_t b) const {
    uint64_t number = 0;
    for (int64_t d = a; d >= b; --d) number = number * 2 + Pixel(Next() - d);
    return number;
  }

  // 3; -1: not plain.
  int PlainColour() const {
    const std::array<uint64_t, 6> numbers = {Left(16, 3),  Up(1, -8, 8), Up(2, -8, 8),
                                             Up(3, -6, 6), Up(4, -4, 4), Left(2, 1)};
    const std::array<uint64_t, 6> ones = {(1 << 14) - 1, (1 << 17) - 1, (1 << 17) - 1,
                                          (1 << 13) - 1, (1 << 9) - 1,  3};
    if (numbers == ones) return 1;
    return numbers == std::array<uint64_t, 6>{} ? 0 : -1;
  }

  uint64_t Alike(int64_t step) const {
    uint64_t alike = 0;
    while (alike < 16 && Up(1, step * static_cast<int64_t>(alike + 1)) == Up(1, 0)) ++alike;
    return alike;
  }

  // 4.1
  std::array<uint64_t, 12> Contexts() const {
    const uint64_t run_before = runs_.size() < 3 ? 0 : runs_[runs_.size() - 3];
    const auto column = static_cast<uint64_t>(Next() % width_);
    return {
        Left(8, 3) + (Up(1, -4, 4) << 8) + (Up(2, -3, 3) << 17) + (Up(3, -1, 1) << 24),
        Left(10, 3) + (Up(1, -5, 5) << 10) + (Up(2, -5, 5) << 21) + (Up(3, -4, 4) << 32),
        (Left(14, 3) + (Up(1, -7, 7) << 14) + (Up(2, -7, 7) << 29) + (Up(3, -6, 6) << 44)) *
                0x9E3779B97F4A7C15 +
            Up(4, -4, 4),
        Left(3, 3) + (Up(1, -1, 1) << 3) + (Up(2, -1, 1) << 6) + (Up(3, -1, 1) << 9) +
            (Up(4, -1, 1) << 12) + (Up(5, -1, 1) << 15) + (Up(6, -1, 1) << 18),
        Left(4, 3) + (Up(1, -8, 8) << 4),
        Left(20, 3) + (Up(1, 0, 2) << 20),
        RunClass(run_before) | Alike(1) << 6 | Up(1, 0) << 12 | Alike(-1) << 13 | Left(3, 3) << 20,
        Left(4, 4) + Left(6, 6) * 2 + Left(8, 8) * 4 + Left(12, 12) * 8 + Left(16, 16) * 16 +
            (Up(4, 0) << 5) + (Up(8, 0) << 6) + (Up(4, -4) << 7) + (Up(4, 4) << 8) +
            (Up(2, -2) << 9) + (Up(2, 2) << 10) + (Up(8, -8) << 11) + (Up(8, 8) << 12) +
            (Up(1, -1, 1) << 13),
        column + (Up(1, 0) << 20),
        (Up(1, -2, 1) << 2) + (Up(2, -3, 3) << 6) + (Up(3, -3, 3) << 13) + (Up(4, -3, 3) << 20) +
            (Up(5, -2, 2) << 27),
        column % 8 + (Left(40, 3) << 3),
        Up(1, -2, 3) + (Up(2, -2, 2) << 6) + (Up(3, -2, 2) << 11) + (Up(4, -1, 1) << 16) +
            (Left(5, 3) << 20) + (Up(5, -1, 1) << 26)};
  }

  // 4 to 6
  int DecodeMixed(ArithmeticDecoder& decoder) {
    const std::array<uint64_t, 12> x = Contexts();
    const auto latest = static_cast<uint32_t>(Left(2, 1));
    std::array<Cell*, 12> cells{};
    std::array<Pair*, 12> trusts{};
    std::array<size_t, 12> grades{};
    std::vector<int> inputs(33);
    uint32_t first_hash = 0;
    for (size_t k = 0; k < 12; ++k) {
      const uint64_t mixed = (x[k] + (k + 1) * 0xABCDEF1234567) * 0x9E3779B97F4A7C15;
      const auto hash = static_cast<uint32_t>(((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9) >> 32);
      if (k == 0) first_hash = hash;
      const auto number = static_cast<size_t>(uint64_t{hash} * cells_.size() >> 32);
      Cell& cell = cells_[number / 4 * 4 + latest];
      if (cell.check != hash % 256) cell = {1 << 17, 0, hash % 256};
      const int s = Stretch(static_cast<int>(cell.p >> 2));
      Pair& trust = trust_[k][CountClass(cell.count)][static_cast<size_t>((s + 2048) >> 6)];
      if (cell.count != 0) {
        inputs[k] = s;
        inputs[16 + k] = Stretch(trust.Prediction());
      }
      grades[k] = Grade(cell.count);
      cells[k] = &cell;
      trusts[k] = &trust;
    }
    inputs[32] = 256;
    const auto near = static_cast<uint32_t>((Up(1, -2, 2) << 2) + (Up(2, -1, 1) << 7)) + latest;
    const size_t known = grades[2] * 16 + grades[1] * 4 + grades[0];
    const size_t run = std::min<uint64_t>(Run(), 31);
    std::vector<int> logits;
    size_t set = 0;
    for (const size_t row : {size_t{near}, known, run * 4 + latest, size_t(Left(8, 1))}) {
      logits.push_back(first_[set++].Mix(inputs, row));
    }
    const int logit = (second_[0].Mix(logits, near % 256) + second_[1].Mix(logits, known)) / 2;
    const int refined = near_map_.Refine(logit, near) +
                        wide_map_.Refine(logit, ((first_hash >> 18) ^ latest) % 4096);
    const int bit = decoder.Decode(std::clamp((2 * Squash(logit) + refined) / 4, 1, 65535));
    for (WeightSet& weights : first_) weights.Learn(inputs, bit);
    for (WeightSet& weights : second_) weights.Learn(logits, bit);
    near_map_.Learn(bit);
    wide_map_.Learn(bit);
    for (size_t k = 0; k < 12; ++k) {
      Cell& cell = *cells[k];
      cell.p += (((1 << 18) - 1) * bit - cell.p) * (131072 / (2 * cell.count + 3)) >> 16;
      cell.count = std::min(cell.count + 1, 60);
      trusts[k]->Learn(bit, 5, 8);
    }
    return bit;
  }

  int64_t width_;
  std::vector<int> pixels_;
  std::vector<uint64_t> runs_;  // [pixel]: Run after it
  std::array<int64_t, 8> plain_ = {1 << 22,
                                   1 << 22,
                                   1 << 22,
                                   1 << 22,
                                   (int64_t{1} << 32) - 1 - (1 << 22),
                                   (int64_t{1} << 32) - 1 - (1 << 22),
                                   (int64_t{1} << 32) - 1 - (1 << 22),
                                   (int64_t{1} << 32) - 1 - (1 << 22)};
  std::vector<Cell> cells_;
  std::array<std::array<std::array<Pair, 64>, 13>, 12> trust_;
  std::vector<WeightSet> first_;
  std::vector<WeightSet> second_;
  ProbabilityMap near_map_{1 << 10};
  ProbabilityMap wide_map_{1 << 12};
};

}  // namespace

Decoded DecodeBilevelCodec(const Bytes& payload, uint64_t size) {
  Input input(payload);
  const uint64_t width = input.Varint();
  const uint64_t flags = input.Number(1);
  Require(width >= 32 && width <= 65536, "Width");
  Require(flags <= 1, "Flags");
  ArithmeticDecoder decoder(payload, input.position());
  Picture picture(static_cast<int64_t>(width), size);
  Decoded decoded{};
  for (uint64_t j = 0; j < size; ++j) {
    uint32_t byte = 0;
    for (uint32_t k = 0; k < 8; ++k) {
      const uint32_t place = flags == 1 ? k : 7 - k;
      byte |= static_cast<uint32_t>(picture.DecodePixel(decoder)) << place;
    }
    decoded.raw.push_back(static_cast<uint8_t>(byte));
    if (decoder.HasOverrun()) throw Damage("truncated: Code is overrun");
  }
  if (decoder.HasUnread()) throw Damage("bytes of Code are left");
  decoded.fingerprint = decoder.Fingerprint();
  return decoded;
}

}  // namespace lmz::reference
