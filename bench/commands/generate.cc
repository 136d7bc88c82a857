#include "bench/commands/generate.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "bench/measure/data_set.h"
#include "bench/measure/input.h"
#include "bench/measure/media.h"
#include "bench/measure/parallel.h"
#include "bench/report/environment.h"
#include "bench/report/markdown.h"
#include "bench/report/outputs.h"

namespace lmz::bench {

namespace {

// With what follows by default one chunk of 2,048 bytes, and three quarters of a second.
constexpr size_t kGivenText = 1648;
constexpr size_t kGivenSamples = 8000;

Status TooLittle(const std::string& path, const DataSet& set, const std::string& what) {
  std::string why;
  for (const std::string& note : set.notes) why += "; " + note;
  return Status(Code::kInvalidArgument, path + ": there is no " + what + why);
}

// `given_size` bytes from the middle, and `size` behind them.
Beginning FromTheMiddle(Continuer::Kind kind, const std::string& what, ByteSpan bytes,
                        size_t given_size, size_t size) {
  const size_t begin = (bytes.size() - given_size - size) / 2;
  const ByteSpan given = bytes.subspan(begin, given_size);
  const ByteSpan original = bytes.subspan(begin + given_size, size);
  return {kind, what, {given.begin(), given.end()}, {original.begin(), original.end()}};
}

Result<Beginning> TextBeginning(const std::string& path, size_t size) {
  LMZ_ASSIGN(const DataSet set, LoadText(path, SIZE_MAX));
  if (set.bytes.size() < kGivenText + size) {
    return TooLittle(path, set, "text of " + Grouped(kGivenText + size) + " bytes");
  }
  Beginning beginning =
      FromTheMiddle(Continuer::Kind::kText, set.what, set.bytes, kGivenText, size);
  // It ends in front of a space where there is one, since tokens seldom end within words.
  const auto space = std::find(beginning.given.rbegin(), beginning.given.rend() - 1, ' ');
  if (space != beginning.given.rend() - 1) {
    const auto cut = space.base() - 1;
    beginning.original.insert(beginning.original.begin(), cut, beginning.given.end());
    beginning.original.resize(size);
    beginning.given.erase(cut, beginning.given.end());
  }
  return beginning;
}

// The mean of the channels, of the middle of the first picture that is large enough.
Result<Beginning> PictureBeginning(const std::string& path, size_t rows) {
  LMZ_ASSIGN(const DataSet set, LoadPictures(path, SIZE_MAX));
  for (const Signal& picture : set.whole) {
    if (picture.width < kPictureColumns || picture.height < kPictureRows) continue;
    const uint32_t left = (picture.width - kPictureColumns) / 2;
    const uint32_t top = (picture.height - kPictureRows) / 2;
    const auto channels = static_cast<size_t>(picture.channels);
    Bytes pixels;
    for (uint32_t y = top; y < top + kPictureRows; ++y) {
      for (uint32_t x = left; x < left + kPictureColumns; ++x) {
        const uint8_t* const p = &picture.bytes[(size_t{y} * picture.width + x) * channels];
        unsigned sum = 0;
        for (size_t c = 0; c < channels; ++c) sum += p[c];
        pixels.push_back(static_cast<uint8_t>(sum / channels));
      }
    }
    return FromTheMiddle(Continuer::Kind::kPixels,
                         "the middle of the first of " + set.what + ", as gray pixels", pixels,
                         (kPictureRows - rows) * kPictureColumns, rows * kPictureColumns);
  }
  return TooLittle(path, set,
                   "picture of " + std::to_string(kPictureColumns) + "x" +
                       std::to_string(kPictureRows) + " pixels");
}

Result<Beginning> SoundBeginning(const std::string& path, size_t size) {
  LMZ_ASSIGN(const DataSet set, LoadSpeech(path, SIZE_MAX, true));
  if (set.bytes.size() < kGivenSamples + size) {
    return TooLittle(path, set, "sound of " + Grouped(kGivenSamples + size) + " samples");
  }
  return FromTheMiddle(Continuer::Kind::kSamples, set.what, set.bytes, kGivenSamples, size);
}

Result<std::vector<Beginning>> Beginnings(const GenerateOptions& options) {
  std::vector<Beginning> beginnings;
  if (!options.text.empty()) {
    LMZ_ASSIGN(Beginning text, TextBeginning(options.text, options.bytes));
    beginnings.push_back(std::move(text));
  }
  if (!options.image.empty()) {
    LMZ_ASSIGN(Beginning picture, PictureBeginning(options.image, options.rows));
    beginnings.push_back(std::move(picture));
  }
  if (!options.audio.empty()) {
    LMZ_ASSIGN(Beginning sound, SoundBeginning(options.audio, options.samples));
    beginnings.push_back(std::move(sound));
  }
  if (beginnings.empty()) {
    return Status(Code::kInvalidArgument, "generate: name data with --text, --image or --audio");
  }
  return beginnings;
}

Status Continue(const Continuer& continuer, const Beginning& beginning, uint64_t seed,
                Continued& continued, size_t i) {
  if (!continuer.Takes(beginning.kind)) return OkStatus();
  LMZ_ASSIGN(Continuation made,
             continuer.Continue({beginning.given, beginning.kind, kPictureColumns},
                                beginning.original.size(), seed));
  continued.bytes[i] = std::move(made.bytes);
  continued.random_bits[i] = made.random_bits;
  std::fprintf(stderr, "%s: %s bytes\n", continuer.name().c_str(),
               Grouped(continued.bytes[i].size()).c_str());
  return OkStatus();
}

// The original, then what each predictor makes of each beginning, on `threads` threads.
Result<std::vector<Continued>> ContinueAll(const std::vector<Beginning>& beginnings,
                                           const Continuers& continuers, uint64_t seed,
                                           int threads) {
  std::vector<Continued> all = {{"original", {}, {}}};
  for (const Beginning& beginning : beginnings) all[0].bytes.push_back(beginning.original);
  for (const auto& continuer : continuers) {
    all.push_back({continuer->name(), std::vector<Bytes>(beginnings.size()),
                   std::vector<uint64_t>(beginnings.size())});
  }
  LMZ_TRY(ForEach(continuers.size() * beginnings.size(), threads, [&](size_t i) {
    const size_t c = i / beginnings.size(), b = i % beginnings.size();
    return Continue(*continuers[c], beginnings[b], seed, all[c + 1], b);
  }));
  return all;
}

const char* KindName(const Beginning& beginning) {
  switch (beginning.kind) {
    case Continuer::Kind::kText:
      return "text";
    case Continuer::Kind::kPixels:
      return "image";
    case Continuer::Kind::kSamples:
      return "audio";
  }
  return "";
}

std::string Table(const std::vector<Beginning>& beginnings, const std::vector<Continued>& all) {
  Row head = {"random bits per byte"};
  for (const Beginning& beginning : beginnings) head.emplace_back(KindName(beginning));
  std::vector<Row> rows;
  for (size_t c = 1; c < all.size(); ++c) {
    Row& row = rows.emplace_back(Row{all[c].name});
    for (size_t b = 0; b < beginnings.size(); ++b) {
      const auto size = static_cast<double>(all[c].bytes[b].size());
      row.push_back(size > 0 ? Fixed(static_cast<double>(all[c].random_bits[b]) / size, 3) : "–");
    }
  }
  return MarkdownTable(head, rows);
}

// "network base alone" as "network-base-alone".
std::string FileName(const std::string& name) {
  std::string file;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    file += is_plain ? c : '-';
  }
  return file;
}

// One file of each kind for each predictor, what was given included.
Status WriteSamples(const std::vector<Beginning>& beginnings, const std::vector<Continued>& all,
                    const std::string& folder) {
  if (folder.empty()) return OkStatus();
  for (const Continued& continued : all) {
    for (size_t b = 0; b < beginnings.size(); ++b) {
      if (continued.bytes[b].empty()) continue;
      const Bytes whole = beginnings[b].With(continued.bytes[b]);
      const std::string path = folder + "/" + FileName(continued.name);
      if (beginnings[b].kind == Continuer::Kind::kText) {
        LMZ_TRY(WriteFile(path + ".txt", {whole.begin(), whole.end()}));
      } else if (beginnings[b].kind == Continuer::Kind::kPixels) {
        LMZ_ASSIGN(const Bytes png, EncodePng({kPictureColumns, kPictureRows, 1, whole}));
        LMZ_TRY(WriteFile(path + ".png", {png.begin(), png.end()}));
      } else {
        LMZ_TRY(WriteSound(path + ".wav", whole, kSampleRate));
      }
    }
  }
  return OkStatus();
}

Status CheckFolder(const std::string& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return OkStatus();
  return Status(Code::kIo, folder + ": there is no such folder");
}

std::string Provenance(const GenerateOptions& options, const std::vector<Beginning>& beginnings,
                       const Continuers& continuers, const std::vector<BenchModel>& models) {
  std::string text = Machine(0) + "; " + LmzWithModels(models) + ", " + continuers[0]->version() +
                     "; seed " + std::to_string(options.seed) + ";";
  for (const Beginning& beginning : beginnings) {
    text += std::string(&beginning == &beginnings[0] ? " " : ", ") + KindName(beginning) + ": " +
            Grouped(beginning.original.size()) + " bytes behind " +
            Grouped(beginning.given.size()) + " of " + beginning.what + " (XXH3-128 " +
            HashText(beginning.given) + ")";
  }
  return text + ".";
}

}  // namespace

