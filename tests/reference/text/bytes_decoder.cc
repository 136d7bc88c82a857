#include "tests/reference/text/bytes_decoder.h"

#include <xxhash.h>

#include <set>

#include "tests/reference/input.h"
#include "tests/reference/text/group.h"

namespace lmz::reference {

Decoded DecodeBytesCodec(const Bytes& payload, uint64_t size) {
  if (payload.empty()) throw Damage("truncated: no Profile");
  if (payload[0] > 2) throw Damage("newer version: unknown Profile");
  if (size > 45500 * (payload.size() + 8)) throw Damage("the payload cannot stand for so much");
  Input input(payload);
  RecordFields records;
  if (input.Number(1) == 2) {
    records.row = input.Varint();
    records.unit = input.Varint();
    records.plane = input.Varint();
    Require(records.row >= 2 && records.row <= 1 << 20, "Row");
    Require(records.unit >= 1 && records.unit <= 8 && records.unit < records.row, "Unit");
    Require(records.plane >= 1 && records.plane <= 1 << 24, "Plane");
  }
  ArithmeticDecoder decoder(payload, input.position());
  Group group(payload[0], size, 1, {}, records);
  for (uint64_t i = 0; i < size; ++i) {
    group.DecodeByte(0, decoder, {});
    if (decoder.HasOverrun()) throw Damage("truncated: Code is overrun");
  }
  if (decoder.HasUnread()) throw Damage("bytes of Code are left");
  return {group.lanes()[0], decoder.Fingerprint()};
}

namespace {

void Append(int64_t number, Bytes& bytes) {
  bytes.push_back(static_cast<uint8_t>(number & 255));
  bytes.push_back(static_cast<uint8_t>(number >> 8 & 255));
}

}  // namespace

uint64_t LogisticChecksum() {
  Bytes bytes;
  for (int x = -3071; x <= 3071; ++x) Append(Squash(x), bytes);
  for (int i = 0; i < 4096; ++i) Append(Stretch(16 * i), bytes);
  return XXH3_64bits(bytes.data(), bytes.size());
}

uint64_t LogChecksum() {
  Bytes bytes;
  for (int v = 256; v < 512; ++v) Append(LogQ8(v), bytes);
  return XXH3_64bits(bytes.data(), bytes.size());
}

HistoryCounts CountHistories() {
  HistoryCounts counts = {1, 1};
  std::set<size_t> known = {History().Number()};
  std::vector<History> open = {History()};
  while (!open.empty()) {
    const History history = open.back();
    open.pop_back();
    for (const int bit : {0, 1}) {
      const History next = HistoryNext(history, bit);
      if (!known.insert(next.Number()).second) continue;
      open.push_back(next);
      ++counts.all;
      if (next.IsPure()) ++counts.pure;
    }
  }
  return counts;
}

}  // namespace lmz::reference
