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
  enum class Kind { kText, kPixels, kSamples };

  // What is given, and what it means to coders that know: text has words; pixels are gray and come
  // in rows; samples are those of a sound. Other coders take it as bytes.
  struct Beginning {
    ByteSpan given;
    Kind kind = Kind::kText;
    uint32_t width = 0;  // of a row of pixels
  };

  virtual ~Continuer() = default;
  virtual std::string name() const = 0;
  virtual std::string version() const = 0;
  // Whether there is anything to be expected of it.
  virtual bool Takes(Kind /*kind*/) const { return true; }
  // `size` bytes behind those given, at least one of each, whole rows of pixels; the same for the
  // same arguments on every machine. Errors: those of the predictor.
  virtual Result<Continuation> Continue(const Beginning& beginning, size_t size,
                                        uint64_t seed) const = 0;
};

using Continuers = std::vector<std::unique_ptr<Continuer>>;

// The next byte's probability is 2^-(bits of the code of all bytes up to it), divided by the sum
// over all 256, by `gzip -9`.
void AddGzipContinuer(Continuers& continuers);

// lmz as it codes pictures and sounds, which takes no model; the mixer of its codec `bytes` alone;
// then each model of bytes alone, and with the mixer.
void AddLmzContinuers(const std::vector<BenchModel>& models, Continuers& continuers);

// The models of tokens alone, each step on `threads` threads.
void AddTokenContinuers(const std::vector<BenchModel>& models, int threads, Continuers& continuers);

}  // namespace lmz::bench
