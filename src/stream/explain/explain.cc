#include "stream/explain/explain.h"

#include <algorithm>
#include <string>

#include "base/memory_errors.h"
#include "container/layout.h"
#include "container/reader.h"
#include "stream/block_decoding.h"
#include "stream/explain/collector.h"

namespace lmz {

namespace {

constexpr char kNoMemory[] = "there is not enough memory to explain so much";

Status TooLarge(uint64_t size) {
  return Status(Code::kLimit, std::to_string(size) +
                                  " bytes are too many to be explained one by one; " +
                                  std::to_string(kMaxExplainedSize) + " is the most");
}

const char* NameOf(Reader::Item item, bool is_compact) {
  switch (item) {
    case Reader::Item::kFrame:
      return is_compact ? "header" : "frame header";
    case Reader::Item::kBlock:
      return "block header";
    case Reader::Item::kFrameEnd:
      return "end mark and index";
    case Reader::Item::kEnd:
      return "padding";
  }
  return "";
}

// The sizes of all blocks, before any is decoded.
Result<uint64_t> RawSizeOf(ByteSpan coded) {
  MemorySource source(coded);
  LMZ_ASSIGN(const uint64_t size, ContentSize(source));
  if (size > kMaxExplainedSize) return TooLarge(size);
  return size;
}

uint64_t BudgetFor(uint64_t raw_size) {
  return kPageBytesPerByte * raw_size + kPageAllowance - kPageItself;
}

Status DecodeAll(ByteSpan coded, const std::shared_ptr<const ModelLibrary>& models,
                 ExplanationCollector& collector, Explanation& explanation) {
  MemorySource source(coded);
  Reader reader(source);
  uint64_t known = 0;  // bytes of the file that are explained
  for (;;) {
    LMZ_ASSIGN(const Reader::Item item, reader.Next());
    if (reader.offset() != known) {
      explanation.pieces.push_back(
          {.name = NameOf(item, reader.frame().is_compact), .size = reader.offset() - known});
    }
    known = reader.offset();
    if (item == Reader::Item::kEnd) return OkStatus();
    if (item != Reader::Item::kBlock) continue;
    const BlockRecord block = reader.block();
    Bytes payload;
    LMZ_TRY(reader.ReadPayload(payload));
    known = reader.offset();
    Bytes raw(static_cast<size_t>(block.header.raw_size));
    collector.SetRawBegin(explanation.content.size());
    LMZ_TRY(DecodeRecord(block, payload, raw, {.models = models.get(), .observer = &collector}));
    explanation.content.insert(explanation.content.end(), raw.begin(), raw.end());
  }
}

Status ExplainInto(ByteSpan coded, const std::shared_ptr<const ModelLibrary>& models,
                   Explanation& explanation) {
  LMZ_ASSIGN(explanation.raw_size, RawSizeOf(coded));
  explanation.coded_size = coded.size();
  ExplanationCollector collector(explanation, BudgetFor(explanation.raw_size));
  return DecodeAll(coded, models, collector, explanation);
}

}  // namespace

bool IsCompressed(ByteSpan content) {
  return content.size() >= kMagic.size() &&
         std::equal(kMagic.begin(), kMagic.end(), content.begin());
}

Result<Explanation> Explain(ByteSpan coded, const std::shared_ptr<const ModelLibrary>& models) {
  return WithMemoryErrors(
      [&]() -> Result<Explanation> {
        Explanation explanation;
        LMZ_TRY(ExplainInto(coded, models, explanation));
        return explanation;
      },
      kNoMemory);
}

Result<Explanation> ExplainCompressed(ByteSpan raw, CompressOptions options,
                                      const std::shared_ptr<const ModelLibrary>& models) {
  if (raw.size() > kMaxExplainedSize) return TooLarge(raw.size());
  return WithMemoryErrors(
      [&]() -> Result<Explanation> {
        Explanation explanation;
        ExplanationCollector trials(explanation, 0);
        options.threads = 1;
        options.content_size = raw.size();
        options.observer = &trials;
        MemorySource source(raw);
        Bytes coded;
        MemorySink sink(coded);
        LMZ_TRY(Compress(source, sink, options).status());
        LMZ_TRY(ExplainInto(coded, models, explanation));
        return explanation;
      },
      kNoMemory);
}

}  // namespace lmz
