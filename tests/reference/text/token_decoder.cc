#include "tests/reference/text/token_decoder.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tests/reference/input.h"
#include "tests/reference/text/group.h"

namespace lmz::reference {

namespace {

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;
constexpr uint64_t kOther = 0xD6E8FEB86659FD93;

int Digits(uint64_t x) {
  int digits = 0;
  while (digits < 64 && x >> digits != 0) ++digits;
  return digits;
}

// 2
int64_t Scaled(uint64_t w, uint64_t total) {
  if (w == 0) return 0;
  const int digits = Digits(total);
  const uint64_t scaled = digits > 31 ? w >> (digits - 31) : w << (31 - digits);
  return static_cast<int64_t>(std::max<uint64_t>(scaled, 1));
}

// 2: the numbers of nodes by their bytes.
std::map<std::string, uint32_t> NumberNodes(const std::vector<std::string>& texts) {
  std::map<std::pair<size_t, std::string>, uint32_t> by_size;
  for (const std::string& text : texts) {
    for (size_t size = 0; size <= text.size(); ++size) by_size[{size, text.substr(0, size)}] = 0;
  }
  std::map<std::string, uint32_t> numbers;
  uint32_t number = 0;
  // Strings compare as unsigned bytes.
  for (const auto& entry : by_size) numbers[entry.first.second] = number++;
  return numbers;
}

// 5.1
class Biases final : public ExtraInputs {
 public:
  explicit Biases(uint64_t n)
      : shift_(64 - std::clamp(Digits(n) + 2, 10, 18)),
        tables_(3, std::vector<Entry>(size_t{1} << (64 - shift_))) {}

  void Begin(uint64_t node, uint64_t last, uint64_t before_last) {
    context_[0] = node;
    context_[1] = context_[0] * kGolden + last;
    context_[2] = context_[1] * kGolden + before_last;
  }

  std::vector<int> Predict(uint32_t node, int logit) override {
    std::vector<int> inputs;
    for (size_t i = 0; i < 3; ++i) {
      used_[i] = &tables_[i][(context_[i] + node * kOther) * kGolden >> shift_];
      const int b = used_[i]->bias >> 8;
      logit_[i] = Clamp(logit + b, 3071);
      inputs.push_back(Clamp(b, 2047));
    }
    return inputs;
  }

  void Learn(int bit) override {
    for (size_t i = 0; i < 3; ++i) {
      Entry& entry = *used_[i];
      const int error = 65536 * bit - Squash(logit_[i]);
      entry.bias = Clamp(entry.bias + error / (entry.count + 4), 6 * 65536);
      entry.count = std::min(entry.count + 1, 30);
    }
  }

 private:
  struct Entry {
    int bias = 0;
    int count = 0;
  };
  int shift_;
  std::vector<std::vector<Entry>> tables_;
  uint64_t context_[3] = {};
  Entry* used_[3] = {};
  int logit_[3] = {};
};

// 6
class EndDecision {
 public:
  explicit EndDecision(uint64_t n)
      : shift_(64 - std::clamp(Digits(n), 8, 16)),
        counters_(6, std::vector<Counter>(size_t{1} << (64 - shift_))) {}

  struct Place {
    int end_logit;
    int second_logit;
    uint64_t node, last, recent, grade, expected;
  };

  bool Decode(const Place& place, ArithmeticDecoder& code) {
    Counter* const counters[6] = {
        &counters_[0][Hash(place.node, 0)],
        &counters_[1][Hash(place.node, place.last + 1)],
        &counters_[2][Hash(place.recent % (1 << 24), 0)],
        &counters_[3][Hash(place.recent, 1)],
        &counters_[4][place.grade],
        &counters_[5][Hash(place.node, place.expected)],
    };
    std::vector<int64_t> x = {place.end_logit, place.second_logit, 128};
    for (const Counter* counter : counters) x.push_back(Stretch(counter->p >> 6));
    std::vector<int64_t>* const rows[3] = {
        &rows_[0][place.grade], &rows_[1][static_cast<size_t>((place.end_logit + 3072) >> 8)],
        &rows_[2][place.recent % 256]};
    int logits[3];
    for (size_t s = 0; s < 3; ++s) {
      int64_t sum = 0;
      for (size_t i = 0; i < 9; ++i) sum += x[i] * (*rows[s])[i];
      logits[s] = static_cast<int>(std::clamp<int64_t>(sum >> 16, -3071, 3071));
    }
    const int bit = code.Decode(Squash((logits[0] + logits[1] + logits[2]) / 3));
    for (size_t s = 0; s < 3; ++s) {
      for (size_t i = 0; i < 9; ++i) {
        int64_t& w = (*rows[s])[i];
        w = std::clamp<int64_t>(w + (x[i] * (65536 * bit - Squash(logits[s])) * 5 >> 16),
                                -(1 << 20), 1 << 20);
      }
    }
    for (Counter* counter : counters) {
      counter->p += (((1 << 22) - 1) * bit - counter->p) * 2 / (2 * counter->count + 3);
      counter->count = std::min(counter->count + 1, 60);
    }
    return bit != 0;
  }

