// Trains one network on one corpus: the loop, its judging, its checkpoints.
#pragma once

#include <csignal>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "train/data/corpus.h"
#include "train/loop/checkpoint.h"
#include "train/loop/optimizer.h"
#include "train/loop/process_group.h"
#include "train/loop/progress.h"
#include "train/loop/sampler.h"
#include "train/loop/schedule.h"
#include "train/network/device.h"
#include "train/network/glr_network.h"
#include "train/network/parameters.h"

namespace lmz::train {

struct TrainOptions {
  GlrShape shape;
  BatchShape batch;  // of this process; the others of its group have as many rows each
  Schedule schedule;
  OptimizerOptions optimizer;
  uint64_t seed = 1;
  double jump_share = 0.03;
  bool bfloat16 = true;  // on CUDA devices
  MatrixRounding rounding = MatrixRounding::kInt8;
  double teacher_share = 0.5;
  int average_steps = 0;  // judge and export an average of about the last so many steps; 0: none

  int64_t most_bytes = std::numeric_limits<int64_t>::max();
  double most_seconds = std::numeric_limits<double>::infinity();
  int patience = 0;  // validations without improvement after which to stop; 0: never

  double report_seconds = 5;
  double validate_seconds = 30;
  double checkpoint_seconds = 120;
  std::string checkpoint;  // path; empty: none
  // Checkpoints of 5 bytes per parameter (AdamW: 7) instead of 8 (12): at each one, training goes
  // on with parameters of 24 bits, moments in bfloat16, and rows whose state is empty.
  bool compact = false;
  // Checkpoints do not name the training data, so that each run of a long training can have other
  // data: rows go on at places of the new data.
  bool changing_data = false;
};

class Trainer {
 public:
  // Parameters start at random. Without `teacher`, which must live longer, the bytes are what is
  // learnt; with it, its distributions too, as GlrNetwork::Run tells. Memory: on `device`, the
  // corpus and about 30 bytes per position, layer and element of the width. All processes of
  // `group`, which must live longer, need the same options and corpus; they keep the same
  // parameters, and train as one process with all their rows would.
  Trainer(const TrainOptions& options, const at::Device& device, const Corpus& corpus,
          const ProcessGroup& group, Parameters* teacher = nullptr);

  Parameters& parameters() { return parameters_; }
  const Progress& progress() const { return progress_; }

  // Goes on where the checkpoint was written. Errors: as LoadCheckpoint.
  Status Resume();

  // Trains until a limit is reached or *stop is not 0, writing checkpoints and, through `report`,
  // one line at a time. `improved` is called after each validation that is the best so far. With
  // average_steps, parameters() are the average in `improved`, and once it has returned. Only the
  // first process of a group writes and reports.
  // Errors: kInternal when the loss is not a number any more; kIo when a checkpoint cannot be
  // written.
  Status Run(const volatile std::sig_atomic_t* stop,
             const std::function<void(const std::string&)>& report,
             const std::function<Status()>& improved);

  // Bits per byte on the validation data: each row of the batch reads an equal share from a fresh
  // state, but at most `most_segments` times the batch's steps.
  double ValidationBits(int64_t most_segments = std::numeric_limits<int64_t>::max());
  int64_t validation_stride() const;    // bytes from row to row
  int64_t validation_segments() const;  // of the batch's steps, in a row's share

  // One step of training. Enqueues; LossBits waits for the device.
  void Step();

  // Writes a checkpoint, if there is to be one. Errors: kIo.
  Status Save();

  // The mean bits per byte of the steps since the last call; not a number when there were none.
  double LossBits();

 private:
  double ShareDone() const;
  void EnqueueGradient();
  void EnqueueStart(GlrNetwork& network);
  void EnqueueUpdate();
  void Upload();
  int64_t AllRows() const { return int64_t{options_.batch.rows} * group_.size(); }
  at::Tensor AllRowsOf(const at::Tensor& carried, int64_t dimension) const;
  double Sum(double number) const;
  Status NotANumber() const;
  void Agree(double seconds, bool stop);
  void SwapAverage();
  Bytes Identity() const;
  Bytes Counters() const;
  Status LoadCounters(ByteSpan counters);
  std::vector<const Carry*> Carries() const;
  Checkpoint State() const;
  void RoundForCheckpoint();
  Status Validate(const std::function<Status()>& improved, double& bits);

  const TrainOptions options_;
  const at::Device device_;
  const ProcessGroup& group_;
  const uint64_t data_checksum_;
  Parameters parameters_;
  GlrNetwork network_;
  std::unique_ptr<GlrNetwork> teacher_;
  Optimizer optimizer_;
  Sampler sampler_;
  at::Tensor training_, validation_;  // bytes, on the device
  at::Tensor positions_, fresh_;      // of the rows
  at::Tensor loss_sum_;
  at::Tensor average_, average_share_;  // of the parameters, undefined without; of the last step
  int64_t loss_steps_ = 0;
  bool stopping_ = false;
  Replay gradient_, update_;
  Progress progress_;
};

}  // namespace lmz::train
