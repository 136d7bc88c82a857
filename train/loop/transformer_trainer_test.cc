#include "train/loop/transformer_trainer.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "model/model_file.h"
#include "model/transformer/transformer_predictor.h"
#include "train/export/transformer_export.h"

namespace lmz::train {
namespace {

volatile std::sig_atomic_t never = 0;
const ModelCard kCard = {"toy", "Apache-2.0", ""};

// Words in a fixed pseudo-random order: something to learn.
Corpus Words(size_t size) {
  constexpr const char* kWords[] = {"lorem ", "ipsum ", "dolor ", "sit ", "amet, ", "elit.\n"};
  Corpus corpus;
  for (uint32_t random = 1; corpus.training.size() < size; random = random * 1664525 + 1013904223) {
    for (const char* c = kWords[(random >> 24) % 6]; *c != 0; ++c) {
      corpus.training.push_back(static_cast<uint8_t>(*c));
    }
  }
  corpus.validation.assign(corpus.training.begin(), corpus.training.begin() + 2048);
  return corpus;
}

TransformerOptions SmallOptions() {
  TransformerOptions options;
  options.size = {.width = 32, .layers = 2, .heads = 2, .kv_heads = 1, .hidden = 48};
  options.batch = {4, 32};
  options.schedule = {.peak = 1e-2, .warmup_steps = 5};
  options.most_bytes = 40 * 4 * 32;
  return options;
}

void ExpectEqual(const ByteTransformer& a, const ByteTransformer& b) {
  for (size_t i = 0; i < a.matrices().size(); ++i) {
    EXPECT_TRUE(at::equal(a.matrices()[i], b.matrices()[i])) << i;
  }
  for (size_t i = 0; i < a.others().size(); ++i) {
    EXPECT_TRUE(at::equal(a.others()[i], b.others()[i])) << i;
  }
}

TEST(TransformerTrainerTest, LearnsAndTheIntegerEngineAgrees) {
  const Corpus corpus = Words(20000);
  for (const bool muon : {false, true}) {
    TransformerOptions options = SmallOptions();
    options.optimizer.muon = muon;
    TransformerTrainer trainer(options, at::kCPU, corpus);
    const double before = trainer.ValidationBits();
    ASSERT_TRUE(trainer.Run(&never, [](const std::string&) {}).ok());
    const double after = trainer.ValidationBits(16);
    EXPECT_LT(after, 0.6 * before);
    const Result<Bytes> file = ModelFileOf(trainer.network(), options.batch.steps, kCard);
    ASSERT_TRUE(file.ok()) << file.status().message();
    const Result<ModelFile> model = ParseModelFile(file.value());
    ASSERT_TRUE(model.ok()) << model.status().message();
    const TransformerPredictor predictor(model.value());
    EXPECT_EQ(predictor.parameters(), static_cast<uint64_t>(CountParameters(options.size)));
    EXPECT_EQ(predictor.vocabulary().size(), 256u);
    const Result<double> exported = IntegerBits(predictor, corpus.validation, 16, 32, 32);
    ASSERT_TRUE(exported.ok());
    EXPECT_NEAR(exported.value(), after, 0.005 * after);
  }
}

TEST(TransformerTrainerTest, GoesOnExactlyWhereItStopped) {
  const Corpus corpus = Words(20000);
  for (const bool muon : {false, true}) {
    TransformerOptions options = SmallOptions();
    options.optimizer.muon = muon;
    options.schedule.kind = ScheduleKind::kStable;
    options.report_seconds = 1e9;
    TransformerTrainer whole(options, at::kCPU, corpus);
    ASSERT_TRUE(whole.Run(&never, [](const std::string&) {}).ok());

    options.checkpoint =
        (std::filesystem::path(testing::TempDir()) / "transformer.checkpoint").string();
    // The schedule looks at the limit, which is the same: so the first part is stopped from
    // outside.
    volatile std::sig_atomic_t stop = 0;
    options.report_seconds = 0;
    TransformerTrainer first(options, at::kCPU, corpus);
    int reports = 0;
    ASSERT_TRUE(first.Run(&stop, [&](const std::string&) { stop = ++reports == 15 ? 1 : 0; }).ok());
    options.report_seconds = 1e9;
    TransformerTrainer second(options, at::kCPU, corpus);
    ASSERT_TRUE(second.Resume().ok());
    ASSERT_TRUE(second.Run(&never, [](const std::string&) {}).ok());
    ExpectEqual(whole.network(), second.network());
    std::filesystem::remove(options.checkpoint);

    options.size.hidden = 64;
    TransformerTrainer other(options, at::kCPU, corpus);
    EXPECT_FALSE(other.Resume().ok());
  }
}

TEST(TransformerTrainerTest, ANetworkSeesOnlyWhatIsBehindIt) {
  const ByteTransformer network(SmallOptions().size, at::kCPU, 1, true);
  const at::NoGradGuard no_gradients;
  at::Tensor bytes = at::arange(24, at::kByte).view({1, 24});
  const double whole = network.Loss(bytes, false).item<float>();
  const double begin = network.Loss(bytes.narrow(1, 0, 12), false).item<float>();
  at::Tensor changed = bytes.clone();
  changed.narrow(1, 12, 12).fill_(7);
  EXPECT_NE(network.Loss(changed, false).item<float>(), whole);
  EXPECT_EQ(network.Loss(changed.narrow(1, 0, 12), false).item<float>(), begin);
}

TEST(TransformerSizeTest, NamesAreAboutTheirNumbersOfParameters) {
  for (const char* kind : {"", "paper-", "modern-"}) {
    for (const auto& [name, count] : {std::pair{"200k", 2e5}, {"800k", 8e5}, {"3.2m", 3.2e6}}) {
      const auto size = ParseTransformerSize(std::string(kind) + name);
      ASSERT_TRUE(size.ok());
      EXPECT_NEAR(static_cast<double>(CountParameters(size.value())), count, 0.06 * count);
    }
  }
  for (const char* wrong : {"", "1m", "d=64", "d=64,layers=4", "d=64,layers=4,heads=8",
                            "d=64,layers=4,heads=4,x=1", "d=64,layers=4,heads=-4"}) {
    EXPECT_FALSE(ParseTransformerSize(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace lmz::train
