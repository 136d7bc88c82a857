// What the members of archives are called.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz {

// Of the member whose data follows `before`: the name in a local header of zip, or in a header of
// gzip, that ends there. Empty where there is none. Any bytes.
std::string MemberNameBefore(ByteSpan before);

struct TarMember {
  std::string name;
  uint64_t begin = 0;  // of its header
  uint64_t size = 0;   // with its header and what fills up its last record
};

// Those of an archive in the format of POSIX (ustar, pax) or GNU tar. Empty where `content` is
// none.
std::vector<TarMember> TarMembers(ByteSpan content);

}  // namespace lmz
