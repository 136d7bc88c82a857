// The byte model at work. A Network holds the weights, bound to this CPU's kernels, and is shared;
// LaneStates is what each lane remembers; StepScratch is one thread's working memory. A step feeds
// every lane one byte and gives the distribution of its next one. All arithmetic is exact integer
// arithmetic (docs/spec/numerics.md): a lane's result depends on that lane's bytes alone, not on
// the instruction set, on the other lanes or on how the lanes are divided among threads.
#pragma once

#include <cstdint>

#include "model/glr/lane_states.h"
#include "model/glr/packed_weights.h"
#include "model/glr/weights.h"
#include "model/model_file.h"

namespace lmz {

// Immutable after loading; any number of threads may use one.
class Network {
 public:
  // Parses a model file and binds it to the best kernels for this CPU. Errors: as ParseModelFile.
  // Memory: about the file's size twice while loading, once afterwards. May throw std::bad_alloc.
  static Result<Network> Load(ByteSpan file);

  // Binds the weights of a model that obeys the rules of the model file. May throw std::bad_alloc.
  explicit Network(const ModelFile& model,
                   const NetworkKernels& kernels = BestKernels(NetworkBuilds()));

  const GlrShape& shape() const { return glr_.shape; }
  const ModelId& id() const { return id_; }
  const ModelCard& card() const { return card_; }
  // Where the context mixer begins; null: as without training.
  const MixerStart* mixer_start() const { return mixer_start_ ? &*mixer_start_ : nullptr; }

  // One step for the lanes first .. first + count - 1 of `states`, 1 <= count <= what `scratch` was
  // made for. Lane first + i reads input_bytes[i] (0 at the start of its data) and gets
  // weights[256 * i + byte], the relative weight of each possible next byte: 1 .. 2^22, the largest
  // exactly 2^22. They are not normalised: the chance of a set of bytes is the sum of its weights
  // over the sum of all, which is at most 2^30. Allocates nothing. Thread-safe for distinct lanes,
  // outputs and scratch.
  void Step(LaneStates& states, int first, int count, const uint8_t* input_bytes, uint32_t* weights,
            StepScratch& scratch) const {
    Step(states, first, count, StepPart{}, input_bytes, weights, scratch);
  }

  // A part of such a step. The first part reads input_bytes, the last one writes `weights`.
  void Step(LaneStates& states, int first, int count, StepPart part, const uint8_t* input_bytes,
            uint32_t* weights, StepScratch& scratch) const;

  // In how many parts a step is best divided among `threads` (>= 1), each of which then does the
  // same part of many steps: as many as it takes for a part's weights to stay in a core's own
  // cache, 1 where there are not enough threads for that.
  int PartsFor(int threads) const;

 private:
  ModelId id_;
  ModelCard card_;
  BoundGlr glr_;
  std::optional<MixerStart> mixer_start_;
};

}  // namespace lmz
