#include "tests/reference/media/jpeg_decoder.h"

#include <algorithm>
#include <cstdlib>

#include "tests/reference/input.h"
#include "tests/reference/media/jpeg_picture.h"
#include "tests/reference/text/arithmetic_decoder.h"
#include "tests/reference/text/mixing.h"

namespace lmz::reference {

namespace {

uint32_t Hash(uint32_t c) {
  const uint32_t h = c * 0x9E3779B1u;
  return (h ^ (h >> 15)) * 0x2545F491u;
}

using Numbers = std::vector<int>;

// 6.
class DecisionMixer {
 public:
  DecisionMixer(ArithmeticDecoder& code, bool is_light, size_t context_count, int table_bits)
      : code_(code),
        bits_(table_bits),
        tables_(context_count, std::vector<Counter>(size_t{1} << table_bits)),
        maps_(2, ProbabilityMap(4096)) {
    std::vector<int> first(2 * context_count + 1, 0);
    for (size_t i = 0; i < first.size(); i += 2)
      first[i] = 40960 / (static_cast<int>(context_count) + 1);
    const std::vector<size_t> rows = {128, 2048, 1024, 1024, 1024};
    const size_t sets = is_light ? 3 : 5;
    for (size_t s = 0; s < sets; ++s) sets_.emplace_back(rows[s], first, 2047, 10);
    const std::vector<int> final(sets, 32768 / static_cast<int>(sets));
    final_sets_.emplace_back(128, final, 3071, 6);
    if (!is_light) final_sets_.emplace_back(1024, final, 3071, 6);
  }

  Numbers contexts, weight_contexts, map_contexts;

  int Ask(int node) {
    std::vector<int> inputs;
    std::vector<Counter*> counters;
    for (size_t i = 0; i < tables_.size(); ++i) {
      counters.push_back(&At(i, node));
      const Counter& counter = *counters.back();
      const int u = static_cast<int>(counter.p >> 6);
      inputs.push_back(counter.n == 0 ? 0 : Stretch(u));
      inputs.push_back((u - 32768) >> (counter.n < 4 ? 6 : counter.n < 16 ? 5 : 4));
    }
    inputs.push_back(256);
    std::vector<int> logits = {sets_[0].Mix(inputs, static_cast<size_t>(node))};
    for (size_t s = 1; s < sets_.size(); ++s) {
      logits.push_back(sets_[s].Mix(inputs, static_cast<size_t>(weight_contexts[s - 1])));
    }
    int sum = final_sets_[0].Mix(logits, static_cast<size_t>(node));
    if (final_sets_.size() == 2) {
      sum += final_sets_[1].Mix(logits, static_cast<size_t>(weight_contexts[1]));
    }
    const int logit = sum / static_cast<int>(final_sets_.size());
    int p = 2 * Squash(logit) + 2;
    for (size_t m = 0; m < 2; ++m) {
      p += maps_[m].Refine(logit, static_cast<uint32_t>(map_contexts[m]));
    }
    const int bit = code_.Decode(std::clamp(p / 4, 32, 65504));
    for (WeightSet& set : sets_) set.Learn(inputs, bit);
    for (WeightSet& set : final_sets_) set.Learn(logits, bit);
    for (ProbabilityMap& map : maps_) map.Learn(bit);
    for (Counter* counter : counters) Learn(*counter, bit);
    return bit;
  }

 private:
  struct Counter {
    int64_t p = 1 << 21;
    int64_t n = 0;
  };

  Counter& At(size_t i, int node) {
    uint32_t j =
        Hash(static_cast<uint32_t>(contexts.at(i)) + static_cast<uint32_t>(i) * 0x85EBCA6Bu);
    if (node >= 8) j = Hash(j + static_cast<uint32_t>(node / 8));
    return tables_[i][(j >> (32 - bits_)) / 8 * 8 + static_cast<uint32_t>(node % 8)];
  }

  static void Learn(Counter& counter, int bit) {
    counter.p += ((4194303 * bit - counter.p) * (131072 / (2 * counter.n + 3))) >> 16;
    counter.n = std::min<int64_t>(counter.n + 1, 250);
  }

