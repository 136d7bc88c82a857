#include "train/export/mixer_training.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "mix/code_byte.h"
#include "mix/context_mixer.h"
#include "model/glr/glr_predictor.h"

namespace lmz::train {

namespace {

constexpr size_t kMostPieces = 80;
constexpr size_t kPieceSize = 8000;

// Codes `piece` with an empty mixer that begins with the weights of the one before it, if any, and
// takes its place.
Status Learn(const Predictor& model, const ContextMixer::Start& start, ByteSpan piece,
             std::optional<ContextMixer>& last) {
  LMZ_ASSIGN(ContextMixer mixer,
             ContextMixer::Make(piece.size(), 1, start, BestKernels(MixerBuilds())));
  if (last) mixer.TakeWeights(*last);
  ContextMixer::Lane lane = mixer.MakeLane(piece.data(), 0, Profile::kText);
  const auto session = model.Begin({});
  Listener listener;
  std::vector<uint32_t> opinion(kByteValues);
  uint8_t last_byte = 0;
  for (const uint8_t& byte : piece) {
    LMZ_TRY(session->Step(0, 0, 1, &last_byte, opinion.data()));
    lane.SetOpinion(0, opinion.data());
    last_byte = CodeByte(mixer, lane, listener, byte);
  }
  last.emplace(std::move(mixer));
  return OkStatus();
}

}  // namespace

Status TrainMixerStart(ByteSpan data, ModelFile& model) {
  const size_t pieces = std::min(kMostPieces, data.size() / kPieceSize);
  if (pieces == 0) {
    return Status(Code::kInvalidArgument, "training the initial mixer weights needs at least " +
                                              std::to_string(kPieceSize) + " bytes of data");
  }
  const GlrPredictor network(model);
  const ContextMixer::Start start = ContextMixer::Untrained(1);
  std::optional<ContextMixer> mixer;
  for (size_t piece = 0; piece < pieces; ++piece) {
    LMZ_TRY(Learn(network, start, data.subspan(data.size() / pieces * piece, kPieceSize), mixer));
  }
  model.mixer_start = mixer->MeanWeights(start);
  return OkStatus();
}

}  // namespace lmz::train
