// Every way in which a block can be coded, from the registries: a new codec or filter joins all
// tests that use this without a change. Those of the text codec use the tiny model.
#pragma once

#include <string>
#include <vector>

#include "codec/codec.h"
#include "codec/filter/filter.h"
#include "plan/plan.h"
#include "tests/tiny_model.h"

namespace lmz::testing {

inline std::vector<BlockChoice> AllChoices() {
  std::vector<uint8_t> filter_sets = {0};
  uint8_t all = 0;
  for (const FilterRow& filter : AllFilters()) {
    filter_sets.push_back(filter.bit);
    all |= filter.bit;
  }
  if (filter_sets.size() > 2) filter_sets.push_back(all);
  std::vector<BlockChoice> choices;
  for (const CodecRow& codec : AllCodecs()) {
    for (const uint8_t filters : filter_sets) {
      BlockChoice choice = {.codec = codec.id, .filters = filters};
      if (codec.id == CodecId::kText) choice.model = TinyModels().front().get();
      choices.push_back(choice);
      if (codec.id == CodecId::kStored) continue;
      choice.profile = Profile::kBinary;
      choices.push_back(choice);
      if (codec.id != CodecId::kText || filters != 0) continue;
      for (const auto& [lanes, groups] : {std::pair{2, 1}, {7, 3}, {64, 4}}) {
        choice.lanes = static_cast<uint8_t>(lanes);
        choice.groups = static_cast<uint8_t>(groups);
        choices.push_back(choice);
      }
    }
  }
  return choices;
}

inline std::string ChoiceName(const BlockChoice& choice) {
  return std::string(FindCodec(choice.codec)->name) + " filters " + std::to_string(choice.filters) +
         " profile " + std::to_string(static_cast<int>(choice.profile)) + " lanes " +
         std::to_string(choice.lanes);
}

// A planner that cuts into blocks of `size` bytes and codes all of them alike.
inline auto FixedPlan(BlockChoice choice, uint64_t size) {
  return [choice, size](ByteSpan input, const PlanOptions&) {
    std::vector<BlockPlan> plan;
    for (uint64_t offset = 0; offset < input.size(); offset += size) {
      plan.push_back({.offset = offset,
                      .size = std::min<uint64_t>(size, input.size() - offset),
                      .content = Content::kBinary,
                      .choice = choice});
    }
    return plan;
  };
}

}  // namespace lmz::testing
