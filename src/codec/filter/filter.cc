#include "codec/filter/filter.h"

#include <array>

namespace lmz {

namespace {
constexpr std::array<FilterRow, 0> kFilters = {};
}  // namespace

std::span<const FilterRow> AllFilters() {
  return kFilters;
}

}  // namespace lmz
