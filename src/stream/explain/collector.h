// Gathers what observers are told into an Explanation, within a budget.
#pragma once

#include <deque>
#include <memory>

#include "stream/explain/explanation.h"

namespace lmz {

class DocumentFiller;

class ExplanationCollector final : public BlockObserver {
 public:
  // Of `explanation`, which outlives this, documents take about `budget` bytes in a page: those
  // that would take more are told in less detail.
  ExplanationCollector(Explanation& explanation, uint64_t budget);
  ~ExplanationCollector() override;

  // The block that is decoded next begins here in the file's content.
  void SetRawBegin(uint64_t raw_begin) { next_raw_begin_ = raw_begin; }

  void BeginPart(const CodedPart& part) override;
  void EndPart(ByteSpan raw) override;
  void NameModel(const Model& model, uint64_t size) override;
  CodeObserver& AddCode(const CodeShape& shape, uint64_t size) override;
  void FindStream(const char* what, ByteSpan before, uint64_t data_size) override;
  void BeginBlock() override { ++block_; }
  void Try(const Trial& trial) override;

 private:
  ExplainedDocument MakeDocument(const CodeShape& shape);
  uint64_t Take(uint64_t size);

  Explanation& explanation_;
  uint64_t budget_;
  uint64_t block_ = 0;  // of the encoder: how many have begun
  std::optional<uint64_t> next_raw_begin_;
  std::deque<ExplainedPart> open_;                        // one inside the other
  std::vector<std::unique_ptr<DocumentFiller>> fillers_;  // of the block
};

}  // namespace lmz