  ArithmeticDecoder& code_;
  int bits_;
  std::vector<std::vector<Counter>> tables_;
  std::vector<ProbabilityMap> maps_;
  std::vector<WeightSet> sets_, final_sets_;
};

// 4.
int Log(int v) {
  const int m = std::abs(v);
  if (m < 3) return m;
  int w = 0;
  while (m >> w != 0) ++w;
  return 2 * w - 1 + (m >> (w - 2) & 1);
}
int Log(int v, int most) {
  return std::min(Log(v), most);
}
int SLog(int v, int most) {
  return v < 0 ? most + 1 - Log(v, most) : most + 1 + Log(v, most);
}
int End(const JpegBlock& block) {
  int end = 0;
  for (int k = 1; k < 64; ++k) end = block[static_cast<size_t>(k)] != 0 ? k : end;
  return end;
}
int Count(const JpegBlock& block) {
  return static_cast<int>(
      std::count_if(block.begin() + 1, block.end(), [](int v) { return v != 0; }));
}

// The way of zigzag.
struct Frequency {
  int x, y;
};
std::vector<Frequency> Zigzag() {
  std::vector<Frequency> way;
  for (int sum = 0; sum < 15; ++sum) {
    for (int i = std::max(0, sum - 7); i <= std::min(sum, 7); ++i) {
      way.push_back(sum % 2 == 0 ? Frequency{i, sum - i} : Frequency{sum - i, i});
    }
  }
  return way;
}

// 4 and 5.
class Coefficients {
 public:
  Coefficients(JpegPicture& picture, bool is_light, uint64_t blocks, ArithmeticDecoder& code)
      : picture_(picture),
        is_light_(is_light),
        code_(code),
        ac_(code, is_light, is_light ? 4 : 18, TableBits(is_light, blocks)),
        dc_(code, is_light, is_light ? 3 : 9, 15),
        end_(code, is_light, is_light ? 3 : 8, 15) {
    for (size_t k = 0; k < 64; ++k) {
      place_[static_cast<size_t>(way_[k].x)][static_cast<size_t>(way_[k].y)] = k;
    }
  }

  void Run() {
    for (number_ = 0; number_ < picture_.components.size(); ++number_) {
      JpegComponent& c = picture_.components[number_];
      steps_.fill(1);
      if (const auto found = picture_.steps.find(c.table); found != picture_.steps.end()) {
        for (size_t k = 0; k < 64; ++k) steps_[k] = std::max(1, found->second[k]);
      }
      errors_[number_].assign(static_cast<size_t>(c.all_rows),
                              Numbers(static_cast<size_t>(c.all_columns)));
      for (row_ = 0; row_ < c.all_rows; ++row_) {
        Require(!code_.HasOverrun(), "truncated: the code is overrun");
        const int columns = c.ColumnsIn(row_);
        for (column_ = 0; column_ < columns; ++column_) Decode(c);
      }
    }
    Require(!code_.HasOverrun(), "truncated: the code is overrun");
  }

 private:
  static int TableBits(bool is_light, uint64_t blocks) {
    int bits = is_light ? 3 : 4;
    for (; blocks != 0; blocks /= 2) ++bits;
    return std::clamp(bits, 14, 20);
  }

  const JpegBlock& Near(const JpegComponent& c, int up, int left) const {
    const int row = row_ - up, column = column_ - left;
    if (row < 0 || column < 0 || column >= c.all_columns) return none_;
    return c.blocks[static_cast<size_t>(row)][static_cast<size_t>(column)];
  }

  void Decode(JpegComponent& c) {
    a_ = Near(c, 1, 0), l_ = Near(c, 0, 1), al_ = Near(c, 1, 1), ar_ = Near(c, 1, -1);
    aa_ = Near(c, 2, 0), ll_ = Near(c, 0, 2), f_ = t_ = none_;
    twin_error_ = 0;
    if (number_ > 0) {
      const JpegComponent& first = picture_.components[0];
      f_ = first.blocks[static_cast<size_t>(row_ * first.all_rows / c.all_rows)]
                       [static_cast<size_t>(column_ * first.all_columns / c.all_columns)];
    }
    if (number_ > 1) {
      const JpegComponent& twin = picture_.components[1];
      if (twin.all_rows == c.all_rows && twin.all_columns == c.all_columns) {
        t_ = twin.blocks[static_cast<size_t>(row_)][static_cast<size_t>(column_)];
        twin_error_ = errors_[1][static_cast<size_t>(row_)][static_cast<size_t>(column_)];
      }
    }
    block_ = {};
    count_ = sum_ = zeros_ = newest_ = 0;
    DecodeEnd();
    for (int k = last_; k >= 1; --k) DecodeAc(k);
    DecodeMean();
    c.blocks[static_cast<size_t>(row_)][static_cast<size_t>(column_)] = block_;
  }

