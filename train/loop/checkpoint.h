// Everything that training needs to go on exactly where it stopped, in one file.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace lmz::train {

struct Checkpoint {
  Bytes identity;  // what must not change between stopping and going on
  Bytes counters;  // small state, in the owner's own format
  std::vector<at::Tensor> tensors;
};

// Replaces the file at `path` as a whole. Errors: kIo.
Status SaveCheckpoint(const std::string& path, const Checkpoint& checkpoint);

// Fills `checkpoint.counters` and, in place, `checkpoint.tensors`, which must have their types and
// sizes. Errors: kIo; kDamaged for a file that is no checkpoint or is damaged; kInvalidArgument for
// one with another identity or other tensors. The tensors change only if all is well.
Status LoadCheckpoint(const std::string& path, Checkpoint& checkpoint);

}  // namespace lmz::train
