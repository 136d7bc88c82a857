#include "stream/explain/costs_by_byte.h"

#include <algorithm>
#include <numeric>

#include "codec/filter/repeat.h"
#include "stream/explain/copies.h"

namespace lmz {

namespace {

using Costs = std::vector<uint64_t>;

// Makes the sum of `costs` (not empty) `all_q16`: what no byte is known to have taken counts to the
// first one, or to all evenly where nothing is known; what ends of codes have saved is taken off.
void Settle(uint64_t all_q16, Costs& costs) {
  uint64_t sum_q16 = std::accumulate(costs.begin(), costs.end(), uint64_t{0});
  const bool is_unknown = sum_q16 == 0;
  for (auto cost = costs.begin(); sum_q16 > all_q16 && cost != costs.end(); ++cost) {
    const uint64_t taken = std::min(*cost, sum_q16 - all_q16);
    *cost -= taken;
    sum_q16 -= taken;
  }
  const uint64_t left_q16 = all_q16 - sum_q16;
  if (!is_unknown) {
    costs[0] += left_q16;
    return;
  }
  for (size_t i = 0; i < costs.size(); ++i) {
    costs[i] = left_q16 * (i + 1) / costs.size() - left_q16 * i / costs.size();
  }
}

class Spreader {
 public:
  explicit Spreader(const Explanation& explanation) : explanation_(explanation) {}

  // Of the part's raw bytes.
  Costs CostsOf(const ExplainedPart& part) const {
    const uint64_t all_q16 = part.coded_size * 8 * 65536;
    Costs costs;
    const ExplainedDocument* const document = DocumentOf(part);
    if (document != nullptr && document->costs_q16.size() == part.raw_size) {
      costs = document->costs_q16;
      for (size_t i = 0; i < document->copies.size(); i += 3) {
        costs[static_cast<size_t>(document->copies[i])] += document->copies[i + 2];
      }
    } else if (part.codec == "parts") {
      for (const ExplainedPart& inner : part.parts) {
        const Costs inner_costs = CostsOf(inner);
        costs.insert(costs.end(), inner_costs.begin(), inner_costs.end());
      }
      if (!part.filters.empty()) costs = WithoutFilter(part, costs);
    }
    costs.resize(static_cast<size_t>(part.raw_size));
    Settle(all_q16, costs);
    return costs;
  }

 private:
  const ExplainedDocument* DocumentOf(const ExplainedPart& part) const {
    if (part.codes.empty() || !part.codes[0].document) return nullptr;
    const ExplainedDocument& document = explanation_.documents[*part.codes[0].document];
    const bool is_of_raw = document.shape.kind == CodeShape::Kind::kBytes && document.run == 1 &&
                           document.filters.empty();
    return is_of_raw ? &document : nullptr;
  }

  // Of the raw bytes, when `filtered` are those of what the filter `repeat` made of them; none with
  // other filters.
  Costs WithoutFilter(const ExplainedPart& part, const Costs& filtered) const {
    if (part.filters != std::vector<std::string>{kRepeatFilter.name} || part.parts.empty())
      return {};
    const ExplainedDocument* const commands = DocumentOf(part.parts[0]);
    if (commands == nullptr) return {};
    const auto placed = ReadCopies(commands->values, part.raw_size);
    if (!placed) return {};
    Costs costs(static_cast<size_t>(part.raw_size));
    for (const PlacedCopy& copy : placed->copies) {
      for (uint64_t i = copy.command_begin; i < copy.command_end; ++i) {
        costs[static_cast<size_t>(copy.begin)] += filtered[static_cast<size_t>(i)];
      }
    }
    ForEachLiterals(*placed, part.raw_size, [&](uint64_t literal, uint64_t begin, uint64_t size) {
      for (uint64_t i = 0; i < size && literal + i < filtered.size(); ++i) {
        costs[static_cast<size_t>(begin + i)] += filtered[static_cast<size_t>(literal + i)];
      }
    });
    return costs;
  }

  const Explanation& explanation_;
};

}  // namespace

std::vector<uint64_t> CostsByByte(const Explanation& explanation) {
  Costs costs;
  costs.reserve(explanation.content.size());
  const Spreader spreader(explanation);
  for (const ExplainedPart& block : explanation.blocks) {
    const Costs of_block = spreader.CostsOf(block);
    costs.insert(costs.end(), of_block.begin(), of_block.end());
  }
  return costs;
}

}  // namespace lmz
