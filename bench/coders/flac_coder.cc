// FLAC at level 8 with exhaustive search of models and precisions.
#include <FLAC/stream_decoder.h>
#include <FLAC/stream_encoder.h>

#include <algorithm>
#include <cstring>

#include "bench/measure/coder.h"

namespace lmz::bench {

namespace {

constexpr uint32_t kPiece = 4096;  // samples of each channel at a time

struct Output {
  Bytes bytes;
  size_t position = 0;
};

FLAC__StreamEncoderWriteStatus Write(const FLAC__StreamEncoder*, const FLAC__byte buffer[],
                                     size_t size, uint32_t, uint32_t, void* data) {
  auto& out = *static_cast<Output*>(data);
  if (out.bytes.size() < out.position + size) out.bytes.resize(out.position + size);
  std::memcpy(out.bytes.data() + out.position, buffer, size);
  out.position += size;
  return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
}

FLAC__StreamEncoderSeekStatus Seek(const FLAC__StreamEncoder*, FLAC__uint64 offset, void* data) {
  static_cast<Output*>(data)->position = static_cast<size_t>(offset);
  return FLAC__STREAM_ENCODER_SEEK_STATUS_OK;
}

FLAC__StreamEncoderTellStatus Tell(const FLAC__StreamEncoder*, FLAC__uint64* offset, void* data) {
  *offset = static_cast<Output*>(data)->position;
  return FLAC__STREAM_ENCODER_TELL_STATUS_OK;
}

struct Input {
  ByteSpan rest;
  Bytes raw;
  bool has_failed = false;
};

FLAC__StreamDecoderReadStatus Read(const FLAC__StreamDecoder*, FLAC__byte buffer[], size_t* size,
                                   void* data) {
  auto& in = *static_cast<Input*>(data);
  *size = std::min(*size, in.rest.size());
  if (*size == 0) return FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
  std::memcpy(buffer, in.rest.data(), *size);
  in.rest = in.rest.subspan(*size);
  return FLAC__STREAM_DECODER_READ_STATUS_CONTINUE;
}

FLAC__StreamDecoderWriteStatus Store(const FLAC__StreamDecoder*, const FLAC__Frame* frame,
                                     const FLAC__int32* const channels[], void* data) {
  auto& in = *static_cast<Input*>(data);
  for (uint32_t i = 0; i < frame->header.blocksize; ++i) {
    for (uint32_t c = 0; c < frame->header.channels; ++c) {
      const FLAC__int32 sample = channels[c][i];
      if (frame->header.bits_per_sample == 8) {
        in.raw.push_back(static_cast<uint8_t>(sample + 128));
      } else {
        in.raw.push_back(static_cast<uint8_t>(sample));
        in.raw.push_back(static_cast<uint8_t>(sample >> 8));
      }
    }
  }
  return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

void Fail(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus, void* data) {
  static_cast<Input*>(data)->has_failed = true;
}

// The sample at byte `i` of a signal.
FLAC__int32 Sample(const Signal& signal, size_t i) {
  const uint8_t* p = signal.bytes.data() + i;
  if (signal.bits == 8) return *p - 128;
  return static_cast<int16_t>(static_cast<uint16_t>(p[0] | p[1] << 8));
}

class Flac final : public Coder {
 public:
  std::string name() const override { return "FLAC -8pe"; }
  std::string version() const override { return std::string("libFLAC ") + FLAC__VERSION_STRING; }
  // Pictures with channels are no sound.
  bool Takes(const Signal& signal) const override {
    return signal.kind != Signal::Kind::kPixels || signal.channels == 1;
  }
  Result<Bytes> Encode(const Signal& signal) const override {
    FLAC__StreamEncoder* encoder = FLAC__stream_encoder_new();
    Output out;
    const bool is_coded =
        encoder != nullptr && Configure(encoder, signal) &&
        FLAC__stream_encoder_init_stream(encoder, Write, Seek, Tell, nullptr, &out) ==
            FLAC__STREAM_ENCODER_INIT_STATUS_OK &&
        Feed(encoder, signal) && FLAC__stream_encoder_finish(encoder);
    FLAC__stream_encoder_delete(encoder);
    if (!is_coded) return Status(Code::kIo, "libFLAC's encoder failed");
    return std::move(out.bytes);
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    FLAC__StreamDecoder* decoder = FLAC__stream_decoder_new();
    Input in{code, {}};
    in.raw.reserve(raw_size);
    const bool is_decoded =
        decoder != nullptr &&
        FLAC__stream_decoder_init_stream(decoder, Read, nullptr, nullptr, nullptr, nullptr, Store,
                                         nullptr, Fail,
                                         &in) == FLAC__STREAM_DECODER_INIT_STATUS_OK &&
        FLAC__stream_decoder_process_until_end_of_stream(decoder) && !in.has_failed;
    FLAC__stream_decoder_delete(decoder);
    if (!is_decoded) return Status(Code::kIo, "libFLAC's decoder failed");
    return std::move(in.raw);
  }

 private:
  static bool Configure(FLAC__StreamEncoder* encoder, const Signal& signal) {
    const uint32_t rate = signal.rate != 0 ? signal.rate : kSampleRate;
    return FLAC__stream_encoder_set_channels(encoder, static_cast<uint32_t>(signal.channels)) &&
           FLAC__stream_encoder_set_bits_per_sample(encoder, static_cast<uint32_t>(signal.bits)) &&
           FLAC__stream_encoder_set_sample_rate(encoder, rate) &&
           FLAC__stream_encoder_set_streamable_subset(encoder, false) &&
           FLAC__stream_encoder_set_compression_level(encoder, 8) &&
           FLAC__stream_encoder_set_do_exhaustive_model_search(encoder, true) &&
           FLAC__stream_encoder_set_do_qlp_coeff_prec_search(encoder, true);
  }

  static bool Feed(FLAC__StreamEncoder* encoder, const Signal& signal) {
    const auto sample_size = static_cast<size_t>(signal.bits / 8);
    const auto channels = static_cast<size_t>(signal.channels);
    std::vector<FLAC__int32> piece;
    for (size_t i = 0; i < signal.bytes.size(); i += sample_size) {
      piece.push_back(Sample(signal, i));
      if (piece.size() < kPiece * channels && i + sample_size < signal.bytes.size()) continue;
      if (!FLAC__stream_encoder_process_interleaved(
              encoder, piece.data(), static_cast<uint32_t>(piece.size() / channels))) {
        return false;
      }
      piece.clear();
    }
    return true;
  }
};

}  // namespace

void AddAudioCoders(Coders& coders) {
  coders.push_back(std::make_unique<Flac>());
}

}  // namespace lmz::bench
