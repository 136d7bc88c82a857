// The planner looks at raw bytes and decides how to cut and code them. Encoder only: any plan
// decodes, so it may improve without a change of the format.
#pragma once

#include <cstdint>
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

// What the planner learned from one part of an input for the next part.
struct PlanMemory {
  SampleLayout samples;  // those that go on; the offset counts from the next part's first byte
};

struct PlanOptions {
  uint64_t max_block_size = uint64_t{16} << 20;
  // Null, or the memory of an input that is planned in parts: at first empty, renewed by each call.
  PlanMemory* memory = nullptr;
};

// Cuts `input` into consecutive blocks that cover it exactly (none for an empty input), none larger
// than options.max_block_size. Deterministic; time linear in the input.
std::vector<BlockPlan> Plan(ByteSpan input, const PlanOptions& options);

}  // namespace lmz
