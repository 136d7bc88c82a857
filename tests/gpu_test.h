// Tests of what runs on a GPU, which are skipped where there is none.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "device/cuda_device.h"

namespace lmz::testing {

// All GPUs, opened once; null: there are none.
inline std::shared_ptr<Device> Gpu() {
  static const Result<std::shared_ptr<Device>> gpu = OpenCuda(-1);
  return gpu.ok() ? gpu.value() : nullptr;
}

// A GPU must not fail on the way, since the CPU would go on with the same result.
class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Gpu() == nullptr) GTEST_SKIP() << OpenCuda(-1).status().message();
  }
  void TearDown() override {
    if (Gpu() != nullptr) {
      EXPECT_EQ(Gpu()->failure(), "");
    }
  }
};

}  // namespace lmz::testing
