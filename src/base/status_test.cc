#include "base/status.h"

#include <gtest/gtest.h>

#include <array>

namespace lmz {
namespace {

// Append-only: users compare these numbers and scripts these names.
TEST(Status, CodesArePinned) {
  constexpr std::array<std::pair<Code, const char*>, 13> kCodes = {{
      {Code::kOk, "ok"},
      {Code::kInvalidArgument, "invalid argument"},
      {Code::kIo, "i/o error"},
      {Code::kOutOfMemory, "out of memory"},
      {Code::kInternal, "internal error"},
      {Code::kNotLmz, "not an lmz file"},
      {Code::kTruncated, "truncated"},
      {Code::kDamaged, "damaged"},
      {Code::kNewerVersion, "newer version"},
      {Code::kLimit, "limit exceeded"},
      {Code::kModelMissing, "model missing"},
      {Code::kModelDamaged, "model damaged"},
      {Code::kCancelled, "cancelled"},
  }};
  for (size_t number = 0; number < kCodes.size(); ++number) {
    EXPECT_EQ(static_cast<size_t>(kCodes[number].first), number);
    EXPECT_STREQ(CodeName(kCodes[number].first), kCodes[number].second);
  }
  EXPECT_STREQ(CodeName(static_cast<Code>(kCodes.size())), "unknown");
}

Status FailAt(int step) {
  for (int i = 0; i < 3; ++i) {
    LMZ_TRY(i == step ? Status(Code::kIo, "step " + std::to_string(i)) : OkStatus());
  }
  return OkStatus();
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Status(Code::kInvalidArgument, "odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  LMZ_ASSIGN(const int half, Half(number));
  return Half(half);
}

TEST(Status, TheFirstFailureWins) {
  EXPECT_TRUE(FailAt(3).ok());
  EXPECT_EQ(FailAt(1).message(), "step 1");
  EXPECT_EQ(FailAt(1).At("loop").message(), "loop: step 1");
  EXPECT_TRUE(OkStatus().At("nowhere").ok());
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
}

TEST(Status, ADebugBuildStopsAtTheValueOfAFailure) {
#ifdef NDEBUG
  GTEST_SKIP() << "a build without assertions";
#else
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)Half(3).value(), "has_value");
#endif
}

}  // namespace
}  // namespace lmz
