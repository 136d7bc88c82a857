#include "codec/text/turn.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "codec/block.h"
#include "tests/tiny_model.h"

namespace lmz {
namespace {

// Long enough that whoever waits has gone to sleep.
void LetItSleep() {
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

TEST(TurnThread, WakesWhoeverSleepsForTheTurnAndNobodyElse) {
  Turn turn;
  bool first = false, second = false;
  std::thread a([&] { first = turn.WaitFor(1) && turn.PassTo(1, 2); });
  std::thread b([&] { second = turn.WaitFor(2); });
  LetItSleep();
  EXPECT_TRUE(turn.WaitFor(0));
  EXPECT_TRUE(turn.PassTo(0, 1));
  a.join();
  b.join();
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
}

TEST(TurnThread, StopWakesAllAndLastsForGood) {
  Turn turn;
  bool got_turn[2] = {true, true};
  std::thread a([&] { got_turn[0] = turn.WaitFor(1); });
  std::thread b([&] { got_turn[1] = turn.WaitFor(2); });
  LetItSleep();
  turn.Stop();
  a.join();
  b.join();
  EXPECT_FALSE(got_turn[0]);
  EXPECT_FALSE(got_turn[1]);
  EXPECT_FALSE(turn.PassTo(0, 1));
  EXPECT_FALSE(turn.WaitFor(0));
}

TEST(TurnThread, NumbersBeginAnewBehindTheLastAndNeverMeanStopped) {
  constexpr uint64_t kTurns = uint64_t{1} << 31;
  EXPECT_EQ(Turn::Number(kTurns - 1), kTurns - 1);
  EXPECT_EQ(Turn::Number(kTurns), 0u);
  Turn turn;
  EXPECT_TRUE(turn.PassTo(0, Turn::Number(kTurns - 1)));
  EXPECT_TRUE(turn.WaitFor(Turn::Number(kTurns - 1)));
  EXPECT_TRUE(turn.PassTo(Turn::Number(kTurns - 1), Turn::Number(kTurns)));
  EXPECT_TRUE(turn.WaitFor(0));
}

class TextThreads : public ::testing::TestWithParam<int> {
 protected:
  TextThreads() : raw_(3001) {
    for (size_t i = 0; i < raw_.size(); ++i)
      raw_[i] = static_cast<uint8_t>("lmz and a b"[i * i % 11]);
    resources_ = testing::WithTinyModels();
    resources_.threads = 3;
    choice_ = {.options = TextOptions{.model = testing::TinyModel().get(),
                                      .lanes = 8,
                                      .groups = static_cast<uint8_t>(GetParam())}};
  }
  Bytes raw_;
  BlockResources resources_;
  BlockChoice choice_;
};

TEST_P(TextThreads, GiveTheSameAsOne) {
  Bytes one, three, restored(raw_.size());
  ASSERT_TRUE(EncodeBlock(raw_, choice_, one, testing::WithTinyModels()).ok());
  const Result<BlockHeader> header = EncodeBlock(raw_, choice_, three, resources_);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header.value().codec, kTextCodec.id);
  EXPECT_EQ(one, three);
  EXPECT_TRUE(DecodeBlock(header.value(), three, restored, resources_).ok());
  EXPECT_EQ(restored, raw_);
}

TEST_P(TextThreads, AllStopWhenCancelled) {
  for (const uint64_t at : {uint64_t{0}, uint64_t{1500}}) {
    resources_.report = [&](uint64_t done) { return done < at; };
    Bytes payload;
    const Result<BlockHeader> header = EncodeBlock(raw_, choice_, payload, resources_);
    EXPECT_EQ(header.status().code(), Code::kCancelled);
  }
}

TEST_P(TextThreads, AllStopWhenTheCodeEndsTooEarly) {
  Bytes payload, restored(raw_.size());
  Result<BlockHeader> header = EncodeBlock(raw_, choice_, payload, resources_);
  ASSERT_TRUE(header.ok());
  payload.resize(payload.size() - 64);
  header.value().payload_size = payload.size();
  EXPECT_FALSE(DecodeBlock(header.value(), payload, restored, resources_).ok());
}

INSTANTIATE_TEST_SUITE_P(Groups, TextThreads, ::testing::Values(1, 2, 4));

}  // namespace
}  // namespace lmz
