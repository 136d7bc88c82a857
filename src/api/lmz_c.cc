// The C boundary (include/lmz/lmz.h): plain buffers in and out, no exception leaves.
#include <algorithm>
#include <cstring>
#include <new>

#include "api/compressor.h"
#include "lmz/lmz.h"

namespace lmz {
namespace {

static_assert(sizeof(lmz_error) == 256, "part of the binary interface");

#define LMZ_STRING_(x) #x
#define LMZ_VERSION_STRING_(major, minor, patch) \
  LMZ_STRING_(major) "." LMZ_STRING_(minor) "." LMZ_STRING_(patch)

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

lmz_code Describe(Code code, const char* text, lmz_error* error) {
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

Status CheckBuffer(const void* buffer, size_t size) {
  if (buffer != nullptr || size == 0) return OkStatus();
  return Status(Code::kInvalidArgument, "a buffer is NULL but its size is not 0");
}

Status CheckResult(const void* result) {
  if (result != nullptr) return OkStatus();
  return Status(Code::kInvalidArgument, "the pointer for the resulting size is NULL");
}

ByteSpan Span(const void* bytes, size_t size) {
  return ByteSpan(static_cast<const uint8_t*>(bytes), size);
}

}  // namespace
}  // namespace lmz

using lmz::Status;

uint32_t lmz_version_number(void) {
  return LMZ_VERSION_NUMBER;
}

const char* lmz_version_string(void) {
  return LMZ_VERSION_STRING_(LMZ_VERSION_MAJOR, LMZ_VERSION_MINOR, LMZ_VERSION_PATCH);
}

const char* lmz_code_name(int code) {
  return lmz::CodeName(static_cast<lmz::Code>(code));
}

size_t lmz_compress_bound(size_t src_size) {
  const size_t growth = src_size / 10000 + 64;
  return src_size > SIZE_MAX - growth ? 0 : src_size + growth;
}

lmz_code lmz_compress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                      size_t src_size, lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckResult(dst_size));
    *dst_size = 0;
    LMZ_TRY(lmz::CheckBuffer(dst, dst_capacity));
    LMZ_TRY(lmz::CheckBuffer(src, src_size));
    lmz::MemorySource source(lmz::Span(src, src_size));
    lmz::BufferSink sink(dst, dst_capacity);
    lmz::CompressOptions options;
    options.content_size = src_size;
    LMZ_TRY(lmz::Compress(source, sink, options).status());
    *dst_size = sink.size();
    return lmz::OkStatus();
  });
}

lmz_code lmz_content_size(const void* src, size_t src_size, uint64_t* content_size,
                          lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckResult(content_size));
    *content_size = 0;
    LMZ_TRY(lmz::CheckBuffer(src, src_size));
    lmz::MemorySource source(lmz::Span(src, src_size));
    LMZ_ASSIGN(const std::vector<lmz::FrameEntry> frames, lmz::List(source));
    for (const lmz::FrameEntry& frame : frames) *content_size += frame.raw_size;
    return lmz::OkStatus();
  });
}

lmz_code lmz_decompress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                        size_t src_size, lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckResult(dst_size));
    *dst_size = 0;
    LMZ_TRY(lmz::CheckBuffer(dst, dst_capacity));
    LMZ_TRY(lmz::CheckBuffer(src, src_size));
    lmz::MemorySource source(lmz::Span(src, src_size));
    lmz::BufferSink sink(dst, dst_capacity);
    lmz::DecompressOptions options;
    options.output_limit = dst_capacity;
    LMZ_TRY(lmz::Decompress(source, sink, options).status());
    *dst_size = sink.size();
    return lmz::OkStatus();
  });
}
