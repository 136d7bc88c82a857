// Whole files in and out, for the programs in this folder.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace lmz::train {

// Errors: kIo with the path and the system's reason.
Result<Bytes> ReadWholeFile(const std::string& path);

// Writes beside the file, waits for the disk, then renames: whatever happens, `path` is the old
// file or the new one. Errors: kIo with the path and the system's reason.
Status WriteWholeFile(const std::string& path, ByteSpan bytes);

}  // namespace lmz::train
