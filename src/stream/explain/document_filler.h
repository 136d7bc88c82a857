// Fills a document with what one code of it took, item by item.
#pragma once

#include <deque>

#include "stream/explain/explanation.h"

namespace lmz {

class DocumentFiller final : public CodeObserver {
 public:
  // For code number `code` of open[part]. All outlive this, and so does the part, until End.
  DocumentFiller(Explanation& explanation, std::deque<ExplainedPart>& open, size_t part,
                 size_t code)
      : explanation_(explanation), open_(open), part_(part), code_(code) {}

  void EndItem(uint64_t index, int32_t value, int64_t bits_q16) override;
  void EndByte(uint64_t index, uint8_t byte, int64_t bits_q16,
               const ByteForecast& forecast) override;
  void End(int64_t bits_q16) override { code().bits_q16 = bits_q16; }

 private:
  ExplainedCode& code() { return open_[part_].codes[code_]; }
  void EndPixel(ExplainedDocument& document, uint64_t index, int32_t value, uint64_t bits_q16);
  void EndBlock(ExplainedDocument& document, uint64_t index, int32_t value, uint64_t bits_q16);
  void EndSample(ExplainedDocument& document, uint64_t index, int32_t value, uint64_t bits_q16);

  Explanation& explanation_;
  std::deque<ExplainedPart>& open_;
  size_t part_;
  size_t code_;
};

}  // namespace lmz
