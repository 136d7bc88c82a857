#include "trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "exchange.h"
#include "file.h"
#include "integer_bits.h"

namespace lmz {
namespace {

volatile std::sig_atomic_t never = 0;
const ProcessGroup kAlone;

Status Ignore() {
  return OkStatus();
}

// Words in a fixed pseudo-random order: something to learn.
Corpus Words(size_t size) {
  constexpr const char* kWords[] = {"lorem ", "ipsum ", "dolor ", "sit ", "amet, ", "elit.\n"};
  Bytes all;
  for (uint32_t random = 1; all.size() < size; random = random * 1664525 + 1013904223) {
    for (const char* c = kWords[(random >> 24) % 6]; *c != 0; ++c) {
      all.push_back(static_cast<uint8_t>(*c));
    }
  }
  Corpus corpus;
  corpus.validation.assign(all.begin(), all.begin() + 2048);
  corpus.training.assign(all.begin() + 2048, all.end());
  return corpus;
}

TrainOptions SmallOptions() {
  TrainOptions options;
  options.shape = {32, 2, 32, 64};
  options.batch = {4, 32};
  options.schedule.warmup_steps = 5;
  options.most_bytes = 40 * 4 * 32;
  return options;
}

std::string TemporaryPath(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}

TEST(TrainerTest, GoesOnExactlyWhereItStopped) {
  const Corpus corpus = Words(20000);
  for (const bool muon : {false, true}) {
    TrainOptions options = SmallOptions();
    options.optimizer.muon = muon;
    Trainer whole(options, at::kCPU, corpus, kAlone);
    for (int i = 0; i < 20; ++i) whole.Step();

    options.checkpoint = TemporaryPath("resume.checkpoint");
    Trainer first(options, at::kCPU, corpus, kAlone);
    // A stop that is asked for before the first step writes the state as it is.
    for (int i = 0; i < 10; ++i) first.Step();
    volatile std::sig_atomic_t stop = 1;
    ASSERT_TRUE(first
                    .Run(
                        &stop, [](const std::string&) {}, Ignore)
                    .ok());

    Trainer second(options, at::kCPU, corpus, kAlone);
    const Status resumed = second.Resume();
    ASSERT_TRUE(resumed.ok()) << resumed.message();
    for (int i = 0; i < 10; ++i) second.Step();
    EXPECT_EQ(second.progress().step, 20);
    EXPECT_TRUE(at::equal(whole.parameters().values(), second.parameters().values()));
    std::filesystem::remove(options.checkpoint);
  }
}

TEST(TrainerTest, ACheckpointOfOtherDataIsRefused) {
  TrainOptions options = SmallOptions();
  options.checkpoint = TemporaryPath("other.checkpoint");
  volatile std::sig_atomic_t stop = 1;
  Trainer one(options, at::kCPU, Words(20000), kAlone);
  ASSERT_TRUE(one.Run(
                     &stop, [](const std::string&) {}, Ignore)
                  .ok());
  Trainer other(options, at::kCPU, Words(21000), kAlone);
  EXPECT_EQ(other.Resume().code(), Code::kInvalidArgument);

  auto bytes = ReadWholeFile(options.checkpoint);
  ASSERT_TRUE(bytes.ok());
  bytes.value()[bytes.value().size() / 2] ^= 1;
  ASSERT_TRUE(WriteWholeFile(options.checkpoint, bytes.value()).ok());
  EXPECT_EQ(one.Resume().code(), Code::kDamaged);
  std::filesystem::remove(options.checkpoint);
  EXPECT_EQ(one.Resume().code(), Code::kIo);
}

// Six equally likely words of 5.5 bytes on average: log2(6) / 5.5 = 0.47 bits per byte is what is
// to be found out.
TEST(TrainerTest, LearnsASmallFileAndTheExportedModelAgrees) {
  const Corpus corpus = Words(40000);
  for (const bool muon : {false, true}) {
    TrainOptions options = SmallOptions();
    options.optimizer.muon = muon;
    options.batch = {8, 64};
    options.schedule.peak = 1e-2;
    options.most_bytes = 300 * 8 * 64;
    Trainer trainer(options, at::kCPU, corpus, kAlone);
    ASSERT_TRUE(trainer
                    .Run(
                        &never, [](const std::string&) {}, Ignore)
                    .ok());
    const double bits = trainer.ValidationBits();
    EXPECT_LT(bits, 0.75);
    EXPECT_GT(bits, 0.40);

    ModelFile model;
    model.card = {"test", "MIT", ""};
    model.glr = Quantize(trainer.parameters());
    const auto file = WriteModelFile(model);
    ASSERT_TRUE(file.ok()) << file.status().message();
    const auto network = Network::Load(file.value());
    ASSERT_TRUE(network.ok()) << network.status().message();
    const double exported =
        IntegerBits(network.value(), corpus.validation, options.batch.rows,
                    static_cast<size_t>(trainer.validation_stride()),
                    static_cast<size_t>(trainer.validation_segments() * options.batch.steps));
    EXPECT_NEAR(exported / bits, 1, 0.005);

    // And back: the numbers that the integers stand for make the same predictions.
    Trainer imported(options, at::kCPU, corpus, kAlone);
    Dequantize(model.glr, imported.parameters());
    EXPECT_NEAR(imported.ValidationBits() / bits, 1, 0.005);
  }
}

TEST(TrainerTest, ALossThatIsNoNumberIsAnError) {
  TrainOptions options = SmallOptions();
  options.report_seconds = 0;
  Trainer trainer(options, at::kCPU, Words(20000), kAlone);
  trainer.parameters().value().final_norm.fill_(std::nanf(""));
  const Status status = trainer.Run(
      &never, [](const std::string&) {}, Ignore);
  EXPECT_EQ(status.code(), Code::kInternal);
  EXPECT_NE(status.message().find("not a number"), std::string::npos);
}

TEST(TrainerTest, AFullDiskIsReported) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  TrainOptions options = SmallOptions();
  options.checkpoint = "/dev/full/checkpoint";
  Trainer trainer(options, at::kCPU, Words(20000), kAlone);
  volatile std::sig_atomic_t stop = 1;
  EXPECT_EQ(trainer
                .Run(
                    &stop, [](const std::string&) {}, Ignore)
                .code(),
            Code::kIo);
}

TEST(TrainerTest, StopsWhenNothingImproves) {
  TrainOptions options = SmallOptions();
  options.most_bytes = int64_t{1} << 40;
  options.schedule.peak = 0;
  options.report_seconds = 0;
  options.validate_seconds = 0;
  options.patience = 2;
  Trainer trainer(options, at::kCPU, Words(20000), kAlone);
  ASSERT_TRUE(trainer
                  .Run(
                      &never, [](const std::string&) {}, Ignore)
                  .ok());
  EXPECT_LE(trainer.progress().step, 4);
}

}  // namespace
}  // namespace lmz
