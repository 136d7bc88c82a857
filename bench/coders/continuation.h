// What goes on behind given bytes, drawn from what a predictor expects: a decoder that is given
// random bits. Of a compressor that does not say what it expects, as gzip, the size of the code of
// each possible next byte says it, as Delétang et al. (2024) have it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/coders/lmz_coder.h"

namespace lmz::bench {

struct Continuation {
  Bytes bytes;
  uint64_t random_bits = 0;  // that were taken
};

// Thread-safe.
class Continuer {
 public:
  virtual ~Continuer() = default;
  virtual std::string name() const = 0;
  virtual std::string version() const = 0;
  // `size` bytes behind `given`, at least one of each; the same for the same arguments on every
  // machine. Text has words, other bytes have none. Errors: those of the predictor.
  virtual Result<Continuation> Continue(ByteSpan given, size_t size, bool is_text,
                                        uint64_t seed) const = 0;
};

using Continuers = std::vector<std::unique_ptr<Continuer>>;

// The next byte's probability is 2^-(bits of the code of all bytes up to it), divided by the sum
// over all 256, by `gzip -9`.
void AddGzipContinuer(Continuers& continuers);

// lmz without a model, then with each model of bytes: the network alone, and with the mixer.
void AddLmzContinuers(const std::vector<BenchModel>& models, Continuers& continuers);

// The models of tokens alone, each step on `threads` threads.
void AddTokenContinuers(const std::vector<BenchModel>& models, int threads, Continuers& continuers);

}  // namespace lmz::bench
