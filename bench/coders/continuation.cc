#include "bench/coders/continuation.h"

#include <zlib.h>

#include <algorithm>

#include "bench/coders/token_coder.h"
#include "bench/coders/weighed_byte.h"
#include "bench/report/environment.h"
#include "codec/audio/audio.h"
#include "codec/image/image.h"
#include "codec/text/sample.h"
#include "entropy/code_byte.h"
#include "entropy/random_code.h"
#include "model/segmenter/segmenter.h"
#include "model/token/token_predictor.h"

namespace lmz::bench {

namespace {

// A gzip stream that is not finished.
class GzipStream {
 public:
  GzipStream() = default;
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() {
    if (is_open_) deflateEnd(&stream_);
  }

  Status Open() {
    constexpr int kGzipWindow = 15 + 16;
    is_open_ = deflateInit2(&stream_, 9, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) == Z_OK;
    return is_open_ ? OkStatus() : Failed();
  }
  Status CopyFrom(GzipStream& other) {
    is_open_ = deflateCopy(&stream_, &other.stream_) == Z_OK;
    return is_open_ ? OkStatus() : Failed();
  }
  Status Write(ByteSpan bytes, int flush) {
    uint8_t output[4096];
    stream_.next_in = const_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    int result = Z_OK;
    do {
      stream_.next_out = output;
      stream_.avail_out = sizeof output;
      result = ::deflate(&stream_, flush);
      if (result == Z_STREAM_ERROR) return Failed();
    } while (stream_.avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
    return OkStatus();
  }
  uint64_t size() const { return stream_.total_out; }

 private:
  static Status Failed() { return Status(Code::kOutOfMemory, "deflate failed"); }

  z_stream stream_ = {};
  bool is_open_ = false;
};

class GzipContinuer final : public Continuer {
 public:
  std::string name() const override { return "gzip -9"; }
  std::string version() const override { return std::string("zlib ") + zlibVersion(); }
  Result<Continuation> Continue(const Beginning& beginning, size_t size,
                                uint64_t seed) const override {
    const ByteSpan given = beginning.given;
    GzipStream before;
    LMZ_TRY(before.Open());
    LMZ_TRY(before.Write(given, Z_NO_FLUSH));
    RandomCode code(seed, size);
    Continuation result;
    while (result.bytes.size() < size) {
      LMZ_ASSIGN(const std::vector<uint32_t> weights, Weights(before));
      result.bytes.push_back(CodeByte(code, WeighedByte(weights.data()), 0));
      LMZ_TRY(before.Write(ByteSpan(result.bytes).last(1), Z_NO_FLUSH));
    }
    result.random_bits = code.taken_bits();
    return result;
  }

 private:
  // A byte more of code is 2^-8; more than two bytes more than the shortest one count as two and 7
  // bits.
  static Result<std::vector<uint32_t>> Weights(GzipStream& before) {
    std::vector<uint64_t> sizes;
    for (int value = 0; value < kByteValues; ++value) {
      const auto byte = static_cast<uint8_t>(value);
      GzipStream stream;
      LMZ_TRY(stream.CopyFrom(before));
      LMZ_TRY(stream.Write({&byte, 1}, Z_FINISH));
      sizes.push_back(stream.size());
    }
    const uint64_t least = *std::min_element(sizes.begin(), sizes.end());
    std::vector<uint32_t> weights;
    for (const uint64_t size : sizes) {
      constexpr uint32_t kLargest = uint32_t{1} << 23;
      const uint64_t shift = std::min<uint64_t>(8 * (size - least), 23);
      weights.push_back(kLargest >> shift);
    }
    return weights;
  }
};

class NetworkContinuer final : public Continuer {
 public:
  explicit NetworkContinuer(const BenchModel& model) : model_(model) {}
  std::string name() const override { return model_.NameAlone(); }
  std::string version() const override { return LmzVersion() + " " + model_.id; }
  Result<Continuation> Continue(const Beginning& beginning, size_t size,
                                uint64_t seed) const override {
    const ByteSpan given = beginning.given;
    const auto session = model_.network->Begin({});
    RandomCode code(seed, size);
    Continuation result;
    std::vector<uint32_t> weights(kByteValues);
    uint8_t last = 0;
    for (size_t i = 0; i < given.size() + size; ++i) {
      LMZ_TRY(session->Step(0, 0, 1, &last, weights.data()));
      if (i < given.size()) {
        last = given[i];
      } else {
        last = CodeByte(code, WeighedByte(weights.data()), 0);
        result.bytes.push_back(last);
      }
    }
    result.random_bits = code.taken_bits();
    return result;
  }