  void DecodeEnd() {
    const int n = static_cast<int>(number_), base = n << 20;
    const int ea = End(a_), el = End(l_), ef = End(f_), et = End(t_);
    const int na = Count(a_), nl = Count(l_);
    usual_ = (2 * na + 2 * nl + Count(al_) + Count(ar_) + 3) / 6;
    end_.contexts = {256 * ea + el,
                     16 * Log(na) | 256 * Log(nl) | 4096 * Log(Count(ar_)) | Log(Count(al_)),
                     256 * et | (ea + el) / 8};
    if (!is_light_) {
      const Numbers more = {(ea + el) / 2, (na + nl) / 2, 256 * ef | (ea + el) / 4,
                            256 * usual_ | et, 256 * End(ar_) | End(al_)};
      end_.contexts.insert(end_.contexts.end(), more.begin(), more.end());
    }
    for (int& context : end_.contexts) context += base;
    end_.weight_contexts = {32 * std::min(ea, 31) + std::min(el, 31), usual_, 64 * n + et, n};
    int node = 1;
    while (node < 64) {
      end_.map_contexts = {node + 64 * n, node + 64 * usual_};
      // 1 to 7, then 8 more for each node of the fourth bit
      int place = node;
      for (int first = 8; first <= node; first *= 2) {
        const int top = node / (first / 8);
        place = 8 * (top - 7) + first / 8 + node % (first / 8);
      }
      node = 2 * node + end_.Ask(place);
    }
    last_ = node - 64;
  }

  static int Edge(int frequency) { return frequency == 0 ? 181 : 256; }
  int Scaled(const JpegBlock& block, size_t k) const { return Clamp(block[k] * steps_[k], 32767); }

  // 5
  void Predict(int k) {
    const auto [x, y] = way_[static_cast<size_t>(k)];
    int above = 0, left = 0;
    for (int i = 0; i < 8; ++i) {
      const size_t at_x = place_[static_cast<size_t>(x)][static_cast<size_t>(i)];
      const size_t at_y = place_[static_cast<size_t>(i)][static_cast<size_t>(y)];
      const int sign = i % 2 == 0 ? 1 : -1;
      above += Edge(i) * (sign * Scaled(a_, at_x) - Scaled(block_, at_x));
      left += Edge(i) * (sign * Scaled(l_, at_y) - Scaled(block_, at_y));
    }
    const int step = steps_[static_cast<size_t>(k)];
    const bool has_above = row_ > 0, has_left = column_ > 0;
    pa_ = has_above ? above / Edge(y) * 4 / step : 0;
    pl_ = has_left ? left / Edge(x) * 4 / step : 0;
    if (!has_left || (has_above && x == 0 && y > 0)) {
      p_ = pa_;
    } else if (!has_above || (y == 0 && x > 0)) {
      p_ = pl_;
    } else {
      p_ = (pa_ + pl_) / 2;
    }
  }

  int Value(const JpegBlock& block, int x, int y) const {
    if (x > 7 || y > 7) return 0;
    return block[place_[static_cast<size_t>(x)][static_cast<size_t>(y)]];
  }
  int Magnitude(const JpegBlock& block, int x, int y) const { return std::abs(Value(block, x, y)); }

  // 5.1
  void BeginAc(int k) {
    const size_t i = static_cast<size_t>(k);
    const auto [x, y] = way_[i];
    const auto m = [i](const JpegBlock& block) { return std::abs(block[i]); };
    Predict(k);
    const int c = number_ == 0 ? 0 : 1, b = 64 * c + k;
    const int beside = 3 * (m(a_) + m(l_)) + m(al_) + m(ar_), r = Log(beside);
    const int higher = 2 * (Magnitude(block_, x + 1, y) + Magnitude(block_, x, y + 1)) +
                       Magnitude(block_, x + 1, y + 1) + Magnitude(block_, x + 2, y) +
                       Magnitude(block_, x, y + 2);
    const int h = Log(higher);
    int column = 0, row = 0;
    for (int j = y + 1; j < 8; ++j) column += Magnitude(block_, x, j);
    for (int j = x + 1; j < 8; ++j) row += Magnitude(block_, j, y);
    const int hc = Log(column, 15), hr = Log(row, 15);
    const int hx = Magnitude(a_, x + 1, y) + Magnitude(l_, x + 1, y);
    const int hy = Magnitude(a_, x, y + 1) + Magnitude(l_, x, y + 1);
    const int q = SLog(p_, 15);
    ac_.contexts = {256 * h | r, 256 * SLog(pa_, 11) | SLog(pl_, 11),
                    256 * Log(f_[i]) | 16 * SLog(t_[i], 6) | std::min(r, 7), 16 * hc | hr};
    if (!is_light_) {
      const Numbers more = {16 * SLog(a_[i], 6) | SLog(l_[i], 6),
                            256 * Log(m(a_) + m(l_) + m(aa_) + m(ll_)) | Log(sum_),
                            4096 * Log(hx) | 64 * Log(hy) | h,
                            4096 * SLog(t_[i], 10) | 64 * SLog(f_[i], 10) | q,
                            256 * SLog(pa_, 15) | h,
                            256 * SLog(pl_, 15) | h,
                            (c << 24) | (r << 18) | 4096 * h | 16 * q | std::min(x + y, 7),
                            64 * count_ | (last_ - k),
                            256 * std::min(std::abs(p_), 40) | h,
                            256 * (Clamp(Value(block_, x + 1, y), 3) + 3) |
                                16 * (Clamp(Value(block_, x, y + 1), 3) + 3) |
                                std::min(Magnitude(block_, x + 1, y + 1), 2),
                            4096 * std::min(zeros_, 15) | 256 * Log(newest_, 7) | std::min(r, 15),
                            256 * (last_ - k) | std::min(r, 15),
                            4096 * std::min(hc, 10) | 256 * std::min(hr, 10) | r,
                            std::min(beside + 2 * higher, 255)};
      ac_.contexts.insert(ac_.contexts.end(), more.begin(), more.end());
    }
    for (size_t j = 0; j < ac_.contexts.size(); ++j) ac_.contexts[j] |= j == 10 ? 0 : b << 20;
    ac_.weight_contexts = {16 * b + std::min(r, 15), 32 * std::min(h, 15) + q,
                           32 * std::min(count_, 31) + std::min(usual_, 31),
                           32 * SLog(pa_, 15) + SLog(pl_, 15)};
    ac_.map_contexts = {8 * b + std::min(r / 2, 7), 4 * (16 * q + std::min(h, 15))};
  }

