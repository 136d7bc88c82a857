// The model file `.lmm` (docs/spec/model.md): parsed with every rule checked before anything is
// used, and written by the tools that make models.
#pragma once

#include <array>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "model/file/matrix_source.h"
#include "model/glr/weights.h"
#include "model/mixer_start.h"
#include "model/model_card.h"
#include "model/token/vocabulary.h"
#include "model/transformer/weights.h"

namespace lmz {

// The first bytes of every model file.
inline constexpr std::array<uint8_t, 4> kModelMagic = {0xF7, 'L', 'M', 'M'};

// A network that predicts tokens, and what those are.
struct TransformerNetwork {
  TransformerWeights weights;
  Vocabulary vocabulary;
};

struct ModelFile {
  ModelId id{};  // set by ParseModelFile; WriteModelFile computes it
  ModelCard card;
  std::variant<GlrWeights, TransformerNetwork> network;  // the first: predicts bytes
  std::optional<MixerStart> mixer_start;

  // The network where it is known to be one that predicts bytes.
  GlrWeights& glr() { return std::get<GlrWeights>(network); }
  const GlrWeights& glr() const { return std::get<GlrWeights>(network); }
  // Null where the network predicts bytes.
  const TransformerNetwork* transformer() const {
    return std::get_if<TransformerNetwork>(&network);
  }
};

// Reads a whole model file. The matrices of a transformer are views of `file`, which outlives the
// result. Errors: kModelDamaged (with what and where); kNewerVersion for a version, architecture or
// section that this version does not know. Memory and time are bounded by file.size() and
// Vocabulary::kMaxTextSize. Thread-safe.
Result<ModelFile> ParseModelFile(ByteSpan file);

// Writes the file of `model` to `out` as it arises and returns its id. With `matrices`, those of a
// transformer come from there, and the ones in `model` may be empty: no more than rows of one
// matrix need to be in memory. Errors: kInvalidArgument when a number or text breaks a rule, what
// `out` has is useless then; those of `out` and `matrices`.
Result<ModelId> WriteModelFile(const ModelFile& model, Sink& out, MatrixSource* matrices = nullptr);

// The bytes of the file for `model`. Errors: kInvalidArgument when a number or text breaks a rule.
Result<Bytes> WriteModelFile(const ModelFile& model);

}  // namespace lmz
