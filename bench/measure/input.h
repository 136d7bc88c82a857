// Files as lmz-bench reads them.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz::bench {

// Errors: kIo with the name.
Result<Bytes> ReadFile(const std::string& path);
Status WriteFile(const std::string& path, const std::string& text);
// Of a file that is there: it holds all of `text`, or what it held before.
Status ReplaceFile(const std::string& path, const std::string& text);

// The regular files at `path`: itself, or those below it, sorted by name; hidden ones are left out.
// Errors: kIo when there are none, or when a folder cannot be read.
Result<std::vector<std::string>> FilesAt(const std::string& path);

// XXH3-128 as 32 hexadecimal digits.
std::string HashText(ByteSpan bytes);

}  // namespace lmz::bench
