#include "train/network/glr_network.h"

#include <gtest/gtest.h>

#include "train/network/device.h"
#include "train/network/reference_network.h"

namespace lmz::train {
namespace {

constexpr GlrShape kShape = {32, 2, 48, 80};

double RelativeError(const at::Tensor& got, const at::Tensor& expected) {
  return ((got.cpu().to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

// A network with random numbers everywhere, in its start too.
struct Fixture {
  Fixture(const at::Device& device, at::ScalarType element, BatchShape batch)
      : parameters(kShape, device, element), network(parameters, batch) {
    at::manual_seed(7);
    parameters.Initialize(3);
    parameters.values().add_(at::randn({parameters.size()}).to(device), 0.1);
    parameters.RefreshCopy();
    const auto fill = [&](at::Tensor& t) { t.copy_(at::randn(t.sizes()).mul_(0.5)); };
    fill(network.start().state);
    fill(network.start().normals);
    network.window().copy_(at::randint(0, 256, network.window().sizes(), at::kByte));
  }

  // Compares loss and gradients with the reference, in double precision on the CPU.
  void Compare(double loss_tolerance, double tolerance) {
    network.Run(/*gradient=*/true);
    const at::Tensor flat = parameters.values().cpu().to(at::kDouble).requires_grad_(true);
    const Carry start{network.start().state.cpu(), network.start().normals.cpu()};
    const at::Tensor loss = ReferenceLoss(parameters.View(flat), start, network.window().cpu());
    EXPECT_NEAR(network.loss().item<float>() / loss.item<double>(), 1, loss_tolerance);
    const double positions = network.batch().rows * network.batch().steps;
    (loss / positions).backward();
    const ParameterViews expected = parameters.View(flat.grad());
    const ParameterViews& got = parameters.gradient();
    EXPECT_LT(RelativeError(got.projection, expected.projection), tolerance);
    EXPECT_LT(RelativeError(got.output, expected.output), tolerance);
    EXPECT_LT(RelativeError(got.up, expected.up), tolerance);
    EXPECT_LT(RelativeError(got.down, expected.down), tolerance);
    EXPECT_LT(RelativeError(got.head, expected.head), tolerance);
    EXPECT_LT(RelativeError(got.embedding, expected.embedding), tolerance);
    EXPECT_LT(RelativeError(got.input_norm, expected.input_norm), tolerance);
    EXPECT_LT(RelativeError(got.mix, expected.mix), tolerance);
    EXPECT_LT(RelativeError(got.forget_bias, expected.forget_bias), tolerance);
    EXPECT_LT(RelativeError(got.state_norm, expected.state_norm), tolerance);
    EXPECT_LT(RelativeError(got.hidden_norm, expected.hidden_norm), tolerance);
    EXPECT_LT(RelativeError(got.hidden_mix, expected.hidden_mix), tolerance);
    EXPECT_LT(RelativeError(got.final_norm, expected.final_norm), tolerance);
    EXPECT_LT(RelativeError(got.head_bias, expected.head_bias), tolerance);
  }

  Parameters parameters;
  GlrNetwork network;
};

TEST(GlrNetworkTest, LossAndGradientsAreThoseOfTheReference) {
  Fixture fixture(at::kCPU, at::kFloat, {3, 48});
  fixture.Compare(1e-5, 1e-4);
}

TEST(GlrNetworkTest, ParametersAreAsManyAsTheModelFileSays) {
  EXPECT_EQ(Parameters(kShape, at::kCPU, at::kFloat).size(),
            static_cast<int64_t>(CountParameters(kShape)));
}

// One long batch and two short ones that carry their state see the same thing.
TEST(GlrNetworkTest, StateIsCarriedFromBatchToBatch) {
  Fixture whole(at::kCPU, at::kFloat, {2, 64});
  whole.network.Run(false);
  Fixture part(at::kCPU, at::kFloat, {2, 32});
  part.network.start().state.copy_(whole.network.start().state);
  part.network.start().normals.copy_(whole.network.start().normals);
  double loss = 0;
  for (int64_t half = 0; half < 2; ++half) {
    part.network.window().copy_(whole.network.window().narrow(1, 32 * half, 33));
    part.network.Run(false);
    loss += part.network.loss().item<float>();
    part.network.start().state.copy_(part.network.end().state);
    part.network.start().normals.copy_(part.network.end().normals);
  }
  EXPECT_NEAR(loss / whole.network.loss().item<float>(), 1, 1e-5);
  EXPECT_TRUE(at::allclose(part.network.end().state, whole.network.end().state, 1e-4, 1e-5));
}

#ifdef LMZ_CUDA
TEST(GlrNetworkTest, CudaInFloatIsTheReference) {
  const auto device = FindDevice("cuda");
  if (!device.ok()) GTEST_SKIP() << "no CUDA device";
  // More than one tile of the scan, and one that is not full.
  Fixture fixture(device.value(), at::kFloat, {5, 272});
  fixture.Compare(1e-5, 2e-3);
}

TEST(GlrNetworkTest, CudaInBfloat16IsNearTheReference) {
  const auto device = FindDevice("cuda");
  if (!device.ok()) GTEST_SKIP() << "no CUDA device";
  Fixture fixture(device.value(), at::kBFloat16, {8, 144});
  fixture.Compare(3e-3, 6e-2);
}
#endif

}  // namespace
}  // namespace lmz::train
