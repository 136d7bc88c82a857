// usage: hybrid_bits FILE <PREDICTIONS
//        hybrid_bits FILE MODEL.lmm
//
// Prints the size of FILE coded with a network's predictions: by the network alone, in bytes, and
// by the text codec in one lane, with the untrained initial mixer weights. The library need not
// support the network: PREDICTIONS holds, for each byte of FILE, 256 little-endian 16-bit numbers,
// the logit of each value in 1/1024 bits (base 2); only differences count. With MODEL.lmm, the
// predictions are those of that model, rounded to this format; a model of tokens must have no
// others than the 256 bytes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>

#include "entropy/coder.h"
#include "mix/code_byte.h"
#include "mix/context_mixer.h"
#include "model/library.h"
#include "model/token/token_predictor.h"
#include "train/data/file.h"

namespace lmz::train {
namespace {

using Logits = std::array<int16_t, kByteValues>;    // in 1/1024 bits
using Weights = std::array<uint32_t, kByteValues>;  // as Session::Step gives them

constexpr int kLargestWeightBits = 22;

Weights WeightsOf(const Logits& logits_q10) {
  const int largest_q10 = *std::max_element(logits_q10.begin(), logits_q10.end());
  Weights weights;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double bits = kLargestWeightBits + (logits_q10[i] - largest_q10) / 1024.0;
    weights[i] = static_cast<uint32_t>(std::max(1.0, std::exp2(bits) + 0.5));
  }
  return weights;
}

// One lane whose opinions are numbers in this format, wherever they come from.
class LogitsSession : public Session {
 public:
  using Session::Step;
  Status Step(int /*worker*/, int /*first*/, int /*count*/, StepPart /*part*/,
              const uint8_t* last_bytes, uint32_t* opinions) final {
    LMZ_ASSIGN(const Logits logits_q10, Next(last_bytes[0]));
    const Weights weights = WeightsOf(logits_q10);
    std::copy(weights.begin(), weights.end(), opinions);
    return OkStatus();
  }
  void Reset(int /*lane*/) final {}
  void CopyFrom(const Session& /*other*/) final {}

 private:
  virtual Result<Logits> Next(uint8_t last_byte) = 0;
};

// From standard input.
class InputSession final : public LogitsSession {
  Result<Logits> Next(uint8_t /*last_byte*/) override {
    std::array<uint8_t, 2 * kByteValues> row;
    if (std::fread(row.data(), row.size(), 1, stdin) != 1) {
      return Status(Code::kTruncated, "the predictions end before the file");
    }
    Logits logits_q10;
    for (size_t i = 0; i < logits_q10.size(); ++i) {
      logits_q10[i] = static_cast<int16_t>(row[2 * i] | row[2 * i + 1] << 8);
    }
    return logits_q10;
  }
};

// Those of a model, in the same precision.
class RoundedSession final : public LogitsSession {
 public:
  explicit RoundedSession(const Predictor& model) : session_(model.Begin({})) {}

 private:
  Result<Logits> Next(uint8_t last_byte) override {
    Weights weights;
    LMZ_TRY(session_->Step(0, 0, 1, &last_byte, weights.data()));
    Logits logits_q10;
    for (size_t i = 0; i < weights.size(); ++i) {
      logits_q10[i] = static_cast<int16_t>(std::lround(1024 * std::log2(weights[i])));
    }
    return logits_q10;
  }

  std::unique_ptr<Session> session_;
};

// The same for a model whose tokens are the 256 bytes.
class ByteTokensSession final : public LogitsSession {
 public:
  explicit ByteTokensSession(const TokenPredictor& model)
      : vocabulary_(model.vocabulary()), session_(model.Begin({})) {}

 private:
  Result<Logits> Next(uint8_t last_byte) override {
    const int lane = 0;
    const uint32_t row = has_begun_ ? vocabulary_.row(last_byte) : vocabulary_.begin_row();
    has_begun_ = true;
    Weights weights;
    LMZ_TRY(session_->Step({&lane, 1}, 1, &row, weights.data()));
    Logits logits_q10;
    for (size_t i = 0; i < weights.size(); ++i) {
      logits_q10[i] = static_cast<int16_t>(std::lround(1024 * std::log2(weights[i])));
    }
    return logits_q10;
  }

  const Vocabulary& vocabulary_;  // token i is byte i
  std::unique_ptr<TokenSession> session_;
  bool has_begun_ = false;
};

double Bits(const Weights& weights, uint8_t byte) {
  double total = 0;
  for (const uint32_t weight : weights) total += weight;
  return std::log2(total / weights[byte]);
}

Status Measure(ByteSpan data, Session& session) {
  LMZ_ASSIGN(ContextMixer mixer, ContextMixer::Make(data.size(), 1, ContextMixer::Untrained(1),
                                                    BestKernels(MixerBuilds())));
  ContextMixer::Lane lane = mixer.MakeLane(data.data(), 0, Profile::kText);
  Bytes code;
  Encoder encoder(code);
  double bits = 0;
  uint8_t last_byte = 0;
  for (const uint8_t& byte : data) {
    Weights weights;
    LMZ_TRY(session.Step(0, 0, 1, &last_byte, weights.data()));
    bits += Bits(weights, byte);
    lane.SetOpinion(0, weights.data());
    last_byte = CodeByte(mixer, lane, encoder, byte);
  }
  encoder.Finish();
  std::printf("%zu bytes, alone %.0f, hybrid %zu\n", data.size(), bits / 8, code.size());
  return OkStatus();
}

Status Run(const std::string& path, const char* model_path) {
  LMZ_ASSIGN(const Bytes data, ReadWholeFile(path));
  if (model_path == nullptr) {
    InputSession session;
    return Measure(data, session);
  }
  LMZ_ASSIGN(const SharedModel file, LoadModelFile(model_path));
  if (const TokenPredictor* const tokens = file->as_token_predictor()) {
    if (tokens->vocabulary().size() != kByteValues) {
      return Status(Code::kInvalidArgument, "the model has tokens that are not single bytes");
    }
    ByteTokensSession session(*tokens);
    return Measure(data, session);
  }
  LMZ_ASSIGN(const Predictor* const model, AsBytePredictor(*file));
  RoundedSession session(*model);
  return Measure(data, session);
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: hybrid_bits FILE <PREDICTIONS, or hybrid_bits FILE MODEL.lmm\n");
    return 2;
  }
  const lmz::Status status = lmz::train::Run(argv[1], argc == 3 ? argv[2] : nullptr);
  if (!status.ok()) std::fprintf(stderr, "hybrid_bits: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
