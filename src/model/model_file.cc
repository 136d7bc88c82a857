#include "model/model_file.h"

#include <algorithm>
#include <type_traits>

#include "model/model_card.h"

namespace lmz {

namespace {

constexpr std::array<uint8_t, 4> kMagic = {0xF7, 'L', 'M', 'M'};
constexpr uint8_t kVersion = 0;
constexpr uint16_t kArchitectureGlr = 1;
constexpr size_t kTagSize = 4;
constexpr int64_t kMaxMixerWeight = 1 << 19;

// Sections that this version knows, in the order of the file; the last one may be missing.
enum KnownSection { kCard, kNetwork, kMixer, kKnownSections };
constexpr std::array<const char*, kKnownSections> kTags = {"CARD", "NETW", "MIXR"};

Status Damaged(const std::string& what) {
  return Status(Code::kModelDamaged, what);
}

// Adds up how many bytes the numbers take.
class SizeArchive {
 public:
  template <class T>
  Status Number(const T&, int64_t, int64_t) {
    size_ += sizeof(T);
    return OkStatus();
  }
  template <class T>
  Status Array(const std::vector<T>&, size_t size, int64_t, int64_t) {
    size_ += uint64_t{size} * sizeof(T);
    return OkStatus();
  }
  uint64_t size() const { return size_; }

 private:
  uint64_t size_ = 0;
};

class ReadArchive {
 public:
  explicit ReadArchive(ByteReader& in) : in_(in) {}
  template <class T>
  Status Number(T& value, int64_t low, int64_t high) {
    LMZ_ASSIGN(const ByteSpan bytes, in_.Take(sizeof(T)));
    value = Load<T>(bytes.data());
    return value >= low && value <= high ? OkStatus() : OutOfRange(value);
  }
  template <class T>
  Status Array(std::vector<T>& values, size_t size, int64_t low, int64_t high) {
    LMZ_ASSIGN(const ByteSpan bytes, in_.Take(size * sizeof(T)));
    values.resize(size);
    for (size_t i = 0; i < size; ++i) {
      values[i] = Load<T>(bytes.data() + i * sizeof(T));
      // There are millions: a Status only for one that is wrong.
      if (values[i] < low || values[i] > high) return OutOfRange(values[i]);
    }
    return OkStatus();
  }

 private:
  template <class T>
  static T Load(const uint8_t* bytes) {
    uint32_t raw = 0;
    for (size_t b = 0; b < sizeof(T); ++b) raw |= uint32_t{bytes[b]} << (8 * b);
    return static_cast<T>(raw);
  }
  Status OutOfRange(int64_t value) const {
    return Damaged("the number " + std::to_string(value) + " before offset " +
                   std::to_string(in_.position()) + " is out of range");
  }
  ByteReader& in_;
};

class WriteArchive {
 public:
  explicit WriteArchive(Bytes& out) : out_(out) {}
  template <class T>
  Status Number(const T& value, int64_t low, int64_t high) {
    if (value < low || value > high) {
      return Status(Code::kInvalidArgument, "a number of the network is out of range");
    }
    out_.Le(static_cast<uint64_t>(value), sizeof(T));
    return OkStatus();
  }
  template <class T>
  Status Array(const std::vector<T>& values, size_t size, int64_t low, int64_t high) {
    if (values.size() != size) {
      return Status(Code::kInvalidArgument, "an array of the network has the wrong size");
    }
    for (const T& value : values) LMZ_TRY(Number(value, low, high));
    return OkStatus();
  }

