// Decodes the output while it is written: for --verify.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/checksum.h"
#include "stream/compress.h"

namespace lmz::cli {

// Sits between a source, the compressor and its sink: passes the bytes on, and decodes them on its
// own thread. Source and sink outlive it. Each of Read and Write is called by one thread.
class Verifier final : public Source, public Sink {
 public:
  Verifier(Source& source, Sink& sink, const DecompressOptions& options);
  ~Verifier() override;
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  Result<size_t> Read(MutableByteSpan buffer) override;
  Status Write(ByteSpan bytes) override;

  // Call once after the last Write. Errors: kInternal when the output does not decompress to
  // what was read; those of Decompress.
  Status Finish();

 private:
  class Coded;
  class Restored;
  void Close();

  Source& source_;
  Sink& sink_;
  Checksum64Stream read_;
  Checksum64Stream restored_;  // the thread's until it is joined
  std::mutex mutex_;
  std::condition_variable changed_;
  Bytes waiting_;             // guarded by mutex_: written, not yet decoded
  bool is_closed_ = false;    // guarded by mutex_
  bool has_stopped_ = false;  // guarded by mutex_: decoding has ended
  Status status_;             // the thread's until it is joined
  std::thread thread_;        // last: it uses the members above
};

}  // namespace lmz::cli
