// The C boundary: versions, codes and whole buffers.
#include "c_api/support.h"
#include "stream/pipeline.h"

namespace lmz {

static_assert(sizeof(lmz_error) == 256, "part of the binary interface");

Status SetCommon(int option, uint64_t value, int& threads) {
  if (option != LMZ_THREADS) {
    return Status(Code::kInvalidArgument, "this object has no option " + std::to_string(option));
  }
  const int wanted = static_cast<int>(std::min<uint64_t>(value, INT32_MAX));
  LMZ_TRY(ValidateThreads(wanted));
  threads = wanted;
  return OkStatus();
}

}  // namespace lmz

#define LMZ_STRING_(x) #x
#define LMZ_VERSION_STRING_(major, minor, patch) \
  LMZ_STRING_(major) "." LMZ_STRING_(minor) "." LMZ_STRING_(patch)

using lmz::Result;

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
  const size_t growth = src_size / 10000 + 72;
  return src_size > SIZE_MAX - growth ? 0 : src_size + growth;
}

lmz_code lmz_compress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                      size_t src_size, int level, lmz_error* error) {
  return lmz::GuardBuffers(
      dst, dst_capacity, dst_size, src, src_size, error, [&]() -> Result<size_t> {
        lmz::CompressOptions options = {.content_size = src_size};
        LMZ_ASSIGN(options.model, lmz::ModelLibrary::Installed()->OfLevel(level));
        lmz::MemorySource source(lmz::Span(src, src_size));
        lmz::BufferSink sink(dst, dst_capacity);
        LMZ_TRY(lmz::Compress(source, sink, options).status());
        return sink.size();
      });
}

lmz_code lmz_content_size(const void* src, size_t src_size, uint64_t* content_size,
                          lmz_error* error) {
  return lmz::Guard(error, [&]() -> lmz::Status {
    LMZ_TRY(lmz::CheckPointer(content_size, "resulting size"));
    *content_size = 0;
    LMZ_TRY(lmz::CheckBuffer(src, src_size));
    lmz::MemorySource source(lmz::Span(src, src_size));
    LMZ_ASSIGN(*content_size, lmz::ContentSize(source));
    return lmz::OkStatus();
  });
}

lmz_code lmz_decompress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                        size_t src_size, lmz_error* error) {
  return lmz::GuardBuffers(
      dst, dst_capacity, dst_size, src, src_size, error, [&]() -> Result<size_t> {
        lmz::MemorySource source(lmz::Span(src, src_size));
        lmz::BufferSink sink(dst, dst_capacity);
        LMZ_TRY(lmz::Decompress(source, sink, {.output_limit = dst_capacity}).status());
        return sink.size();
      });
}