 private:
  const BenchModel model_;
};

// `size` bytes behind `given`; draw(all) puts them behind it and returns the random bits it took.
template <class Draw>
Result<Continuation> DrawBehind(ByteSpan given, size_t size, Draw draw) {
  Bytes all(given.begin(), given.end());
  all.resize(given.size() + size);
  LMZ_ASSIGN(const uint64_t bits, draw(MutableByteSpan(all)));
  return Continuation{{all.begin() + static_cast<std::ptrdiff_t>(given.size()), all.end()}, bits};
}

// Pixels and samples by the codecs that lmz has for them.
class MediaContinuer final : public Continuer {
 public:
  std::string name() const override { return "lmz, image and audio"; }
  std::string version() const override { return LmzVersion(); }
  bool Takes(Kind kind) const override { return kind != Kind::kText; }
  Result<Continuation> Continue(const Beginning& beginning, size_t size,
                                uint64_t seed) const override {
    const size_t given = beginning.given.size();
    return DrawBehind(beginning.given, size, [&](MutableByteSpan all) {
      if (beginning.kind == Kind::kSamples) return SampleAudio(given, seed, all);
      const auto rows = static_cast<uint32_t>(given / beginning.width);
      return SampleImage(beginning.width, rows, seed, all);
    });
  }
};

// As `lmz generate` continues.
class LmzContinuer final : public Continuer {
 public:
  LmzContinuer() : name_("lmz -0"), version_(LmzVersion()) {}
  explicit LmzContinuer(const BenchModel& model)
      : name_(model.level != 0 ? "lmz -" + std::to_string(model.level)
                               : "lmz --model " + model.name),
        version_(LmzVersion() + " " + model.id),
        network_(model.network) {}
  std::string name() const override { return name_; }
  std::string version() const override { return version_; }
  Result<Continuation> Continue(const Beginning& beginning, size_t size,
                                uint64_t seed) const override {
    const SampleOptions options = {
        .model = network_.get(),
        .profile = beginning.kind == Kind::kText ? Profile::kText : Profile::kBinary,
        .seed = seed};
    return DrawBehind(beginning.given, size, [&](MutableByteSpan all) {
      return SampleText(options, beginning.given.size(), all);
    });
  }

 private:
  std::string name_, version_;
  SharedPredictor network_;
};

class TokenContinuer final : public Continuer {
 public:
  TokenContinuer(const BenchModel& model, int threads)
      : model_(model), tokens_(*model.model->as_token_predictor()), threads_(threads) {}
  std::string name() const override { return model_.NameAlone(); }
  std::string version() const override { return LmzVersion() + " " + model_.id; }
  Result<Continuation> Continue(const Beginning& beginning, size_t size,
                                uint64_t seed) const override {
    const ByteSpan given = beginning.given;
    const Vocabulary& vocabulary = tokens_.vocabulary();
    const auto session = tokens_.Begin({.lanes = 1, .positions = kPositions, .threads = threads_});
    std::vector<uint32_t> weights(size_t{kPositions} * vocabulary.size());
    LMZ_ASSIGN(const uint32_t* next, Read(*session, given, weights));
    RandomCode code(seed, size);
    TokenCoder token_coder(vocabulary.size());
    Continuation result;
    while (true) {
      const uint32_t token = token_coder.Code(code, next, 0);
      const std::string_view text = vocabulary.text(token);
      result.bytes.insert(result.bytes.end(), text.begin(), text.end());
      if (result.bytes.size() >= size) break;
      const uint32_t row = vocabulary.row(token);
      LMZ_TRY(session->Step(std::span(&kLane, 1), 1, &row, weights.data()));
      next = weights.data();
    }
    result.bytes.resize(size);
    result.random_bits = code.taken_bits();
    return result;
  }

 private:
  static constexpr int kPositions = 64;
  static constexpr int kLane = 0;

  // The weights, within `weights`, of the token behind the bytes.
  Result<const uint32_t*> Read(TokenSession& session, ByteSpan given,
                               std::vector<uint32_t>& weights) const {
    const Vocabulary& vocabulary = tokens_.vocabulary();
    std::vector<uint32_t> rows;
    Segmenter segmenter(vocabulary);
    segmenter.Segment(given, rows);
    for (uint32_t& row : rows) row = vocabulary.row(row);
    rows.insert(rows.begin(), vocabulary.begin_row());
    size_t count = 0;
    for (size_t begin = 0; begin < rows.size(); begin += count) {
      count = std::min(size_t{kPositions}, rows.size() - begin);
      LMZ_TRY(session.Step(std::span(&kLane, 1), static_cast<int>(count), &rows[begin],
                           weights.data()));
    }
    return &weights[(count - 1) * vocabulary.size()];
  }

  const BenchModel model_;
  const TokenPredictor& tokens_;
  const int threads_;
};

}  // namespace

void AddGzipContinuer(Continuers& continuers) {
  continuers.push_back(std::make_unique<GzipContinuer>());
}

void AddLmzContinuers(const std::vector<BenchModel>& models, Continuers& continuers) {
  continuers.push_back(std::make_unique<MediaContinuer>());
  continuers.push_back(std::make_unique<LmzContinuer>());
  for (const BenchModel& model : models) {
    continuers.push_back(std::make_unique<NetworkContinuer>(model));
    continuers.push_back(std::make_unique<LmzContinuer>(model));
  }
}

void AddTokenContinuers(const std::vector<BenchModel>& models, int threads,
                        Continuers& continuers) {
  for (const BenchModel& model : models) {
    continuers.push_back(std::make_unique<TokenContinuer>(model, threads));
  }
}

}  // namespace lmz::bench