  int AskAc(int node, int s) {
    ac_.map_contexts[1] = ac_.map_contexts[1] / 4 * 4 + s;
    return ac_.Ask(node);
  }

  void DecodeAc(int k) {
    BeginAc(k);
    if (k != last_ && AskAc(0, 0) == 0) {
      ++zeros_;
      return;
    }
    int bits = 1;
    while (bits < 14 && AskAc(bits < 6 ? bits : bits + 1, bits == 1 ? 1 : 2) == 1) ++bits;
    int value = 1;
    for (int i = 1; i < bits; ++i) {
      value = 2 * value + AskAc(i == 1 ? 16 + bits : i == 2 ? 32 + 2 * bits + value % 2 : 63, 2);
    }
    ++count_;
    sum_ += value;
    block_[static_cast<size_t>(k)] = newest_ = AskAc(6, 3) == 1 ? -value : value;
    zeros_ = 0;
  }

  // 5.2
  void DecodeMean() {
    Predict(0);
    const int d = Clamp(p_ >= 0 ? (p_ + 2) / 4 : -((2 - p_) / 4), 1 << 14);
    const bool has_above = row_ > 0, has_left = column_ > 0;
    Numbers& errors = errors_[number_][static_cast<size_t>(row_)];
    const size_t x = static_cast<size_t>(column_);
    const int ea = has_above ? errors_[number_][static_cast<size_t>(row_ - 1)][x] : 0;
    const int el = has_left ? errors[x - 1] : 0;
    const int a = a_[0], l = l_[0], al = al_[0], n = static_cast<int>(number_);
    const int g = has_above && has_left ? a + l - al : a + l;
    const int s = std::abs(a - al) + std::abs(l - al) + std::abs(ar_[0] - a);
    const int v = has_above && has_left ? Log(pa_ - pl_) : Log(64);
    dc_.contexts = {64 * v | Log(s), 64 * count_ | v, SLog((a + l) / 2 - d, 15)};
    if (!is_light_) {
      const Numbers more = {v,
                            64 * SLog(g - d, 15) | std::min(v, 15),
                            64 * Log(ea) | Log(el),
                            64 * SLog(pa_ - p_, 15) | std::clamp(p_ - 4 * d + 8, 0, 15),
                            64 * SLog(ea, 7) | SLog(el, 7),
                            64 * SLog(twin_error_, 15) | v};
      dc_.contexts.insert(dc_.contexts.end(), more.begin(), more.end());
    }
    for (int& context : dc_.contexts) context |= n << 20;
    dc_.weight_contexts = {16 * std::min(v, 15) + Log(s, 15), count_, SLog(g - d, 15),
                           SLog(twin_error_, 15)};
    const int map_context = 64 * n + std::min(v, 15);
    dc_.map_contexts = {map_context, 4 * map_context};
    errors[x] = DecodeError();
    block_[0] = static_cast<int16_t>(d + errors[x]);
  }

