#include "stream/explain/collector.h"

#include <algorithm>
#include <utility>

#include "codec/filter/filter.h"
#include "codec/filter/repeat.h"
#include "model/model.h"
#include "stream/explain/copies.h"
#include "stream/explain/document_filler.h"
#include "stream/explain/member_name.h"

namespace lmz {

namespace {

// In a page, of n bytes in base64.
constexpr uint64_t InPage(uint64_t size) {
  return size * 4 / 3;
}

constexpr uint64_t kCostSize = 2;

uint64_t CeilDiv(uint64_t a, uint64_t b) {
  return (a + b - 1) / b;
}

std::vector<std::string> FilterNames(uint8_t filters) {
  std::vector<std::string> names;
  for (const FilterRow& row : AllFilters()) {
    if ((filters & row.bit) != 0) names.push_back(row.name);
  }
  return names;
}

const char* NameOf(const CodeShape& shape) {
  constexpr const char* kNames[] = {"", "bytes", "pixels", "samples", "blocks of pixels"};
  return shape.kind == CodeShape::Kind::kOther ? shape.name
                                               : kNames[static_cast<size_t>(shape.kind)];
}

}  // namespace

ExplanationCollector::ExplanationCollector(Explanation& explanation, uint64_t budget)
    : explanation_(explanation), budget_(budget) {}
ExplanationCollector::~ExplanationCollector() = default;

void ExplanationCollector::BeginPart(const CodedPart& coded) {
  ExplainedPart part = {.codec = coded.codec,
                        .filters = FilterNames(coded.filters),
                        .raw_begin = std::exchange(next_raw_begin_, std::nullopt),
                        .raw_size = coded.raw_size,
                        .coded_size = coded.coded_size};
  // Those of `parts` stand for the bytes of the block, one after the other.
  if (!open_.empty() && open_.back().codec == "parts" && open_.back().filters.empty() &&
      open_.back().raw_begin) {
    part.raw_begin = *open_.back().raw_begin;
    for (const ExplainedPart& before : open_.back().parts) *part.raw_begin += before.raw_size;
  }
  open_.push_back(std::move(part));
}

void ExplanationCollector::EndPart(ByteSpan raw) {
  ExplainedPart part = std::move(open_.back());
  open_.pop_back();
  const auto is_of_first = [&](const ExplainedCode& code) {
    return code.document && code.document == part.codes[0].document;
  };
  if (!part.codes.empty() && std::ranges::all_of(part.codes, is_of_first) && part.parts.empty()) {
    ExplainedDocument& document = explanation_.documents[*part.codes[0].document];
    const bool is_bytes = document.shape.kind == CodeShape::Kind::kBytes;
    const bool is_repeat = part.filters == std::vector<std::string>{kRepeatFilter.name};
    const bool is_raw = part.filters.empty() || (is_repeat && PutCopiesBack(raw, document));
    if (is_bytes && is_raw) document.raw_begin = part.raw_begin;
    if (!is_raw) document.filters = part.filters;
  }
  (open_.empty() ? explanation_.blocks : open_.back().parts).push_back(std::move(part));
  if (open_.empty()) fillers_.clear();
}

void ExplanationCollector::NameModel(const Model& model, uint64_t size) {
  open_.back().models.push_back({.name = model.card().name, .size = size});
}

void ExplanationCollector::FindStream(const char* what, ByteSpan before, uint64_t data_size) {
  open_.back().streams.push_back(
      {.name = MemberNameBefore(before), .kind = what, .size = data_size});
}

void ExplanationCollector::Try(const Trial& trial) {
  explanation_.trials.push_back({.block = block_ - std::min<uint64_t>(block_, 1), .trial = trial});
}

// Takes `size` from the budget if it is there.
uint64_t ExplanationCollector::Take(uint64_t size) {
  if (size > budget_) return 0;
  budget_ -= size;
  return size;
}

ExplainedDocument ExplanationCollector::MakeDocument(const CodeShape& shape) {
  ExplainedDocument document = {.shape = shape};
  const bool is_flat =
      shape.kind == CodeShape::Kind::kPixels || shape.kind == CodeShape::Kind::kBlocks;
  if (is_flat) {
    const CodeShape::Plane& plane = shape.planes.front();
    document.values_per_cost =
        shape.kind == CodeShape::Kind::kPixels && shape.planes.size() >= 3 ? 3 : 1;
    const uint64_t each = kCostSize + document.values_per_cost;
    for (;; ++document.run) {
      document.columns = static_cast<uint32_t>(CeilDiv(plane.width, document.run));
      const uint64_t cells = document.columns * CeilDiv(plane.height, document.run);
      if (Take(InPage(cells * each)) == 0 && cells > 4096) continue;
      document.costs_q16.resize(static_cast<size_t>(cells));
      document.values.resize(static_cast<size_t>(cells * document.values_per_cost));
      return document;
    }
  }
  const uint64_t items = CeilDiv(shape.items, shape.channels);  // bytes, or moments
  const bool is_bytes = shape.kind == CodeShape::Kind::kBytes;
  const bool has_network = !open_.back().models.empty();
  document.values_per_cost = is_bytes ? 1 : 2;
  const uint64_t each = kCostSize + document.values_per_cost;
  const bool has_guesses = is_bytes && open_.back().codec != "stored";
  const uint64_t with_mixer = each + kMixerSize;
  if (has_guesses && has_network && Take(InPage(items * (with_mixer + kNetworkSize))) != 0) {
    document.mixer.resize(static_cast<size_t>(items * kMixerSize));
    document.network.resize(static_cast<size_t>(items * kNetworkSize));
  } else if (has_guesses && Take(InPage(items * with_mixer)) != 0) {
    document.mixer.resize(static_cast<size_t>(items * kMixerSize));
  } else {
    while (Take(InPage(CeilDiv(items, document.run) * each)) == 0 &&
           CeilDiv(items, document.run) > 4096) {
      document.run *= 2;
    }
  }
  const uint64_t costs = CeilDiv(items, document.run);
  document.costs_q16.resize(static_cast<size_t>(costs));
  if (!is_bytes || document.run == 1) {
    document.values.resize(static_cast<size_t>(costs * document.values_per_cost));
  }
  return document;
}

CodeObserver& ExplanationCollector::AddCode(const CodeShape& shape, uint64_t size) {
  ExplainedPart& part = open_.back();
  std::optional<size_t> document;
  if (shape.goes_on) {
    document = part.codes.back().document;
  } else if (shape.kind != CodeShape::Kind::kOther) {
    document = explanation_.documents.size();
    explanation_.documents.push_back(MakeDocument(shape));
  }
  part.codes.push_back({.name = NameOf(shape), .size = size, .document = document});
  fillers_.push_back(std::make_unique<DocumentFiller>(explanation_, open_, open_.size() - 1,
                                                      part.codes.size() - 1));
  return *fillers_.back();
}

}  // namespace lmz
