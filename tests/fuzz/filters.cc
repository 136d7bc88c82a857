// Each filter: what forward makes, inverse undoes; what inverse is fed, it refuses or answers
// within the size it was given.
#include "codec/filter/filter.h"

#include "tests/fuzz/fuzz.h"

namespace lmz::fuzz {

namespace {

constexpr uint64_t kMaxSize = uint64_t{1} << 20;

void RoundTrip(const FilterRow& filter, ByteSpan raw) {
  Bytes filtered;
  if (!filter.forward(raw, Watch(), filtered)) return;
  Bytes restored;
  LMZ_REQUIRE(filter.inverse(filtered, raw.size(), Watch(), restored).ok());
  LMZ_REQUIRE(restored.size() == raw.size());
  LMZ_REQUIRE(std::equal(raw.begin(), raw.end(), restored.begin()));
}

void Invert(const FilterRow& filter, ByteSpan input) {
  Bytes out;
  const Status status = filter.inverse(input, kMaxSize, Watch(), out);
  LMZ_REQUIRE(status.ok() || status.code() == Code::kDamaged);
  if (status.ok()) LMZ_REQUIRE(out.size() <= kMaxSize);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  if (input.empty()) return;
  for (const FilterRow& filter : AllFilters()) {
    RoundTrip(filter, input);
    Invert(filter, input);
  }
}

}  // namespace lmz::fuzz
