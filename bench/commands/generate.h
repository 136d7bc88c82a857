// `lmz-bench generate`: continuations of text, pictures and sound by what compressors expect, as in
// Delétang et al., *Language Modeling Is Compression* (2024).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/coders/continuation.h"

namespace lmz::bench {

struct GenerateOptions {
  // A file, or a folder of files, of each kind; empty: none.
  std::string text;
  std::string image;
  std::string audio;
  size_t bytes = 400;     // of text
  size_t rows = 32;       // of pixels, 1 .. kPictureRows - 1
  size_t samples = 4000;  // of sound
  uint64_t seed = 0;
  int level = 3;  // whose model takes part; 0: none
  int threads = 1;
  std::vector<std::string> models;  // files of further models
  std::vector<std::string> llms;    // of tokens
  std::string folder;               // where the samples go as files; empty: nowhere
  std::string svg;
  std::string into;
  std::string section = "generate";
};

// Of the pictures that are continued: gray, cut out of the middle of the first one.
inline constexpr uint32_t kPictureColumns = 128;
inline constexpr uint32_t kPictureRows = 96;

// What is given of a kind of data, and how it went on.
struct Beginning {
  Continuer::Kind kind = Continuer::Kind::kText;
  std::string what;  // for a sentence
  Bytes given;
  Bytes original;  // what stands behind it in the data

  // What was given, and what went on behind it.
  Bytes With(const Bytes& behind) const {
    Bytes whole = given;
    ByteWriter(whole).Append(behind);
    return whole;
  }
};

struct Continued {
  std::string name;  // of the predictor
  // By beginning; empty where it does not take part. The original has no bits.
  std::vector<Bytes> bytes;
  std::vector<uint64_t> random_bits;
};

// One figure of all, the first of which is the original, as an SVG file: text as lines, pixels as
// pictures, sound as its waveform above its spectrogram. Errors: those of libpng.
Result<std::string> DrawContinuations(const std::vector<Beginning>& beginnings,
                                      const std::vector<Continued>& all);

// Errors: kInvalidArgument where there is no data of a kind, or too little; those of models.
Status RunGenerate(const GenerateOptions& options);

}  // namespace lmz::bench
