// Reading and writing file descriptors, with the errors of the system as Status.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>

#include "base/stream.h"
#include "cli/io/standard_streams.h"

namespace lmz::cli {

// "what: reason" with the system's text for errno, as kIo.
Status SystemError(const std::string& what);

// Why lmz refuses a file, as kIo.
Status Refused(const char* message);

inline ByteSpan BytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Writes all of `bytes` to `descriptor`. Errors: kIo.
Status WriteAll(int descriptor, ByteSpan bytes);

// Fills `buffer` from `descriptor` as Source::Read promises. Errors: kIo.
Result<size_t> ReadFully(int descriptor, MutableByteSpan buffer);

// Standard output as a sink.
class StdoutSink final : public Sink {
 public:
  Status Write(ByteSpan bytes) override {
    LMZ_TRY(CheckStandardOutput());
    return WriteAll(STDOUT_FILENO, bytes).At("(stdout)");
  }
};

// A sink that discards its input: for --test.
class NullSink final : public Sink {
 public:
  Status Write(ByteSpan) override { return OkStatus(); }
};

}  // namespace lmz::cli
