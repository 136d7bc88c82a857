// What every output says about where its numbers come from.
#pragma once

#include <string>

namespace lmz::bench {

// The version, and the beginning of a hash of this program, in which all of lmz is contained.
std::string LmzVersion();

// The processor's name as the system gives it.
std::string CpuName();

// Of processors that this process may use.
int ProcessorCount();

}  // namespace lmz::bench
