#include "stream/explain/copies.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "codec/filter/repeat_commands.h"

namespace lmz {

namespace {

uint64_t SumOf(const std::vector<uint64_t>& costs, uint64_t begin, uint64_t end) {
  return std::accumulate(costs.begin() + static_cast<std::ptrdiff_t>(begin),
                         costs.begin() + static_cast<std::ptrdiff_t>(end), uint64_t{0});
}

}  // namespace

std::optional<PlacedCopies> ReadCopies(ByteSpan filtered, uint64_t raw_size) {
  ByteReader reader(filtered);
  const Result<uint64_t> told_size = reader.Varint();
  const Result<uint64_t> count = reader.Varint();
  if (!told_size.ok() || !count.ok() || told_size.value() != raw_size) return std::nullopt;
  PlacedCopies placed;
  uint64_t reach = 0;
  for (uint64_t i = 0; i < count.value(); ++i) {
    const uint64_t begin = reader.position();
    const Result<repeat::Command> command = repeat::ReadCommand(reader);
    if (!command.ok() || !repeat::PassCommand(command.value(), raw_size, reach).ok()) {
      return std::nullopt;
    }
    const uint64_t size = command.value().copy_length;
    placed.copies.push_back({reach - size, size, begin, reader.position()});
  }
  placed.literals_begin = reader.position();
  return placed;
}

bool PutCopiesBack(ByteSpan raw, ExplainedDocument& document) {
  if (document.shape.kind != CodeShape::Kind::kBytes || document.run != 1) return false;
  const std::optional<PlacedCopies> placed = ReadCopies(document.values, raw.size());
  if (!placed || placed->copies.empty()) return false;
  uint64_t filtered_size = placed->literals_begin;
  ForEachLiterals(*placed, raw.size(),
                  [&](uint64_t, uint64_t, uint64_t run) { filtered_size += run; });
  if (filtered_size != document.values.size()) return false;
  ExplainedDocument old = std::move(document);
  document = {.shape = old.shape};
  document.shape.items = raw.size();
  document.values_per_cost = 1;
  document.values.assign(raw.begin(), raw.end());
  document.costs_q16.resize(raw.size());
  if (!old.mixer.empty()) document.mixer.resize(raw.size() * kMixerSize);
  if (!old.network.empty()) document.network.resize(raw.size() * kNetworkSize);
  for (const PlacedCopy& copy : placed->copies) {
    const bool is_first = &copy == &placed->copies.front();
    document.copies.insert(
        document.copies.end(),
        {copy.begin, copy.size,
         SumOf(old.costs_q16, is_first ? 0 : copy.command_begin, copy.command_end)});
  }
  std::vector<uint64_t>& lanes = document.shape.lanes;
  for (uint64_t& lane : lanes) lane = std::max(lane, placed->literals_begin);
  ForEachLiterals(*placed, raw.size(), [&](uint64_t literal, uint64_t begin, uint64_t size) {
    const auto move = [&](const auto& from, auto& to, size_t each) {
      if (from.empty()) return;
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(literal * each), size * each,
                  to.begin() + static_cast<std::ptrdiff_t>(begin * each));
    };
    move(old.costs_q16, document.costs_q16, 1);
    move(old.mixer, document.mixer, kMixerSize);
    move(old.network, document.network, kNetworkSize);
    for (size_t i = 0; i < lanes.size(); ++i) {
      const uint64_t lane = std::max(old.shape.lanes[i], placed->literals_begin);
      if (lane >= literal && lane < literal + size) lanes[i] = begin + lane - literal;
    }
  });
  if (!lanes.empty()) lanes[0] = 0;
  return true;
}

}  // namespace lmz
