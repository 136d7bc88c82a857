#include "bench/coders/lmz_coder.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>

#include "bench/report/environment.h"
#include "stream/compress.h"

namespace lmz::bench {

namespace {

void Append(const std::string& text, Bytes& out) {
  out.insert(out.end(), text.begin(), text.end());
}

// The header of a WAV file for these samples.
void AppendWavHeader(const Signal& signal, Bytes& out) {
  const auto size = static_cast<uint32_t>(signal.bytes.size());
  const auto channels = static_cast<uint32_t>(signal.channels);
  const uint32_t frame = channels * static_cast<uint32_t>(signal.bits) / 8;
  ByteWriter writer(out);
  Append("RIFF", out);
  writer.U32(36 + size);
  Append("WAVEfmt ", out);
  writer.U32(16);
  writer.Le(1, 2);  // PCM
  writer.Le(channels, 2);
  writer.U32(signal.rate);
  writer.U32(signal.rate * frame);
  writer.Le(frame, 2);
  writer.Le(static_cast<uint64_t>(signal.bits), 2);
  Append("data", out);
  writer.U32(size);
}

Bytes AsFile(const Signal& signal) {
  Bytes file;
  if (signal.kind == Signal::Kind::kPixels) {
    Append(std::string(signal.channels == 1 ? "P5" : "P6") + "\n" + std::to_string(signal.width) +
               " " + std::to_string(signal.height) + "\n255\n",
           file);
  } else if (signal.kind == Signal::Kind::kSamples) {
    AppendWavHeader(signal, file);
  }
  ByteWriter(file).Append(signal.bytes);
  return file;
}

bool IsWithoutModels(CodecId codec) {
  return codec == kImageCodec.id || codec == kAudioCodec.id || codec == kPngCodec.id ||
         codec == kJpegCodec.id;
}

// The sizes of verified codes that are the same at every level. Thread-safe.
class CommonCodes {
 public:
  std::optional<uint64_t> Find(const Bytes& file) {
    const Hash128 hash = Checksum128(file);
    const std::lock_guard lock(mutex_);
    const auto known = sizes_.find(hash);
    if (known == sizes_.end()) return std::nullopt;
    return known->second;
  }

  // Where the planner names a codec, as for pixels and samples, it does not ask which model there
  // is. Where it leaves the codec open, also within `parts` and `inside`, models compete and
  // another level may end otherwise.
  void Add(const Bytes& file, ByteSpan code) {
    MemorySource source(code);
    const Result<std::vector<FrameEntry>> frames = List(source);
    if (!frames.ok()) return;
    for (const FrameEntry& frame : frames.value()) {
      for (const BlockEntry& block : frame.blocks) {
        if (!IsWithoutModels(block.header.codec)) return;
      }
    }
    const Hash128 hash = Checksum128(file);
    const std::lock_guard lock(mutex_);
    sizes_[hash] = code.size();
  }

 private:
  std::mutex mutex_;
  std::map<Hash128, uint64_t> sizes_;  // by the hash of what was coded; guarded by mutex_
};

class Lmz final : public Coder {
 public:
  Lmz(int level, BenchModel model, std::shared_ptr<CommonCodes> common)
      : level_(level), model_(std::move(model)), common_(std::move(common)) {
    const auto library = std::make_shared<ModelLibrary>();
    if (model_.model != nullptr) library->Add(model_.model);
    library_ = library;
  }
  std::string name() const override {
    if (level_ < 0) return "lmz --model " + model_.name;
    return "lmz -" + std::to_string(level_);
  }
  std::string version() const override {
    // Built-in models are part of the program, whose hash the version has.
    return model_.model == nullptr || (level_ > 0 && model_.is_built_in)
               ? LmzVersion()
               : LmzVersion() + " " + model_.id;
  }
  uint64_t model_size() const override { return model_.file_size; }
  uint64_t parameters() const override { return model_.parameters; }
  Result<Bytes> Encode(const Signal& signal) const override {
    const Bytes file = AsFile(signal);
    MemorySource source(file);
    Bytes code;
    MemorySink sink(code);
    CompressOptions options;
    options.model = model_.model;
    options.content_size = file.size();
    const Result<Progress> done = Compress(source, sink, options);
    if (!done.ok()) return done.status();
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    MemorySource source(code);
    Bytes file;
    MemorySink sink(file);
    DecompressOptions options;
    options.models = library_;
    const Result<Progress> done = Decompress(source, sink, options);
    if (!done.ok()) return done.status();
    if (file.size() < raw_size) return Status(Code::kDamaged, "too few bytes");
    file.erase(file.begin(), file.end() - static_cast<std::ptrdiff_t>(raw_size));
    return file;
  }
  std::optional<uint64_t> KnownSize(const Signal& signal) const override {
    return common_->Find(AsFile(signal));
  }
  void Remember(const Signal& signal, ByteSpan code) const override {
    common_->Add(AsFile(signal), code);
  }

