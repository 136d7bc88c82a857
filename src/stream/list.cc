#include <utility>

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

class Collector final : public FrameVisitor {
 public:
  Status BeginFrame(const FrameEntry& frame) override {
    frames.push_back(frame);
    return OkStatus();
  }
  Status AddBlock(const FrameEntry&, BlockEntry block) override {
    frames.back().blocks.push_back(std::move(block));
    return OkStatus();
  }
  Status EndFrame(const FrameEntry& frame) override {
    frames.back().raw_size = frame.raw_size;
    frames.back().coded_size = frame.coded_size;
    return OkStatus();
  }

  std::vector<FrameEntry> frames;
};

Status VisitBlock(Reader& reader, FrameEntry& frame, FrameVisitor& visitor) {
  BlockEntry block = {.offset = reader.block().offset, .header = reader.block().header};
  LMZ_TRY(LookInside(reader, block));
  frame.raw_size += block.header.raw_size;
  return visitor.AddBlock(frame, std::move(block));
}

}  // namespace

Status VisitFrames(Source& source, FrameVisitor& visitor) {
  FrameEntry frame;
  Reader reader(source);
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader.Next());
    switch (item) {
      case Reader::Item::kFrame:
        frame = {.version = reader.frame().version,
                 .is_compact = reader.frame().is_compact,
                 .offset = reader.frame().offset};
        LMZ_TRY(visitor.BeginFrame(frame));
        break;
      case Reader::Item::kBlock:
        LMZ_TRY(VisitBlock(reader, frame, visitor));
        break;
      case Reader::Item::kFrameEnd:
        frame.coded_size = reader.offset() - frame.offset;
        LMZ_TRY(visitor.EndFrame(frame));
        break;
      case Reader::Item::kEnd:
        return OkStatus();
    }
  }
}

Result<std::vector<FrameEntry>> ListFrames(Source& source) {
  Collector collector;
  LMZ_TRY(VisitFrames(source, collector));
  return std::move(collector.frames);
}

}  // namespace lmz
