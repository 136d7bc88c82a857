#include "tests/reference/text/record_decoder.h"

#include <xxhash.h>

#include <algorithm>

#include "tests/reference/input.h"
#include "tests/reference/text/group.h"

namespace lmz::reference {

namespace {

// 2
Bytes DecodePayload(const Bytes& payload, size_t size, const Bytes& sample, const Model* model) {
  Group group(0, 16384, 1, model != nullptr ? model->start : std::vector<std::vector<int>>());
  Network network = model != nullptr ? model->new_network() : Network();
  const auto next_sum = [&] {
    if (model == nullptr) return std::vector<int64_t>();
    return Sums(network(group.lanes()[0].empty() ? uint8_t{0} : group.lanes()[0].back()));
  };
  const size_t known = std::min<size_t>(sample.size(), 65536);
  for (size_t i = sample.size() - known; i < sample.size(); ++i) {
    group.LearnByte(0, sample[i], next_sum());
  }
  ArithmeticDecoder decoder(payload, 0);
  for (size_t i = 0; i < size; ++i) group.DecodeByte(0, decoder, next_sum());
  if (decoder.HasOverrun()) throw Damage("truncated: Payload is overrun");
  if (decoder.HasUnread()) throw Damage("bytes of Payload are left");
  const Bytes& block = group.lanes()[0];
  return Bytes(block.begin() + static_cast<std::ptrdiff_t>(known), block.end());
}

}  // namespace

Bytes DecodeRecord(const Bytes& code, const Bytes& sample, const Model* model) {
  Input input(code);
  const uint64_t size = input.Varint();
  if (size > 16383) throw Damage("Record_Size");
  const size_t check_size = size < 128 ? 3 : 2;
  const uint64_t check = input.Number(check_size);
  const Bytes payload = input.Take(input.Left());
  if (payload.size() > size) throw Damage("Payload above Record_Size");
  const Bytes record =
      payload.size() == size ? payload : DecodePayload(payload, size, sample, model);
  const uint64_t hash = XXH3_64bits(record.data(), record.size());
  if (check != (hash & ((uint64_t{1} << 8 * check_size) - 1))) throw Damage("Check");
  return record;
}

}  // namespace lmz::reference
