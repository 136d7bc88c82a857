#include "container/reader.h"
#include "stream/pipeline.h"

namespace lmz {

namespace {

// Reads what a block of the codec `inside` says of itself. Does not judge it.
Status LookInside(Reader& reader, BlockEntry& block) {
  if (block.header.codec != kInsideCodec.id || block.header.filters != 0) return OkStatus();
  LMZ_ASSIGN(const ByteSpan beginning, reader.PeekPayload(inside::kMaxFieldsSize));
  ByteReader fields(beginning);
  const Result<inside::Fields> inside = inside::Fields::Read(fields);
  if (inside.ok()) block.inside = inside.value();
  return OkStatus();
}

}  // namespace

Result<std::vector<FrameEntry>> ListFrames(Source& source) {
  std::vector<FrameEntry> frames;
  Reader reader(source);
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader.Next());
    switch (item) {
      case Reader::Item::kFrame: {
        FrameEntry& entry = frames.emplace_back();
        entry.version = reader.frame().version;
        entry.is_compact = reader.frame().is_compact;
        entry.offset = reader.frame().offset;
        break;
      }
      case Reader::Item::kBlock:
        frames.back().blocks.push_back(
            {.offset = reader.block().offset, .header = reader.block().header});
        LMZ_TRY(LookInside(reader, frames.back().blocks.back()));
        frames.back().raw_size += reader.block().header.raw_size;
        break;
      case Reader::Item::kFrameEnd:
        frames.back().coded_size = reader.offset() - frames.back().offset;
        break;
      case Reader::Item::kEnd:
        return frames;
    }
  }
}

}  // namespace lmz
