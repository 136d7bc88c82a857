#include "plan/coded.h"

#include <utility>

namespace lmz {

namespace {

// An attempt that has come to this much more than it may is lost: coders end within a few bytes of
// what they reported.
constexpr size_t kReportSlack = 64;

}  // namespace

Result<std::optional<Coded>> CodeBelow(size_t limit, const PreparedBlock& block,
                                       const CodecOptions& options,
                                       const BlockResources& resources) {
  bool is_lost = false;
  BlockResources watched = resources;
  watched.report = [&](uint64_t done, uint64_t code_size) {
    is_lost = is_lost || code_size >= limit + kReportSlack;
    return !is_lost && resources.Report(done, code_size);
  };
  Coded coded;
  const Result<BlockHeader> header = block.Encode(options, coded.payload, watched);
  if (is_lost) return std::optional<Coded>();
  LMZ_TRY(header.status());
  if (coded.payload.size() >= limit) return std::optional<Coded>();
  coded.header = header.value();
  return std::optional<Coded>(std::move(coded));
}

Result<Coded> Code(const PreparedBlock& block, const CodecOptions& options,
                   const BlockResources& resources) {
  Coded coded;
  LMZ_ASSIGN(coded.header, block.Encode(options, coded.payload, resources));
  return coded;
}

}  // namespace lmz
