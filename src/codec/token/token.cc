#include "codec/token/token.h"

#include <algorithm>
#include <mutex>

#include "base/memory_errors.h"
#include "codec/arithmetic_code.h"
#include "codec/model_reference.h"
#include "codec/observer.h"
#include "codec/token/header.h"
#include "codec/token/walk.h"
#include "model/device.h"
#include "model/library.h"

namespace lmz {

namespace {

using text::kMaxLanes;
using text::Layout;
using token::ReadTokenHeader;
using token::TokenHeader;
using token::TokenWalk;
using token::WriteTokenHeader;

constexpr const char* kNoMemory = "there is not enough memory for the code";

struct Models {
  SharedModel tokens;
  SharedModel bytes;  // null: there is none

  const TokenPredictor& model() const { return *tokens->as_token_predictor(); }
  const Predictor* second() const { return bytes ? bytes->as_byte_predictor() : nullptr; }
};

// Those that the payload names.
Result<Models> FindModels(const TokenHeader& header, const ModelLibrary& library) {
  Models models;
  LMZ_ASSIGN(models.tokens, library.Find(header.model));
  if (models.tokens->as_token_predictor() == nullptr) {
    return Status(Code::kDamaged, "the payload takes a model of bytes for one of tokens");
  }
  if (!header.second) return models;
  LMZ_ASSIGN(models.bytes, library.Find(*header.second));
  if (models.bytes->as_byte_predictor() == nullptr) {
    return Status(Code::kDamaged, "the payload takes a model of tokens for one of bytes");
  }
  return models;
}

template <class Coder, class Byte>
Status Walk(const TokenPredictor& model, const Predictor* second, const Layout& layout,
            std::span<Byte> block, Coder& coder, const BlockResources& resources) {
  const std::unique_lock<std::mutex> lock = resources.HoldCrew();
  return WithMemoryErrors(
      [&] { return TokenWalk<Coder, Byte>(model, second, layout, block, coder, resources).Run(); },
      kNoMemory);
}

CodeShape ShapeOf(const Layout& layout) {
  CodeShape shape = {.kind = CodeShape::Kind::kBytes, .items = layout.LaneBegin(layout.lanes())};
  for (int lane = 0; lane < layout.lanes(); ++lane) shape.lanes.push_back(layout.LaneBegin(lane));
  return shape;
}

}  // namespace

// Each lane begins without knowing anything, which costs small blocks most; more of them make the
// model quicker.
int LanesOfTokens(uint64_t raw_size, bool is_wide) {
  if (raw_size < 200'000) return 1;
  if (raw_size < 300'000) return 2;
  if (raw_size < 500'000) return 4;
  if (raw_size < 1'000'000) return 8;
  return is_wide ? kMaxLanes : 16;
}

Result<uint32_t> EncodeToken(ByteSpan raw, const TokenOptions& options,
                             const BlockResources& resources, Bytes& payload) {
  if (options.model == nullptr) {
    return Status(Code::kInvalidArgument, "the token codec needs a model");
  }
  if (options.lanes > kMaxLanes) {
    return Status(Code::kInvalidArgument, "there are 1 to 64 lanes");
  }
  const int wanted =
      options.lanes != 0 ? options.lanes : LanesOfTokens(raw.size(), options.is_wide);
  const int lanes = static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(wanted), raw.size()));
  LMZ_ASSIGN(const Layout layout, Layout::Make(raw.size(), lanes, 1));
  payload.clear();
  WriteTokenHeader(*options.model, options.second, layout, payload);
  return EncodeCode(payload, [&](Encoder& encoder) {
    return Walk(*options.model, options.second, layout, raw, encoder, resources);
  });
}

Result<uint32_t> DecodeToken(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw) {
  ByteReader reader(payload);
  LMZ_ASSIGN(const TokenHeader header, ReadTokenHeader(reader, raw.size()));
  LMZ_ASSIGN(const Models models, FindModels(header, resources.ModelsToUse()));
  LMZ_ASSIGN(const ByteSpan code, reader.Take(reader.remaining()));
  if (resources.observer != nullptr) {
    resources.observer->NameModel(*models.tokens, SizeOf(header.model));
    if (models.bytes) resources.observer->NameModel(*models.bytes, SizeOf(*header.second));
  }
  return DecodeCode(
      code, resources.observer, [&] { return ShapeOf(header.layout); },
      [&](auto& decoder) {
        return Walk(models.model(), models.second(), header.layout, raw, decoder, resources);
      });
}

uint64_t MaxRawSizeOfToken(uint64_t payload_size) {
  return MaxModelled(payload_size);
}

uint64_t DecodeMemoryOfToken(ByteSpan payload, uint64_t raw_size, const BlockResources& resources) {
  ByteReader reader(payload);
  const Result<TokenHeader> header = ReadTokenHeader(reader, raw_size);
  if (!header.ok()) return 0;
  const Result<Models> models = FindModels(header.value(), resources.ModelsToUse());
  if (!models.ok()) return 0;
  return TokenWalk<Decoder, uint8_t>::MemoryFor(models.value().model(), models.value().second(),
                                                header.value().layout, resources.threads);
}

bool TokensSuitDevice(ByteSpan payload, uint64_t blocks, Device& device,
                      const BlockResources& resources) {
  ByteReader reader(payload);
  const Result<TokenHeader> header = ReadTokenHeader(reader, kMaxBlockRawSize);
  if (!header.ok()) return false;
  const Result<Models> models = FindModels(header.value(), resources.ModelsToUse());
  return models.ok() && device.IsWorthIt(models.value().tokens->parameters(),
                                         header.value().layout.lanes(), blocks);
}

}  // namespace lmz
