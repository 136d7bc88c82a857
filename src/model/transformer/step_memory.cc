#include "model/transformer/step_memory.h"

#include "model/transformer/lane_cache.h"

namespace lmz {

namespace {

struct Sizes {
  Sizes(const BoundTransformer& network, int step_rows)
      : rows(step_rows),
        width(network.shape.width),
        widest(network.widest()),
        query(network.query_size()),
        key(network.key_size()),
        hidden(network.shape.hidden),
        head(network.shape.head_size),
        heads(network.shape.heads),
        rotations(network.shape.rotations),
        planes(network.attention_planes()),
        slots(Context(network.shape).slots()) {}
  int rows, width, widest, query, key, hidden, head, heads, rotations, planes, slots;
};

WorkerMemory MakeWorker(const Sizes& n) {
  WorkerMemory worker;
  const auto size = [](int a, int b = 1) {
    return static_cast<size_t>(a) * static_cast<size_t>(b);
  };
  worker.sums.resize(size(2 * kRowsAtOnce, kPieceRows));
  for (auto& head : worker.head) head.resize(size(n.head));
  for (auto& turn : worker.turn) turn.resize(size(n.head / 2));
  for (auto& bytes : worker.bytes) bytes.resize(size(n.head));
  worker.sigmoid.resize(size(n.hidden));
  worker.scores.resize(size(kQueriesAtOnce, n.slots));
  worker.high.resize(size(kQueriesAtOnce, n.slots));
  worker.low.resize(size(kQueriesAtOnce, n.slots));
  return worker;
}

uint64_t WorkerSize(const Sizes& n) {
  const auto size = [](int a, size_t bytes) { return static_cast<uint64_t>(a) * bytes; };
  constexpr uint64_t kArrays = 11;
  return sizeof(WorkerMemory) + kArrays * kCacheLine +
         size(2 * kRowsAtOnce * kPieceRows, sizeof(int32_t)) + 2 * size(n.head, sizeof(int32_t)) +
         2 * size(n.head / 2, sizeof(int32_t)) + 2 * size(n.head, 1) +
         size(n.hidden, sizeof(uint16_t)) +
         size(kQueriesAtOnce * n.slots, sizeof(int32_t) + 2 * sizeof(uint8_t));
}

}  // namespace

StepMemory::StepMemory(const BoundTransformer& network, int rows, int worker_count) {
  const Sizes n(network, rows);
  stream = {rows, n.width};
  normal = {rows, n.width};
  if (network.shape.has_output_norms) product = {rows, n.width};
  const auto each = static_cast<size_t>(rows), each_head = each * static_cast<size_t>(n.heads);
  for (int i = 0; i < 2; ++i) {
    planes[static_cast<size_t>(i)] = {RowArray<uint8_t>(rows * (i + 1), n.widest),
                                      std::vector<int16_t>(each), std::vector<int32_t>(each)};
  }
  query = {rows, n.query};
  key = {rows, n.key};
  value = {rows, n.key};
  gate = {rows, n.hidden};
  up = {rows, n.hidden};
  query_bytes = {rows * n.planes, n.query};
  cosine = {rows * n.rotations, n.head / 2};
  sine = {rows * n.rotations, n.head / 2};
  queries.resize(each_head);
  mix_factor.resize(each_head);
  mix_exponent.resize(each_head);
  place.resize(each);
  lane.resize(each);
  workers.reserve(static_cast<size_t>(worker_count));
  for (int i = 0; i < worker_count; ++i) workers.push_back(MakeWorker(n));
}

uint64_t StepMemory::MemoryFor(const BoundTransformer& network, int rows, int worker_count) {
  const Sizes n(network, rows);
  const auto ints = [&](int count, int size) { return RowArray<int32_t>::MemoryFor(count, size); };
  uint64_t total = 3 * ints(rows, n.width) + ints(rows, n.query) + 2 * ints(rows, n.key) +
                   2 * ints(rows, n.hidden) + 2 * ints(rows * n.rotations, n.head / 2);
  total += RowArray<uint8_t>::MemoryFor(rows, n.widest) +
           RowArray<uint8_t>::MemoryFor(2 * rows, n.widest) +
           RowArray<int8_t>::MemoryFor(rows * n.planes, n.query);
  const uint64_t row = 2 * (sizeof(int16_t) + sizeof(int32_t)) + sizeof(uint64_t) + sizeof(int);
  const uint64_t head = sizeof(QueryView) + 2 * sizeof(int32_t);
  total += static_cast<uint64_t>(rows) * (row + static_cast<uint64_t>(n.heads) * head);
  return total + sizeof(StepMemory) + static_cast<uint64_t>(worker_count) * WorkerSize(n);
}

}  // namespace lmz
