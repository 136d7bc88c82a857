// Every way in which a block can be coded, from the registries: a new codec or filter joins all
// tests that use this without a change. Those with models use the tiny and the hashing one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "codec/block.h"
#include "codec/filter/filter.h"
#include "plan/plan.h"
#include "tests/tiny_model.h"

namespace lmz::testing {

// What a codec can be told to do, by what its options have, not by which codec it is.
template <class Options>
std::vector<CodecOptions> AllOptionsOf(bool with_lanes) {
  Options options;
  if constexpr (requires { options.model = TinyModel().get(); }) options.model = TinyModel().get();
  if constexpr (requires { options.model = Hashing().get(); }) options.model = Hashing().get();
  std::vector<CodecOptions> all = {options};
  if constexpr (requires { options.profile; }) {
    options.profile = Profile::kBinary;
    all.push_back(options);
  }
  if constexpr (requires { options.shape; }) {
    options.profile = Profile::kRecords;
    options.shape = {.row = 48, .unit = 2, .plane = 480};
    all.push_back(options);
  }
  if constexpr (requires { options.second; }) options.second = TinyModel().get();
  if constexpr (requires { options.lanes; }) {
    for (const auto& [lanes, groups] : {std::pair{2, 1}, {7, 3}, {64, 4}}) {
      if (!with_lanes) break;
      options.lanes = static_cast<uint8_t>(lanes);
      if constexpr (requires { options.groups; }) options.groups = static_cast<uint8_t>(groups);
      all.push_back(options);
    }
  }
  return all;
}

inline std::vector<BlockChoice> AllChoices() {
  // Each filter, and each with those of lower numbers.
  std::set<uint8_t> filter_sets = {0};
  for (const FilterRow& filter : AllFilters()) {
    filter_sets.insert(filter.bit);
    filter_sets.insert(static_cast<uint8_t>(2 * filter.bit - 1));
  }
  std::vector<BlockChoice> choices;
  const auto add = [&]<class Options>(const CodecRow<Options>&) {
    for (const uint8_t filters : filter_sets) {
      for (const CodecOptions& options : AllOptionsOf<Options>(filters == 0)) {
        choices.push_back({.options = options, .filters = filters});
      }
    }
  };
  std::apply([&](const auto&... codec) { (add(codec), ...); }, kCodecs);
  return choices;
}

// Of a codec without profiles: the first.
inline Profile ProfileOf(const BlockChoice& choice) {
  return std::visit(
      [](const auto& options) {
        if constexpr (requires { options.profile; }) return options.profile;
        return Profile();
      },
      choice.options);
}

// Lanes and groups; {0, 0} where they follow from the size.
inline std::pair<int, int> LanesOf(const BlockChoice& choice) {
  const auto lanes_of = [](const auto& options) -> std::pair<int, int> {
    if constexpr (requires { options.groups; }) return {options.lanes, options.groups};
    if constexpr (requires { options.lanes; }) return {options.lanes, 1};
    return {0, 0};
  };
  const auto lanes = std::visit(lanes_of, choice.options);
  return lanes.first == 0 ? std::pair{0, 0} : lanes;
}

inline std::string ChoiceName(const BlockChoice& choice) {
  return std::string(CodecOf(choice.options).name) + " filters " + std::to_string(choice.filters) +
         " profile " + std::to_string(static_cast<int>(ProfileOf(choice))) + " lanes " +
         std::to_string(LanesOf(choice).first);
}

// A planner that cuts into blocks of `size` bytes and codes all of them alike.
inline auto FixedPlan(BlockChoice choice, uint64_t size) {
  return [choice, size](ByteSpan input, Edge, const PlanOptions&) {
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
