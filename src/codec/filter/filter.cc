#include "codec/filter/filter.h"

#include <array>

#include "codec/filter/charset/charset.h"
#include "codec/filter/repeat.h"
#include "codec/filter/x86.h"

namespace lmz {

namespace {
constexpr std::array kFilters = {kCharsetFilter, kRepeatFilter, kX86Filter};
}  // namespace

std::span<const FilterRow> AllFilters() {
  return kFilters;
}

}  // namespace lmz
