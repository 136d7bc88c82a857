// lmz-train: trains a model on your own data. See docs/training.md.
#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "model/glr/glr_predictor.h"
#include "train/data/file.h"
#include "train/export/exchange.h"
#include "train/export/integer_bits.h"
#include "train/export/mixer_training.h"
#include "train/loop/process_group.h"
#include "train/loop/trainer.h"
#include "train/network/grow.h"
#include "train/network/network_size.h"
#include "train/tools/train_transformer.h"

namespace lmz::train {
namespace {

volatile std::sig_atomic_t stop_requested = 0;

void RequestStop(int) {
  stop_requested = 1;
}

struct Arguments {
  std::vector<std::string> data, validation;
  std::string architecture = "glr", size, out, from, teacher;
  std::string device = "auto", schedule = "cosine", optimizer = "muon";
  bool resume = false, float32 = false, unrounded = false, keep_mixer = false;
  double rate = 0;
  std::optional<int64_t> warmup;
  int threads = 0;
  uint64_t bytes = 0;
  double seconds = 0;
  ModelCard card{"custom", "LicenseRef-unknown", ""};
  TrainOptions options;
};

const std::map<std::string, double> kTimeUnits = {{"s", 1}, {"m", 60}, {"h", 3600}};

void AddOptions(CLI::App& app, Arguments& a) {
  app.add_option("--data", a.data, "Training data: files, directories or glob patterns")
      ->required();
  app.add_option("--valid", a.validation,
                 "Validation data (default: a part of --data is held out)");
  app.add_option("--out", a.out, "Model file to write")->required();
  app.add_option("--architecture", a.architecture,
                 "glr, the recurrent network of the models that come with lmz, or transformer")
      ->check(CLI::IsMember({"glr", "transformer"}))
      ->capture_default_str();
  app.add_option(
      "--size", a.size,
      "Network size: 200k, 800k, 3.2m, 12.8m or d=96,layers=8,state=96,hidden=288; of a "
      "transformer 200k, 800k, 3.2m, modern-200k .. or d=64,layers=4,heads=4,kv=4,hidden=160");
  app.add_option("--from", a.from, "Model file to start from; a larger --size grows it");
  app.add_flag("--resume", a.resume, "Resume from the checkpoint");
  app.add_option("--checkpoint", a.options.checkpoint, "Checkpoint file (default: OUT.checkpoint)");
  app.add_option("--bytes", a.bytes, "Stop after this many bytes, e.g. 5G (default: ten epochs)")
      ->transform(CLI::AsSizeValue(true));
  app.add_option("--time", a.seconds, "Stop after this time, e.g. 20m")
      ->transform(CLI::AsNumberWithUnit(kTimeUnits));
  app.add_option("--patience", a.options.patience, "Stop after N validations without improvement");
  app.add_option("--batch", a.options.batch.rows, "Sequences per batch");
  app.add_option("--context", a.options.batch.steps,
                 "Bytes of each sequence per step, a multiple of 16");
  app.add_option("--rate", a.rate, "Peak learning rate");
  app.add_option("--warmup", a.warmup, "Warmup steps");
  app.add_option("--schedule", a.schedule, "Learning rate schedule: cosine or stable")
      ->check(CLI::IsMember({"cosine", "stable"}))
      ->capture_default_str();
  app.add_option("--optimizer", a.optimizer, "Optimizer: adamw or muon")
      ->check(CLI::IsMember({"adamw", "muon"}))
      ->capture_default_str();
  app.add_option("--weight-decay", a.options.optimizer.weight_decay, "Weight decay")
      ->capture_default_str();
  app.add_option("--jump", a.options.jump_share,
                 "Share of sequences that restart at a random position each step")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--seed", a.options.seed, "Random seed")->capture_default_str();
  app.add_option("--device", a.device, "Device: cpu, cuda or auto")->capture_default_str();
  app.add_flag("--float32", a.float32, "Do not use bfloat16 on a CUDA device");
  app.add_flag("--unrounded", a.unrounded, "Train without quantising matrices to int8");
  app.add_option("--teacher", a.teacher, "Teacher for distillation: a model file, usually larger");
  app.add_option("--teacher-share", a.options.teacher_share,
                 "Weight of the teacher in the loss; the data has the rest")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--average", a.options.average_steps,
                 "Validate and export the average of about the last N steps")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--compact", a.options.compact, "Write smaller checkpoints: 5 bytes per parameter");
  app.add_flag("--changing-data", a.options.changing_data,
               "Let --resume go on with other training data; needs --compact and --valid");
  app.add_flag("--keep-mixer", a.keep_mixer,
               "Do not train the initial mixer weights; keep those of --from, if any");
  app.add_option("--threads", a.threads, "CPU threads");
  app.add_option("--report", a.options.report_seconds, "Seconds between progress lines")
      ->capture_default_str();
  app.add_option("--judge", a.options.validate_seconds, "Seconds between validations")
      ->capture_default_str();
  app.add_option("--save", a.options.checkpoint_seconds, "Seconds between checkpoints")
      ->capture_default_str();
  app.add_option("--name", a.card.name, "Name in the model file")->capture_default_str();
  app.add_option("--licence", a.card.licence, "Licence in the model file, an SPDX expression")
      ->capture_default_str();
  app.add_option("--note", a.card.note, "Training note in the model file");
}

Result<ModelFile> LoadModel(const std::string& path) {
  LMZ_ASSIGN(const Bytes bytes, ReadWholeFile(path));
  Result<ModelFile> model = ParseModelFile(bytes);
  return model.ok() ? std::move(model) : Result<ModelFile>(model.status().At(path));
}

// The limits of a training, and where its checkpoints go; ten epochs unless there is a limit.
template <class Options>
void SetLimits(const Arguments& a, const Corpus& corpus, Options& options) {
  if (a.bytes > 0) options.most_bytes = static_cast<int64_t>(a.bytes);
  if (a.seconds > 0) options.most_seconds = a.seconds;
  if (a.bytes == 0 && a.seconds <= 0) {
    options.most_bytes = 10 * static_cast<int64_t>(corpus.training.size());
  }
  if (options.checkpoint.empty()) options.checkpoint = a.out + ".checkpoint";
}

ScheduleKind KindOf(const std::string& schedule) {
  return schedule == "cosine" ? ScheduleKind::kCosine : ScheduleKind::kStable;
}

// Fills in what the user left open.
Status Complete(Arguments& a, const at::Device& device, const Corpus& corpus,
                const std::optional<ModelFile>& from) {
  TrainOptions& options = a.options;
  if (from.has_value() && a.size.empty()) {
    options.shape = from->glr().shape;
  } else {
    LMZ_ASSIGN(options.shape, ParseNetworkSize(a.size.empty() ? "800k" : a.size));
  }
  if (from.has_value() && !CanGrow(from->glr().shape, options.shape)) {
    return Status(Code::kInvalidArgument, "the model " + a.from + " is larger than --size " +
                                              a.size + " in some dimension");
  }
  if (options.changing_data && (!options.compact || a.validation.empty())) {
    return Status(Code::kInvalidArgument, "--changing-data needs --compact and --valid");
  }
  const bool cuda = device.is_cuda();
  if (options.batch.rows == 0) options.batch.rows = cuda ? 384 : 16;
  if (options.batch.steps == 0) options.batch.steps = cuda ? 512 : 256;
  if (options.batch.rows < 1 || options.batch.steps < 16 || options.batch.steps % 16 != 0) {
    return Status(Code::kInvalidArgument,
                  "--batch must be at least 1 and --context a positive multiple of 16");
  }
  options.schedule.kind = KindOf(a.schedule);
  const bool muon = a.optimizer == "muon";
  const double usual = from.has_value() ? 5e-3 : muon ? 2e-2 : 8e-3;
  options.schedule.peak = a.rate > 0 ? a.rate : usual;
  options.schedule.warmup_steps = a.warmup.value_or(cuda ? 300 : 30);
  options.optimizer.muon = muon;
  options.bfloat16 = !a.float32;
  options.rounding = a.unrounded ? MatrixRounding::kElement : MatrixRounding::kInt8;
  SetLimits(a, corpus, options);
  return OkStatus();
}

// The same for a transformer. Errors: kInvalidArgument for options that it does not have.
Result<TransformerOptions> CompleteTransformer(const Arguments& a, const at::Device& device,
                                               const Corpus& corpus, const GroupPlace& place) {
  const TrainOptions& given = a.options;
  if (!a.from.empty() || !a.teacher.empty() || given.average_steps > 0 || given.compact ||
      given.changing_data || given.patience > 0 || !a.card.note.empty() || place.size > 1) {
    return Status(
        Code::kInvalidArgument,
        "--from, --teacher, --average, --compact, --changing-data, --patience, --note and "
        "several processes are for --architecture glr");
  }
  TransformerOptions options;
  LMZ_ASSIGN(options.size, ParseTransformerSize(a.size.empty() ? "800k" : a.size));
  const bool cuda = device.is_cuda();
  options.batch = {given.batch.rows != 0 ? given.batch.rows
                   : cuda                ? 64
                                         : 8,
                   given.batch.steps != 0 ? given.batch.steps
                   : cuda                 ? 2048
                                          : 256};
  if (options.batch.rows < 1 || options.batch.steps < 16 || options.batch.steps > 4096) {
    return Status(Code::kInvalidArgument,
                  "--batch must be at least 1 and --context of a transformer 16 to 4096");
  }
  const bool muon = a.optimizer == "muon";
  options.schedule = {.kind = KindOf(a.schedule),
                      .peak = a.rate > 0 ? a.rate
                              : muon     ? 1e-2
                                         : 3e-3,
                      .warmup_steps = a.warmup.value_or(cuda ? 100 : 30)};
  options.optimizer = given.optimizer;
  options.optimizer.muon = muon;
  options.seed = given.seed;
  options.is_bfloat16 = !a.float32;
  options.is_rounded = !a.unrounded;
  options.report_seconds = given.report_seconds;
  options.validate_seconds = given.validate_seconds;
  options.checkpoint_seconds = given.checkpoint_seconds;
  options.checkpoint = given.checkpoint;
  SetLimits(a, corpus, options);
  return options;
}

void Print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void StartFrom(const GlrWeights& weights, Trainer& trainer, uint64_t seed) {
  if (weights.shape == trainer.parameters().shape()) {
    return Dequantize(weights, trainer.parameters());
  }
  Parameters small(weights.shape, at::kCPU, at::kFloat);
  Dequantize(weights, small);
  trainer.parameters().Initialize(seed);
  Grow(small, trainer.parameters());
}

// What is written of the training: only the first process of a group does.
class Session {
 public:
  Session(const Arguments& arguments, const Corpus& corpus, const std::optional<ModelFile>& from,
          Trainer& trainer)
      : arguments_(arguments), corpus_(corpus), trainer_(trainer) {
    if (from.has_value()) mixer_start_ = from->mixer_start;
  }

