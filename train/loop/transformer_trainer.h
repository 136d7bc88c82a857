// Trains one transformer of bytes on one corpus, in one process. Every row of a batch is a stretch
// of the data at a random place, read from the beginning of a text.
#pragma once

#include <csignal>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "train/data/corpus.h"
#include "train/loop/checkpoint.h"
#include "train/loop/optimizer.h"
#include "train/loop/progress.h"
#include "train/loop/sampler.h"
#include "train/loop/schedule.h"
#include "train/network/byte_transformer.h"

namespace lmz::train {

struct TransformerOptions {
  TransformerSize size;
  BatchShape batch;  // `steps`: the context
  Schedule schedule;
  OptimizerOptions optimizer;
  uint64_t seed = 1;
  bool is_bfloat16 = true;  // on CUDA devices
  bool is_rounded = true;   // matrices to int8 before they are multiplied

  int64_t most_bytes = std::numeric_limits<int64_t>::max();
  double most_seconds = std::numeric_limits<double>::infinity();
  double report_seconds = 5;
  double validate_seconds = 30;
  double checkpoint_seconds = 120;
  std::string checkpoint;  // path; empty: none
};

class TransformerTrainer {
 public:
  // `corpus` is copied to the device.
  TransformerTrainer(const TransformerOptions& options, const at::Device& device,
                     const Corpus& corpus);

  const ByteTransformer& network() const { return network_; }

  // Goes on from the checkpoint. Errors: those of LoadCheckpoint.
  Status Resume();

  // Until a limit is reached or `*stop` is set. Errors: kInternal when the loss is no number; those
  // of SaveCheckpoint.
  Status Run(const volatile std::sig_atomic_t* stop,
             const std::function<void(const std::string&)>& report);

  // Bits per byte of at most so many stretches of the validation data, which begin at multiples of
  // validation_stride().
  double ValidationBits(int64_t most_stretches = std::numeric_limits<int64_t>::max());
  int64_t validation_stretches() const;
  int64_t validation_stride() const;

 private:
  // Of a tensor and of its optimizer.
  struct Trained {
    at::Tensor value;
    at::Tensor mean;
    at::Tensor square;  // undefined where Muon updates
    bool decays = false;
  };

  void Step();
  void Update(double rate);
  double ShareDone() const;
  at::Tensor Stretches(const at::Tensor& data, const std::vector<int64_t>& places) const;
  Status Save() const;
  Checkpoint State() const;
  Bytes Identity() const;

  const TransformerOptions options_;
  const at::Device device_;
  const uint64_t data_checksum_;
  ByteTransformer network_;
  std::vector<Trained> trained_;
  Sampler sampler_;
  at::Tensor training_, validation_;  // uint8, on the device
  at::Tensor loss_sum_;               // float [], in nats, since the last report
  int64_t loss_steps_ = 0;
  Progress progress_;
};

}  // namespace lmz::train
