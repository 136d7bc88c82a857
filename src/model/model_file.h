// The model file `.lmm` (docs/spec/model.md): parsed with every rule checked before anything is
// used, and written by the tools that make models.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/checksum.h"
#include "model/glr/weights.h"
#include "model/mixer_start.h"

namespace lmz {

// The hash that names a model: XXH3-128 of all bytes of its file before the hash itself.
using ModelId = Hash128;

// 32 lower-case hexadecimal digits.
std::string ModelIdText(const ModelId& id);

struct ModelCard {
  std::string name;     // 1 .. 63 characters of a-z, 0-9, '-', '_', '.'
  std::string licence;  // an SPDX expression: 1 .. 255 characters of printable ASCII
  std::string note;     // how it was trained: up to 65,535 bytes of printable UTF-8
};

struct ModelFile {
  ModelId id{};  // set by ParseModelFile; WriteModelFile computes it
  ModelCard card;
  GlrWeights glr;
  std::optional<MixerStart> mixer_start;
};

// Reads a whole model file. Errors: kModelDamaged (with what and where); kNewerVersion for a
// version, architecture or section that this version does not know. Memory and time are bounded by
// file.size(). Thread-safe.
Result<ModelFile> ParseModelFile(ByteSpan file);

// The bytes of the file for `model`. Errors: kInvalidArgument when a number or text breaks a rule.
Result<Bytes> WriteModelFile(const ModelFile& model);

}  // namespace lmz
