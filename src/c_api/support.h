// What the C boundary's files share (include/lmz/lmz.h): the objects behind the handles, arguments,
// and how failures are reported. No exception leaves.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lmz/lmz.h"
#include "model/library.h"
#include "stream/compress.h"
#include "stream/push_decoder.h"
#include "stream/push_encoder.h"

struct lmz_model {
  lmz::SharedModel network;
  uint64_t parameters;
};

struct lmz_device {
  std::shared_ptr<lmz::Device> device;  // null: the CPU
};

struct lmz_model_library {
  lmz::ModelLibrary library;
};

// A compressor or a decompressor: settings, and the stream that is under way.
template <class Options, class Fed>
struct lmz_coder {
  Options options;
  std::optional<Fed> fed;
};

struct lmz_compressor : lmz_coder<lmz::CompressOptions, lmz::PushEncoder> {
  bool has_model = false;  // options.model is what the caller chose, else it follows the default
};
struct lmz_decompressor : lmz_coder<lmz::DecompressOptions, lmz::PushDecoder> {
  // options.models has these two together.
  std::shared_ptr<const lmz::ModelLibrary> known = lmz::ModelLibrary::Installed();
  std::vector<lmz::SharedModel> added;
  lmz::Bytes unused;  // behind the frame that ended last
};

namespace lmz {

// Writes to the caller's buffer.
class BufferSink final : public Sink {
 public:
  BufferSink(void* buffer, size_t capacity)
      : rest_(static_cast<uint8_t*>(buffer), capacity), capacity_(capacity) {}
  Status Write(ByteSpan bytes) override {
    if (bytes.size() > rest_.size()) {
      return Status(Code::kLimit, "the output does not fit into the " + std::to_string(capacity_) +
                                      " bytes of its buffer");
    }
    std::copy(bytes.begin(), bytes.end(), rest_.begin());
    rest_ = rest_.subspan(bytes.size());
    return OkStatus();
  }
  size_t size() const { return capacity_ - rest_.size(); }

 private:
  MutableByteSpan rest_;
  const size_t capacity_;
};

inline lmz_code Describe(Code code, const char* text, lmz_error* error) {
  if (error != nullptr) {
    error->code = static_cast<lmz_code>(code);
    const size_t size = std::min(std::strlen(text), sizeof(error->text) - 1);
    std::memcpy(error->text, text, size);
    error->text[size] = '\0';
  }
  return static_cast<lmz_code>(code);
}

// Runs `work`, which returns a Status, and reports it the C way.
template <typename Work>
lmz_code Guard(lmz_error* error, Work work) {
  try {
    const Status status = work();
    return Describe(status.code(), status.message().c_str(), error);
  } catch (const std::bad_alloc&) {
    return Describe(Code::kOutOfMemory, "there is not enough memory", error);
  } catch (...) {
    return Describe(Code::kInternal, "an exception reached the C boundary", error);
  }
}

inline Status CheckBuffer(const void* buffer, size_t size) {
  if (buffer != nullptr || size == 0) return OkStatus();
  return Status(Code::kInvalidArgument, "a buffer is NULL but its size is not 0");
}

inline Status CheckPointer(const void* pointer, const char* what) {
  if (pointer != nullptr) return OkStatus();
  return Status(Code::kInvalidArgument, std::string("the pointer to the ") + what + " is NULL");
}

inline ByteSpan Span(const void* bytes, size_t size) {
  return ByteSpan(static_cast<const uint8_t*>(bytes), size);
}

inline MutableByteSpan MutableSpan(void* bytes, size_t size) {
  return MutableByteSpan(static_cast<uint8_t*>(bytes), size);
}

// Stores what `make` gives, a Result of a pointer, in `*handle`; NULL on failure.
template <class T, typename Make>
lmz_code GuardCreate(T** handle, lmz_error* error, Make make) {
  return Guard(error, [&]() -> Status {
    LMZ_TRY(CheckPointer(handle, "handle"));
    *handle = nullptr;
    LMZ_ASSIGN(std::unique_ptr<T> object, make());
    *handle = object.release();
    return OkStatus();
  });
}

// Runs `work`, a Result<size_t>, between two checked buffers.
template <typename Work>
lmz_code GuardBuffers(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                      size_t src_size, lmz_error* error, Work work) {
  return Guard(error, [&]() -> Status {
    LMZ_TRY(CheckPointer(dst_size, "resulting size"));
    *dst_size = 0;
    LMZ_TRY(CheckBuffer(dst, dst_capacity));
    LMZ_TRY(CheckBuffer(src, src_size));
    LMZ_ASSIGN(*dst_size, work());
    return OkStatus();
  });
}

inline Status WithinStream() {
  return Status(Code::kInvalidArgument,
                "a stream is under way: end or reset it before anything else");
}

// Changes settings by `work`, which returns a Status.
template <class Coder, typename Work>
lmz_code GuardSetting(Coder* coder, lmz_error* error, Work work) {
  return Guard(error, [&]() -> Status {
    LMZ_TRY(CheckPointer(coder, "object"));
    if (coder->fed.has_value()) return WithinStream();
    return work();
  });
}

inline ProgressFunction WrapProgress(lmz_progress progress, void* user) {
  if (progress == nullptr) return {};
  return [progress, user](const Progress& done) {
    return progress(user, done.raw_bytes, done.coded_bytes) == 0;
  };
}

// One step of the stream under way; `coder->fed` is there.
template <class Coder>
Status RunStep(Coder& coder, lmz_buffers& buffers, int directive, int& is_done) {
  CallBuffers spans = {.in = Span(buffers.next_in, buffers.avail_in),
                       .out = MutableSpan(buffers.next_out, buffers.avail_out)};
  const Result<bool> done = coder.fed->Step(spans, static_cast<Directive>(directive));
  buffers = {.next_in = spans.in.data(),
             .avail_in = spans.in.size(),
             .next_out = spans.out.data(),
             .avail_out = spans.out.size()};
  LMZ_TRY(done.status());
  is_done = done.value() ? 1 : 0;
  if (done.value() && directive == LMZ_END) coder.fed.reset();
  return OkStatus();
}

inline Status CheckStep(const void* coder, const lmz_buffers* buffers, int directive,
                        int* is_done) {
  LMZ_TRY(CheckPointer(is_done, "answer"));
  *is_done = 0;
  LMZ_TRY(CheckPointer(coder, "object"));
  LMZ_TRY(CheckPointer(buffers, "buffers"));
  LMZ_TRY(CheckBuffer(buffers->next_in, buffers->avail_in));
  LMZ_TRY(CheckBuffer(buffers->next_out, buffers->avail_out));
  if (directive >= LMZ_RUN && directive <= LMZ_END) return OkStatus();
  return Status(Code::kInvalidArgument, "there is no such directive");
}

// Gives a setting that both sides have to `coder`, or says that there is none.
Status SetCommon(int option, uint64_t value, int& threads);

}  // namespace lmz
