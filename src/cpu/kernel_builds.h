// How kernels, the inner loops that decide speed, are built for several instruction sets and
// chosen.
//
// The kernels of one owner are a structure of functions, say MixerKernels. A header of templates or
// plain functions holds the code; each instruction set has one source file that instantiates it,
// compiled with that set's flags (lmz_kernels in cmake/layers.cmake), and defines one constant
// structure. A list, say MixerBuilds(), names them all. Who needs kernels picks the best build of
// the list for the CPU; tests and benchmarks walk the same list, so that there is no build that
// neither knows. What a list lacks for a newer CPU it has for an older one: a new instruction set
// is a new row in the lists that gain from it and nothing in the others.
//
// Code compiled for one instruction set must never run on a CPU without it, therefore:
// - Everything in those headers lies in an anonymous namespace (or is a static function), and they
//   call nothing inline from elsewhere, the standard library's templates included. Of an ordinary
//   inline function the linker keeps one copy for the whole program, which may be that of AVX-512.
//   The test isa_symbols looks for such functions.
// - The structures are constinit. Made at start-up, they would be made by their set's own code.
//
// A kernel allocates nothing and checks nothing: whoever binds it owns the memory and asserts its
// preconditions once, not per call.
#pragma once

#include <span>

#include "cpu/features.h"

namespace lmz {

template <class Kernels>
struct KernelBuild {
  InstructionSet set;
  const Kernels* kernels;  // static storage
};

// The first needs nothing, so that there is always one to choose; the best is last: a build comes
// behind all that it is to be preferred to.
template <class Kernels>
using KernelBuilds = std::span<const KernelBuild<Kernels>>;

// The best of `builds` for a CPU with these features.
template <class Kernels>
const KernelBuild<Kernels>& BestBuild(KernelBuilds<Kernels> builds, Features features) {
  const KernelBuild<Kernels>* best = &builds.front();
  for (const KernelBuild<Kernels>& build : builds) {
    if (features.Contains(build.set.needs)) best = &build;
  }
  return *best;
}

// Those that need nothing: what all others are compared with.
template <class Kernels>
const Kernels& PortableKernels(KernelBuilds<Kernels> builds) {
  return *builds.front().kernels;
}

// The kernels to bind now. Thread-safe.
template <class Kernels>
const Kernels& BestKernels(KernelBuilds<Kernels> builds) {
  return *BestBuild(builds, ActiveFeatures()).kernels;
}

}  // namespace lmz
