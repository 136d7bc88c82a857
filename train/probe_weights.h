// Reads the float16 weight dump of the architecture probe: a little-endian uint32 header length, a
// JSON header {"dims":[vocabulary,width,layers,state,hidden],"tensors":[[name,[shape]],...]}, then
// the tensors as float16 in that order.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace lmz {

struct ProbeWeights {
  std::array<int, 5> dims{};  // vocabulary, width, layers, state, hidden
  std::map<std::string, std::vector<float>> tensors;
};

// Errors: kInvalidArgument when `file` is not such a dump.
Result<ProbeWeights> ReadProbeWeights(ByteSpan file);

}  // namespace lmz
