// Files with a device: the same bytes, many blocks at a time, and no more threads at work than were
// asked for. The device is the CPU here, behind the interface that GPUs have.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/cpu_share.h"
#include "stream/frame_encoder.h"
#include "tests/choices.h"
#include "tests/hashing_model.h"
#include "tests/recipes.h"

namespace lmz {
namespace {

constexpr uint64_t kSmallestBlock = uint64_t{1} << 16;

class CpuDevice final : public Device {
 public:
  std::unique_ptr<Session> Begin(const Predictor& predictor, const SessionSize& size,
                                 CpuShare* share) override {
    return std::make_unique<WaitingSession>(predictor.Begin(size), *this, *share);
  }
  std::unique_ptr<TokenSession> BeginTokens(const TokenPredictor& predictor,
                                            const TokenSessionSize& size,
                                            CpuShare* share) override {
    return std::make_unique<WaitingTokens>(predictor, size, *this, *share);
  }
  bool IsWorthIt(uint64_t, int lanes, uint64_t blocks) override {
    return lanes >= least_lanes && blocks >= least_blocks;
  }
  int BlocksTogether(int threads) const override { return 4 * threads; }
  std::string name() const override { return "CPU"; }
  std::string failure() const override { return {}; }

  int most_waiting() const { return most_waiting_; }
  // Of tokens.
  int most_positions() const { return most_positions_; }
  int least_lanes = 1;
  uint64_t least_blocks = 1;

 private:
  // A step leaves the share for a while.
  class WaitingSession final : public Session {
   public:
    WaitingSession(std::unique_ptr<Session> session, CpuDevice& device, CpuShare& share)
        : session_(std::move(session)), device_(device), share_(share) {}
    using Session::Step;
    Status Step(int worker, int first, int count, StepPart part, const uint8_t* last_bytes,
                uint32_t* opinions) override {
      const CpuShare::Pause pause(&share_);
      const int waiting = ++device_.waiting_;
      if (waiting > device_.most_waiting_) device_.most_waiting_ = waiting;
      if (++device_.steps_ % 64 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const Status status = session_->Step(worker, first, count, part, last_bytes, opinions);
      --device_.waiting_;
      return status;
    }
    void Reset(int lane) override { session_->Reset(lane); }
    void CopyFrom(const Session&) override { FAIL() << "nobody copies sessions of blocks"; }

   private:
    std::unique_ptr<Session> session_;
    CpuDevice& device_;
    CpuShare& share_;
  };

  // Has memory of its own for weights, as devices have.
  class WaitingTokens final : public TokenSession {
   public:
    WaitingTokens(const TokenPredictor& predictor, const TokenSessionSize& size, CpuDevice& device,
                  CpuShare& share)
        : session_(predictor.Begin(size)),
          weights_(static_cast<size_t>(size.lanes * size.positions) *
                   predictor.vocabulary().size()),
          device_(device),
          share_(share) {}
    Status Step(std::span<const int> lanes, int positions, const uint32_t* tokens,
                uint32_t* weights) override {
      const CpuShare::Pause pause(&share_);
      EXPECT_EQ(weights, weights_.data());
      device_.most_positions_ = std::max(device_.most_positions_.load(), positions);
      return session_->Step(lanes, positions, tokens, weights);
    }
    uint32_t* WeightsMemory() override { return weights_.data(); }

   private:
    std::unique_ptr<TokenSession> session_;
    std::vector<uint32_t> weights_;
    CpuDevice& device_;
    CpuShare& share_;
  };

