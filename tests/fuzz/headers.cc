// Frames whose fields are arbitrary but whose checksums are right: the reader must refuse what no
// writer makes, and listing must agree with decoding.
#include "stream/compress.h"
#include "tests/frame_builder.h"
#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

constexpr uint64_t kMaxBlocks = 4;

// A number that is often small, often near a power of two, and sometimes anything.
uint64_t Size(Choices& choices) {
  switch (choices.Below(4)) {
    case 0:
      return choices.Number(1);
    case 1:
      return choices.Number(2);
    case 2:
      return (uint64_t{1} << choices.Below(64)) + choices.Number(1) - 128;
    default:
      return choices.Number(8);
  }
}

void AddBlock(Choices& choices, testing::FrameBuilder& frame) {
  const ByteSpan payload = choices.Take(choices.Number(1));
  BlockHeader header = testing::FrameBuilder::StoredHeader(payload);
  if (choices.Below(2) != 0) {
    header.codec = static_cast<CodecId>(choices.Number(1) % AllCodecs().size());
    header.filters = static_cast<uint8_t>(choices.Number(1) % 8);
    header.raw_size = Size(choices);
    header.payload_size = Size(choices);
    header.fingerprint = static_cast<uint32_t>(choices.Number(4));
  }
  if (choices.Below(4) == 3) {
    frame.Block(header, payload, Size(choices));
  } else {
    frame.Block(header, payload);
  }
}

Bytes BuildFrame(Choices& choices) {
  testing::FrameBuilder frame;
  if (choices.Below(4) == 3) {
    const char first = static_cast<char>(choices.Below(2) != 0 ? choices.Number(1) : 'n');
    frame.Note(std::string{first, 'o', 't', 'e'}, choices.Take(choices.Number(1)));
  }
  const auto version = static_cast<uint8_t>(choices.Below(4) == 3 ? choices.Number(1) : 0);
  const auto flags = static_cast<uint8_t>(choices.Below(4) == 3 ? choices.Number(1) : 0);
  frame.Start(version, flags, flags != 0 ? Size(choices) : 0);
  for (uint64_t blocks = choices.Below(kMaxBlocks + 1); blocks != 0; --blocks) {
    AddBlock(choices, frame);
  }
  if (choices.Below(4) == 3) frame.head.block_count = Size(choices);
  if (choices.Below(4) == 3 && !frame.entries.empty()) frame.entries[0].raw_size = Size(choices);
  if (choices.Below(4) == 3 && !frame.entries.empty()) frame.entries[0].coded_size = Size(choices);
  frame.End();
  return std::move(frame.bytes);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  Choices choices(input);
  Bytes file = BuildFrame(choices);
  if (choices.Below(2) != 0) {
    const Bytes second = BuildFrame(choices);
    file.insert(file.end(), second.begin(), second.end());
  }
  MemorySource list_source(file);
  const Result<std::vector<FrameEntry>> frames = List(list_source);

  MemorySource source(file);
  Bytes raw;
  MemorySink sink(raw);
  const DecompressOptions options = {.threads = 1,
                                     .memory_limit = uint64_t{1} << 24,
                                     .output_limit = uint64_t{1} << 16,
                                     .progress = {}};
  const Result<Progress> done = Decompress(source, sink, options);
  LMZ_REQUIRE(done.status().code() != Code::kInternal);
  LMZ_REQUIRE(frames.status().code() != Code::kInternal);
  if (!done.ok()) return;
  LMZ_REQUIRE(frames.ok());
  uint64_t coded_size = 0;
  for (const FrameEntry& frame : frames.value()) coded_size += frame.coded_size;
  LMZ_REQUIRE(coded_size <= file.size());  // notes belong to no frame
}

}  // namespace lmz::fuzz
