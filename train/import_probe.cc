// usage: import_probe WEIGHTS.f16 NAME LICENCE NOTE OUTPUT.lmm
//
// Makes a model file from the float16 weights of the architecture probe by quantising them after
// training: int8 with one step per row.
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <numbers>
#include <string>

#include "kernels/fixed_point.h"
#include "model/model_file.h"
#include "probe_weights.h"
#include "quantize_glr.h"

namespace lmz {
namespace {

class Importer {
 public:
  explicit Importer(const ProbeWeights& probe) : probe_(probe) {}

  Result<GlrWeights> Import() {
    const auto [vocabulary, width, layers, state, hidden] = probe_.dims;
    if (vocabulary != kByteValues) {
      return Status(Code::kInvalidArgument, "the probe is not a byte model");
    }
    GlrWeights glr;
    glr.shape = {static_cast<uint16_t>(width), static_cast<uint16_t>(layers),
                 static_cast<uint16_t>(state), static_cast<uint16_t>(hidden)};
    LMZ_TRY(CheckShape(glr.shape));
    glr.embedding = QuantizeEmbedding(Tensor("emb.weight"), Tensor("ni.w"));
    for (int i = 0; i < layers; ++i) {
      glr.layers.push_back(Layer("bl." + std::to_string(i) + ".", glr.shape));
    }
    glr.final_norm = QuantizeNorm(Tensor("nf.w"));
    glr.head = QuantizeMatrix(Tensor("head.weight"), kByteValues, std::numbers::log2e);
    for (const float bias : Tensor("head.bias")) {
      const double scaled = bias * std::numbers::log2e * (1 << kLogitFraction);
      glr.head_bias.push_back(static_cast<int32_t>(std::lround(scaled)));
    }
    LMZ_TRY(status_);
    return glr;
  }

 private:
  GlrLayer Layer(const std::string& at, const GlrShape& shape) {
    GlrLayer layer;
    layer.input_norm = QuantizeNorm(Tensor(at + "n1.w"));
    const auto mix = Tensor(at + "mix");
    const auto projection = Tensor(at + "vfg.weight");
    const size_t mixes = mix.size() / 3, weights = projection.size() / 3;
    for (size_t i = 0; i < 3; ++i) {
      layer.mix[i] = QuantizeVector(mix.subspan(i * mixes, mixes), kMixFraction);
    }
    layer.value = QuantizeMatrix(projection.subspan(0, weights), shape.state);
    layer.forget = QuantizeMatrix(projection.subspan(weights, weights), shape.state);
    layer.gate = QuantizeMatrix(projection.subspan(2 * weights, weights), shape.state);
    layer.forget_bias = QuantizeVector(Tensor(at + "fb"), kGateFraction);
    layer.state_norm = QuantizeNorm(Tensor(at + "no.w"));
    layer.output = QuantizeMatrix(Tensor(at + "o.weight"), shape.width);
    layer.hidden_norm = QuantizeNorm(Tensor(at + "n2.w"));
    layer.hidden_mix = QuantizeVector(Tensor(at + "mixm"), kMixFraction);
    layer.up = QuantizeMatrix(Tensor(at + "w1.weight"), shape.hidden);
    layer.down = QuantizeMatrix(Tensor(at + "w2.weight"), shape.width);
    return layer;
  }

  std::span<const float> Tensor(const std::string& name) {
    const auto found = probe_.tensors.find(name);
    if (found != probe_.tensors.end() && found->second.size() >= 3) return found->second;
    if (status_.ok())
      status_ = Status(Code::kInvalidArgument, "the tensor " + name + " is missing");
    static const std::vector<float> kNone(3, 0.0f);
    return kNone;
  }

  const ProbeWeights& probe_;
  Status status_;
};

Result<Bytes> ImportFile(const std::string& path, const ModelCard& card) {
  std::ifstream in(path, std::ios::binary);
  const Bytes file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) return Status(Code::kIo, "cannot read " + path);
  LMZ_ASSIGN(const ProbeWeights probe, ReadProbeWeights(file));
  ModelFile model;
  model.card = card;
  LMZ_ASSIGN(model.glr, Importer(probe).Import());
  return WriteModelFile(model);
}

}  // namespace
}  // namespace lmz

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: import_probe WEIGHTS.f16 NAME LICENCE NOTE OUTPUT.lmm\n";
    return 2;
  }
  const auto file = lmz::ImportFile(argv[1], {argv[2], argv[3], argv[4]});
  if (!file.ok()) {
    std::cerr << "import_probe: " << file.status().message() << '\n';
    return 1;
  }
  std::ofstream out(argv[5], std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.value().data()),
            static_cast<std::streamsize>(file.value().size()));
  out.close();
  if (!out) {
    std::cerr << "import_probe: cannot write " << argv[5] << '\n';
    return 1;
  }
  return 0;
}
