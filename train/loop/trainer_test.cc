#include "train/loop/trainer.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <thread>

#include "model/library.h"
#include "train/data/file.h"
#include "train/export/exchange.h"
#include "train/export/integer_bits.h"
#include "train/network/grow.h"

namespace lmz::train {
namespace {

volatile std::sig_atomic_t never = 0;
const ProcessGroup kAlone;
constexpr int kTestPort = 29517;

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

// Checkpoints of fewer bytes: the run that writes one goes on with what it wrote, so that it and
// the one that starts from there do the same.
TEST(TrainerTest, CompactCheckpointsAreExactToo) {
  const Corpus corpus = Words(20000);
  for (const bool muon : {false, true}) {
    TrainOptions options = SmallOptions();
    options.optimizer.muon = muon;
    options.compact = true;
    options.average_steps = 8;
    options.checkpoint = TemporaryPath("compact.checkpoint");
    Trainer whole(options, at::kCPU, corpus, kAlone);
    for (int i = 0; i < 10; ++i) whole.Step();
    const at::Tensor before = whole.parameters().values().clone();
    ASSERT_TRUE(whole.Save().ok());
    EXPECT_TRUE(at::allclose(before, whole.parameters().values(), 2e-5, 0));
    EXPECT_FALSE(at::equal(before, whole.parameters().values()));

    Trainer second(options, at::kCPU, corpus, kAlone);
    const Status resumed = second.Resume();
    ASSERT_TRUE(resumed.ok()) << resumed.message();
    for (int i = 0; i < 10; ++i) {
      whole.Step();
      second.Step();
    }
    EXPECT_TRUE(at::equal(whole.parameters().values(), second.parameters().values()));
    const double bytes = static_cast<double>(std::filesystem::file_size(options.checkpoint));
    const double per_parameter = bytes / static_cast<double>(whole.parameters().size());
    EXPECT_LT(per_parameter, 3 + 3 + 2 + (muon ? 1.7 : 2.1));  // the average takes 3

    options.compact = false;
    Trainer other(options, at::kCPU, corpus, kAlone);
    EXPECT_EQ(other.Resume().code(), Code::kInvalidArgument);
    std::filesystem::remove(options.checkpoint);
  }
}

// Two processes (here: threads) with half the rows each do what one with all of them does.
TEST(TrainerTest, AGroupTrainsAsOneWithAllRows) {
#ifndef LMZ_GLOO
  GTEST_SKIP() << "built without Gloo";
#endif
  const Corpus corpus = Words(20000);
  TrainOptions options = SmallOptions();
  options.batch = {8, 32};
  Trainer one(options, at::kCPU, corpus, kAlone);
  for (int i = 0; i < 12; ++i) one.Step();
  const double one_loss = one.LossBits(), one_valid = one.ValidationBits();
  options.batch = {4, 32};
  std::array<double, 2> loss{}, valid{};
  std::array<at::Tensor, 2> values;
  const auto run = [&](int rank) {
    GroupPlace place;
    place.rank = place.local_rank = rank;
    place.size = 2;
    place.address = "127.0.0.1";
    place.port = kTestPort;
    const auto group = ProcessGroup::Join(place, at::kCPU);
    ASSERT_TRUE(group.ok()) << group.status().message();
    Trainer trainer(options, at::kCPU, corpus, group.value());
    for (int i = 0; i < 12; ++i) trainer.Step();
    const auto k = static_cast<size_t>(rank);
    loss[k] = trainer.LossBits();
    valid[k] = trainer.ValidationBits();
    values[k] = trainer.parameters().values().clone();
  };
  std::thread second([&] { run(1); });
  run(0);
  second.join();
  for (const size_t k : {0u, 1u}) {
    EXPECT_NEAR(loss[k], one_loss, 1e-4);
    EXPECT_NEAR(valid[k], one_valid, 1e-4);
  }
  EXPECT_TRUE(at::equal(values[0], values[1]));
  EXPECT_TRUE(at::allclose(values[0], one.parameters().values(), 1e-2, 1e-3));
}

TEST(TrainerTest, TheAverageIsThatOfTheSteps) {
  const Corpus corpus = Words(20000);
  TrainOptions options = SmallOptions();
  Trainer plain(options, at::kCPU, corpus, kAlone);
  at::Tensor sum = at::zeros_like(plain.parameters().values());
  for (int i = 0; i < 6; ++i) {
    plain.Step();
    sum += plain.parameters().values();
  }
  options.average_steps = 1000;
  Trainer averaging(options, at::kCPU, corpus, kAlone);
  for (int i = 0; i < 6; ++i) averaging.Step();
  EXPECT_TRUE(at::equal(plain.parameters().values(), averaging.parameters().values()));
  volatile std::sig_atomic_t stop = 1;
  ASSERT_TRUE(averaging
                  .Run(
                      &stop, [](const std::string&) {}, Ignore)
                  .ok());
  EXPECT_TRUE(at::allclose(averaging.parameters().values(), sum / 6, 1e-4, 1e-5));
}

// A teacher that is the network itself changes nothing, one with a share of 0 neither.
TEST(TrainerTest, ATeacherIsFollowedByItsShare) {
  const Corpus corpus = Words(20000);
  TrainOptions options = SmallOptions();
  options.rounding = MatrixRounding::kElement;
  Trainer knowing(options, at::kCPU, corpus, kAlone);
  for (int i = 0; i < 60; ++i) knowing.Step();
  Parameters teacher(options.shape, at::kCPU, at::kFloat);
  teacher.values().copy_(knowing.parameters().values());
  teacher.RefreshCopy();

  // The whole share from a teacher that is what the network is: there is nothing to learn.
  options.teacher_share = 1;
  Trainer same(options, at::kCPU, corpus, kAlone, &teacher);
  same.parameters().values().copy_(teacher.values());
  same.parameters().RefreshCopy();
  same.Step();
  EXPECT_LT(same.parameters().gradients().abs().max().item<float>(), 1e-6);

  // From nothing, the teacher alone teaches what it knows.
  Trainer pupil(options, at::kCPU, corpus, kAlone, &teacher);
  for (int i = 0; i < 60; ++i) pupil.Step();
  options.teacher_share = 0;
  Trainer alone(options, at::kCPU, corpus, kAlone, &teacher);
  Trainer without(options, at::kCPU, corpus, kAlone);
  for (int i = 0; i < 60; ++i) {
    alone.Step();
    without.Step();
  }
  EXPECT_TRUE(at::equal(alone.parameters().values(), without.parameters().values()));
  EXPECT_FALSE(at::equal(pupil.parameters().values(), without.parameters().values()));
  EXPECT_LT(pupil.ValidationBits(), 5);  // of 8
}

TEST(TrainerTest, ALargerNetworkStartsAsTheSmallerOne) {
  const Corpus corpus = Words(20000);
  TrainOptions options = SmallOptions();
  options.rounding = MatrixRounding::kElement;
  Trainer small(options, at::kCPU, corpus, kAlone);
  for (int i = 0; i < 40; ++i) small.Step();
  const double bits = small.ValidationBits();
  for (const GlrShape shape : {GlrShape{32, 5, 32, 64}, GlrShape{48, 3, 64, 96}}) {
    options.shape = shape;
    Trainer large(options, at::kCPU, corpus, kAlone);
    ASSERT_TRUE(CanGrow(small.parameters().shape(), shape));
    Grow(small.parameters(), large.parameters());
    EXPECT_NEAR(large.ValidationBits(), bits, 1e-4);
    const at::Tensor before = large.parameters().values().clone();
    for (int i = 0; i < 10; ++i) large.Step();
    EXPECT_LT(large.ValidationBits(), bits);
    // What was added takes part: of the layers' matrices nothing is where it started.
    const int64_t matrices = large.parameters().layer_matrix_size();
    const at::Tensor moved = large.parameters().values().ne(before).narrow(0, 0, matrices);
    EXPECT_GT(moved.to(at::kFloat).mean().item<float>(), 0.99);
  }
  EXPECT_FALSE(CanGrow(options.shape, small.parameters().shape()));
}

TEST(TrainerTest, TrainingMultipliesWhatTheFileWillStore) {
  const Corpus corpus = Words(20000);
  Trainer trainer(SmallOptions(), at::kCPU, corpus, kAlone);
  for (int i = 0; i < 10; ++i) trainer.Step();
  Parameters stored(SmallOptions().shape, at::kCPU, at::kFloat);
  Dequantize(Quantize(trainer.parameters()), stored);
  const ParameterViews& used = trainer.parameters().multiplied();
  const ParameterViews& file = stored.value();
  const ParameterViews& exact = trainer.parameters().value();
  // Here and there a weight between two steps goes the other way.
  const auto compare = [](const at::Tensor& used_here, const at::Tensor& stored_there,
                          const at::Tensor& unrounded) {
    const double apart = (used_here - stored_there).norm().item<float>();
    EXPECT_LT(apart, 0.2 * (unrounded - stored_there).norm().item<float>());
  };
  compare(used.projection, file.projection, exact.projection);
  compare(used.output, file.output, exact.output);
  compare(used.up, file.up, exact.up);
  compare(used.down, file.down, exact.down);
  compare(used.head, file.head, exact.head);
}

TEST(TrainerTest, MixesStayWithinWhatTheFileHolds) {
  const Corpus corpus = Words(20000);
  Trainer trainer(SmallOptions(), at::kCPU, corpus, kAlone);
  trainer.parameters().value().mix.fill_(3);
  trainer.parameters().value().hidden_mix.fill_(-3);
  trainer.Step();
  Parameters stored(SmallOptions().shape, at::kCPU, at::kFloat);
  Dequantize(Quantize(trainer.parameters()), stored);
  EXPECT_TRUE(at::allclose(stored.value().mix, trainer.parameters().value().mix));
  EXPECT_TRUE(at::allclose(stored.value().hidden_mix, trainer.parameters().value().hidden_mix));
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
    model.glr() = Quantize(trainer.parameters());
    const auto file = WriteModelFile(model);
    ASSERT_TRUE(file.ok()) << file.status().message();
    const auto network = LoadModel(file.value());
    ASSERT_TRUE(network.ok()) << network.status().message();
    const Result<const Predictor*> predictor = AsBytePredictor(*network.value());
    ASSERT_TRUE(predictor.ok());
    const double exported =
        IntegerBits(*predictor.value(), corpus.validation, options.batch.rows,
                    static_cast<size_t>(trainer.validation_stride()),
                    static_cast<size_t>(trainer.validation_segments() * options.batch.steps))
            .value();
    EXPECT_NEAR(exported / bits, 1, 0.005);

    // And back: the numbers that the integers stand for make the same predictions.
    Trainer imported(options, at::kCPU, corpus, kAlone);
    Dequantize(model.glr(), imported.parameters());
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
}  // namespace lmz::train
