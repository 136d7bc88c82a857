// What is known of a model without using it.
#pragma once

#include <string>

#include "model/model_file.h"

namespace lmz {

struct ModelSummary {
  int number = 0;  // by which blocks name it; 0: they name its id
  int level = 0;   // that stands for it; 0: none
  ModelCard card;
  ModelId id{};
  std::string network;      // its architecture and shape, for people
  uint64_t parameters = 0;  // numbers that its training found
  uint32_t tokens = 0;      // of its vocabulary; 0: it predicts bytes
  uint64_t file_size = 0;   // bytes
  std::string path;         // of its file; empty: built in, or given as bytes
};

// What a whole model file says about itself, completely checked. Errors: kModelDamaged,
// kNewerVersion, kOutOfMemory. Thread-safe.
Result<ModelSummary> DescribeModel(ByteSpan file);

// The same of the file `path`, which may be a pipe. Errors: as DescribeModel and kIo, all with the
// path.
Result<ModelSummary> DescribeModelFile(const std::string& path);

}  // namespace lmz
