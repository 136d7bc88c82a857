// lmz itself as one of the coders, through its pipelines.
#pragma once

#include "bench/measure/coder.h"
#include "model/library.h"
#include "model/predictor.h"

namespace lmz::bench {

// A model with what the tables say about it.
struct BenchModel {
  std::string name;
  int level = 0;  // that stands for it, 1 .. 4; 0: none
  std::string id;
  uint64_t file_size = 0;
  uint64_t parameters = 0;
  bool is_built_in = false;
  SharedModel model;
  SharedPredictor network;  // the same; null where it predicts tokens

  // What figures and tables call it where it works without the mixer.
  std::string NameAlone() const { return "network " + name + " alone"; }
};

// The models of levels up to `max_level`, smallest first, then those in `files`. A level whose
// model is not installed is left out, which standard error tells. Errors: those of reading and
// loading.
Result<std::vector<BenchModel>> LoadModels(const std::vector<std::string>& files, int max_level);

// The models of tokens in `files`. Errors: those of reading and loading; kInvalidArgument for a
// model of bytes.
Result<std::vector<BenchModel>> LoadLanguageModels(const std::vector<std::string>& files);

// The one of a level from 1 on. Errors: as ModelLibrary::OfLevel.
Result<BenchModel> LoadModelOfLevel(int level);

// This lmz with its version, and the models with their ids, for a sentence.
std::string LmzWithModels(const std::vector<BenchModel>& models);

// lmz -0, then lmz with each model. Pixels and samples are given as the files that people keep them
// in, PGM, PPM and WAV, whose headers count; data without meaning as it is.
void AddLmzCoders(const std::vector<BenchModel>& models, Coders& coders);

}  // namespace lmz::bench
