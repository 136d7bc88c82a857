// The exit codes of `lmz`: append-only, listed in docs/cli.md and the man page.
#pragma once

#include "base/status.h"

namespace lmz {

enum class ExitCode : int {
  kFine = 0,
  kFailed = 1,   // reading, writing, memory, or a file that was left out
  kUsage = 2,    // the command line asks for something that cannot be
  kDamaged = 3,  // the input is not lmz data, ends too early or is damaged
  kModel = 4,    // the model that the input needs is missing or different
  kTooNew = 5,   // the input was written by a newer version
};

// The exit code for a failure that met a file. With several files the highest one counts.
inline ExitCode ExitCodeFor(Code code) {
  switch (code) {
    case Code::kOk:
      return ExitCode::kFine;
    case Code::kNotLmz:
    case Code::kTruncated:
    case Code::kDamaged:
      return ExitCode::kDamaged;
    case Code::kModelMissing:
    case Code::kModelDamaged:
      return ExitCode::kModel;
    case Code::kNewerVersion:
      return ExitCode::kTooNew;
    case Code::kInvalidArgument:
    case Code::kIo:
    case Code::kOutOfMemory:
    case Code::kInternal:
    case Code::kLimit:
    case Code::kCancelled:
      return ExitCode::kFailed;
  }
  return ExitCode::kFailed;
}

}  // namespace lmz
