#include "codec/text/walk.h"

#include <gtest/gtest.h>

#include <algorithm>

#if defined(__linux__)
#include <sched.h>
#endif

#include "codec/block.h"
#include "codec/text/ahead_walk.h"
#include "entropy/coder.h"
#include "tests/follower_model.h"
#include "tests/recipes.h"
#include "tests/tiny_model.h"

namespace lmz::text {
namespace {

struct Shape {
  int lanes, groups;
};

class TextThreads : public ::testing::TestWithParam<Shape> {
 protected:
  TextThreads() : raw_(testing::MakeWords(4501)) {
    choice_ = {.options = TextOptions{.model = testing::TinyModel().get(),
                                      .lanes = static_cast<uint8_t>(GetParam().lanes),
                                      .groups = static_cast<uint8_t>(GetParam().groups)}};
    header_ = EncodeBlock(raw_, choice_, payload_, With(1)).value();
  }
  static BlockResources With(int threads) {
    BlockResources resources = testing::WithTinyModels();
    resources.threads = threads;
    return resources;
  }

  Bytes raw_;
  BlockChoice choice_;
  Bytes payload_;  // as one thread codes it
  BlockHeader header_;
};

TEST_P(TextThreads, GiveTheSameAsOne) {
  ASSERT_EQ(header_.codec, kTextCodec.id);
  for (const int threads : {2, 3, GetParam().lanes + 1}) {
    Bytes payload, restored(raw_.size());
    ASSERT_TRUE(EncodeBlock(raw_, choice_, payload, With(threads)).ok());
    EXPECT_EQ(payload, payload_) << threads;
    EXPECT_TRUE(DecodeBlock(header_, payload, restored, With(threads)).ok());
    EXPECT_EQ(restored, raw_) << threads;
  }
}

TEST_P(TextThreads, AllStopWhenCancelled) {
  for (const int threads : {1, 3}) {
    for (const uint64_t at : {uint64_t{0}, uint64_t{1500}}) {
      BlockResources resources = With(threads);
      std::atomic<int> callers = 0;
      bool is_told = false;
      resources.report = [&](uint64_t done, uint64_t) {
        EXPECT_EQ(++callers, 1);  // one at a time, and none behind the last word
        EXPECT_FALSE(is_told);
        is_told = done >= at;
        --callers;
        return !is_told;
      };
      Bytes payload, restored(raw_.size());
      EXPECT_EQ(EncodeBlock(raw_, choice_, payload, resources).status().code(), Code::kCancelled);
      is_told = false;
      EXPECT_EQ(DecodeBlock(header_, payload_, restored, resources).code(), Code::kCancelled);
    }
  }
}

TEST_P(TextThreads, AllStopWhenTheCodeEndsTooEarly) {
  for (const size_t cut : {size_t{64}, payload_.size() / 2}) {
    Bytes payload(payload_.begin(), payload_.end() - static_cast<ptrdiff_t>(cut));
    BlockHeader header = header_;
    header.payload_size = payload.size();
    const auto DecodeOn = [&](int threads) {
      Bytes restored(raw_.size());
      return DecodeBlock(header, payload, restored, With(threads)).code();
    };
    const Code one = DecodeOn(1);
    EXPECT_NE(one, Code::kOk);
    EXPECT_EQ(DecodeOn(3), one);
  }
}

TEST_P(TextThreads, AllGoOnInDamagedData) {
  for (const size_t at : {payload_.size() / 2, payload_.size() * 3 / 4}) {
    Bytes payload = payload_;
    payload[at] ^= 0x10;
    const auto DecodeOn = [&](int threads) {
      Bytes restored(raw_.size());
      return DecodeBlock(header_, payload, restored, With(threads)).code();
    };
    const Code one = DecodeOn(1);
    EXPECT_NE(one, Code::kOk);
    EXPECT_EQ(DecodeOn(3), one) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, TextThreads,
                         ::testing::Values(Shape{1, 1}, Shape{8, 1}, Shape{7, 3}, Shape{64, 4}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.lanes) + "lanes" +
                                  std::to_string(shape.param.groups) + "groups";
                         });

// The codes [group] of AheadWalk or of TextWalk.
std::vector<Bytes> CodesOf(const Bytes& raw, std::span<const Predictor* const> models,
                           const Layout& layout, int threads, bool goes_ahead) {
  std::vector<Bytes> codes(static_cast<size_t>(layout.groups()));
  std::vector<Encoder> encoders(codes.begin(), codes.end());
  const BlockResources resources = {.threads = threads};
  const Status status =
      goes_ahead
          ? AheadWalk(models, layout, Profile::kText, raw, encoders, resources).Run()
          : TextWalk(models, layout, Profile::kText, ByteSpan(raw), std::span(encoders), resources)
                .Run();
  EXPECT_TRUE(status.ok()) << status.message();
  for (Encoder& encoder : encoders) encoder.Finish();
  return codes;
}

// Stretches of all lengths, the last one shorter, ranges within groups and across them.
TEST(AheadWalkTest, CodesWhatTheOtherWalkDoes) {
  const Predictor* const models[] = {testing::TinyModel().get(), testing::Follower().get()};
  for (const size_t size : {size_t{1}, size_t{63}, size_t{9001}}) {
    const Bytes raw = testing::MakeWords(size);
    for (const auto& [lanes, groups] : {std::pair{1, 1}, {2, 1}, {7, 3}, {16, 1}, {64, 4}}) {
      if (static_cast<size_t>(lanes) > size) continue;
      const Layout layout = Layout::Make(size, lanes, groups).value();
      const std::vector<Bytes> expected = CodesOf(raw, models, layout, 1, false);
      for (const int threads : {1, 2, 5}) {
        EXPECT_EQ(CodesOf(raw, models, layout, threads, true), expected)
            << size << " " << lanes << " " << threads;
      }
    }
  }
}

// The code of `raw` under `models`, decoded again by another number of threads.
Bytes VerifiedCode(const Bytes& raw, std::span<const Predictor* const> models) {
  const Layout layout = Layout::Make(raw.size(), 5, 1).value();
  Bytes code;
  std::vector<Encoder> encoders(1, Encoder(code));
  const BlockResources one = {.threads = 1}, two = {.threads = 2};
  EXPECT_TRUE(AheadWalk(models, layout, Profile::kText, raw, encoders, one).Run().ok());
  const uint32_t fingerprint = encoders[0].fingerprint();
  encoders[0].Finish();
  Bytes back(raw.size());
  std::vector<Decoder> decoders(1, Decoder(code));
  EXPECT_TRUE(
      TextWalk(models, layout, Profile::kText, MutableByteSpan(back), std::span(decoders), two)
          .Run()
          .ok());
  EXPECT_EQ(back, raw);
  EXPECT_EQ(decoders[0].fingerprint(), fingerprint);
  return code;
}

TEST(TextWalkTest, AnyNumberOfOpinionsIsMixed) {
  const Bytes raw = testing::MakeWords(6000);
  const Predictor* const models[] = {testing::Follower().get(), testing::TinyModel().get()};
  const Bytes codes[] = {VerifiedCode(raw, {}), VerifiedCode(raw, std::span(models).first(1)),
                         VerifiedCode(raw, std::span(models).last(1)), VerifiedCode(raw, models)};
  for (const Bytes& code : codes) {
    EXPECT_LT(code.size(), raw.size() / 5);
    EXPECT_EQ(std::ranges::count(codes, code), 1);  // every opinion counts
  }
}

TEST(TextWalkTest, ASecondKindOfPredictorIsNamedAndFound) {
  const Bytes raw = testing::MakeWords(6000);
  for (const int threads : {1, 3}) {
    const BlockResources resources = {.threads = threads,
                                      .models = testing::FollowerModels().get()};
    Bytes payload, back(raw.size());
    const Result<BlockHeader> header =
        EncodeBlock(raw, {.options = TextOptions{.model = testing::Follower().get(), .lanes = 4}},
                    payload, resources);
    ASSERT_TRUE(header.ok());
    ASSERT_EQ(header.value().codec, kTextCodec.id);
    ASSERT_TRUE(DecodeBlock(header.value(), payload, back, resources).ok());
    EXPECT_EQ(back, raw);
    EXPECT_EQ(DecodeBlock(header.value(), payload, back).code(), Code::kModelMissing);
  }
}

// Two threads with a lane each of a small model gain little, and lose where other programs run.
TEST(TextWalkTest, BlocksOfFewLanesAreNotShared) {
  const Bytes raw = testing::MakeWords(3000);
  const Predictor* const models[] = {testing::TinyModel().get()};
  for (const int lanes : {1, 2, 3, 4}) {
    const Layout layout = Layout::Make(raw.size(), lanes, 1).value();
    Bytes code;
    Encoder encoder(code);
    const BlockResources resources = {.threads = 2};
    TextWalk walk(std::span<const Predictor* const>(models), layout, Profile::kText, ByteSpan(raw),
                  std::span(&encoder, 1), resources);
    ASSERT_TRUE(walk.Run().ok());
    EXPECT_EQ(walk.schedule().ranges(), lanes < 4 ? 1 : 2);
    if (lanes < 4) {
      EXPECT_EQ(walk.schedule().hand_overs(), 0u);
    }
  }
  const uint64_t small = Layout::kSharedFromParameters - 1;
  EXPECT_EQ(Layout::For((uint64_t{512} << 10) - 1, true).lanes(), 4);
  EXPECT_EQ(Layout::For(uint64_t{512} << 10, true).lanes(), 64);
  EXPECT_EQ(Layout::For(uint64_t{512} << 10).lanes(), 16);
  EXPECT_EQ(Layout::For(uint64_t{255} << 10).CrewSize(8, small), 1);
  EXPECT_EQ(Layout::For(uint64_t{255} << 10).CrewSize(8, small + 1), 2);
  EXPECT_EQ(Layout::For(uint64_t{256} << 10).CrewSize(8, small), 4);
}

#if defined(__linux__)

// All threads of the test on one processor, as `taskset -c 0` has them.
class OneProcessor {
 public:
  OneProcessor() {
    EXPECT_EQ(sched_getaffinity(0, sizeof(before_), &before_), 0);
    int first = 0;
    while (!CPU_ISSET(first, &before_)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    EXPECT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  }
  ~OneProcessor() { sched_setaffinity(0, sizeof(before_), &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_;
};

// Whoever has the processor does the work of all: ranges change hands when the system says so, and
// not with every step, as they would if threads waited for each other.
TEST(TextThread, OneProcessorMeansFewHandOvers) {
  const OneProcessor one;
  const Bytes raw = testing::MakeWords(16000);
  for (const auto& [lanes, groups, threads] : {std::tuple{4, 1, 2}, {8, 1, 2}, {8, 2, 3}}) {
    const Layout layout = Layout::Make(raw.size(), lanes, groups).value();
    std::vector<Bytes> codes(static_cast<size_t>(groups));
    std::vector<Encoder> encoders(codes.begin(), codes.end());
    const BlockResources resources = {.threads = threads};
    const Predictor* const models[] = {testing::TinyModel().get()};
    TextWalk walk(std::span<const Predictor* const>(models), layout, Profile::kText, ByteSpan(raw),
                  std::span(encoders), resources);
    ASSERT_TRUE(walk.Run().ok());
    EXPECT_EQ(walk.schedule().ranges(), threads);
    EXPECT_LT(walk.schedule().hand_overs(), layout.steps() / 2) << lanes;
    EXPECT_LT(walk.schedule().sleeps(), layout.steps() / 2) << lanes;
  }
}

#endif

}  // namespace
}  // namespace lmz::text
