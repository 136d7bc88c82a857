#include "train/tools/train_transformer.h"

#include <algorithm>
#include <cstdio>

#include "model/model_file.h"
#include "model/transformer/transformer_predictor.h"
#include "train/data/file.h"
#include "train/export/transformer_export.h"

namespace lmz::train {

namespace {

void Print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

// The model in `file` beside what it was made from, on the first of the validation data.
Status Compare(const Bytes& file, TransformerTrainer& trainer, const Corpus& corpus,
               const BatchShape& batch) {
  constexpr int64_t kMostBytes = 1 << 17;
  const int64_t stretches =
      std::clamp<int64_t>(kMostBytes / batch.steps, 1, trainer.validation_stretches());
  const double trained = trainer.ValidationBits(stretches);
  LMZ_ASSIGN(const ModelFile model, ParseModelFile(file));
  LMZ_ASSIGN(const double exported, IntegerBits(TransformerPredictor(model), corpus.validation,
                                                static_cast<int>(stretches),
                                                static_cast<size_t>(trainer.validation_stride()),
                                                static_cast<size_t>(batch.steps)));
  std::printf(
      "%lld bytes of validation data: %.4f bits per byte as trained, %.4f as exported (%+.2f %%)\n",
      static_cast<long long>(stretches * batch.steps), trained, exported,
      100 * (exported / trained - 1));
  return OkStatus();
}

}  // namespace

Status TrainTransformer(const TransformerOptions& options, bool resume, const at::Device& device,
                        const Corpus& corpus, const ModelCard& card, const std::string& out,
                        const volatile std::sig_atomic_t* stop) {
  const TransformerSize& size = options.size;
  std::printf(
      "%lld parameters (transformer, width %d, %d layers, %d heads, %d of keys, hidden %d) on %s; "
      "%zu bytes of training data, %zu of validation data\n",
      static_cast<long long>(CountParameters(size)), size.width, size.layers, size.heads,
      size.kv_heads, size.hidden, device.str().c_str(), corpus.training.size(),
      corpus.validation.size());
  TransformerTrainer trainer(options, device, corpus);
  if (resume) LMZ_TRY(trainer.Resume());
  const auto write = [&]() -> Result<Bytes> {
    LMZ_ASSIGN(Bytes file, ModelFileOf(trainer.network(), options.batch.steps, card));
    LMZ_TRY(WriteWholeFile(out, file));
    return file;
  };
  LMZ_TRY(write().status());  // finds out now whether it can be written
  LMZ_TRY(trainer.Run(stop, Print));
  LMZ_ASSIGN(const Bytes file, write());
  LMZ_TRY(Compare(file, trainer, corpus, options.batch));
  std::printf("%s was written; --resume continues from %s\n", out.c_str(),
              options.checkpoint.c_str());
  return OkStatus();
}

}  // namespace lmz::train
