// The C boundary: byte ranges.
#include "stream/range.h"
#include "c_api/support.h"

namespace {

using lmz::Result;
using lmz::Status;

class CallbackInput final : public lmz::RandomAccess {
 public:
  CallbackInput(lmz_read_at read, void* user, uint64_t size)
      : read_(read), user_(user), size_(size) {}
  uint64_t size() const override { return size_; }
  Status ReadAt(uint64_t offset, lmz::MutableByteSpan buffer) const override {
    if (buffer.empty() || read_(user_, offset, buffer.data(), buffer.size()) == 0) {
      return lmz::OkStatus();
    }
    return Status(lmz::Code::kIo, "reading " + std::to_string(buffer.size()) + " bytes at offset " +
                                      std::to_string(offset) + " failed");
  }

 private:
  lmz_read_at read_;
  void* user_;
  uint64_t size_;
};

}  // namespace

struct lmz_range_reader {
  std::unique_ptr<lmz::RandomAccess> input;
  lmz::RangeReader reader;  // reads *input
};

namespace {

Result<std::unique_ptr<lmz_range_reader>> Open(std::unique_ptr<lmz::RandomAccess> input,
                                               const lmz_decompressor* settings) {
  lmz::DecompressOptions options;
  if (settings != nullptr) options = settings->options;
  LMZ_ASSIGN(lmz::RangeReader reader, lmz::RangeReader::Open(*input, std::move(options)));
  return std::make_unique<lmz_range_reader>(lmz_range_reader{std::move(input), std::move(reader)});
}

}  // namespace

lmz_code lmz_range_open(lmz_range_reader** reader, lmz_read_at read, void* user, uint64_t size,
                        const lmz_decompressor* settings, lmz_error* error) {
  return lmz::GuardCreate(reader, error, [&]() -> Result<std::unique_ptr<lmz_range_reader>> {
    if (read == nullptr) {
      return Status(lmz::Code::kInvalidArgument, "the function that reads is NULL");
    }
    return Open(std::make_unique<CallbackInput>(read, user, size), settings);
  });
}

lmz_code lmz_range_open_memory(lmz_range_reader** reader, const void* src, size_t src_size,
                               const lmz_decompressor* settings, lmz_error* error) {
  return lmz::GuardCreate(reader, error, [&]() -> Result<std::unique_ptr<lmz_range_reader>> {
    LMZ_TRY(lmz::CheckBuffer(src, src_size));
    return Open(std::make_unique<lmz::MemoryAccess>(lmz::Span(src, src_size)), settings);
  });
}

void lmz_range_reader_free(lmz_range_reader* reader) {
  delete reader;
}

uint64_t lmz_range_content_size(const lmz_range_reader* reader) {
  return reader == nullptr ? 0 : reader->reader.content_size();
}

uint64_t lmz_range_block_count(const lmz_range_reader* reader) {
  return reader == nullptr ? 0 : reader->reader.block_count();
}

lmz_code lmz_range_block(const lmz_range_reader* reader, uint64_t index, lmz_block* block,
                         lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckPointer(block, "block"));
    *block = {};
    LMZ_TRY(lmz::CheckPointer(reader, "object"));
    if (index >= reader->reader.block_count()) {
      return Status(lmz::Code::kInvalidArgument, "there is no block " + std::to_string(index));
    }
    const lmz::RangeReader::Block found = reader->reader.block(static_cast<size_t>(index));
    *block = {.content_offset = found.content_offset,
              .content_size = found.place.raw_size,
              .coded_offset = found.place.offset,
              .coded_size = found.place.coded_size};
    return lmz::OkStatus();
  });
}

lmz_code lmz_range_read(lmz_range_reader* reader, uint64_t offset, void* dst, size_t dst_capacity,
                        size_t* dst_size, lmz_error* error) {
  return lmz::GuardBuffers(dst, dst_capacity, dst_size, nullptr, 0, error, [&]() -> Result<size_t> {
    LMZ_TRY(lmz::CheckPointer(reader, "object"));
    return reader->reader.Read(offset, lmz::MutableSpan(dst, dst_capacity));
  });
}
