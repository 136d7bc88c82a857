#include "plan/contest/race.h"

namespace lmz {

Bytes FirstHalves(ByteSpan block, const text::Layout& layout) {
  Bytes halves;
  halves.reserve(block.size() / 2);
  for (int lane = 0; lane < layout.lanes(); ++lane) {
    const ByteSpan half = block.subspan(static_cast<size_t>(layout.LaneBegin(lane)),
                                        static_cast<size_t>(layout.LaneSize(lane) / 2));
    halves.insert(halves.end(), half.begin(), half.end());
  }
  return halves;
}

Result<uint64_t> HalfWithoutLanes(const PreparedBlock& block, const text::Layout& layout,
                                  const CodecOptions& options, const BlockResources& resources) {
  const Bytes halves = FirstHalves(block.filtered(), layout);
  LMZ_ASSIGN(const PreparedBlock half, PreparedBlock::Make(halves, 0, resources));
  LMZ_ASSIGN(const Coded coded, Code(half, options, resources, Trial::Stage::kHalf));
  return coded.payload.size();
}

Result<uint64_t> HalfInLanes(const PreparedBlock& block, const CodecOptions& options,
                             const BlockResources& resources) {
  const uint64_t half = block.filtered().size() / 2;
  bool is_half = false;
  uint64_t half_code = 0;
  BlockResources watched = resources;
  watched.report = [&](uint64_t done, uint64_t code_size) {
    is_half = done >= half;
    half_code = code_size;
    return !is_half && resources.Report(done, code_size);
  };
  Bytes payload;
  const Result<BlockHeader> header = block.Encode(options, payload, watched);
  if (!is_half) {
    LMZ_TRY(header.status());
    half_code = payload.size();
  }
  TellCoded(resources, Trial::Stage::kHalf, options, half, half_code);
  return half_code;
}

Result<std::optional<Coded>> CodeUnlessBehind(uint64_t rival_half, const PreparedBlock& block,
                                              const CodecOptions& options,
                                              const BlockResources& resources) {
  const uint64_t half = block.filtered().size() / 2;
  bool is_half = false;
  const auto is_behind = [&](uint64_t done, uint64_t code_size) {
    if (is_half || done < half) return false;
    is_half = true;
    return code_size >= rival_half;
  };
  return CodeUnless(is_behind, block, options, resources);
}

}  // namespace lmz