  Status Export() {
    LMZ_ASSIGN(const Bytes file, WriteModelFile(Model()));
    return WriteWholeFile(arguments_.out, file);
  }

  // The initial mixer weights, for the model in the file.
  Status FinishFile() {
    if (arguments_.keep_mixer) return OkStatus();
    Print("training the initial mixer weights");
    LMZ_ASSIGN(ModelFile model, LoadModel(arguments_.out));
    LMZ_TRY(TrainMixerStart(corpus_.training, model));
    LMZ_ASSIGN(const Bytes file, WriteModelFile(model));
    return WriteWholeFile(arguments_.out, file);
  }

  // The model at the end beside what it was made from, on the first of the validation data. All
  // processes of the group take part.
  void Compare(const ProcessGroup& group) {
    constexpr int64_t kMostBytes = 1 << 18;
    const BatchShape& batch = arguments_.options.batch;
    const int rows = batch.rows * group.size();
    const int64_t segments = std::clamp<int64_t>(kMostBytes / (int64_t{rows} * batch.steps), 1,
                                                 trainer_.validation_segments());
    const double trained = trainer_.ValidationBits(segments);
    if (group.rank() != 0) return;
    const double exported = IntegerBits(GlrPredictor(Model()), corpus_.validation, rows,
                                        static_cast<size_t>(trainer_.validation_stride()),
                                        static_cast<size_t>(segments * batch.steps))
                                .value();  // in memory, nothing of it can fail
    std::printf(
        "%lld bytes of validation data: %.4f bits per byte as trained, %.4f as exported"
        " (%+.2f %%)\n",
        static_cast<long long>(segments * rows * batch.steps), trained, exported,
        100 * (exported / trained - 1));
  }

