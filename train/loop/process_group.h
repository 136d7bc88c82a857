// Processes that train one model together, each on its own rows of every batch (data parallelism),
// through libtorch's c10d: Gloo between CPUs, NCCL between CUDA devices.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>

#include "base/status.h"

namespace lmz::train {

struct GroupPlace {
  int rank = 0;
  int size = 1;
  int local_rank = 0;  // among the processes of this machine
  std::string address;
  int port = 0;
};

// From RANK, WORLD_SIZE, LOCAL_RANK (RANK where it is not set), MASTER_ADDR and MASTER_PORT, as
// torchrun sets them; a group of one where WORLD_SIZE is not set. Errors: kInvalidArgument for
// values that are missing or make no sense.
Result<GroupPlace> GroupPlaceFromEnvironment();

class ProcessGroup {
 public:
  // A group of one, whose sums are what they were.
  ProcessGroup();
  ~ProcessGroup();
  ProcessGroup(ProcessGroup&&) noexcept;

  // Waits until all processes are there, five minutes at most. `device` is what Sum's tensors will
  // be on. Errors: kIo when they do not meet; kInvalidArgument when this program was built without
  // the means for `device`.
  static Result<ProcessGroup> Join(const GroupPlace& place, const at::Device& device);

  int rank() const { return rank_; }
  int size() const { return size_; }

  // Replaces `tensor` (contiguous) by its sum over all processes. Every process must call it in
  // the same order with the same sizes. On CUDA devices enqueues alone. Throws c10::Error when
  // another process is gone.
  void Sum(at::Tensor tensor) const;

 private:
  struct Backend;
  std::unique_ptr<Backend> backend_;
  int rank_ = 0, size_ = 1;
};

}  // namespace lmz::train
