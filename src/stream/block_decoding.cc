#include "stream/block_decoding.h"

#include <string>

namespace lmz {

namespace {

Result<uint64_t> WithinLimit(uint64_t memory, uint64_t memory_limit) {
  if (memory <= memory_limit) return memory;
  return Status(Code::kLimit, "decoding needs " + std::to_string(memory) +
                                  " bytes of memory, more than the limit of " +
                                  std::to_string(memory_limit));
}

}  // namespace

Result<uint64_t> CheckBlockSize(const BlockHeader& header, uint64_t memory_limit) {
  return WithinLimit(header.payload_size + header.raw_size, memory_limit);
}

Result<uint64_t> CheckDecodeMemory(const BlockHeader& header, ByteSpan payload,
                                   const BlockResources& resources, uint64_t memory_limit) {
  const uint64_t sizes = header.payload_size + header.raw_size;
  return WithinLimit(sizes + DecodeMemory(header, payload, resources), memory_limit);
}

Status CheckOutputSize(uint64_t raw_size, uint64_t done, uint64_t output_limit) {
  if (raw_size <= output_limit - done) return OkStatus();
  return Status(Code::kLimit,
                "the output grows above the limit of " + std::to_string(output_limit) + " bytes");
}

Status DecodeBlockAt(const RandomAccess& input, const BlockRecord& block, uint64_t payload_offset,
                     const DecompressOptions& options, ProgressMeter& meter, Bytes& raw) {
  const BlockHeader& header = block.header;
  LMZ_TRY(CheckBlockSize(header, options.memory_limit).status().At(BlockName(block)));
  Bytes payload(static_cast<size_t>(header.payload_size));
  LMZ_TRY(input.ReadAt(payload_offset, payload));
  BlockResources resources = {.threads = options.threads, .models = options.models.get()};
  LMZ_TRY(CheckDecodeMemory(header, payload, resources, options.memory_limit)
              .status()
              .At(BlockName(block)));
  BlockProgress progress(meter, header.raw_size, header.raw_size, header.payload_size);
  resources.report = [&progress](uint64_t done, uint64_t code_size) {
    return progress.Report(done, code_size);
  };
  raw.assign(static_cast<size_t>(header.raw_size), 0);
  const Status status = DecodeRecord(block, payload, raw, resources);
  return progress.Finish(header.raw_size, header.payload_size) ? status : CancelledStatus();
}

}  // namespace lmz
