#include "codec/text/layout.h"

#include <string>

namespace lmz::text {

Result<Layout> Layout::Make(uint64_t raw_size, int lanes, int groups) {
  const bool is_legal = groups >= 1 && groups <= kMaxGroups && lanes >= groups &&
                        lanes <= kMaxLanes && static_cast<uint64_t>(lanes) <= raw_size;
  if (is_legal) return Layout(raw_size, lanes, groups);
  return Status(Code::kDamaged, std::to_string(lanes) + " lanes in " + std::to_string(groups) +
                                    " groups are impossible for " + std::to_string(raw_size) +
                                    " bytes");
}

Layout Layout::For(uint64_t raw_size, bool is_wide) {
  if (raw_size < uint64_t{32} << 10) return Layout(raw_size, 1, 1);
  if (raw_size < uint64_t{256} << 10) return Layout(raw_size, 2, 1);
  if (raw_size < uint64_t{512} << 10) return Layout(raw_size, 4, 1);
  return Layout(raw_size, is_wide ? kMaxLanes : 16, 1);
}

}  // namespace lmz::text
