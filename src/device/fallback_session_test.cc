// A session that loses its device goes on as if nothing had happened. The device is the CPU here,
// which fails when it is told to.
#include "device/fallback_session.h"

#include <gtest/gtest.h>

#include "model/glr/glr_predictor.h"
#include "tests/reference/models/random_model.h"

namespace lmz {
namespace {

constexpr int kLanes = 3;
constexpr SessionSize kSize = {
    .lanes = kLanes, .workers = 1, .lanes_per_step = kLanes, .steps_ahead = 4};

const GlrPredictor& Network() {
  static const GlrPredictor network(RandomModel({48, 2, 32, 80}, 3, Wildness::kTame));
  return network;
}

class FailingLanes final : public RemoteLanes {
 public:
  explicit FailingLanes(int steps) : left_(steps), session_(Network().Begin(kSize)) {}
  Status Step(int first, int count, int times, const uint8_t* last_bytes,
              uint32_t* opinions) override {
    if (left_-- == 0) return Status(Code::kIo, "unplugged");
    return session_->StepAhead(0, first, count, times, last_bytes, opinions);
  }
  void Reset(int lane) override { session_->Reset(lane); }

 private:
  int left_;
  std::unique_ptr<Session> session_;
};

using Opinions = std::vector<uint32_t>;

// Single steps, some ahead, a lane that is reset.
std::vector<Opinions> Use(Session& session) {
  std::vector<Opinions> all;
  for (int round = 0; round < 6; ++round) {
    const int times = 1 + round % 3;
    Bytes bytes;
    for (int i = 0; i < times * kLanes; ++i) {
      bytes.push_back(static_cast<uint8_t>(round * 31 + i * 7));
    }
    Opinions opinions(bytes.size() * kByteValues);
    EXPECT_TRUE(session.StepAhead(0, 0, kLanes, times, bytes.data(), opinions.data()).ok());
    all.push_back(opinions);
    if (round == 2) session.Reset(1);
    opinions.resize(kByteValues);
    EXPECT_TRUE(session.Step(0, 2, 1, bytes.data(), opinions.data()).ok());
    all.push_back(opinions);
  }
  return all;
}

TEST(FallbackSessionTest, GoesOnWhereverTheDeviceFails) {
  const std::vector<Opinions> expected = Use(*Network().Begin(kSize));
  for (int steps = 0; steps <= 12; ++steps) {
    std::string told;
    FallbackSession session(std::make_unique<FailingLanes>(steps), Network(), kSize,
                            [&](const Status& status) { told += status.message(); });
    EXPECT_EQ(Use(session), expected) << steps;
    EXPECT_EQ(told, steps < 12 ? "unplugged" : "");
  }
}

TEST(FallbackSessionTest, ACopyGoesOnLikeItsOriginal) {
  for (const int steps : {1, 100}) {
    const auto ignore = [](const Status&) {};
    FallbackSession original(std::make_unique<FailingLanes>(steps), Network(), kSize, ignore);
    FallbackSession copy(std::make_unique<FailingLanes>(0), Network(), kSize, ignore);
    Use(original);
    Use(copy);
    copy.CopyFrom(original);
    EXPECT_EQ(Use(copy), Use(original));
  }
}

}  // namespace
}  // namespace lmz