 private:
  ByteWriter out_;
};

Status ReadNetwork(ByteSpan payload, GlrWeights& glr) {
  ByteReader in(payload);
  LMZ_ASSIGN(const uint64_t architecture, in.Le(2));
  if (architecture != kArchitectureGlr) {
    return Status(Code::kNewerVersion, "architecture " + std::to_string(architecture) +
                                           " is not known to this version of lmz");
  }
  for (uint16_t* dimension :
       {&glr.shape.width, &glr.shape.layers, &glr.shape.state, &glr.shape.hidden}) {
    LMZ_ASSIGN(const uint64_t value, in.Le(2));
    *dimension = static_cast<uint16_t>(value);
  }
  LMZ_TRY(CheckShape(glr.shape));
  // At most 64 empty layers are made before the size is known to be right.
  glr.layers.resize(glr.shape.layers);
  SizeArchive expected;
  LMZ_TRY(VisitGlr(expected, glr));
  if (expected.size() != in.remaining()) {
    return Damaged("its shape needs " + std::to_string(expected.size()) + " bytes, but there are " +
                   std::to_string(in.remaining()));
  }
  ReadArchive archive(in);
  return VisitGlr(archive, glr);
}

Status WriteNetwork(const GlrWeights& glr, Bytes& payload) {
  ByteWriter out(payload);
  out.Le(kArchitectureGlr, 2);
  for (const uint16_t dimension :
       {glr.shape.width, glr.shape.layers, glr.shape.state, glr.shape.hidden}) {
    out.Le(dimension, 2);
  }
  WriteArchive archive(payload);
  return VisitGlr(archive, glr);
}

// Calls `number` for every number of the section, in order.
template <class Start, class Visit>
Status VisitMixerStart(Start& start, Visit number) {
  for (auto& set : start.weights) {
    for (auto& weight : set) LMZ_TRY(number(weight));
  }
  return OkStatus();
}

Result<MixerStart> ReadMixerStart(ByteSpan payload) {
  ByteReader in(payload);
  LMZ_ASSIGN(const uint8_t sets, in.U8());
  LMZ_ASSIGN(const uint8_t inputs, in.U8());
  if (sets != MixerStart::kSets || inputs != MixerStart::kInputs) {
    return Status(Code::kNewerVersion, "it is for a mixer that this version of lmz does not have");
  }
  MixerStart start;
  ReadArchive archive(in);
  LMZ_TRY(VisitMixerStart(start, [&](int32_t& weight) {
    return archive.Number(weight, -kMaxMixerWeight, kMaxMixerWeight);
  }));
  return in.remaining() == 0 ? Result<MixerStart>(start) : Damaged("it is too long");
}

Status WriteMixerStart(const MixerStart& start, Bytes& payload) {
  payload = {MixerStart::kSets, MixerStart::kInputs};
  WriteArchive archive(payload);
  return VisitMixerStart(start, [&](const int32_t& weight) {
    return archive.Number(weight, -kMaxMixerWeight, kMaxMixerWeight);
  });
}

struct Section {
  ByteSpan tag;
  ByteSpan payload;
};

bool HasTag(const Section& section, const char* tag) {
  return std::equal(section.tag.begin(), section.tag.end(), tag);
}

Result<Section> TakeSection(ByteReader& in) {
  LMZ_ASSIGN(const ByteSpan tag, in.Take(kTagSize));
  LMZ_ASSIGN(const uint64_t size, in.U64());
  if (size > in.remaining()) return Damaged("a section is longer than the file");
  LMZ_ASSIGN(const ByteSpan payload, in.Take(static_cast<size_t>(size)));
  return Section{tag, payload};
}

// What to do with a section of another kind.
Status JudgeUnknownSection(ByteSpan tag) {
  if (tag[0] >= 'a' && tag[0] <= 'z') return OkStatus();
  if (tag[0] >= 'A' && tag[0] <= 'Z') {
    return Status(Code::kNewerVersion, "it has a section that this version of lmz does not know");
  }
  return Damaged("a section's tag does not begin with a letter");
}

Status ReadKnownSection(int kind, ByteSpan payload, ModelFile& model) {
  switch (kind) {
    case kCard: {
      LMZ_ASSIGN(model.card, ReadCard(payload));
      return OkStatus();
    }
    case kNetwork:
      return ReadNetwork(payload, model.glr).At("network");
    default: {
      const Result<MixerStart> start = ReadMixerStart(payload);
      if (!start.ok()) return start.status().At("mixer");
      model.mixer_start = start.value();
      return OkStatus();
    }
  }
}

Status ReadSections(ByteReader& in, ModelFile& model) {
  int next = kCard;
  while (in.remaining() > 0) {
    LMZ_ASSIGN(const Section section, TakeSection(in));
    int kind = kCard;
    while (kind < kKnownSections && !HasTag(section, kTags[static_cast<size_t>(kind)])) ++kind;
    if (kind == kKnownSections) {
      LMZ_TRY(JudgeUnknownSection(section.tag));
      continue;
    }
    if (kind != next) return Damaged("the sections are out of order");
    LMZ_TRY(ReadKnownSection(kind, section.payload, model));
    ++next;
  }
  return next > kNetwork ? OkStatus() : Damaged("the card or the network is missing");
}

void WriteSection(const char* tag, const Bytes& payload, Bytes& file) {
  ByteWriter out(file);
  out.Append({reinterpret_cast<const uint8_t*>(tag), kTagSize});
  out.U64(payload.size());
  out.Append(payload);
}

}  // namespace

Result<ModelFile> ParseModelFile(ByteSpan file) {
  ModelFile model;
  if (file.size() < kMagic.size() + 1 + model.id.size() ||
      !std::equal(kMagic.begin(), kMagic.end(), file.begin())) {
    return Damaged("this is not a model file");
  }
  if (file[kMagic.size()] != kVersion) {
    return Status(Code::kNewerVersion, "model file version " + std::to_string(file[kMagic.size()]) +
                                           " is not known to this version of lmz");
  }
  const ByteSpan body = file.first(file.size() - model.id.size());
  const ByteSpan stored_id = file.subspan(body.size());
  model.id = Checksum128(body);
  if (!std::equal(stored_id.begin(), stored_id.end(), model.id.begin())) {
    return Damaged("the model file's checksum differs; it is damaged");
  }
  ByteReader in(body.subspan(kMagic.size() + 1));
  const Status status = ReadSections(in, model);
  if (status.ok()) return model;
  // A number that ends too early is damage of the model, not of the input being coded.
  const Code code = status.code() == Code::kNewerVersion ? status.code() : Code::kModelDamaged;
  return Status(code, "model file: " + status.message());
}

Result<Bytes> WriteModelFile(const ModelFile& model) {
  if (const Status status = CheckCard(model.card); !status.ok()) {
    return Status(Code::kInvalidArgument, status.message());
  }
  if (!CheckShape(model.glr.shape).ok() || model.glr.layers.size() != model.glr.shape.layers) {
    return Status(Code::kInvalidArgument, "the network's dimensions are out of range");
  }
  Bytes file(kMagic.begin(), kMagic.end());
  file.push_back(kVersion);
  WriteSection(kTags[kCard], WriteCard(model.card), file);
  Bytes network;
  LMZ_TRY(WriteNetwork(model.glr, network));
  WriteSection(kTags[kNetwork], network, file);
  if (model.mixer_start) {
    Bytes mixer;
    LMZ_TRY(WriteMixerStart(*model.mixer_start, mixer));
    WriteSection(kTags[kMixer], mixer, file);
  }
  const ModelId id = Checksum128(file);
  file.insert(file.end(), id.begin(), id.end());
  return file;
}

}  // namespace lmz
