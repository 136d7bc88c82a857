#include "bench/measure/data_set.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <random>

#include "bench/measure/input.h"
#include "bench/measure/media.h"

namespace lmz::bench {

namespace {

Signal PatchRows(ByteSpan bytes) {
  return {.bytes = bytes,
          .kind = Signal::Kind::kPixels,
          .width = kRowWidth,
          .height = static_cast<uint32_t>(bytes.size() / kRowWidth)};
}

Signal Speech(ByteSpan bytes) {
  return {.bytes = bytes, .kind = Signal::Kind::kSamples, .rate = kSampleRate};
}

Signal Plain(ByteSpan bytes) {
  return {.bytes = bytes};
}

// Cuts set.bytes, of which no more than `limit` count, into signals made by `make`.
void Cut(DataSet& set, size_t limit, Signal (*make)(ByteSpan)) {
  if (set.bytes.size() > limit) set.bytes.resize(limit);
  const ByteSpan all(set.bytes);
  set.whole = {make(all)};
  for (size_t i = 0; i < all.size(); i += kChunkSize) {
    set.chunks.push_back(make(all.subspan(i, std::min(kChunkSize, all.size() - i))));
  }
}

// A limit of whole chunks.
size_t WholeChunks(size_t limit) {
  return std::max(limit / kChunkSize, size_t{1}) * kChunkSize;
}

void AddPatches(const Picture& picture, Bytes& out) {
  const auto channels = static_cast<size_t>(picture.channels);
  for (uint32_t top = 0; top + kPatchHeight <= picture.height; top += kPatchHeight) {
    for (uint32_t left = 0; left + kRowWidth <= picture.width; left += kRowWidth) {
      for (uint32_t y = top; y < top + kPatchHeight; ++y) {
        for (uint32_t x = left; x < left + kRowWidth; ++x) {
          const uint8_t* p = &picture.pixels[(size_t{y} * picture.width + x) * channels];
          unsigned sum = 0;
          for (size_t c = 0; c < channels; ++c) sum += p[c];
          out.push_back(static_cast<uint8_t>(sum / channels));
        }
      }
    }
  }
}

void AddSpeech(const Sound& sound, Bytes& out) {
  const auto channels = static_cast<size_t>(sound.channels);
  const size_t frames = sound.samples.size() / channels / kChunkSize * kChunkSize;
  for (size_t i = 0; i < frames; ++i) {
    int sum = 0;
    for (size_t c = 0; c < channels; ++c) sum += sound.samples[i * channels + c];
    const int mean = sum / static_cast<int>(channels);
    out.push_back(static_cast<uint8_t>((mean >> 8) + 128));
  }
}

std::string Count(size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

using Names = std::vector<std::string>;

// Why files are left out that are not needed any more.
constexpr const char* kBeyond = "beyond the limit";

std::string Note(const Names& names, const std::string& why) {
  constexpr size_t kFew = 8;
  if (names.size() > kFew) return std::to_string(names.size()) + " files are left out: " + why;
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text + (names.size() == 1 ? " is left out: " : " are left out: ") + why;
}

bool EndsWithAny(std::string name, std::initializer_list<const char*> suffixes) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](const char* suffix) { return name.ends_with(suffix); });
}

// Loads each file at `path` whose name ends in one of `suffixes` and gives it to `add`, which may
// say why it left the file out. Returns how many were taken; the notes say why others were not.
template <class Media, class Add>
Result<size_t> LoadEach(const std::string& path, std::initializer_list<const char*> suffixes,
                        Result<Media> (*load)(const std::string&), DataSet& set, Add add) {
  LMZ_ASSIGN(const std::vector<std::string> files, FilesAt(path));
  size_t taken = 0;
  std::map<std::string, Names> left_out;
  for (const std::string& file : files) {
    if (!EndsWithAny(file, suffixes)) continue;
    const Result<Media> media = load(file);
    const std::string why = media.ok() ? add(media.value()) : media.status().message();
    if (why.empty()) {
      ++taken;
    } else {
      left_out[why].push_back(file.substr(file.rfind('/') + 1));
    }
  }
  for (const auto& [why, names] : left_out) set.notes.push_back(Note(names, why));
  if (taken == 0 && left_out.empty()) {
    std::string names;
    for (const char* suffix : suffixes)
      names += (names.empty() ? "*" : ", *") + std::string(suffix);
    set.notes.push_back("there is no file " + names);
  }
  return taken;
}

// Takes one more file of a set in which each is coded whole. Why not, if it is left out.
std::string AddFile(const Signal& kind, const Bytes& bytes, size_t limit, DataSet& set) {
  if (!set.whole.empty() && set.bytes.size() + bytes.size() > limit) return kBeyond;
  ByteWriter(set.bytes).Append(bytes);
  set.whole.push_back(kind);
  return "";
}

// Points the signals of files of these sizes, in order, into the bytes.
void Anchor(DataSet& set, const std::vector<size_t>& sizes) {
  size_t begin = 0;
  for (size_t i = 0; i < set.whole.size(); ++i) {
    set.whole[i].bytes = ByteSpan(set.bytes).subspan(begin, sizes[i]);
    begin += sizes[i];
  }
}

Bytes SampleBytes(const Sound& sound) {
  Bytes bytes;
  for (const int16_t sample : sound.samples) {
    if (sound.bits == 8) {
      bytes.push_back(static_cast<uint8_t>((sample >> 8) + 128));
    } else {
      ByteWriter(bytes).Le(static_cast<uint16_t>(sample), 2);
    }
  }
  return bytes;
}

}  // namespace

