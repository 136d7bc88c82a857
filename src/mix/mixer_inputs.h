// What stands where among the inputs of the context mixer. The weights that a model file brings for
// them (docs/spec/model.md, section MIXR) count them in the same way.
#pragma once

#include <array>

#include "mix/context_set.h"

namespace lmz::mixer_inputs {

inline constexpr unsigned kMaxOpinions = 2;

// Two for each context: its confidence and its quick logit.
inline constexpr unsigned kMatch = 2 * ContextSet::kContexts;  // three
inline constexpr unsigned kBias = kMatch + 4;
// Two for each opinion: its logit and its probability.
inline constexpr std::array<std::array<unsigned, 2>, kMaxOpinions> kOpinions = {
    {{kBias + 1, kBias + 2}, {kMatch + 3, kBias + 3}}};
inline constexpr unsigned kCount = kBias + 4;
// Those of whoever knows more than the context mixer does: ContextMixer::SetExtra.
inline constexpr unsigned kExtra = kCount;
inline constexpr unsigned kMaxExtra = 8;

}  // namespace lmz::mixer_inputs
