// Prediction of samples: sections 4 to 7.1 of src/codec/audio/spec.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace lmz::reference {

inline int64_t Bits(int64_t x) {
  int64_t bits = 0;
  for (; x > 0; x >>= 1) ++bits;
  return bits;
}

inline int64_t Shift(int64_t x, int64_t n) {
  return n >= 0 ? x * (int64_t{1} << n) : x >> -n;
}

inline int64_t ClampWide(int64_t x, int64_t m) {
  return std::max(-m, std::min(m, x));
}

// 7.1
class MeanOfErrors {
 public:
  explicit MeanOfErrors(int decay) : decay_(decay) {}
  void Learn(int64_t e) { mean_ += ((e < 0 ? -e : e) * 4096 - mean_) >> decay_; }
  int64_t Value() const { return (mean_ >> 12) + 16; }

 private:
  int decay_;
  int64_t mean_ = 1 << 18;
};

// 5
class Regression {
 public:
  using Row = std::vector<int64_t>;

  Regression(size_t n, int decay, int ridge)
      : n_(n), decay_(decay), ridge_(ridge), sum_(n + 1, Row(n + 1)) {}

  // Over columns 1 to n of the row.
  int64_t Predict(const Row& row) const { return PredictLower(n_, row); }

  // By the weights of this order: n, 4, 8 or 16.
  int64_t PredictLower(size_t order, const Row& row) const {
    const auto w = w_.find(order);
    int64_t sum = 0;
    for (size_t i = 1; w != w_.end() && i <= order; ++i) sum += w->second[i] * row[i];
    return sum;
  }

  void Learn(const Row& row, int64_t weight) {
    rows_.push_back(row);
    weights_.push_back(weight);
    if (rows_.size() < 8) return;
    int64_t greatest = 0;
    for (size_t i = 0; i <= n_; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        int64_t& sum = sum_[i][j];
        for (size_t r = 0; r < 8; ++r) sum += rows_[r][i] * weights_[r] * rows_[r][j];
        sum -= sum >> decay_;
      }
      greatest = std::max(greatest, sum_[i][i]);
    }
    rows_.clear();
    weights_.clear();
    if (greatest > 0) RenewWeights(56 - Bits(greatest));
  }

 private:
  static int64_t Divide(int64_t x, int64_t d) {
    const int64_t b = Bits(d);
    return (ClampWide(x >> (b - 3), (int64_t{1} << 31) - 1) * ((int64_t{1} << (b + 30)) / d)) >> 33;
  }

  static int64_t Root(int64_t x) {
    int64_t root = 0;
    for (int64_t bit = int64_t{1} << 30; bit > 0; bit /= 2) {
      if ((root + bit) * (root + bit) <= x) root += bit;
    }
    return root;
  }

  void RenewWeights(int64_t shift) {
    const int64_t least = int64_t{1} << (56 - ridge_);
    std::vector<Row> factor(n_ + 1, Row(n_ + 1));
    Row y(n_ + 1);
    for (size_t i = 1; i <= n_; ++i) {
      for (size_t j = 1; j <= i; ++j) {
        int64_t rest = Shift(sum_[i][j], shift);
        for (size_t k = 1; k < j; ++k) rest -= factor[i][k] * factor[j][k];
        factor[i][j] = i == j ? Root(std::max(least, rest + least))
                              : ClampWide(Divide(rest, factor[j][j]), 1 << 28);
      }
      int64_t rest = Shift(sum_[i][0], shift);
      for (size_t k = 1; k < i; ++k) rest -= factor[i][k] * y[k];
      y[i] = ClampWide(Divide(rest, factor[i][i]), 1 << 28);
    }
    for (const size_t order : {n_, size_t{4}, size_t{8}, size_t{16}}) {
      Row& w = w_[order];
      w.assign(order + 1, 0);
      for (size_t i = order; i >= 1; --i) {
        int64_t rest = y[i] * (1 << 20);
        for (size_t k = i + 1; k <= order; ++k) rest -= factor[k][i] * w[k];
        w[i] = ClampWide(Divide(rest, factor[i][i]), 1 << 25);
      }
    }
  }

  size_t n_;
  int decay_;
  int ridge_;
  std::vector<Row> sum_;
  std::map<size_t, Row> w_;  // by order
  std::vector<Row> rows_;
  Row weights_;
};

// 6
class AdaptiveFilter {
 public:
  AdaptiveFilter(size_t taps, int64_t rate) : rate_(rate), values_(taps), w_(taps) {}

  int64_t Predict() const {
    int64_t sum = 0;
    for (size_t i = 0; i < w_.size(); ++i) sum += values_[i] * (w_[i] >> 16);
    return static_cast<int32_t>(static_cast<uint32_t>(sum));
  }

  void Learn(int64_t error, int64_t value) {
    if (error != 0) Adapt(error);
    values_.push_back(value);
    values_.pop_front();
  }

 private:
  void Adapt(int64_t error) {
    const int64_t step = (error < 0 ? -error : error) * rate_;
    int64_t power = 4 * static_cast<int64_t>(w_.size()) + 1;
    for (const int64_t v : values_) power += v * v;
    const int64_t up = std::min<int64_t>(40, 62 - Bits(step));
    const int64_t q = Shift(step, up) / power;
    const int64_t down = std::max<int64_t>(0, Bits(q) - 15);
    const int64_t shift = up - 8 - down;
    int64_t gain = shift < 0 ? 32767 : q >> down;
    if (shift > 30) return;
    if (error < 0) gain = -gain;
    const int64_t s = std::max<int64_t>(0, shift);
    const int64_t half = s == 0 ? 0 : int64_t{1} << (s - 1);
    for (size_t i = 0; i < w_.size(); ++i) {
      w_[i] = ClampWide(w_[i] + ((values_[i] * gain + half) >> s), 1 << 30);
    }
  }

