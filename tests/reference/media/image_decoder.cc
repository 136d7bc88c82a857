#include "tests/reference/media/image_decoder.h"

#include <algorithm>
#include <map>

#include "tests/reference/input.h"
#include "tests/reference/media/image_numbers.h"
#include "tests/reference/text/arithmetic_decoder.h"
#include "tests/reference/text/mixing.h"
#include "tests/reference/text/squares.h"

namespace lmz::reference {

namespace {

// 2.
struct Geometry {
  int64_t width = 0, height = 0, channels = 1, sample_bytes = 1, sample_bits = 8;
  int64_t period = 0, offset = 0, padding = 0;
  bool is_upper_first = false, is_planar = false;

  int64_t PixelSize() const { return sample_bytes * (is_planar ? 1 : channels); }
  int64_t Rows() const { return height * (is_planar ? channels : 1); }
  int64_t PixelRow() const { return width * PixelSize(); }
  int64_t Row() const { return PixelRow() + padding; }
};

Geometry ReadGeometry(Input& input, uint64_t size) {
  Geometry g;
  g.width = static_cast<int64_t>(input.Varint());
  if (g.width == 0) return g;
  const uint64_t height = input.Varint();
  const uint64_t format = input.Number(1);
  const uint64_t period = input.Number(1);
  g.period = static_cast<int64_t>(period % 128);
  g.is_planar = period >= 128;
  const uint64_t offset = input.Varint();
  const uint64_t padding = input.Varint();
  Require(g.width >= 16 && g.width <= 1 << 15, "Width");
  Require(height >= 1 && height <= 1 << 28, "Height");
  Require(offset <= uint64_t{1} << 32, "Offset");
  Require(padding <= 1 << 16, "Padding");
  g.height = static_cast<int64_t>(height);
  g.offset = static_cast<int64_t>(offset);
  g.padding = static_cast<int64_t>(padding);
  g.channels = static_cast<int64_t>(format % 4) + 1;
  g.sample_bytes = static_cast<int64_t>(format / 4 % 2) + 1;
  g.is_upper_first = format / 8 % 2 == 1;
  g.sample_bits = static_cast<int64_t>(format / 16) + 8;
  Require(g.sample_bits <= 8 * g.sample_bytes, "Sample_Bits");
  Require(!g.is_upper_first || g.sample_bytes == 2, "bit 3 without bit 2");
  Require(g.period <= 32, "Period");
  Require(g.period == 0 || (g.channels >= 3 && g.sample_bits == 8), "Period without colours");
  Require(!g.is_planar || (g.channels > 1 && g.Rows() <= 1 << 28), "planes");
  Require(static_cast<uint64_t>(g.offset + g.Rows() * g.Row()) <= size, "the rows' end");
  return g;
}

// Planes of numbers with what 3 says about their outside.
class Planes {
 public:
  Planes(const Geometry& g, int64_t before)
      : width_(g.width),
        height_(g.height),
        before_(before),
        values_(static_cast<size_t>(g.channels), Numbers(static_cast<size_t>(width_ * height_))) {}

  int64_t Get(int64_t p, int64_t x, int64_t y) const {
    if (y < 0) return before_;
    if (y == height_) return Get(p, x, y - 1);
    if (x < 0) return Get(p, 0, y - 1);
    return values_[static_cast<size_t>(p)][Place(std::min(x, width_ - 1), y)];
  }
  void Set(int64_t p, int64_t x, int64_t y, int64_t value) {
    values_[static_cast<size_t>(p)][Place(x, y)] = value;
  }

 private:
  size_t Place(int64_t x, int64_t y) const { return static_cast<size_t>(y * width_ + x); }

