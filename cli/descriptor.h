// Reading and writing file descriptors, with the errors of the system as Status.
#pragma once

#include <string>

#include "base/stream.h"

namespace lmz {

// "what: reason" with the system's text for errno, as kIo.
Status SystemError(const std::string& what);

// Writes all of `bytes` to `descriptor`. Errors: kIo.
Status WriteAll(int descriptor, ByteSpan bytes);

// Fills `buffer` from `descriptor` as Source::Read promises. Errors: kIo.
Result<size_t> ReadFully(int descriptor, MutableByteSpan buffer);

// Standard output as a sink.
class StdoutSink final : public Sink {
 public:
  Status Write(ByteSpan bytes) override { return WriteAll(1, bytes).At("(stdout)"); }
};

// A sink that forgets what it gets: for --test.
class NullSink final : public Sink {
 public:
  Status Write(ByteSpan) override { return OkStatus(); }
};

// Gives the descriptors 0, 1 and 2 something that fails politely when the caller closed them, so
// that no file opened later can take their place and receive messages.
void OccupyStandardDescriptors();

}  // namespace lmz
