// lmz-train --architecture transformer.
#pragma once

#include <csignal>
#include <string>

#include "model/model_card.h"
#include "train/data/corpus.h"
#include "train/loop/transformer_trainer.h"

namespace lmz::train {

// Trains a transformer until its limits or `*stop`, and writes the model file `out`. What is
// printed goes to standard output. Errors: those of training, exporting and writing.
Status TrainTransformer(const TransformerOptions& options, bool resume, const at::Device& device,
                        const Corpus& corpus, const ModelCard& card, const std::string& out,
                        const volatile std::sig_atomic_t* stop);

}  // namespace lmz::train