  int64_t width_;
  int64_t height_;
  int64_t before_;
  std::vector<Numbers> values_;
};

// What a colour table holds; empty outside planes 1 and 2.
using ColorCounts = std::map<std::vector<int64_t>, int64_t>;

struct Spread {
  int64_t mean;
  int64_t count = 0;
};

struct Cell {
  int p = 32768;
  int seen = 0;
};

constexpr size_t kBlend = 6;
constexpr size_t kOpinions = 9;

class PlaneDecoder {
 public:
  PlaneDecoder(const Geometry& g, int64_t plane, Planes& samples, Planes& hardness,
               ColorCounts& colors, ArithmeticDecoder& decoder)
      : g_(g),
        p_(plane),
        depth_(g.sample_bits - 8),
        max_((int64_t{1} << g.sample_bits) - 1),
        samples_(samples),
        hardness_(hardness),
        colors_(colors),
        decoder_(decoder),
        neighbours_(MakeNeighbours()),
        squares_(static_cast<size_t>(g.width), neighbours_.size()) {
    for (size_t k = 0; k <= kBlend; ++k) errors_.push_back(MakeErrors());
    for (const size_t rows : {128u, 768u, 1331u, 576u, 1u}) {
      first_.emplace_back(rows, std::vector<int>(21, 1638), 2047, 10);
    }
    for (const size_t rows : {128u, 768u})
      final_.emplace_back(rows, std::vector<int>(5, 6553), 3071, 6);
  }

  void Decode() {
    for (y_ = 0; y_ < g_.height; ++y_) {
      squares_.BeginRow();
      for (x_ = 0; x_ < g_.width; ++x_) DecodeSample();
      squares_.EndRow();
      Require(!decoder_.HasOverrun(), "truncated: the code is overrun");
    }
  }

 private:
  struct Neighbour {
    int64_t plane, dx, dy;
  };
  struct Opinion {
    size_t guess;
    Spread* spread;
    int64_t inverse;
  };

  // 5.1
  std::vector<Neighbour> MakeNeighbours() const {
    constexpr int kOwn[16][2] = {{-1, 0}, {0, -1},  {-1, -1}, {1, -1},  {-2, 0}, {0, -2},
                                 {2, -1}, {-2, -1}, {1, -2},  {-1, -2}, {-3, 0}, {0, -3},
                                 {2, -2}, {-2, -2}, {3, -1},  {-3, -1}};
    constexpr int kOther[11][2] = {{0, 0},   {-1, 0}, {0, -1}, {1, 0},  {0, 1}, {1, -1},
                                   {-1, -1}, {1, 1},  {-1, 1}, {-2, 0}, {0, -2}};
    std::vector<Neighbour> all;
    for (const auto& at : kOwn) all.push_back({p_, at[0], at[1]});
    for (int64_t q = p_ - 1; q >= 0 && q >= p_ - 2; --q) {
      for (const auto& at : kOther) all.push_back({q, at[0], at[1]});
    }
    return all;
  }

  // E(k, x, y) of this row and the one above: [y mod 2][x + 2].
  Matrix MakeErrors() const {
    return Matrix(2, Numbers(static_cast<size_t>(g_.width) + 3, int64_t{128} << depth_));
  }
  int64_t Error(size_t k, int64_t dx, int64_t dy) {
    const int64_t x = x_ + dx;
    const Matrix& rows = errors_[k];
    const auto above = static_cast<size_t>((y_ + 1) % 2);
    if (x < 0) return rows[above][2];
    if (dy != 0 && x == g_.width && y_ > 0) return rows[above][static_cast<size_t>(x + 1)];
    return rows[dy != 0 ? above : static_cast<size_t>(y_ % 2)][static_cast<size_t>(x + 2)];
  }

  int64_t S(int64_t dx, int64_t dy) const { return samples_.Get(p_, x_ + dx, y_ + dy); }
  int64_t Base(int64_t plane) const {
    return (samples_.Get(plane, x_ - 1, y_) + samples_.Get(plane, x_, y_ - 1)) >> 1;
  }
  int64_t Scaled(int64_t difference) const {
    const int64_t up = std::max<int64_t>(12 - g_.sample_bits, 0);
    const int64_t down = std::max<int64_t>(g_.sample_bits - 12, 0);
    return std::clamp<int64_t>(difference * (int64_t{1} << up) >> down, -4095, 4095);
  }