Status RunGenerate(const GenerateOptions& options) {
  // As a text, not as a figure: gnuplot takes no part.
  LMZ_TRY(CheckOutputs({options.into, options.section, options.svg, "", ""}));
  LMZ_TRY(CheckFolder(options.folder));
  LMZ_ASSIGN(const std::vector<Beginning> beginnings, Beginnings(options));
  LMZ_ASSIGN(std::vector<BenchModel> models, LoadModels(options.models, 0));
  if (options.level != 0) {
    LMZ_ASSIGN(BenchModel model, LoadModelOfLevel(options.level));
    models.insert(models.begin(), std::move(model));
  }
  LMZ_ASSIGN(const std::vector<BenchModel> llms, LoadLanguageModels(options.llms));
  Continuers continuers;
  AddGzipContinuer(continuers);
  AddLmzContinuers(models, continuers);
  AddTokenContinuers(llms, 1, continuers);
  models.insert(models.end(), llms.begin(), llms.end());
  LMZ_ASSIGN(const std::vector<Continued> all,
             ContinueAll(beginnings, continuers, options.seed, options.threads));
  LMZ_ASSIGN(const std::string figure, DrawContinuations(beginnings, all));
  const std::string text =
      Provenance(options, beginnings, continuers, models) +
      " Each byte is drawn from what the predictor expects behind those before it, by the "
      "arithmetic decoder at work on the same random bits.\n\n" +
      FigureLink("Continuations", options.svg, options.into) + Table(beginnings, all);
  return FirstFailure({WriteSamples(beginnings, all, options.folder),
                       WriteIfNamed(options.svg, figure),
                       WriteSection(text, options.section, options.into)});
}

}  // namespace lmz::bench
