// `lmz-bench context` and `lmz-bench scaling`: the figures of Delétang et al., *Language Modeling
// Is Compression* (2024).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/catalog.h"

namespace lmz::bench {

struct FigureOptions {
  std::string text;  // a file, or a folder of files; empty: none
  int threads = 1;
  std::vector<std::string> models;  // files, beside those of levels
  int max_level = MaxLevel();       // of lmz that takes part
  std::string csv;                  // further outputs; empty: none
  std::string svg;
  std::string into;  // the document with the section; empty: standard output
  std::string section;
};

struct ContextOptions : FigureOptions {
  std::string image;  // a folder of pictures
  std::string audio;  // a folder of recordings
  bool is_resampled = false;
  std::vector<std::string> llms;  // files of models of tokens
  size_t chunks = 64;             // that are measured, spread evenly over the text
  int level = 3;                  // whose model is measured
};

// Bits per byte of the first n bytes of chunks of text, pixels and sound, n up to 2,048, each coded
// alone and decoded: gzip, networks alone, lmz.
Status RunContext(const ContextOptions& options);

struct ScalingOptions : FigureOptions {
  std::string state;  // the journal; empty: none
  std::vector<uint64_t> sizes = {100000, 1000000, 10000000, 100000000, 1000000000};
};

// Adjusted rate against the size of the model for data of several sizes, and the size from which a
// model pays; sizes that the text does not have are projected from the largest that it has.
Status RunScaling(const ScalingOptions& options);

}  // namespace lmz::bench