  // 4. and 5.
  void Guess() {
    inputs_.clear();
    for (const Neighbour& at : neighbours_) {
      inputs_.push_back(Scaled(samples_.Get(at.plane, x_ + at.dx, y_ + at.dy) - Base(at.plane)));
    }
    const int64_t up = std::max<int64_t>(12 - g_.sample_bits, 0);
    const int64_t down = std::max<int64_t>(g_.sample_bits - 12, 0);
    const int64_t sum = squares_.Predict(static_cast<size_t>(x_), inputs_);
    const int64_t w = S(-1, 0), n = S(0, -1), nw = S(-1, -1), ne = S(1, -1);
    guess_[0] = 64 * Base(p_) + (sum >> (14 + up)) * (int64_t{1} << down);
    guess_[1] = 64 * n + 32 * (ne - S(1, -2));
    guess_[2] = 64 * std::clamp(w + n - nw, std::min(w, n), std::max(w, n));
    if (p_ == 0) {
      guess_[3] = 32 * (2 * w - S(-2, 0) + 2 * n - S(0, -2));
      guess_[4] = 64 * (w + ne - n);
      guess_[5] = 32 * (w + ne);
    } else {
      const int64_t l = samples_.Get(p_ - 1, x_, y_);
      const int64_t lw = samples_.Get(p_ - 1, x_ - 1, y_);
      const int64_t ln = samples_.Get(p_ - 1, x_, y_ - 1);
      guess_[3] = 32 * (w + n) + 64 * l - 32 * (lw + ln);
      guess_[4] = 64 * (w + samples_.Get(0, x_, y_) - samples_.Get(0, x_ - 1, y_));
      guess_[5] = 64 * (n + l - ln);
    }
    for (size_t k = 0; k <= kBlend; ++k) {
      energy_[k] = (2 * (Error(k, -1, 0) + Error(k, 0, -1)) + Error(k, -1, -1) + Error(k, 1, -1) +
                    Error(k, -2, 0)) >>
                   depth_;
    }
    int64_t sum_of_guesses = 0, sum_of_weights = 1;
    for (size_t k = 0; k < kBlend; ++k) {
      guess_[k] = std::clamp<int64_t>(guess_[k], 0, 64 * max_);
      if (k == 0) sum_of_guesses = guess_[0];
      const int64_t root = (1 << 22) / (energy_[k] + 45);
      const int64_t weight = root * root >> (k == 0 ? 8 : 10);
      sum_of_guesses += weight * guess_[k];
      sum_of_weights += weight;
    }
    guess_[kBlend] = sum_of_guesses / sum_of_weights;
  }

  int64_t PlanesLevel(int64_t texture) const {
    if (p_ == 0) return texture;
    const auto h = [this](int64_t q, int64_t dx, int64_t dy) {
      return hardness_.Get(q, x_ + dx, y_ + dy);
    };
    int64_t q = 2 * h(p_ - 1, 0, 0) + h(p_ - 1, -1, 0) + h(p_ - 1, 1, 0) + h(p_ - 1, 0, -1) +
                h(p_ - 1, 0, 1);
    if (p_ > 1) q = (2 * q + 6 * h(p_ - 2, 0, 0)) / 3;
    return Level(q + 48, 13);
  }

  // 6.
  void SetOpinion(size_t k, size_t guess, int64_t context) {
    const int64_t level = k <= kBlend ? context : context / 32;
    Spread& spread =
        spreads_.try_emplace({k, context}, Spread{First(level) << depth_}).first->second;
    const int64_t inverse = (int64_t{1} << 33) * 5 / 6 / std::max<int64_t>(spread.mean, 1092);
    opinions_[k] = {guess, &spread, inverse};
  }

