#include "records/records.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/checksum.h"
#include "base/memory_errors.h"
#include "entropy/coder.h"
#include "mix/code_byte.h"
#include "mix/context_mixer.h"

namespace lmz {

namespace {

// What the mixer's tables are made for: they are copied for every record, so they stay small.
constexpr uint64_t kTableSize = uint64_t{1} << 14;

// The size takes one or two of the bytes around a record, the check what is left of them.
int CheckBytes(size_t record_size) {
  return record_size < 128 ? 3 : 2;
}

uint32_t CheckOf(ByteSpan record) {
  return Checksum32(record) & ((uint32_t{1} << 8 * CheckBytes(record.size())) - 1);
}

}  // namespace

struct RecordCoder::State {
  // Everything that coding changes; the trained one is kept and copied back before each record.
  struct Memory {
    Memory(ContextMixer empty_mixer, ContextMixer::Lane empty_lane)
        : mixer(std::move(empty_mixer)), lane(std::move(empty_lane)) {}
    void CopyFrom(const Memory& other) {
      mixer.CopyFrom(other.mixer);
      lane = other.lane;
      if (session) session->CopyFrom(*other.session);
      last_byte = other.last_byte;
    }
    ContextMixer mixer;
    ContextMixer::Lane lane;
    std::unique_ptr<Session> session;  // null without a model
    uint8_t last_byte = 0;
  };

  State(SharedPredictor predictor, ByteSpan sample)
      : model(std::move(predictor)),
        buffer(sample.size() + kMaxRecordSize),
        sample_size(sample.size()) {
    std::copy(sample.begin(), sample.end(), buffer.begin());
    code.reserve(2 * kMaxRecordSize);
  }

  Result<std::unique_ptr<Memory>> MakeMemory() {
    const Predictor* const models[] = {model.get()};
    const auto start = ContextMixer::For(std::span(models).first(model ? 1 : 0));
    LMZ_ASSIGN(ContextMixer mixer,
               ContextMixer::Make(kTableSize, 1, start, BestKernels(MixerBuilds())));
    ContextMixer::Lane lane = mixer.MakeLane(buffer.data(), 0, Profile::kText);
    auto memory = std::make_unique<Memory>(std::move(mixer), std::move(lane));
    if (model) memory->session = model->Begin({});
    return memory;
  }

  // Codes `size` bytes of the buffer from `begin` on, which an encoder or a listener finds there
  // (Byte is const) and a decoder writes. Errors: those of the session.
  template <class Byte, class Coder>
  Status CodeRange(Memory& memory, Coder& coder, size_t begin, size_t size) {
    for (Byte& byte : std::span<Byte>(buffer).subspan(begin, size)) {
      if (memory.session) {
        LMZ_TRY(memory.session->Step(0, 0, 1, &memory.last_byte, opinion.data()));
        memory.lane.SetOpinion(0, opinion.data());
      }
      memory.last_byte = CodeByte(memory.mixer, memory.lane, coder, byte);
    }
    return OkStatus();
  }

  SharedPredictor model;
  std::array<uint32_t, kByteValues> opinion{};
  Bytes buffer;  // the sample, then the record
  size_t sample_size;
  Bytes code;
  std::unique_ptr<Memory> trained;
  std::unique_ptr<Memory> working;
};

RecordCoder::RecordCoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordCoder::~RecordCoder() = default;
RecordCoder::RecordCoder(RecordCoder&& other) noexcept = default;
RecordCoder& RecordCoder::operator=(RecordCoder&& other) noexcept = default;

Result<RecordCoder> RecordCoder::Make(SharedModel model, ByteSpan sample) {
  return WithMemoryErrors(
      [&]() -> Result<RecordCoder> {
        SharedPredictor predictor;
        if (model != nullptr) {
          LMZ_ASSIGN(predictor, AsBytePredictor(model));
        }
        auto state = std::make_unique<State>(std::move(predictor),
                                             sample.last(std::min(sample.size(), kMaxSampleSize)));
        LMZ_ASSIGN(state->trained, state->MakeMemory());
        LMZ_ASSIGN(state->working, state->MakeMemory());
        Listener listener;
        LMZ_TRY(state->CodeRange<const uint8_t>(*state->trained, listener, 0, state->sample_size));
        return RecordCoder(std::move(state));
      },
      "there is not enough memory for a record coder");
}

Result<size_t> RecordCoder::Encode(ByteSpan record, MutableByteSpan code) {
  if (record.size() > kMaxRecordSize || code.size() < record.size() + kFraming) {
    return Status(Code::kInvalidArgument,
                  "a record holds at most 16383 bytes, and its code needs room for 4 more");
  }
  State& s = *state_;
  s.working->CopyFrom(*s.trained);
  std::copy(record.begin(), record.end(),
            s.buffer.begin() + static_cast<std::ptrdiff_t>(s.sample_size));
  s.code.clear();
  ByteWriter writer(s.code);
  writer.Varint(record.size());
  writer.Le(CheckOf(record), CheckBytes(record.size()));
  const size_t framing = s.code.size();
  Encoder encoder(s.code);
  LMZ_TRY(s.CodeRange<const uint8_t>(*s.working, encoder, s.sample_size, record.size()));
  encoder.Finish();
  if (s.code.size() - framing >= record.size()) {
    s.code.resize(framing);
    s.code.insert(s.code.end(), record.begin(), record.end());
  }
  std::copy(s.code.begin(), s.code.end(), code.begin());
  return s.code.size();
}

Result<size_t> RecordCoder::Decode(ByteSpan code, MutableByteSpan record) {
  ByteReader reader(code);
  LMZ_ASSIGN(const uint64_t size, reader.Varint());
  if (size > kMaxRecordSize) return Status(Code::kDamaged, "the record's size is impossible");
  if (size > record.size()) {
    return Status(Code::kLimit, "the record has " + std::to_string(size) + " bytes, more than fit");
  }
  LMZ_ASSIGN(const uint64_t check, reader.Le(CheckBytes(static_cast<size_t>(size))));
  LMZ_ASSIGN(const ByteSpan payload, reader.Take(reader.remaining()));
  if (payload.size() > size) return Status(Code::kDamaged, "the payload is longer than its record");
  State& s = *state_;
  const MutableByteSpan out =
      MutableByteSpan(s.buffer).subspan(s.sample_size, static_cast<size_t>(size));
  if (payload.size() == size) {
    std::copy(payload.begin(), payload.end(), out.begin());
  } else {
    s.working->CopyFrom(*s.trained);
    Decoder decoder(payload);
    LMZ_TRY(s.CodeRange<uint8_t>(*s.working, decoder, s.sample_size, out.size()));
    if (decoder.overran()) return Status(Code::kTruncated, "the record's code ends too early");
    if (decoder.has_rest()) return Status(Code::kDamaged, "the record's code is too long");
  }
  if (CheckOf(out) != check) {
    return Status(Code::kDamaged,
                  "the record's check differs: it is damaged, or was coded with another model or "
                  "sample");
  }
  std::copy(out.begin(), out.end(), record.begin());
  return out.size();
}

}  // namespace lmz