std::string KeptHash(const DataSet& set) {
  const std::string hash = HashText(set.bytes);
  if (set.whole.size() == 1 && set.whole[0].kind == Signal::Kind::kBytes) return hash;
  Bytes shapes;
  ByteWriter writer(shapes);
  for (const Signal& signal : set.whole) {
    for (const auto value : {static_cast<uint32_t>(signal.kind), signal.width, signal.height,
                             static_cast<uint32_t>(signal.channels), signal.rate,
                             static_cast<uint32_t>(signal.bits)}) {
      writer.U32(value);
    }
    writer.U64(signal.bytes.size());
  }
  return hash + " " + HashText(shapes);
}

Result<DataSet> LoadText(const std::string& path, size_t limit) {
  LMZ_ASSIGN(const std::vector<std::string> files, FilesAt(path));
  DataSet set;
  for (const std::string& file : files) {
    LMZ_ASSIGN(const Bytes bytes, ReadFile(file));
    ByteWriter(set.bytes).Append(bytes);
  }
  const bool is_one = files.size() == 1;
  if (set.bytes.empty()) set.notes.push_back("there are no bytes");
  set.name = "text";
  set.what = is_one ? files[0].substr(files[0].rfind('/') + 1) + ", unmodified"
                    : Count(files.size(), "file") + ", concatenated";
  Cut(set, limit, Plain);
  return set;
}

Result<DataSet> LoadPatches(const std::string& path, size_t limit) {
  const size_t most = WholeChunks(limit);
  DataSet set;
  LMZ_ASSIGN(const size_t count,
             LoadEach(path, {".png"}, LoadPng, set, [&](const Picture& p) -> std::string {
               if (set.bytes.size() >= most) return kBeyond;
               const size_t before = set.bytes.size();
               AddPatches(p, set.bytes);
               return set.bytes.size() == before ? "smaller than 64x32 pixels" : "";
             }));
  set.name = "image";
  set.what = "8-bit gray patches of 32 rows and 64 columns from " + Count(count, "picture");
  Cut(set, most, PatchRows);
  return set;
}

Result<DataSet> LoadSpeech(const std::string& path, size_t limit, bool is_resampled) {
  constexpr int kRate = kSampleRate;
  const size_t most = WholeChunks(limit);
  DataSet set;
  size_t resampled = 0;
  const auto add = [&](const Sound& sound) -> std::string {
    if (set.bytes.size() >= most) return kBeyond;
    if (sound.rate != kRate && (sound.rate < kRate || !is_resampled)) {
      return std::to_string(sound.rate) + " Hz";
    }
    const size_t before = set.bytes.size();
    if (sound.rate == kRate) {
      AddSpeech(sound, set.bytes);
    } else {
      const Result<Sound> at_rate = Resample(sound, kRate);
      if (!at_rate.ok()) return at_rate.status().message();
      AddSpeech(at_rate.value(), set.bytes);
    }
    if (set.bytes.size() == before) return "shorter than 2,048 samples at 16 kHz";
    if (sound.rate != kRate) ++resampled;
    return "";
  };
  LMZ_ASSIGN(const size_t count, LoadEach(path, {".wav", ".flac"}, LoadSound, set, add));
  set.name = "audio";
  set.what = "8-bit mono samples at 16 kHz from " + Count(count, "recording");
  if (resampled != 0) {
    set.what += ", " + std::to_string(resampled) + " of them of higher rates resampled by " +
                ResamplerName() + " at its very high quality";
  }
  Cut(set, most, Speech);
  return set;
}

DataSet RandomData(size_t size) {
  DataSet set;
  set.name = "random";
  set.what = "random bytes";
  std::mt19937_64 random(2048);
  for (size_t i = 0; i < size; ++i) set.bytes.push_back(static_cast<uint8_t>(random() >> 56));
  Cut(set, size, Plain);
  return set;
}

Result<DataSet> LoadPictures(const std::string& path, size_t limit) {
  DataSet set;
  std::vector<size_t> sizes;
  LMZ_ASSIGN(const size_t count, LoadEach(path, {".png"}, LoadPng, set, [&](const Picture& p) {
               const Signal kind = {.bytes = {},
                                    .kind = Signal::Kind::kPixels,
                                    .channels = p.channels,
                                    .width = p.width,
                                    .height = p.height};
               const std::string why = AddFile(kind, p.pixels, limit, set);
               if (why.empty()) sizes.push_back(p.pixels.size());
               return why;
             }));
  Anchor(set, sizes);
  set.name = "pictures";
  set.what = Count(count, "picture") + " with all their channels, each coded separately";
  return set;
}

Result<DataSet> LoadSounds(const std::string& path, size_t limit) {
  DataSet set;
  std::vector<size_t> sizes;
  LMZ_ASSIGN(const size_t count,
             LoadEach(path, {".wav", ".flac"}, LoadSound, set, [&](const Sound& s) {
               const Signal kind = {.bytes = {},
                                    .kind = Signal::Kind::kSamples,
                                    .channels = s.channels,
                                    .rate = static_cast<uint32_t>(s.rate),
                                    .bits = s.bits};
               const Bytes bytes = SampleBytes(s);
               const std::string why = AddFile(kind, bytes, limit, set);
               if (why.empty()) sizes.push_back(bytes.size());
               return why;
             }));
  Anchor(set, sizes);
  set.name = "recordings";
  set.what = Count(count, "recording") + " with all their channels and bits, each coded separately";
  return set;
}

}  // namespace lmz::bench
