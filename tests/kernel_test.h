// Tests of kernels: every build of a list (cpu/kernel_builds.h) that this CPU can run, in one
// process; what it cannot run is reported as skipped.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "cpu/kernel_builds.h"

namespace lmz {

template <class Kernels>
void PrintTo(const KernelBuild<Kernels>& build, std::ostream* out) {
  *out << build.set.name;
}

template <class Kernels>
class KernelTest : public testing::TestWithParam<KernelBuild<Kernels>> {
 protected:
  void SetUp() override {
    const InstructionSet& set = this->GetParam().set;
    if (!DetectedFeatures().Contains(set.needs)) GTEST_SKIP() << "this CPU cannot run " << set.name;
  }

  const Kernels& kernels_ = *this->GetParam().kernels;
};

// The last argument of INSTANTIATE_TEST_SUITE_P.
struct BuildName {
  template <class Build>
  std::string operator()(const testing::TestParamInfo<Build>& test) const {
    return test.param.set.name;
  }
};

}  // namespace lmz
