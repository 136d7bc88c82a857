// The planner looks at raw bytes and decides how to cut and code them. Encoder only: any plan
// decodes, so it may improve without a change of the format.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "codec/block.h"

namespace lmz {

// What a stretch of bytes looks like.
enum class Content : uint8_t {
  kText,        // prose, source code
  kStructured,  // JSON, XML, CSV, logs: text with repeating structure
  kExecutable,  // x86 machine code
  kTable,       // fixed-size binary records or samples
  kBinary,      // other binary data
  kCompressed,  // already compressed, but a little redundancy may remain
  kRandom,      // nothing to gain
  kImage,       // rows of pixels
  kAudio,       // samples of uncompressed audio
};

const char* ContentName(Content content);

// What `bytes` (any size) looks like as a whole. Integer arithmetic only; deterministic.
Content Classify(ByteSpan bytes);

struct BlockPlan {
  uint64_t offset = 0;  // within the planned input
  uint64_t size = 0;    // > 0
  Content content = Content::kBinary;
  BlockChoice choice;
};

// What is known of the audio that goes on in the next piece of a stream.
struct PlanMemory {
  SampleLayout samples;  // those that go on; the offset counts from the next part's first byte
};

struct PlanOptions {
  uint64_t max_block_size = uint64_t{16} << 20;
};

// Plans a stream that comes in pieces: what a piece begins, the next may go on with.
class Planner {
 public:
  // Cuts `input`, the next piece of the stream, into consecutive blocks that cover it exactly (none
  // for an empty input), none larger than options.max_block_size. Deterministic; time linear in the
  // input.
  std::vector<BlockPlan> Plan(ByteSpan input, const PlanOptions& options);

 private:
  std::optional<ImageLayout> unfinished_;  // an image that goes on in the next piece
  PlanMemory audio_;
};

// The blocks of a stream that is one piece.
inline std::vector<BlockPlan> Plan(ByteSpan input, const PlanOptions& options) {
  return Planner().Plan(input, options);
}

}  // namespace lmz
