#include "bench/coders/network_alone.h"

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "bench/measure/parallel.h"
#include "entropy/coder.h"

namespace lmz::bench {

namespace {

constexpr size_t kLanes = 64;  // chunks that take a step together

// One byte by its eight bits, each with its share of the weights of the bytes that are left. What
// goes in is `wanted`; what comes back is what was coded.
template <class Coder>
uint8_t CodeByte(Coder& coder, const uint32_t* weights, int wanted) {
  std::array<uint32_t, 2 * kByteValues> sums;
  std::copy(weights, weights + kByteValues, sums.begin() + kByteValues);
  for (size_t node = kByteValues - 1; node > 0; --node) {
    sums[node] = sums[2 * node] + sums[2 * node + 1];
  }
  size_t node = 1;
  for (int i = 7; i >= 0; --i) {
    const uint64_t ones = sums[2 * node + 1];
    const uint64_t p1_q16 = ((ones << 16) + sums[node] / 2) / sums[node];
    const int bit =
        coder.Code(wanted >> i & 1, static_cast<uint32_t>(std::clamp<uint64_t>(p1_q16, 1, 65535)));
    node = 2 * node + static_cast<size_t>(bit);
  }
  return static_cast<uint8_t>(node);
}

// Chunks, the longest first, beside their coders. A const Byte is encoded, another decoded.
template <class Coder, class Byte>
void CodeBatch(const Network& network, const std::vector<std::span<Byte>>& chunks,
               std::vector<Coder>& coders) {
  const int lanes = static_cast<int>(chunks.size());
  LaneStates states(network.shape(), lanes);
  StepScratch scratch(network.shape(), lanes);
  Bytes inputs(chunks.size());
  std::vector<uint32_t> weights(chunks.size() * kByteValues);
  size_t active = chunks.size();
  for (size_t step = 0; step < chunks[0].size(); ++step) {
    while (chunks[active - 1].size() <= step) --active;
    network.Step(states, 0, static_cast<int>(active), inputs.data(), weights.data(), scratch);
    for (size_t lane = 0; lane < active; ++lane) {
      Byte& byte = chunks[lane][step];
      const int wanted = std::is_const_v<Byte> ? byte : 0;
      inputs[lane] = CodeByte(coders[lane], &weights[lane * kByteValues], wanted);
      if constexpr (!std::is_const_v<Byte>) byte = inputs[lane];
    }
  }
}

// Calls work(indices of one batch) for all batches; in a batch the longest chunk comes first.
void ForBatches(const std::vector<size_t>& sizes, int threads,
                const std::function<void(const std::vector<size_t>&)>& work) {
  std::vector<size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });
  const size_t share = (order.size() + static_cast<size_t>(threads) - 1) /
                       std::max<size_t>(static_cast<size_t>(threads), 1);
  const size_t batch = std::clamp<size_t>(share, 1, kLanes);
  const Status status =
      ForEach((order.size() + batch - 1) / batch, threads, [&](size_t i) -> Status {
        const auto begin = order.begin() + static_cast<std::ptrdiff_t>(i * batch);
        const size_t count = std::min(batch, order.size() - i * batch);
        work(std::vector<size_t>(begin, begin + static_cast<std::ptrdiff_t>(count)));
        return OkStatus();
      });
  static_cast<void>(status);  // nothing in it can fail
}

}  // namespace

std::vector<Bytes> EncodeAlone(const Network& network, const std::vector<ByteSpan>& chunks,
                               int threads) {
  std::vector<size_t> sizes;
  for (const ByteSpan chunk : chunks) sizes.push_back(chunk.size());
  std::vector<Bytes> codes(chunks.size());
  ForBatches(sizes, threads, [&](const std::vector<size_t>& indices) {
    std::vector<ByteSpan> batch;
    std::vector<Encoder> encoders;
    for (const size_t i : indices) {
      batch.push_back(chunks[i]);
      encoders.emplace_back(codes[i]);
    }
    CodeBatch(network, batch, encoders);
    for (Encoder& encoder : encoders) encoder.Finish();
  });
  return codes;
}

std::vector<Bytes> DecodeAlone(const Network& network, const std::vector<Bytes>& codes,
                               const std::vector<size_t>& sizes, int threads) {
  std::vector<Bytes> chunks;
  for (const size_t size : sizes) chunks.emplace_back(size);
  ForBatches(sizes, threads, [&](const std::vector<size_t>& indices) {
    std::vector<MutableByteSpan> batch;
    std::vector<Decoder> decoders;
    for (const size_t i : indices) {
      batch.emplace_back(chunks[i]);
      decoders.emplace_back(codes[i]);
    }
    CodeBatch(network, batch, decoders);
  });
  return chunks;
}

Result<std::vector<uint64_t>> VerifiedSizesAlone(const Network& network,
                                                 const std::vector<ByteSpan>& chunks, int threads) {
  const std::vector<Bytes> codes = EncodeAlone(network, chunks, threads);
  std::vector<size_t> raw_sizes;
  std::vector<uint64_t> sizes;
  for (size_t i = 0; i < chunks.size(); ++i) {
    raw_sizes.push_back(chunks[i].size());
    sizes.push_back(codes[i].size());
  }
  const std::vector<Bytes> restored = DecodeAlone(network, codes, raw_sizes, threads);
  for (size_t i = 0; i < chunks.size(); ++i) {
    if (!std::equal(chunks[i].begin(), chunks[i].end(), restored[i].begin(), restored[i].end())) {
      return Status(Code::kDamaged, "network " + network.card().name + ": chunk " +
                                        std::to_string(i) +
                                        " was not restored; no number of it counts");
    }
  }
  return sizes;
}

}  // namespace lmz::bench