  int DecodeError() {
    if (dc_.Ask(0) == 0) return 0;
    const int sign = dc_.Ask(1);
    dc_.map_contexts[1] += 1 + sign;
    int bits = 1;
    while (bits < 17 && dc_.Ask(bits < 4 ? 1 + 3 * sign + bits : 4 + 16 * sign + bits) == 1) ++bits;
    int value = 1;
    for (int i = 1; i < bits; ++i) {
      value = 2 * value + dc_.Ask(i == 1 ? 40 + bits : i == 2 ? 64 + bits : 95);
    }
    return sign == 1 ? -value : value;
  }

  JpegPicture& picture_;
  bool is_light_;
  ArithmeticDecoder& code_;
  DecisionMixer ac_, dc_, end_;
  const std::vector<Frequency> way_ = Zigzag();
  std::array<std::array<size_t, 8>, 8> place_{};  // [x][y]
  const JpegBlock none_{};

  size_t number_ = 0;
  std::array<int, 64> steps_{};
  std::array<std::vector<Numbers>, 4> errors_;
  int row_ = 0, column_ = 0;
  JpegBlock a_{}, l_{}, al_{}, ar_{}, aa_{}, ll_{}, f_{}, t_{}, block_{};
  int twin_error_ = 0, last_ = 0, usual_ = 0, count_ = 0, sum_ = 0, zeros_ = 0, newest_ = 0;
  int pa_ = 0, pl_ = 0, p_ = 0;
};

Decoded DecodeFile(const Bytes& payload, uint64_t size, bool is_thumbnail) {
  Input input(payload);
  const uint64_t kind = input.Number(1);
  Require(kind <= 1, "newer version: Kind");
  if (kind == 0) return DecodeBytesCodec(input.Take(input.Left()), size);
  const uint64_t flags = input.Number(1), scans = input.Varint(), blocks = input.Varint();
  Require(flags <= 15 && scans >= 1 && scans <= 64, "JPEG: fields");
  const uint64_t last_units = (flags & 4) != 0 ? input.Varint() : 0;
  Require(((flags & 4) != 0) == (last_units != 0), "JPEG: Last_Units");
  const uint64_t around_size = input.Varint();
  Require(blocks >= 1 && blocks <= std::min(uint64_t{1} << 21, 4096 + size), "JPEG: Blocks");
  Require(around_size <= size && around_size != 0, "JPEG: Around_Size");
  uint64_t thumbnail_at = 0, thumbnail_size = 0;
  if ((flags & 8) != 0) {
    thumbnail_at = input.Varint();
    thumbnail_size = input.Varint();
    Require(!is_thumbnail && thumbnail_at <= around_size && thumbnail_size >= 1 &&
                thumbnail_size <= std::min(uint64_t{1} << 16, size - around_size),
            "JPEG: thumbnail");
  }
  const Bytes around_code = input.Take(input.Varint());
  Decoded around = DecodeBytesCodec(around_code, around_size);
  if (thumbnail_size != 0) {
    const Decoded thumbnail = DecodeFile(input.Take(input.Varint()), thumbnail_size, true);
    around.raw.insert(around.raw.begin() + static_cast<std::ptrdiff_t>(thumbnail_at),
                      thumbnail.raw.begin(), thumbnail.raw.end());
    around.fingerprint ^= thumbnail.fingerprint;
  }
  const Bytes code = input.Take(input.Left());
  Require(blocks <= 364000 * (code.size() + 8), "JPEG: too many blocks");
  JpegPicture picture = ParseJpeg(around.raw, scans, last_units);
  uint64_t all = 0;
  for (JpegComponent& c : picture.components) {
    all += static_cast<uint64_t>(c.all_rows) * static_cast<uint64_t>(c.all_columns);
    Require(all <= blocks, "JPEG: more blocks");
    c.blocks.assign(static_cast<size_t>(c.all_rows),
                    std::vector<JpegBlock>(static_cast<size_t>(c.all_columns)));
  }
  Require(all == blocks, "JPEG: fewer blocks");
  ArithmeticDecoder decoder(code, 0);
  Coefficients(picture, (flags & 2) != 0, blocks, decoder).Run();
  Require(!decoder.HasUnread(), "JPEG: bytes of Code are left over");
  Decoded decoded = {WriteJpeg(picture, around.raw, (flags & 1) != 0, size),
                     around.fingerprint ^ decoder.Fingerprint()};
  Require(decoded.raw.size() == size, "JPEG: another size");
  return decoded;
}

}  // namespace

// 2.
Decoded DecodeJpegCodec(const Bytes& payload, uint64_t size) {
  return DecodeFile(payload, size, false);
}

}  // namespace lmz::reference