 private:
  struct Counter {
    int p = 1 << 21;
    int count = 0;
  };

  uint64_t Hash(uint64_t a, uint64_t b) const {
    return ((a * kGolden) ^ ((b + 1) * kOther)) * kGolden >> shift_;
  }
  static std::vector<std::vector<int64_t>> Rows(size_t count) {
    std::vector<int64_t> row(9, 4000);
    row[0] = 60000;
    return std::vector<std::vector<int64_t>>(count, row);
  }

  int shift_;
  std::vector<std::vector<Counter>> counters_;
  std::vector<std::vector<int64_t>> rows_[3] = {Rows(32), Rows(24), Rows(256)};
};

// 5: weights that every row of the seven sets begins with.
std::vector<std::vector<int>> StartOf(bool has_second) {
  std::vector<int> row(43, 492);
  row[36] = 24576;
  row[38] = 8192;
  for (size_t i = 40; i < 43; ++i) row[i] = 16384;
  return std::vector<std::vector<int>>(has_second ? 7 : 6, row);
}

struct Lane {
  TokenModel::Network network;
  Network second_network;
  std::vector<int64_t> second;    // its weights
  std::vector<uint32_t> weights;  // of tokens
  std::vector<bool> ended;        // [its byte]: a token ended before it
  uint64_t size = 0;
  std::string token;
  bool is_open = false;
  uint64_t last = 0xFFFFFFFF;
  uint64_t before_last = 0xFFFFFFFF;
};

// 3
class Walk {
 public:
  Walk(const TokenModel& model, const Model* second, const Bytes& code, uint64_t size,
       uint64_t lanes)
      : model_(model),
        second_(second),
        numbers_(NumberNodes(model.texts)),
        group_(0, size, lanes, StartOf(second != nullptr)),
        code_(code, 0),
        lanes_(lanes),
        biases_(size),
        ends_(size) {
    for (size_t number = 0; number < lanes; ++number) {
      lanes_[number].network = model.new_network();
      lanes_[number].size = size / lanes + (number < size % lanes ? 1 : 0);
      lanes_[number].ended.resize(lanes_[number].size);
      if (second == nullptr) continue;
      lanes_[number].second_network = second->new_network();
      lanes_[number].second = lanes_[number].second_network(0);
    }
  }

  Decoded Run() {
    for (bool is_first = true; BeginTokens(is_first); is_first = false) {
      while (Round()) {
      }
      if (code_.HasOverrun()) throw Damage("truncated: Code is overrun");
    }
    if (code_.HasUnread()) throw Damage("bytes of Code are left");
    Decoded decoded = {{}, code_.Fingerprint()};
    for (const Bytes& lane : group_.lanes()) {
      decoded.raw.insert(decoded.raw.end(), lane.begin(), lane.end());
    }
    return decoded;
  }

 private:
  bool IsWhole(size_t number) const { return group_.lanes()[number].size() == lanes_[number].size; }

  // A step up to its first round; false when all lanes are whole.
  bool BeginTokens(bool is_first) {
    bool is_any_open = false;
    for (size_t number = 0; number < lanes_.size(); ++number) {
      if (IsWhole(number)) continue;
      Lane& lane = lanes_[number];
      lane.weights = lane.network(is_first ? model_.begin_row
                                           : model_.rows.at(static_cast<size_t>(lane.last)));
      lane.token.clear();
      lane.is_open = is_any_open = true;
    }
    return is_any_open;
  }

  bool Round() {
    bool is_any_open = false;
    for (size_t number = 0; number < lanes_.size(); ++number) {
      if (!lanes_[number].is_open) continue;
      is_any_open = true;
      DecodeNext(number);
    }
    return is_any_open;
  }

