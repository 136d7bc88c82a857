// Starts a larger network from a smaller one.
#pragma once

#include "train/network/parameters.h"

namespace lmz::train {

// Whether Grow can make the one from the other: nothing is smaller in `large`.
bool CanGrow(const GlrShape& small, const GlrShape& large);

// Makes `large`, which holds random starting values, compute what `small` computes (but for the
// epsilon of its norms): what is new reads what was there, and writes nothing until it learns to.
// New layers go between the old ones, evenly. After Chen, Goodfellow and Shlens, "Net2Net" (2016).
// Needs CanGrow.
void Grow(const Parameters& small, Parameters& large);

}  // namespace lmz::train