 private:
  ModelFile Model() {
    ModelFile model;
    model.card = arguments_.card;
    model.glr() = Quantize(trainer_.parameters());
    model.mixer_start = mixer_start_;
    return model;
  }

  const Arguments& arguments_;
  const Corpus& corpus_;
  Trainer& trainer_;
  std::optional<MixerStart> mixer_start_;
};

// OpenBLAS, where it multiplies the matrices, keeps threads of its own.
void SetThreads(int count) {
  at::set_num_threads(count);
  void* const symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (symbol != nullptr) reinterpret_cast<void (*)(int)>(symbol)(count);
}

Status Train(Arguments& a) {
  if (a.threads > 0) SetThreads(a.threads);
  LMZ_ASSIGN(const GroupPlace place, GroupPlaceFromEnvironment());
  LMZ_ASSIGN(const at::Device device, FindDevice(a.device, place.local_rank));
  std::optional<ModelFile> from;
  if (!a.from.empty()) {
    LMZ_ASSIGN(from, LoadModel(a.from));
    if (from->transformer() != nullptr) {
      return Status(Code::kInvalidArgument,
                    a.from + " is a transformer; --from takes recurrent networks");
    }
  }
  LMZ_ASSIGN(const Corpus corpus, ReadCorpus(a.data, a.validation));
  if (a.architecture == "transformer") {
    LMZ_ASSIGN(const TransformerOptions options, CompleteTransformer(a, device, corpus, place));
    return TrainTransformer(options, a.resume, device, corpus, a.card, a.out, &stop_requested);
  }
  LMZ_TRY(Complete(a, device, corpus, from));
  LMZ_ASSIGN(const ProcessGroup group, ProcessGroup::Join(place, device));
  const bool first = group.rank() == 0;
  const GlrShape& shape = a.options.shape;
  if (first) {
    std::printf(
        "%llu parameters (width %d, %d layers, state %d, hidden %d) on %s; %zu bytes of training"
        " data, %zu of validation data; processes: %d\n",
        static_cast<unsigned long long>(CountParameters(shape)), shape.width, shape.layers,
        shape.state, shape.hidden, device.str().c_str(), corpus.training.size(),
        corpus.validation.size(), group.size());
  }
  std::unique_ptr<Parameters> teacher;
  if (!a.teacher.empty()) {
    LMZ_ASSIGN(const ModelFile model, LoadModel(a.teacher));
    if (model.transformer() != nullptr) {
      return Status(Code::kInvalidArgument,
                    a.teacher + " is a transformer; --teacher takes recurrent networks");
    }
    const bool bfloat16 = device.is_cuda() && a.options.bfloat16;
    teacher = std::make_unique<Parameters>(model.glr().shape, device,
                                           bfloat16 ? at::kBFloat16 : at::kFloat);
    Dequantize(model.glr(), *teacher);
  }
  Trainer trainer(a.options, device, corpus, group, teacher.get());
  if (from.has_value()) StartFrom(from->glr(), trainer, a.options.seed);
  if (a.resume) LMZ_TRY(trainer.Resume());
  Session session(a, corpus, from, trainer);
  const bool keep_best = a.options.patience > 0;
  const auto export_here = [&] { return first ? session.Export() : OkStatus(); };
  LMZ_TRY(export_here());  // finds out now whether it can be written
  LMZ_TRY(
      trainer.Run(&stop_requested, Print, [&] { return keep_best ? export_here() : OkStatus(); }));
  if (!keep_best) LMZ_TRY(export_here());
  session.Compare(group);
  if (!first) return OkStatus();
  LMZ_TRY(session.FinishFile());
  std::printf("%s was written; --resume continues from %s\n", a.out.c_str(),
              a.options.checkpoint.c_str());
  return OkStatus();
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  CLI::App app("Trains a model for lmz on your own data.", "lmz-train");
  lmz::train::Arguments arguments;
  lmz::train::AddOptions(app, arguments);
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGINT, lmz::train::RequestStop);
  std::signal(SIGTERM, lmz::train::RequestStop);
  try {
    const lmz::Status status = lmz::train::Train(arguments);
    if (status.ok()) return 0;
    std::cerr << "lmz-train: " << status.message() << '\n';
  } catch (const std::exception& error) {  // from libtorch, for example when memory runs out
    std::cerr << "lmz-train: " << error.what() << '\n';
  }
  return 1;
}