 private:
  int level_;  // -1: named by its model
  BenchModel model_;
  std::shared_ptr<const ModelLibrary> library_;  // has the model
  std::shared_ptr<CommonCodes> common_;
};

BenchModel Describe(const ModelSummary& summary, const SharedModel& model,
                    SharedPredictor network) {
  return {.name = summary.card.name,
          .level = summary.level,
          .id = ModelIdText(summary.id),
          .file_size = summary.file_size,
          .parameters = summary.parameters,
          .is_built_in = summary.number != 0,
          .model = model,
          .network = std::move(network)};
}

}  // namespace

Result<BenchModel> LoadModelOfLevel(int level) {
  const ModelLibrary& library = *ModelLibrary::Installed();
  if (level == 0) return Status(Code::kInvalidArgument, "level 0 has no model");
  LMZ_ASSIGN(const SharedModel model, library.OfLevel(level));
  LMZ_ASSIGN(SharedPredictor network, AsBytePredictor(model));
  LMZ_ASSIGN(const std::vector<ModelSummary> models, library.List());
  for (const ModelSummary& summary : models) {
    if (summary.level == level) return Describe(summary, model, std::move(network));
  }
  return Status(Code::kModelMissing, "the model of level " + std::to_string(level) + " is gone");
}

Result<std::vector<BenchModel>> LoadModels(const std::vector<std::string>& files, int max_level) {
  std::vector<BenchModel> models;
  for (int level = 1; level <= std::min(max_level, MaxLevel()); ++level) {
    Result<BenchModel> model = LoadModelOfLevel(level);
    if (model.status().code() == Code::kModelMissing) {
      std::fprintf(stderr, "left out: %s\n", model.status().message().c_str());
      continue;
    }
    LMZ_TRY(model.status());
    models.push_back(std::move(model).value());
  }
  for (const std::string& path : files) {
    LMZ_ASSIGN(ModelSummary summary, DescribeModelFile(path));
    LMZ_ASSIGN(const SharedModel model, LoadModelFile(path));
    LMZ_ASSIGN(SharedPredictor network, AsBytePredictor(model));
    summary.level = 0;
    models.push_back(Describe(summary, model, std::move(network)));
  }
  return models;
}

Result<std::vector<BenchModel>> LoadLanguageModels(const std::vector<std::string>& files) {
  std::vector<BenchModel> models;
  for (const std::string& path : files) {
    LMZ_ASSIGN(ModelSummary summary, DescribeModelFile(path));
    LMZ_ASSIGN(const SharedModel model, LoadModelFile(path));
    if (model->as_token_predictor() == nullptr) {
      return Status(Code::kInvalidArgument,
                    path + " predicts bytes: give it with --model instead of --llm");
    }
    summary.level = 0;
    models.push_back(Describe(summary, model, nullptr));
  }
  return models;
}

std::string LmzWithModels(const std::vector<BenchModel>& models) {
  std::string text = LmzVersion();
  for (const BenchModel& model : models) text += ", model `" + model.name + "` " + model.id;
  return text;
}

void AddLmzCoders(const std::vector<BenchModel>& models, Coders& coders) {
  const auto common = std::make_shared<CommonCodes>();
  coders.push_back(std::make_unique<Lmz>(0, BenchModel{}, common));
  for (const BenchModel& model : models) {
    coders.push_back(std::make_unique<Lmz>(model.level > 0 ? model.level : -1, model, common));
  }
}

}  // namespace lmz::bench