  int64_t rate_;
  std::deque<int64_t> values_;
  std::vector<int64_t> w_;
};

// 4.4
class Pitch {
 public:
  // The error of that many samples before.
  int64_t Error(int64_t lag) const { return errors_.at(static_cast<size_t>(lag - 1)); }
  int64_t Lag() const { return lag_; }

  void Learn(int64_t g, int64_t m) {
    const int64_t r = ClampWide(g * 256 / m, 2047);
    for (size_t lag = 32; lag <= 415; ++lag) {
      sums_[lag] = sums_[lag] + relative_[lag - 1] * r - (sums_[lag] >> 7);
    }
    errors_.push_front(g);
    errors_.pop_back();
    relative_.push_front(r);
    relative_.pop_back();
    if (++learned_ % 8 != 0) return;
    lag_ = 32;
    for (size_t lag = 33; lag <= 415; ++lag) {
      if (sums_[lag] >= sums_[static_cast<size_t>(lag_)]) lag_ = static_cast<int64_t>(lag);
    }
  }

 private:
  std::deque<int64_t> errors_ = std::deque<int64_t>(418);
  std::deque<int64_t> relative_ = std::deque<int64_t>(418);
  std::array<int64_t, 416> sums_{};
  int64_t lag_ = 415;
  uint64_t learned_ = 0;
};

// 4
class Predictor {
 public:
  using Samples = std::deque<int64_t>;  // the newest first

  Predictor(bool has_partner, int64_t headroom)
      : headroom_(headroom),
        regressions_{Regression(has_partner ? 48 : 32, 7, 24),
                     Regression(has_partner ? 48 : 32, 5, 24),
                     Regression(has_partner ? 48 : 32, 3, 24)},
        combination_(21, 5, 14) {}

  // `partner` is null without one.
  const std::array<int64_t, 6>& Predict(const Samples& own, const Samples* partner) {
    inputs_.assign(1, 0);
    for (size_t half = 0; half < 2; ++half) {
      for (size_t i = 0; i < 16; ++i) inputs_.push_back(own.at(16 * half + i));
      for (size_t i = 0; partner != nullptr && i < 8; ++i) {
        inputs_.push_back(partner->at(8 * half + i));
      }
    }
    for (size_t i = 0; i < 3; ++i) p[i] = Bound(regressions_[i].Predict(inputs_) >> 12);
    for (size_t i = 0; i < 2; ++i) f_[i] = Shift(filters_[i].Predict(), -4 - headroom_);
    p[3] = Bound(p[0] + f_[0]);
    p[4] = Bound(p[3] + f_[1]);
    d_.assign(1, 0);
    for (size_t i = 0; i < 4; ++i) d_.push_back(ClampWide(p[i] - p[4], 1 << 30));
    for (const size_t r : {1u, 2u}) {
      for (const size_t order : {4u, 8u, 16u}) {
        const int64_t q = regressions_[r].PredictLower(order, inputs_) >> 12;
        d_.push_back(ClampWide(q - p[4], 1 << 30));
      }
    }
    for (int64_t i = 0; i < 7; ++i) d_.push_back(pitch_.Error(pitch_.Lag() + 3 - i));
    for (const int64_t h : last_errors_) d_.push_back(h);
    p[5] = Bound(p[4] + (combination_.Predict(d_) >> 20));
    return p;
  }

  void Learn(int64_t sample) {
    const int64_t x = 256 * sample;
    error_mean_.Learn(x - p[5]);
    int64_t t = x - p[0];
    for (size_t i = 0; i < 2; ++i) {
      const int64_t v = ClampWide(Shift(t, headroom_ - 8), 32767);
      t -= f_[i];
      filters_[i].Learn(ClampWide(Shift(t, headroom_ - 4), 1 << 20), v);
    }
    const int64_t m = error_mean_.Value();
    d_[0] = Bound(x - p[4]);
    for (int64_t& column : d_) column = ClampWide(column * 4096 / m, 32767);
    combination_.Learn(d_, 4096);
    pitch_.Learn(ClampWide(x - p[0], 1 << 30), m);
    last_errors_.push_front(ClampWide(x - p[5], 1 << 30));
    last_errors_.pop_back();
    inputs_[0] = sample;
    for (int64_t& column : inputs_) column = Shift(column, headroom_);
    const int64_t weight = (1 << 23) / std::max<int64_t>(1, Shift(m, headroom_));
    for (Regression& regression : regressions_) {
      regression.Learn(inputs_, std::clamp<int64_t>(weight, 1, 32767));
    }
  }

  std::array<int64_t, 6> p{};

 private:
  static int64_t Bound(int64_t x) { return ClampWide(x, int64_t{1} << 32); }

  int64_t headroom_;
  std::array<Regression, 3> regressions_;
  std::array<AdaptiveFilter, 2> filters_ = {AdaptiveFilter(256, 131), AdaptiveFilter(32, 200)};
  Regression combination_;
  Pitch pitch_;
  std::deque<int64_t> last_errors_ = std::deque<int64_t>(4);
  MeanOfErrors error_mean_{3};
  Regression::Row inputs_;
  Regression::Row d_;
  std::array<int64_t, 2> f_{};
};

}  // namespace lmz::reference
