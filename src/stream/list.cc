#include "container/reader.h"
#include "stream/pipeline.h"

namespace lmz {

namespace {

// Reads what a block of the codec `jpeg` says of itself. Does not judge it.
Status LookAtPicture(Reader& reader, BlockEntry& block) {
  LMZ_ASSIGN(const ByteSpan beginning, reader.PeekPayload(jpeg::kMaxFieldsSize));
  ByteReader fields(beginning);
  const Result<uint8_t> kind = fields.U8();
  if (!kind.ok() || kind.value() != jpeg::kKindJpeg) return OkStatus();
  const Result<jpeg::Fields> picture = jpeg::Fields::Read(fields, block.header.raw_size);
  if (picture.ok()) block.jpeg = picture.value();
  return OkStatus();
}

// The same of a block of the codec `inside`.
Status LookInside(Reader& reader, BlockEntry& block) {
  if (block.header.filters != 0) return OkStatus();
  if (block.header.codec == kJpegCodec.id) return LookAtPicture(reader, block);
  if (block.header.codec != kInsideCodec.id) return OkStatus();
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