  void SetContexts() {
    const int64_t w = S(-1, 0), n = S(0, -1), nw = S(-1, -1), ne = S(1, -1), ww = S(-2, 0),
                  nn = S(0, -2);
    const int64_t g = std::abs(w - nw) + std::abs(n - nw) + std::abs(n - ne) + std::abs(w - ww) +
                      std::abs(n - nn);
    const int64_t texture = Level((64 * g >> depth_) + 40, 13);
    const int64_t here = Level(energy_[kBlend] + 56, 14);
    const int64_t planes = PlanesLevel(texture);
    for (size_t k = 0; k <= kBlend; ++k) SetOpinion(k, k, Level(energy_[k] + 56, 14));
    SetOpinion(7, kBlend, 32 * here + planes);
    const int64_t dissent = Level((std::abs(guess_[0] - guess_[2]) >> depth_) + 8, 7);
    SetOpinion(8, kBlend, 32 * texture + dissent);

    center_ = std::clamp<int64_t>((guess_[kBlend] + 32) >> 6, 1, max_);
    const int64_t fraction = std::clamp<int64_t>(guess_[kBlend] + 32 - 64 * center_, 0, 63);
    const auto t = [this](int64_t s) { return Step((s - center_) >> depth_); };
    const int64_t near = 121 * t(w) + 11 * t(n) + t(ne);
    contexts_ = {24 * here + planes, near, 121 * t(nw) + 11 * t(ww) + t(nn),
                 4 * (center_ >> depth_) + fraction / 16, 0};
    here_ = static_cast<size_t>(here);
  }

  int64_t Share(size_t k, int64_t t) const {
    const Opinion& opinion = opinions_[k];
    const int64_t distance = 64 * t - 32 - guess_[opinion.guess];
    const int64_t z = std::clamp<int64_t>(distance * opinion.inverse >> 12, -81919, 81919);
    const int64_t o = z + 81920;
    const int64_t first = Curve(o >> 8);
    return first + (((Curve((o >> 8) + 1) - first) * (o % 256)) >> 8);
  }

  // 8.
  std::vector<int64_t> ColorKey(int64_t value) const {
    const int64_t a = samples_.Get(0, x_, y_);
    const int64_t b = p_ == 2 ? samples_.Get(1, x_, y_) - a : 0;
    return {p_, a % g_.period, b, value - a};
  }
  bool HasColors() const { return g_.period != 0 && (p_ == 1 || p_ == 2); }

  int64_t ColorInput(int64_t t) const {
    const int64_t from = std::max<int64_t>(center_ - 24, 0);
    const int64_t to = std::min<int64_t>(center_ + 24, 256);
    if (!HasColors() || t <= from || t >= to) return 0;
    int64_t plain[2] = {0, 0}, weighted[2] = {0, 0};
    for (int64_t v = std::max(low_, from); v < std::min(high_, to); ++v) {
      const int64_t likely = ((Share(7, v + 1) - Share(7, v)) >> 4) + 1;
      const auto found = colors_.find(ColorKey(v));
      const int64_t count = found == colors_.end() ? 0 : found->second;
      plain[v >= t] += likely;
      weighted[v >= t] += likely * (1 + 100 * count);
    }
    const auto log_wide = [](int64_t s) {
      return s < int64_t{1} << 32 ? Log2(s) : Log2(s >> 20) + 5120;
    };
    const int64_t sum =
        log_wide(weighted[1]) - log_wide(weighted[0]) - log_wide(plain[1]) + log_wide(plain[0]);
    return std::clamp<int64_t>(sum * 177 >> 8, -2047, 2047);
  }

