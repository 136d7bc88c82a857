// Trains the starting state of the context mixer for a model and writes it into the model's file:
// mixer_start MODEL DATA OUT. Takes short pieces from all over DATA, since short inputs are what
// the start matters for, and codes each with an empty mixer that begins with what the last one
// learnt.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "kernels/isa.h"
#include "mix/context_mixer.h"
#include "model/network.h"

namespace lmz {
namespace {

constexpr size_t kPieces = 80;
constexpr size_t kPieceSize = 8000;

Bytes ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

// Codes `piece` with an empty mixer that begins with the weights of the one before it, if any, and
// takes its place.
void Learn(const Network& network, const ContextMixer::Start& start, ByteSpan piece,
           std::optional<ContextMixer>& last) {
  ContextMixer mixer =
      ContextMixer::Make(piece.size(), 1, start, GetMixerKernels(ActiveIsa())).value();
  if (last) mixer.TakeWeights(*last);
  ContextMixer::Lane lane = mixer.MakeLane(piece.data(), 0, Profile::kText);
  LaneStates states(network.shape(), 1);
  StepScratch scratch(network.shape(), 1);
  std::vector<uint32_t> opinion(kByteValues);
  uint8_t last_byte = 0;
  for (const uint8_t byte : piece) {
    network.Step(states, 0, 1, &last_byte, opinion.data(), scratch);
    lane.SetOpinion(opinion.data());
    for (int i = 7; i >= 0; --i) {
      mixer.Predict(lane);
      mixer.Update(lane, byte >> i & 1);
    }
    mixer.UpdateByte(lane);
    last_byte = byte;
  }
  last.emplace(std::move(mixer));
}

int Run(const std::string& model_path, const std::string& data_path, const std::string& out_path) {
  Result<ModelFile> model = ParseModelFile(ReadAll(model_path));
  const Bytes data = ReadAll(data_path);
  if (!model.ok() || data.size() < kPieces * kPieceSize) {
    std::fprintf(stderr, "mixer_start: %s\n",
                 model.ok() ? "there is too little data" : model.status().message().c_str());
    return 1;
  }
  const Network network(model.value());
  const ContextMixer::Start start = ContextMixer::WithModel(nullptr);
  std::optional<ContextMixer> mixer;
  for (size_t piece = 0; piece < kPieces; ++piece) {
    const size_t offset = data.size() / kPieces * piece;
    Learn(network, start, ByteSpan(data).subspan(offset, kPieceSize), mixer);
  }
  model.value().mixer_start = mixer->MeanWeights(start);
  const Result<Bytes> file = WriteModelFile(model.value());
  std::ofstream out(out_path, std::ios::binary);
  if (file.ok()) {
    out.write(reinterpret_cast<const char*>(file.value().data()),
              static_cast<std::streamsize>(file.value().size()));
  }
  if (!file.ok() || !out.flush()) {
    std::fprintf(stderr, "mixer_start: cannot write %s\n", out_path.c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lmz

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: mixer_start MODEL DATA OUT\n");
    return 2;
  }
  return lmz::Run(argv[1], argv[2], argv[3]);
}
