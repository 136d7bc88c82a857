// The pipelines behind compressor.h, with the planner as an argument.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>

#include "codec/codec.h"
#include "stream/compress.h"

namespace lmz {

// Cuts the next window into blocks, called for one after the other; see Planner (plan/plan.h) for
// the contract.
using PlanFunction =
    std::function<std::vector<BlockPlan>(ByteSpan window, Edge edge, const PlanOptions& options)>;

// The plan function of a new Planner, for one stream.
inline PlanFunction StreamPlanner() {
  return [planner = Planner()](ByteSpan window, Edge edge, const PlanOptions& options) mutable {
    return planner.Plan(window, edge, options);
  };
}

// Compress with a planner of the caller's choice. Errors: as Compress, and std::bad_alloc passes
// through.
Result<Progress> CompressPlanned(Source& source, Sink& sink, const CompressOptions& options,
                                 const PlanFunction& plan);

// Decompress, except that std::bad_alloc passes through.
Result<Progress> DecompressFrames(Source& source, Sink& sink, const DecompressOptions& options);

// List, except that std::bad_alloc passes through.
Status VisitFrames(Source& source, FrameVisitor& visitor);
Result<std::vector<FrameEntry>> ListFrames(Source& source);

// kInvalidArgument unless 1 <= threads <= 256.
inline Status ValidateThreads(int threads) {
  if (threads >= 1 && threads <= 256) return OkStatus();
  return Status(Code::kInvalidArgument,
                "the number of threads is 1 to 256, not " + std::to_string(threads));
}

// What coding one of a frame's blocks may use: with `share`, the device, beside other blocks; on
// the CPU alone all threads work on one block, where its codec can use them. All outlive the
// resources.
inline BlockResources ResourcesOfBlock(Device* device, CpuShare* share, int threads,
                                       std::mutex& crew_mutex) {
  if (share != nullptr) return {.device = device, .cpu_share = share};
  return {.threads = threads, .crew_mutex = &crew_mutex};
}

// How many blocks are coded at the same time: with a device more than there are threads, but blocks
// beyond the usual number hold no more bytes than as many wide ones.
inline int BlocksTogether(const Device* device, int threads, uint64_t block_size) {
  if (device == nullptr) return threads;
  const auto wide = static_cast<uint64_t>(device->BlocksTogether(threads));
  return std::max(threads, static_cast<int>(std::min(wide, wide * kWideBlockSize / block_size)));
}

// In how many blocks of that size so many bytes are.
inline uint64_t BlocksOf(uint64_t content_size, uint64_t block_size) {
  return content_size / block_size + (content_size % block_size != 0 ? 1 : 0);
}

// How many pieces may be between reading and writing: one more than run, so that no thread waits
// for the caller, and a single one when the caller does the work itself.
inline size_t PiecesInFlight(int threads) {
  return threads == 1 ? 1 : static_cast<size_t>(threads) + 1;
}

}  // namespace lmz