  // 7.1
  bool Ask(int64_t t, int64_t node) {
    std::vector<int> inputs;
    for (size_t k = 0; k < kOpinions; ++k) {
      const int64_t l = Share(k, low_), m = Share(k, t), h = Share(k, high_);
      const int64_t logit = (Log2(h - m + 1) - Log2(m - l + 1)) * 177 >> 8;
      inputs.push_back(static_cast<int>(std::clamp<int64_t>(logit, -2047, 2047)));
    }
    std::vector<Cell*> cells;
    for (size_t i = 0; i < contexts_.size(); ++i) {
      Cell& cell = cells_[{i, contexts_[i], node}];
      cells.push_back(&cell);
      inputs.push_back(cell.seen == 0 ? 0 : Stretch(cell.p));
      inputs.push_back(cell.seen == 0 ? 0 : (cell.p - 32768) >> 5);
    }
    inputs.push_back(static_cast<int>(ColorInput(t)));
    inputs.push_back(256);
    const auto row = static_cast<size_t>(node);
    const size_t rows[] = {row, 32 * here_ + row / 4, static_cast<size_t>(contexts_[1]),
                           static_cast<size_t>(contexts_[0]), 0};
    std::vector<int> logits;
    for (size_t s = 0; s < 5; ++s) logits.push_back(first_[s].Mix(inputs, rows[s]));
    int logit = 0;
    for (size_t f = 0; f < 2; ++f) logit += final_[f].Mix(logits, rows[f]);
    const int bit = decoder_.Decode(Squash(logit / 2));
    for (WeightSet& set : first_) set.Learn(inputs, bit);
    for (WeightSet& set : final_) set.Learn(logits, bit);
    for (Cell* cell : cells) {
      const int64_t step = (int64_t{65535} * bit - cell->p) * (327680 / (5 * cell->seen + 8)) >> 16;
      cell->p += static_cast<int>(step);
      cell->seen = std::min(cell->seen + 1, 60);
    }
    (bit == 1 ? low_ : high_) = t;
    return bit == 1;
  }

  // 7.
  int64_t DecodeValue() {
    low_ = 0;
    high_ = max_ + 1;
    const bool up = Ask(center_, 0);
    const int64_t u = up ? 1 : 0;
    int64_t ring = 0;
    for (int64_t size = 1, passed = 0;; ++ring) {
      passed += size;
      const int64_t t = up ? center_ + passed : center_ - passed;
      if (up ? t >= high_ : t <= low_) break;
      if (Ask(t, 1 + 20 * u + std::min<int64_t>(ring, 19)) != up) break;
      if (ring > 0) size *= 2;
    }
    bool last = false;
    for (int64_t d = 0; high_ - low_ > 1; ++d) {
      int64_t half = 1;
      while (2 * half < high_ - low_) half *= 2;
      const int64_t first = 41 + 42 * u + 6 * std::min<int64_t>(ring, 6);
      const int64_t node = d == 0   ? first
                           : d == 1 ? first + (last ? 2 : 1)
                                    : first + std::min<int64_t>(d + 1, 5);
      last = Ask(up ? low_ + half : high_ - half, node);
    }
    return low_;
  }

  void DecodeSample() {
    Guess();
    SetContexts();
    const int64_t value = DecodeValue();
    for (size_t k = 0; k <= kBlend; ++k) {
      const int64_t error = std::abs(64 * value - guess_[k]);
      Numbers& row = errors_[k][static_cast<size_t>(y_ % 2)];
      row[static_cast<size_t>(x_ + 2)] = error;
      if (k == kBlend) hardness_.Set(p_, x_, y_, error >> depth_);
    }
    for (const Opinion& opinion : opinions_) {
      const int64_t e = 256 * std::abs(64 * value - guess_[opinion.guess]);
      Spread& spread = *opinion.spread;
      spread.mean += ((e - spread.mean) * (131072 / (2 * spread.count + 3))) >> 16;
      spread.count = std::min<int64_t>(spread.count + 1, 250);
    }
    inputs_.push_back(Scaled(value - Base(p_)));
    squares_.Learn(static_cast<size_t>(x_), inputs_);
    if (HasColors()) {
      int64_t& count = colors_[ColorKey(value)];
      count = std::min<int64_t>(count + 1, 255);
    }
    samples_.Set(p_, x_, y_, value);
  }

