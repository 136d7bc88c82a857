// The exit codes of `lmz`: append-only, listed in docs/cli.md and the man page.
#pragma once

#include "base/status.h"

namespace lmz::cli {

enum class ExitCode : int {
  kSuccess = 0,
  kError = 1,         // I/O error, out of memory, or a file that was skipped
  kBadUsage = 2,      // invalid command line
  kDamaged = 3,       // the input is not lmz data, is truncated or damaged
  kModel = 4,         // the model that the input needs is missing or different
  kNewerVersion = 5,  // the input requires a newer version of lmz
};

// The exit code for the failure of one file. With several files the highest one counts.
inline ExitCode ExitCodeFor(Code code) {
  switch (code) {
    case Code::kOk:
      return ExitCode::kSuccess;
    case Code::kNotLmz:
    case Code::kTruncated:
    case Code::kDamaged:
      return ExitCode::kDamaged;
    case Code::kModelMissing:
    case Code::kModelDamaged:
      return ExitCode::kModel;
    case Code::kNewerVersion:
      return ExitCode::kNewerVersion;
    case Code::kInvalidArgument:
    case Code::kIo:
    case Code::kOutOfMemory:
    case Code::kInternal:
    case Code::kLimit:
    case Code::kCancelled:
      return ExitCode::kError;
  }
  return ExitCode::kError;
}

}  // namespace lmz::cli
