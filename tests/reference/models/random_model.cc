#include "tests/reference/models/random_model.h"

#include "tests/reference/inside/random_archive.h"

namespace lmz {

namespace {

void Tame(Int8Matrix& m, int sum_shift, int scale_exponent) {
  m.sum_shift = static_cast<uint8_t>(sum_shift);
  m.scale_exponent = static_cast<int8_t>(scale_exponent);
  for (int16_t& scale : m.row_scale) scale = static_cast<int16_t>(16384 + scale / 2);
}

void Tame(std::vector<int16_t>& values, int divisor) {
  for (int16_t& value : values) value = static_cast<int16_t>(value / divisor);
}

// Weights of about +-0.5 at 22 bits of scale, unit norms, gates that open and close.
void Tame(GlrWeights& w) {
  Tame(w.embedding, 64);
  for (GlrLayer& layer : w.layers) {
    for (NormWeights* norm : {&layer.input_norm, &layer.state_norm, &layer.hidden_norm})
      Tame(*norm);
    for (std::vector<int16_t>& mix : layer.mix) Tame(mix, 2);
    Tame(layer.hidden_mix, 2);
    Tame(layer.forget_bias, 32);
    for (Int8Matrix* m : {&layer.value, &layer.forget, &layer.gate}) Tame(*m, 4, 22);
    for (Int8Matrix* m : {&layer.output, &layer.up, &layer.down}) Tame(*m, 4, 23);
  }
  Tame(w.final_norm);
  Tame(w.head, 4, 22);
  for (int32_t& bias : w.head_bias) bias /= 1 << 13;
}

}  // namespace

ModelFile RandomModel(const GlrShape& shape, uint32_t seed, Wildness wildness) {
  ModelFile model;
  model.card = {"random", "CC0-1.0", "Random weights for tests."};
  model.glr().shape = shape;
  model.glr().layers.resize(shape.layers);
  RandomArchive archive(seed);
  if (!VisitGlr(archive, model.glr()).ok()) return model;
  if (wildness == Wildness::kTame) Tame(model.glr());
  return model;
}

}  // namespace lmz
