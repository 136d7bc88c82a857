// What zlib would do next: src/codec/deflate/spec.md, sections 2 and 3.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "tests/reference/text/bytes_decoder.h"

namespace lmz::reference {

// 2.
struct DeflateSettings {
  int64_t search, filtered, keeps_distant, window_bits, memory_level;

  // 2
  int64_t HashBits() const { return memory_level == 10 ? 15 : memory_level + 7; }
  int64_t BlockTokens() const {
    return (int64_t{1} << (memory_level == 10 ? 15 : memory_level + 6)) - 1;
  }
};

struct Copy {
  int64_t length, distance;
  bool operator==(const Copy&) const = default;
};
using Token = std::optional<Copy>;  // none: a literal

class DeflateParse {
 public:
  DeflateParse(const Bytes& data, const DeflateSettings& settings)
      : d_(data), n_(static_cast<int64_t>(data.size())), set_(settings) {
    steps_ = (int64_t{1} << 20) + 1024 * n_;
  }

  Token guess, found;  // of the last Look

  // 3.4
  void Look(int64_t p) {
    guess = found = std::nullopt;
    Token later;
    if (set_.search == 10) {
      const int64_t m = p > 0 ? Agreement(p - 1, p) : 0;
      if (m >= 3) guess = found = Copy{m, 1};
    } else if (set_.search >= 1) {
      found = later_ ? later_ : Search(p, 2);
      if (found && set_.search >= 4 && found->length < Row()[1]) {
        Enter(p);
        later = Search(p + 1, found->length);
      }
      if (!later) guess = found;
    }
    later_ = later;
  }

  // 3.3, after Look(p).
  std::optional<int64_t> Nearest(int64_t p, int64_t l) {
    if (set_.search == 0 || set_.search == 10 || p + l > n_) return std::nullopt;
    const std::vector<int64_t>& chain = chains_[Hash(p)];
    int64_t seen = 0;
    for (auto q = chain.rbegin(); q != chain.rend() && seen < 1024; ++q, ++seen) {
      if (*q == 0 || steps_ <= 0 || p - *q > (int64_t{1} << set_.window_bits) - 262) break;
      --steps_;
      if (*q == p || At(*q + l - 1) != At(p + l - 1)) continue;
      const int64_t m = Agreement(*q, p);
      steps_ -= m / 8;
      if (m >= l) return p - *q;
    }
    return std::nullopt;
  }

  // Goes behind the token that is really at p.
  void Pass(int64_t p, const Token& token) {
    const int64_t length = token ? token->length : 1;
    if (token) later_ = std::nullopt;
    Enter(p);
    if (set_.search >= 4 || length <= Row()[1]) EnterAll(p + 1, p + length);
  }

  void PassWindow(int64_t size) {
    if (set_.search >= 1 && set_.search <= 9) EnterAll(0, size);
  }

  void PassStored(int64_t p, int64_t size) {
    later_ = std::nullopt;
    EnterAll(p, p + size);
  }

 private:
  // Good, Lazy, Nice, Chain.
  const std::vector<int64_t>& Row() const {
    static const std::vector<std::vector<int64_t>> table = {
        {0, 0, 0, 0},         {4, 4, 8, 4},         {4, 5, 16, 8},     {4, 6, 32, 32},
        {4, 4, 16, 16},       {8, 16, 32, 32},      {8, 16, 128, 128}, {8, 32, 128, 256},
        {32, 128, 258, 1024}, {32, 258, 258, 4096}, {0, 0, 0, 0}};
    return table[static_cast<size_t>(set_.search)];
  }

  int64_t At(int64_t p) const { return d_[static_cast<size_t>(p)]; }

  int64_t Agreement(int64_t q, int64_t p) const {
    int64_t m = 0;
    while (m < std::min<int64_t>(258, n_ - p) && At(q + m) == At(p + m)) ++m;
    return m;
  }

  // 3.1
  int64_t Hash(int64_t p) const {
    const int64_t bits = set_.HashBits();
    const int64_t s = (bits + 2) / 3;
    return ((At(p) << (2 * s)) ^ (At(p + 1) << s) ^ At(p + 2)) % (int64_t{1} << bits);
  }

  void Enter(int64_t p) {
    if (p < next_ || p + 3 > n_) return;
    chains_[Hash(p)].push_back(p);
    next_ = p + 1;
  }
  void EnterAll(int64_t from, int64_t to) {
    for (int64_t p = from; p < to; ++p) Enter(p);
  }

  // 3.2
  Token Search(int64_t p, int64_t b) {
    if (p + 3 > n_ || steps_ <= 0) return std::nullopt;
    int64_t count = b >= Row()[0] ? Row()[3] / 4 : Row()[3];
    const int64_t enough = std::min(Row()[2], n_ - p);
    const int64_t max_distance = (int64_t{1} << set_.window_bits) - 262;
    int64_t best = b, source = -1;
    const std::vector<int64_t>& chain = chains_[Hash(p)];
    for (auto q = chain.rbegin(); q != chain.rend(); ++q) {
      const bool is_first = q == chain.rbegin();
      if (*q == 0 || p - *q > (is_first ? max_distance : max_distance - 1)) break;
      --steps_;
      if (best < n_ - p && At(*q + best) == At(p + best)) {
        const int64_t m = Agreement(*q, p);
        steps_ -= m / 8;
        if (m > best) {
          best = m;
          source = *q;
          if (m >= enough) break;
        }
      }
      if (--count == 0) break;
    }
    if (source < 0) return std::nullopt;
    if (set_.search >= 4) {
      if (set_.filtered != 0 && best <= 5) return std::nullopt;
      if (best == 3 && p - source > 4096 && set_.keeps_distant == 0) return std::nullopt;
    }
    return Copy{best, p - source};
  }

  const Bytes& d_;
  int64_t n_;
  DeflateSettings set_;
  int64_t steps_;
  int64_t next_ = 0;
  Token later_;
  std::map<int64_t, std::vector<int64_t>> chains_;
};

}  // namespace lmz::reference
