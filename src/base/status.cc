#include "base/status.h"

#include <cassert>

namespace lmz {

const char* CodeName(Code code) {
  switch (code) {
    case Code::kOk:
      return "ok";
    case Code::kInvalidArgument:
      return "invalid argument";
    case Code::kIo:
      return "i/o error";
    case Code::kOutOfMemory:
      return "out of memory";
    case Code::kInternal:
      return "internal error";
    case Code::kNotLmz:
      return "not an lmz file";
    case Code::kTruncated:
      return "truncated";
    case Code::kDamaged:
      return "damaged";
    case Code::kNewerVersion:
      return "newer version";
    case Code::kLimit:
      return "limit exceeded";
    case Code::kModelMissing:
      return "model missing";
    case Code::kModelDamaged:
      return "model damaged";
    case Code::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

namespace internal {

Status CheckFailed(const char* condition, const char* file, int line) {
#ifndef NDEBUG
  assert(false && "LMZ_CHECK failed; see the condition in the core dump or debugger");
#endif
  return Status(Code::kInternal, std::string(file) + ":" + std::to_string(line) +
                                     ": internal check failed: " + condition);
}

}  // namespace internal
}  // namespace lmz