  const Geometry& g_;
  int64_t p_;
  int64_t depth_;
  int64_t max_;
  Planes& samples_;
  Planes& hardness_;
  ColorCounts& colors_;
  ArithmeticDecoder& decoder_;
  std::vector<Neighbour> neighbours_;
  Squares squares_;
  std::vector<Matrix> errors_;  // [k]
  std::map<std::pair<size_t, int64_t>, Spread> spreads_;
  struct Place {
    size_t context;
    int64_t value, node;
    auto operator<=>(const Place&) const = default;
  };
  std::map<Place, Cell> cells_;
  std::vector<WeightSet> first_;
  std::vector<WeightSet> final_;

  // Of the sample.
  int64_t x_ = 0, y_ = 0;
  Numbers inputs_;
  Numbers guess_ = Numbers(7);
  Numbers energy_ = Numbers(7);
  std::vector<Opinion> opinions_ = std::vector<Opinion>(kOpinions);
  std::vector<int64_t> contexts_;
  size_t here_ = 0;
  int64_t center_ = 0, low_ = 0, high_ = 0;
};

void PlaceSamples(const Geometry& g, const Planes& samples, Bytes& raw) {
  for (int64_t p = 0; p < g.channels; ++p) {
    const int64_t channel = g.channels >= 3 && p < 2 ? 1 - p : p;
    for (int64_t y = 0; y < g.height; ++y) {
      for (int64_t x = 0; x < g.width; ++x) {
        const int64_t row = g.is_planar ? channel * g.height + y : y;
        const int64_t sample = g.is_planar ? x : x * g.channels + channel;
        const auto at = static_cast<size_t>(g.offset + row * g.Row() + sample * g.sample_bytes);
        const int64_t value = samples.Get(p, x, y);
        const auto low = static_cast<uint8_t>(value);
        const auto high = static_cast<uint8_t>(value >> 8);
        raw[at] = g.is_upper_first ? high : low;
        if (g.sample_bytes == 2) raw[at + 1] = g.is_upper_first ? low : high;
      }
    }
  }
}

// Whether byte i of the block is part of a sample.
bool IsSample(const Geometry& g, int64_t i) {
  if (g.width == 0 || i < g.offset || i >= g.offset + g.Rows() * g.Row()) return false;
  return (i - g.offset) % g.Row() < g.PixelRow();
}

}  // namespace

Decoded DecodeImageCodec(const Bytes& payload, uint64_t size) {
  Input input(payload);
  const Geometry g = ReadGeometry(input, size);
  Decoded result = {Bytes(size), 0};
  const uint64_t rest_size = size - static_cast<uint64_t>(g.Rows() * g.PixelRow());
  if (rest_size != 0) {
    const uint64_t code_size = input.Varint();
    const Decoded rest = DecodeBytesCodec(input.Take(code_size), rest_size);
    result.fingerprint = rest.fingerprint;
    size_t next = 0;
    for (size_t i = 0; i < size; ++i) {
      if (!IsSample(g, static_cast<int64_t>(i))) result.raw[i] = rest.raw[next++];
    }
  }
  if (g.width == 0) {
    Require(input.Left() == 0, "bytes behind the rest");
    return result;
  }
  ArithmeticDecoder decoder(payload, input.position());
  Planes samples(g, int64_t{1} << (g.sample_bits - 1));
  Planes hardness(g, 128);
  ColorCounts colors;
  for (int64_t p = 0; p < g.channels; ++p) {
    PlaneDecoder(g, p, samples, hardness, colors, decoder).Decode();
  }
  Require(!decoder.HasUnread(), "bytes that were not read");
  PlaceSamples(g, samples, result.raw);
  result.fingerprint ^= decoder.Fingerprint();
  return result;
}

}  // namespace lmz::reference
