#include "bench/coders/tokens_alone.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "bench/coders/network_alone.h"
#include "bench/coders/token_coder.h"
#include "entropy/coder.h"
#include "model/segmenter/segmenter.h"

namespace lmz::bench {

namespace {

constexpr size_t kPositions = 64;  // of an encoder's step
constexpr size_t kLanes = 16;      // chunks that a decoder's step takes together

// Calls use(token, the weights it was chosen by) for each token of `chunk`, in order.
Status ForTokens(const TokenPredictor& model, Segmenter& segmenter, ByteSpan chunk, int threads,
                 const std::function<void(uint32_t, const uint32_t*)>& use) {
  const Vocabulary& vocabulary = model.vocabulary();
  std::vector<uint32_t> tokens;
  segmenter.Segment(chunk, tokens);
  const auto session =
      model.Begin({.lanes = 1, .positions = static_cast<int>(kPositions), .threads = threads});
  std::vector<uint32_t> rows(kPositions), weights(kPositions * vocabulary.size());
  uint32_t before = vocabulary.begin_row();
  const int lane = 0;
  for (size_t begin = 0; begin < tokens.size(); begin += kPositions) {
    const size_t count = std::min(kPositions, tokens.size() - begin);
    for (size_t i = 0; i < count; ++i) {
      rows[i] = before;
      before = vocabulary.row(tokens[begin + i]);
    }
    LMZ_TRY(session->Step({&lane, 1}, static_cast<int>(count), rows.data(), weights.data()));
    for (size_t i = 0; i < count; ++i) use(tokens[begin + i], &weights[i * vocabulary.size()]);
  }
  return OkStatus();
}

// Decodes the chunks `first` to `first` + lanes - 1.
Status DecodeBatch(const TokenPredictor& model, const std::vector<Bytes>& codes,
                   const std::vector<size_t>& sizes, size_t first, size_t count, int threads,
                   std::vector<Bytes>& chunks) {
  const Vocabulary& vocabulary = model.vocabulary();
  const auto session =
      model.Begin({.lanes = static_cast<int>(count), .positions = 1, .threads = threads});
  TokenCoder token_coder(vocabulary.size());
  std::vector<Decoder> decoders;
  std::vector<uint32_t> last(count, vocabulary.begin_row());
  std::vector<int> lanes(count);
  std::iota(lanes.begin(), lanes.end(), 0);
  for (size_t i = 0; i < count; ++i) decoders.emplace_back(codes[first + i]);
  const auto is_whole = [&](int lane) {
    const size_t chunk = first + static_cast<size_t>(lane);
    return chunks[chunk].size() >= sizes[chunk];
  };
  std::vector<uint32_t> rows, weights;
  for (std::erase_if(lanes, is_whole); !lanes.empty(); std::erase_if(lanes, is_whole)) {
    rows.clear();
    for (const int lane : lanes) rows.push_back(last[static_cast<size_t>(lane)]);
    weights.resize(lanes.size() * vocabulary.size());
    LMZ_TRY(session->Step(lanes, 1, rows.data(), weights.data()));
    for (size_t i = 0; i < lanes.size(); ++i) {
      const auto lane = static_cast<size_t>(lanes[i]);
      const uint32_t token = token_coder.Code(decoders[lane], &weights[i * vocabulary.size()], 0);
      const std::string_view text = vocabulary.text(token);
      Bytes& chunk = chunks[first + lane];
      chunk.insert(chunk.end(), text.begin(), text.end());
      if (chunk.size() > sizes[first + lane]) {
        return Status(Code::kDamaged, "a token goes beyond the end of its chunk");
      }
      last[lane] = vocabulary.row(token);
    }
  }
  return OkStatus();
}

}  // namespace

Result<std::vector<Bytes>> EncodeTokensAlone(const TokenPredictor& model,
                                             const std::vector<ByteSpan>& chunks, int threads) {
  Segmenter segmenter(model.vocabulary());
  TokenCoder token_coder(model.vocabulary().size());
  std::vector<Bytes> codes(chunks.size());
  for (size_t i = 0; i < chunks.size(); ++i) {
    Encoder encoder(codes[i]);
    LMZ_TRY(ForTokens(model, segmenter, chunks[i], threads,
                      [&](uint32_t token, const uint32_t* weights) {
                        token_coder.Code(encoder, weights, token);
                      }));
    encoder.Finish();
  }
  return codes;
}

Result<std::vector<Bytes>> DecodeTokensAlone(const TokenPredictor& model,
                                             const std::vector<Bytes>& codes,
                                             const std::vector<size_t>& sizes, int threads) {
  std::vector<Bytes> chunks(codes.size());
  for (size_t first = 0; first < codes.size(); first += kLanes) {
    const size_t count = std::min(kLanes, codes.size() - first);
    LMZ_TRY(DecodeBatch(model, codes, sizes, first, count, threads, chunks));
  }
  return chunks;
}

Result<std::vector<uint64_t>> VerifiedTokenSizesAlone(const TokenPredictor& model,
                                                      const std::vector<ByteSpan>& chunks,
                                                      int threads) {
  LMZ_ASSIGN(const std::vector<Bytes> codes, EncodeTokensAlone(model, chunks, threads));
  return VerifiedSizes(model.card().name, chunks, codes, [&](const auto& all, const auto& sizes) {
    return DecodeTokensAlone(model, all, sizes, threads);
  });
}

Result<uint64_t> SizeOfLikeliest(const TokenPredictor& model, const std::vector<ByteSpan>& chunks,
                                 size_t count, int threads) {
  Segmenter segmenter(model.vocabulary());
  const size_t size = model.vocabulary().size();
  std::vector<uint32_t> sorted(size);
  double bits = 0;
  for (const ByteSpan chunk : chunks) {
    LMZ_TRY(
        ForTokens(model, segmenter, chunk, threads, [&](uint32_t token, const uint32_t* weights) {
          std::copy(weights, weights + size, sorted.begin());
          const auto end = sorted.begin() + static_cast<ptrdiff_t>(std::min(count, size));
          std::partial_sort(sorted.begin(), end, sorted.end(), std::greater<>());
          const uint64_t sum = std::accumulate(sorted.begin(), end, uint64_t{0});
          const bool is_one = weights[token] >= *(end - 1);
          bits += is_one ? std::log2(static_cast<double>(sum) / weights[token])
                         : 8.0 * static_cast<double>(model.vocabulary().text(token).size());
        }));
  }
  return static_cast<uint64_t>(std::ceil(bits / 8));
}

Bytes Halved(ByteSpan bytes) {
  Bytes halved;
  for (const uint8_t byte : bytes) halved.push_back(byte >> 1);
  return halved;
}

}  // namespace lmz::bench
