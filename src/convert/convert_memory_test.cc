// What a conversion takes of memory, at the allocator: a file with the widths of a model of seven
// thousand million parameters, which is nowhere in memory.
#include <gtest/gtest.h>

#include <atomic>

#include "convert/convert.h"
#include "tests/convert/toy_gguf.h"
#include "tests/replaced_new.h"

namespace {

std::atomic<size_t> allocated = 0;

}  // namespace

// Counts all that is ever taken in large pieces: what is given back in between counts, too.
void* lmz::testing::Allocate(size_t size, size_t alignment) {
  if (size >= size_t{1} << 16) allocated += size;
  return TakeMemory(size, alignment);
}

namespace lmz::convert {
namespace {

// Zeros behind a header.
class HollowAccess final : public RandomAccess {
 public:
  explicit HollowAccess(testing::HollowGguf file) : file_(std::move(file)) {}
  uint64_t size() const override { return file_.size; }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    for (size_t i = 0; i < buffer.size(); ++i) {
      const uint64_t at = offset + i;
      buffer[i] = at < file_.header.size() ? file_.header[static_cast<size_t>(at)] : 0;
    }
    return OkStatus();
  }

 private:
  testing::HollowGguf file_;
};

class CountingSink final : public Sink {
 public:
  Status Write(ByteSpan bytes) override {
    size += bytes.size();
    return OkStatus();
  }
  uint64_t size = 0;
};

TEST(ConvertMemory, AModelIsNeverInMemory) {
  const HollowAccess file(testing::Hollow7B(1));
  CountingSink sink;
  allocated = 0;
  const Result<ModelId> id = Convert(file, {}, sink);
  ASSERT_TRUE(id.ok()) << id.status().message();
  // One layer's matrices, embedding and head, a byte a weight.
  EXPECT_GE(sink.size, uint64_t{4096} * (4 * 4096 + 3 * 11008 + 2 * 32000));
  EXPECT_LE(allocated, size_t{64} << 20);
}

}  // namespace
}  // namespace lmz::convert
