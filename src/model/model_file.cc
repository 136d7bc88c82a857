#include "model/model_file.h"

#include <algorithm>
#include <utility>

#include "base/checksum.h"
#include "model/file/archives.h"
#include "model/file/network_section.h"
#include "model/file/vocabulary_section.h"

namespace lmz {

namespace {

constexpr uint8_t kVersion = 0;
constexpr size_t kTagSize = 4;
constexpr int64_t kMaxMixerWeight = 1 << 19;

// Sections that this version knows, in the order of the file.
enum KnownSection { kCard, kNetwork, kVocabulary, kMixer, kKnownSections };
constexpr std::array<const char*, kKnownSections> kTags = {"CARD", "NETW", "VOCA", "MIXR"};

Status Damaged(const std::string& what) {
  return Status(Code::kModelDamaged, what);
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

Result<Bytes> WriteMixerStart(const MixerStart& start) {
  Bytes payload = {MixerStart::kSets, MixerStart::kInputs};
  MemorySink out(payload);
  WriteArchive archive(out);
  LMZ_TRY(VisitMixerStart(start, [&](const int32_t& weight) {
    return archive.Number(weight, -kMaxMixerWeight, kMaxMixerWeight);
  }));
  LMZ_TRY(archive.Flush());
  return payload;
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

// What the sections have given so far.
struct Parts {
  ModelCard card;
  NetworkWeights weights;
  std::optional<Vocabulary> vocabulary;
  std::optional<MixerStart> mixer_start;
};

Status ReadKnownSection(int kind, ByteSpan payload, Parts& parts) {
  switch (kind) {
    case kCard: {
      LMZ_ASSIGN(parts.card, ReadCard(payload));
      return OkStatus();
    }
    case kNetwork: {
      Result<NetworkWeights> weights = ReadNetwork(payload);
      if (!weights.ok()) return weights.status().At("network");
      parts.weights = std::move(weights).value();
      return OkStatus();
    }
    case kVocabulary: {
      const auto* weights = std::get_if<TransformerWeights>(&parts.weights);
      if (weights == nullptr) return Damaged("a network of bytes has no vocabulary");
      Result<Vocabulary> vocabulary = ReadVocabulary(payload, weights->shape.tokens);
      if (!vocabulary.ok()) return vocabulary.status().At("vocabulary");
      parts.vocabulary = std::move(vocabulary).value();
      return OkStatus();
    }
    default: {
      const Result<MixerStart> start = ReadMixerStart(payload);
      if (!start.ok()) return start.status().At("mixer");
      parts.mixer_start = start.value();
      return OkStatus();
    }
  }
}

Result<Parts> ReadSections(ByteReader& in) {
  Parts parts;
  std::array<bool, kKnownSections> has = {};
  while (in.remaining() > 0) {
    LMZ_ASSIGN(const Section section, TakeSection(in));
    size_t kind = kCard;
    while (kind < kKnownSections && !HasTag(section, kTags[kind])) ++kind;
    if (kind == kKnownSections) {
      LMZ_TRY(JudgeUnknownSection(section.tag));
      continue;
    }
    const bool is_next = std::none_of(has.begin() + static_cast<std::ptrdiff_t>(kind), has.end(),
                                      [](bool it) { return it; });
    if (!is_next || (kind > kCard && !has[kCard]) || (kind > kNetwork && !has[kNetwork])) {
      return Damaged("the sections are out of order");
    }
    LMZ_TRY(ReadKnownSection(static_cast<int>(kind), section.payload, parts));
    has[kind] = true;
  }
  if (!has[kNetwork]) return Damaged("the card or the network is missing");
  if (std::holds_alternative<TransformerWeights>(parts.weights) && !has[kVocabulary]) {
    return Damaged("the vocabulary is missing");
  }
  return parts;
}

ModelFile Assemble(Parts parts) {
  ModelFile model;
  model.card = std::move(parts.card);
  if (auto* glr = std::get_if<GlrWeights>(&parts.weights)) {
    model.network = std::move(*glr);
  } else {
    model.network = TransformerNetwork{std::get<TransformerWeights>(std::move(parts.weights)),
                                       *std::move(parts.vocabulary)};
  }
  model.mixer_start = parts.mixer_start;
  return model;
}

// Hashes what it passes on.
class HashingSink final : public Sink {
 public:
  explicit HashingSink(Sink& out) : out_(out) {}
  Status Write(ByteSpan bytes) override {
    hash_.Update(bytes);
    return out_.Write(bytes);
  }
  Hash128 Digest() const { return hash_.Digest(); }

 private:
  Sink& out_;
  Checksum128Stream hash_;
};

Status WriteSectionHeader(const char* tag, uint64_t size, Sink& out) {
  Bytes header;
  ByteWriter writer(header);
  writer.Append({reinterpret_cast<const uint8_t*>(tag), kTagSize});
  writer.U64(size);
  return out.Write(header);
}

Status WriteSection(const char* tag, ByteSpan payload, Sink& out) {
  LMZ_TRY(WriteSectionHeader(tag, payload.size(), out));
  return out.Write(payload);
}

Status WriteNetworkSections(const ModelFile& model, MatrixSource* matrices, Sink& out) {
  if (const TransformerNetwork* network = model.transformer()) {
    LMZ_ASSIGN(const uint64_t size, NetworkSize(network->weights));
    LMZ_TRY(WriteSectionHeader(kTags[kNetwork], size, out));
    LMZ_TRY(WriteNetwork(network->weights, matrices, out));
    return WriteSection(kTags[kVocabulary], WriteVocabulary(network->vocabulary), out);
  }
  LMZ_ASSIGN(const uint64_t size, NetworkSize(model.glr()));
  LMZ_TRY(WriteSectionHeader(kTags[kNetwork], size, out));
  return WriteNetwork(model.glr(), out);
}

}  // namespace

Result<ModelFile> ParseModelFile(ByteSpan file) {
  if (file.size() < kModelMagic.size() + 1 + sizeof(ModelId) ||
      !std::equal(kModelMagic.begin(), kModelMagic.end(), file.begin())) {
    return Damaged("this is not a model file");
  }
  if (file[kModelMagic.size()] != kVersion) {
    return Status(Code::kNewerVersion, "model file version " +
                                           std::to_string(file[kModelMagic.size()]) +
                                           " is not known to this version of lmz");
  }
  const ByteSpan body = file.first(file.size() - sizeof(ModelId));
  const ByteSpan stored_id = file.subspan(body.size());
  const ModelId id = Checksum128(body);
  if (!std::equal(stored_id.begin(), stored_id.end(), id.begin())) {
    return Damaged("the model file's checksum differs; it is damaged");
  }
  ByteReader in(body.subspan(kModelMagic.size() + 1));
  Result<Parts> parts = ReadSections(in);
  if (!parts.ok()) {
    const Status& status = parts.status();
    // A number that ends too early is damage of the model, not of the input being coded.
    const Code code = status.code() == Code::kNewerVersion ? status.code() : Code::kModelDamaged;
    return Status(code, "model file: " + status.message());
  }
  ModelFile model = Assemble(std::move(parts).value());
  model.id = id;
  return model;
}

Result<ModelId> WriteModelFile(const ModelFile& model, Sink& out, MatrixSource* matrices) {
  if (const Status status = CheckCard(model.card); !status.ok()) {
    return Status(Code::kInvalidArgument, status.message());
  }
  HashingSink body(out);
  LMZ_TRY(body.Write(kModelMagic));
  LMZ_TRY(body.Write({&kVersion, 1}));
  LMZ_TRY(WriteSection(kTags[kCard], WriteCard(model.card), body));
  LMZ_TRY(WriteNetworkSections(model, matrices, body));
  if (model.mixer_start) {
    LMZ_ASSIGN(const Bytes mixer, WriteMixerStart(*model.mixer_start));
    LMZ_TRY(WriteSection(kTags[kMixer], mixer, body));
  }
  const ModelId id = body.Digest();
  LMZ_TRY(out.Write(id));
  return id;
}

Result<Bytes> WriteModelFile(const ModelFile& model) {
  Bytes file;
  MemorySink out(file);
  LMZ_TRY(WriteModelFile(model, out).status());
  return file;
}

}  // namespace lmz
