// Arbitrary bytes as a file: an error, or output within the limits that two runs agree on.
#include "stream/compress.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tiny_model.h"

namespace lmz::fuzz {

namespace {

constexpr uint64_t kOutputLimit = uint64_t{1} << 16;
constexpr uint64_t kMemoryLimit = uint64_t{1} << 28;

Status DecompressTo(ByteSpan coded, int threads, Bytes& raw) {
  MemorySource source(coded);
  MemorySink sink(raw);
  const DecompressOptions options = {.models = testing::TinyModels(),
                                     .threads = threads,
                                     .memory_limit = kMemoryLimit,
                                     .output_limit = kOutputLimit,
                                     .progress = {}};
  const Result<Progress> done = Decompress(source, sink, options);
  LMZ_REQUIRE(raw.size() <= kOutputLimit);
  if (done.ok()) LMZ_REQUIRE(done.value().raw_bytes == raw.size());
  return done.status();
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Bytes raw;
  const Status status = DecompressTo(input, 1, raw);
  LMZ_REQUIRE(status.code() != Code::kInternal && status.code() != Code::kIo);

  MemorySource source(input);
  const Result<std::vector<FrameEntry>> frames = List(source);
  if (status.ok()) {
    LMZ_REQUIRE(frames.ok());
    uint64_t raw_size = 0;
    for (const FrameEntry& frame : frames.value()) raw_size += frame.raw_size;
    LMZ_REQUIRE(raw_size == raw.size());
  }

  Bytes again;
  const Status status_again = DecompressTo(input, 2, again);
  LMZ_REQUIRE(status_again.code() == status.code());
  LMZ_REQUIRE(status_again.message() == status.message());
  LMZ_REQUIRE(again == raw);
}

}  // namespace lmz::fuzz
