// Models of random weights, small enough for tests.
#pragma once

#include <cstdint>

#include "model/model_file.h"

namespace lmz {

// How wild the numbers of a random model are.
enum class Wildness {
  kTame,     // scales as a trained network has them: activations of ordinary size
  kExtreme,  // any number that the model file allows: everything saturates somewhere
};

// The same arguments give the same model on every machine.
ModelFile RandomModel(const GlrShape& shape, uint32_t seed, Wildness wildness);

}  // namespace lmz