  std::atomic<int> most_positions_ = 0;
  std::atomic<int> waiting_ = 0;
  std::atomic<int> most_waiting_ = 0;
  std::atomic<int> steps_ = 0;
};

Bytes CompressWith(ByteSpan raw, const SharedModel& model, const CodecOptions& codec, int threads,
                   std::shared_ptr<Device> device, uint8_t filters = 0) {
  const CompressOptions options = {.model = model,
                                   .threads = threads,
                                   .device = std::move(device),
                                   .block_size = kSmallestBlock,
                                   .content_size = raw.size()};
  const BlockChoice choice = {.options = codec, .filters = filters};
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  EXPECT_TRUE(
      CompressPlanned(source, sink, options, testing::FixedPlan(choice, kSmallestBlock)).ok());
  return coded;
}

Bytes CompressWith(ByteSpan raw, int threads, std::shared_ptr<Device> device, uint8_t filters = 0) {
  return CompressWith(raw, testing::TinyModel(), TextOptions{.model = testing::TinyModel().get()},
                      threads, std::move(device), filters);
}

void ExpectDecodes(const Bytes& coded, const Bytes& raw, int threads,
                   const std::shared_ptr<CpuDevice>& device, bool writes_early = false) {
  MemorySource source(coded);
  Bytes back;
  MemorySink sink(back);
  const DecompressOptions options = {.models = testing::TinyModels(),
                                     .threads = threads,
                                     .device = device,
                                     .writes_early = writes_early};
  ASSERT_TRUE(DecompressFrames(source, sink, options).ok());
  EXPECT_EQ(back, raw);
}

TEST(DeviceStream, BytesAreThoseOfTheCpu) {
  const Bytes raw = testing::MakeWords(700'000);
  const Bytes expected = CompressWith(raw, 1, nullptr);
  for (const int threads : {1, 3}) {
    const auto device = std::make_shared<CpuDevice>();
    EXPECT_EQ(CompressWith(raw, threads, device), expected) << threads;
    EXPECT_GT(device->most_waiting(), 1);
  }
}

TEST(DeviceStream, DecodesWhatTheCpuWrote) {
  const Bytes raw = testing::MakeWords(700'000);
  const Bytes coded = CompressWith(raw, 1, nullptr);
  for (const bool writes_early : {false, true}) {
    for (const int threads : {1, 3}) {
      const auto device = std::make_shared<CpuDevice>();
      ExpectDecodes(coded, raw, threads, device, writes_early);
      EXPECT_GT(device->most_waiting(), 1);
    }
  }
}

TEST(DeviceStream, DecodesWhatAFilterHasChanged) {
  const Bytes words = testing::MakeWords(100'000);
  Bytes raw;
  for (int i = 0; i < 5; ++i) raw.insert(raw.end(), words.begin(), words.begin() + 60'000);
  raw.resize(4 * kSmallestBlock);
  const Bytes coded = CompressWith(raw, 1, nullptr, kFilterRepeat);
  MemorySource blocks(coded);
  const Result<std::vector<FrameEntry>> frames = ListFrames(blocks);
  ASSERT_TRUE(frames.ok());
  for (const BlockEntry& block : frames.value().at(0).blocks) {
    ASSERT_EQ(block.header.filters, kFilterRepeat);
  }
  const auto device = std::make_shared<CpuDevice>();
  ExpectDecodes(coded, raw, 2, device);
  EXPECT_GT(device->most_waiting(), 0);
}

TEST(DeviceStream, IsNotAskedForWhatIsNotWorthIt) {
  const Bytes raw = testing::MakeWords(200'000);  // four blocks
  for (const auto& [lanes, blocks] : {std::pair(64, 1u), {1, 5u}, {1, 4u}}) {
    const auto device = std::make_shared<CpuDevice>();
    device->least_lanes = lanes;
    device->least_blocks = blocks;
    const Bytes coded = CompressWith(raw, 2, device);
    EXPECT_EQ(coded, CompressWith(raw, 1, nullptr));
    const bool was_asked = device->most_waiting() > 0;
    EXPECT_EQ(was_asked, lanes == 1 && blocks == 4);
    const auto reader = std::make_shared<CpuDevice>();
    reader->least_lanes = lanes;
    reader->least_blocks = blocks;
    ExpectDecodes(coded, raw, 2, reader);
    EXPECT_EQ(reader->most_waiting() > 0, was_asked);
  }
}

// An encoder steps many positions at a time, a decoder one; neither changes the bytes.
TEST(DeviceStream, ModelsOfTokensRunThere) {
  const Bytes raw = testing::MakeWords(3 * kSmallestBlock / 2);
  const auto coded_with = [&](std::shared_ptr<Device> device) {
    return CompressWith(raw, testing::Hashing(),
                        TokenOptions{.model = testing::Hashing().get(), .lanes = 16}, 2,
                        std::move(device));
  };
  const Bytes expected = coded_with(nullptr);
  const auto encoder = std::make_shared<CpuDevice>(), decoder = std::make_shared<CpuDevice>();
  EXPECT_EQ(coded_with(encoder), expected);
  EXPECT_EQ(encoder->most_positions(), 64);
  ExpectDecodes(expected, raw, 2, decoder);
  EXPECT_EQ(decoder->most_positions(), 1);
}

TEST(DeviceStream, LargeBlocksAreFewer) {
  const CpuDevice device;
  EXPECT_EQ(BlocksTogether(nullptr, 5, kWideBlockSize), 5);
  EXPECT_EQ(BlocksTogether(&device, 5, kWideBlockSize), 20);
  EXPECT_EQ(BlocksTogether(&device, 5, 2 * kWideBlockSize), 10);
  EXPECT_EQ(BlocksTogether(&device, 5, 100 * kWideBlockSize), 5);
}

}  // namespace
}  // namespace lmz
