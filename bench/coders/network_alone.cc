#include "bench/coders/network_alone.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <type_traits>

#include "bench/coders/weighed_byte.h"
#include "bench/measure/parallel.h"
#include "entropy/code_byte.h"
#include "entropy/coder.h"

namespace lmz::bench {

namespace {

constexpr size_t kLanes = 64;  // chunks that take a step together

// Chunks, the longest first, beside their coders. A const Byte is encoded, another decoded.
template <class Coder, class Byte>
Status CodeBatch(const Predictor& model, const std::vector<std::span<Byte>>& chunks,
                 std::vector<Coder>& coders) {
  const int lanes = static_cast<int>(chunks.size());
  const std::unique_ptr<Session> session =
      model.Begin({.lanes = lanes, .workers = 1, .lanes_per_step = lanes});
  Bytes inputs(chunks.size());
  std::vector<uint32_t> weights(chunks.size() * kByteValues);
  size_t active = chunks.size();
  for (size_t step = 0; step < chunks[0].size(); ++step) {
    while (chunks[active - 1].size() <= step) --active;
    LMZ_TRY(session->Step(0, 0, static_cast<int>(active), inputs.data(), weights.data()));
    for (size_t lane = 0; lane < active; ++lane) {
      Byte& byte = chunks[lane][step];
      const unsigned wanted = std::is_const_v<Byte> ? byte : 0;
      inputs[lane] = CodeByte(coders[lane], WeighedByte(&weights[lane * kByteValues]), wanted);
      if constexpr (!std::is_const_v<Byte>) byte = inputs[lane];
    }
  }
  return OkStatus();
}

// Calls work(indices of one batch) for all batches; in a batch the longest chunk comes first.
Status ForBatches(const std::vector<size_t>& sizes, int threads,
                  const std::function<Status(const std::vector<size_t>&)>& work) {
  std::vector<size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });
  const size_t share = (order.size() + static_cast<size_t>(threads) - 1) /
                       std::max<size_t>(static_cast<size_t>(threads), 1);
  const size_t batch = std::clamp<size_t>(share, 1, kLanes);
  return ForEach((order.size() + batch - 1) / batch, threads, [&](size_t i) -> Status {
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(i * batch);
    const size_t count = std::min(batch, order.size() - i * batch);
    return work(std::vector<size_t>(begin, begin + static_cast<std::ptrdiff_t>(count)));
  });
}

}  // namespace

Result<std::vector<Bytes>> EncodeAlone(const Predictor& model, const std::vector<ByteSpan>& chunks,
                                       int threads) {
  std::vector<size_t> sizes;
  for (const ByteSpan chunk : chunks) sizes.push_back(chunk.size());
  std::vector<Bytes> codes(chunks.size());
  const Status status =
      ForBatches(sizes, threads, [&](const std::vector<size_t>& indices) -> Status {
        std::vector<ByteSpan> batch;
        std::vector<Encoder> encoders;
        for (const size_t i : indices) {
          batch.push_back(chunks[i]);
          encoders.emplace_back(codes[i]);
        }
        LMZ_TRY(CodeBatch(model, batch, encoders));
        for (Encoder& encoder : encoders) encoder.Finish();
        return OkStatus();
      });
  LMZ_TRY(status);
  return codes;
}

Result<std::vector<Bytes>> DecodeAlone(const Predictor& model, const std::vector<Bytes>& codes,
                                       const std::vector<size_t>& sizes, int threads) {
  std::vector<Bytes> chunks;
  for (const size_t size : sizes) chunks.emplace_back(size);
  const Status status =
      ForBatches(sizes, threads, [&](const std::vector<size_t>& indices) -> Status {
        std::vector<MutableByteSpan> batch;
        std::vector<Decoder> decoders;
        for (const size_t i : indices) {
          batch.emplace_back(chunks[i]);
          decoders.emplace_back(codes[i]);
        }
        return CodeBatch(model, batch, decoders);
      });
  LMZ_TRY(status);
  return chunks;
}

Result<std::vector<uint64_t>> VerifiedSizes(
    const std::string& name, const std::vector<ByteSpan>& chunks, const std::vector<Bytes>& codes,
    const std::function<Result<std::vector<Bytes>>(const std::vector<Bytes>&,
                                                   const std::vector<size_t>&)>& decode) {
  std::vector<size_t> raw_sizes;
  std::vector<uint64_t> sizes;
  for (size_t i = 0; i < chunks.size(); ++i) {
    raw_sizes.push_back(chunks[i].size());
    sizes.push_back(codes[i].size());
  }
  LMZ_ASSIGN(const std::vector<Bytes> restored, decode(codes, raw_sizes));
  for (size_t i = 0; i < chunks.size(); ++i) {
    if (!std::equal(chunks[i].begin(), chunks[i].end(), restored[i].begin(), restored[i].end())) {
      return Status(Code::kDamaged, "network " + name + ": chunk " + std::to_string(i) +
                                        " was not restored; no number of it counts");
    }
  }
  return sizes;
}

Result<std::vector<uint64_t>> VerifiedSizesAlone(const Predictor& model,
                                                 const std::vector<ByteSpan>& chunks, int threads) {
  LMZ_ASSIGN(const std::vector<Bytes> codes, EncodeAlone(model, chunks, threads));
  return VerifiedSizes(model.card().name, chunks, codes, [&](const auto& all, const auto& sizes) {
    return DecodeAlone(model, all, sizes, threads);
  });
}

}  // namespace lmz::bench