  void DecodeNext(size_t number) {
    Lane& lane = lanes_[number];
    // The weights of the tokens that go on by each byte, and of the one that ends here.
    std::vector<uint64_t> children(256);
    uint64_t own = 0, total = 0;
    bool is_token = false;
    for (size_t t = 0; t < model_.texts.size(); ++t) {
      const std::string& text = model_.texts[t];
      if (text.compare(0, lane.token.size(), lane.token) != 0) continue;
      if (text.size() == lane.token.size()) {
        is_token = true;
        own = lane.weights[t];
        continue;
      }
      children[static_cast<uint8_t>(text[lane.token.size()])] += lane.weights[t];
      total += lane.weights[t];
    }
    if (!lane.token.empty() && is_token && total != 0 && DecodeEnd(number, own, children, total)) {
      return End(number);
    }
    std::vector<int64_t> scaled;
    for (const uint64_t weight : children) scaled.push_back(Scaled(weight, total));
    Opinions opinions = {Sums(scaled)};
    if (second_ != nullptr) opinions.push_back(Sums(lane.second));
    biases_.Begin(numbers_.at(lane.token), lane.last, lane.before_last);
    group_.DecodeTokenByte(number, code_, opinions, biases_);
    const uint8_t byte = group_.lanes()[number].back();
    lane.token += static_cast<char>(byte);
    if (IsWhole(number)) {
      lane.is_open = false;
      return;
    }
    if (second_ != nullptr) lane.second = lane.second_network(byte);
    const auto next = numbers_.upper_bound(lane.token);
    const bool has_children = next != numbers_.end() && next->first.starts_with(lane.token);
    if (!has_children) End(number);
  }

  void End(size_t number) {
    Lane& lane = lanes_[number];
    lane.is_open = false;
    lane.before_last = lane.last;
    lane.last = static_cast<uint64_t>(
        std::find(model_.texts.begin(), model_.texts.end(), lane.token) - model_.texts.begin());
    lane.ended[group_.lanes()[number].size()] = true;
  }

  bool DecodeEnd(size_t number, uint64_t own, const std::vector<uint64_t>& children,
                 uint64_t total) {
    Lane& lane = lanes_[number];
    const Bytes& bytes = group_.lanes()[number];
    EndDecision::Place place = {};
    place.end_logit =
        Clamp(static_cast<int>(LogQ8(Scaled(own, own + total)) - LogQ8(Scaled(total, own + total))),
              3071);
    if (second_ != nullptr) {
      int64_t all = 0, by_children = 0;
      for (size_t b = 0; b < 256; ++b) {
        all += lane.second[b];
        if (children[b] != 0) by_children += lane.second[b];
      }
      place.second_logit = Clamp(
          static_cast<int>(LogQ8(std::max<int64_t>(all - by_children, 1)) - LogQ8(by_children)),
          3071);
    }
    place.node = numbers_.at(lane.token);
    place.last = lane.last;
    for (size_t k = 4; k >= 1; --k) place.recent = place.recent * 256 + Contexts::Back(bytes, k);
    const Match& match = group_.match(number);
    if (match.length() != 0) {
      const bool ended = lanes_[match.at().lane].ended[match.at().k];
      place.grade =
          static_cast<uint64_t>(2 * std::min(15, Digits(match.length())) + (ended ? 1 : 0));
      place.expected = static_cast<uint64_t>(match.ExpectedByte(group_.lanes())) + 1;
    }
    return ends_.Decode(place, code_);
  }

  const TokenModel& model_;
  const Model* second_;
  const std::map<std::string, uint32_t> numbers_;
  Group group_;
  ArithmeticDecoder code_;
  std::vector<Lane> lanes_;
  Biases biases_;
  EndDecision ends_;
};

}  // namespace

Decoded DecodeTokenCodec(const Bytes& payload, uint64_t size, const Models& models) {
  if (size > 1024 * payload.size() + 65536) throw Damage("cannot stand for so much");
  Input input(payload);
  const ModelName name = ReadModelName(input);
  const ModelName second_name = ReadModelName(input);
  const uint64_t lanes = input.Number(1);
  if (lanes < 1 || lanes > 64 || lanes > size) throw Damage("Lanes");
  const Model model = models(name);
  if (model.tokens == nullptr) throw Damage("a model of bytes");
  Model second;
  if (second_name.number != 255) second = models(second_name);
  if (second.tokens != nullptr) throw Damage("a model of tokens");
  const Bytes code = input.Take(input.Left());
  return Walk(*model.tokens, second_name.number != 255 ? &second : nullptr, code, size, lanes)
      .Run();
}

}  // namespace lmz::reference
