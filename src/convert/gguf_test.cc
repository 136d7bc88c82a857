// Headers of GGUF files: all kinds of values, and hostile files.
#include "convert/gguf.h"

#include <gtest/gtest.h>

#include "tests/convert/toy_gguf.h"

namespace lmz::convert {
namespace {

using testing::GgufBuilder;
using testing::ToyGguf;
using testing::ToyKinds;

Status StatusOf(ByteSpan file) {
  return Gguf::Read(MemoryAccess(file)).status();
}

TEST(GgufTest, ReadsTheToysInBothVersions) {
  for (const std::string& kind : ToyKinds()) {
    Bytes file = ToyGguf(kind);
    for (const uint8_t version : Bytes{2, 3}) {
      file[4] = version;
      const Result<Gguf> gguf = Gguf::Read(MemoryAccess(file));
      ASSERT_TRUE(gguf.ok()) << kind << gguf.status().message();
      EXPECT_EQ(gguf.value().Text("general.name").value(), "Toy " + kind);
      const GgufTensor* norm = gguf.value().FindTensor("output_norm.weight");
      ASSERT_NE(norm, nullptr);
      EXPECT_EQ(norm->rows, 1u);
      EXPECT_EQ(norm->row_size(), 4 * norm->columns);
      EXPECT_EQ(norm->offset % 32, 0u);
    }
    for (const uint8_t version : Bytes{0, 1, 4}) {
      file[4] = version;
      EXPECT_EQ(StatusOf(file).code(), Code::kNewerVersion);
    }
  }
}

TEST(GgufTest, KeepsWhatIsNeededOfAllKindsOfValues) {
  GgufBuilder builder;
  builder.SetRaw("uint8", 0, {200});
  builder.SetRaw("int8", 1, {200});
  builder.SetRaw("uint16", 2, {0, 200});
  builder.SetRaw("int16", 3, {0, 200});
  builder.SetRaw("int32", 5, {0, 0, 0, 200});
  builder.SetRaw("bool", 7, {1});
  builder.SetRaw("uint64", 10, {1, 0, 0, 0, 1, 0, 0, 0});
  builder.SetRaw("int64", 11, {0, 0, 0, 0, 0, 0, 0, 200});
  builder.SetRaw("float64", 12, {0, 0, 0, 0, 0, 0, 0, 200});
  builder.SetReal("float32", 0x3FC00000);
  // An array of one array of two texts.
  builder.SetRaw("nested", 9, {9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,   8, 0, 0, 0, 2, 0, 0, 0, 0,
                               0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'a', 0, 0, 0, 0, 0, 0, 0, 0});
  builder.SetIntegers("integers", {-1, 2});
  builder.SetTexts("texts", {"", "b"});
  const Bytes file = builder.Build();
  const Result<Gguf> gguf = Gguf::Read(MemoryAccess(file));
  ASSERT_TRUE(gguf.ok()) << gguf.status().message();
  const auto integer = [&](const char* key) {
    return gguf.value().Integer(key, INT64_MIN, INT64_MAX).value();
  };
  EXPECT_EQ(integer("uint8"), 200);
  EXPECT_EQ(integer("int8"), -56);
  EXPECT_EQ(integer("uint16"), 51200);
  EXPECT_EQ(integer("int16"), -14336);
  EXPECT_EQ(integer("int32"), -939524096);
  EXPECT_EQ(integer("bool"), 1);
  EXPECT_EQ(integer("uint64"), 4294967297);
  EXPECT_EQ(integer("int64"), INT64_MIN + (int64_t{72} << 56));
  EXPECT_EQ(gguf.value().Real("float32").value().mantissa, 0xC00000);
  EXPECT_EQ(gguf.value().Find("integers")->integers, (std::vector<int64_t>{-1, 2}));
  EXPECT_EQ(gguf.value().Find("texts")->texts, (std::vector<std::string>{"", "b"}));
  EXPECT_EQ(gguf.value().Find("nested")->kind, GgufValue::Kind::kOther);
  EXPECT_EQ(gguf.value().Find("float64")->kind, GgufValue::Kind::kOther);

  EXPECT_EQ(gguf.value().Integer("none", 0, 9).status().message(),
            "GGUF: the key 'none' is missing");
  EXPECT_EQ(gguf.value().Integer("none", 0, 9, 7).value(), 7);
  EXPECT_EQ(gguf.value().Integer("uint8", 0, 9).status().code(), Code::kDamaged);
  EXPECT_EQ(gguf.value().Integer("float32", 0, 9).status().code(), Code::kDamaged);
  EXPECT_EQ(gguf.value().Real("uint8").status().code(), Code::kDamaged);
  EXPECT_EQ(gguf.value().Text("uint8").status().code(), Code::kDamaged);
}

TEST(GgufTest, EveryCutIsRefused) {
  const Bytes file = ToyGguf("tiny-bpe");
  for (size_t size = 0; size < file.size(); ++size) {
    // The last tensor may end before its padding.
    if (size + 32 > file.size()) break;
    const Status status = StatusOf(ByteSpan(file).first(size));
    ASSERT_FALSE(status.ok()) << size;
    ASSERT_TRUE(status.code() == Code::kTruncated || status.code() == Code::kDamaged ||
                status.code() == Code::kNotLmz)
        << size << status.message();
  }
}

TEST(GgufTest, EveryChangedByteIsRefusedOrHarmless) {
  Bytes file = ToyGguf("tiny-piece");
  for (size_t i = 0; i < file.size(); ++i) {
    for (const uint8_t change : Bytes{0x01, 0x80, 0xFF}) {
      file[i] ^= change;
      const Status status = StatusOf(file);
      ASSERT_TRUE(status.ok() || status.code() == Code::kDamaged ||
                  status.code() == Code::kTruncated || status.code() == Code::kNewerVersion ||
                  status.code() == Code::kNotLmz)
          << i << status.message();
      file[i] ^= change;
    }
  }
}

TEST(GgufTest, TypesThatAreNotSupportedAreNamed) {
  GgufBuilder builder;
  builder.AddTensor("blk.0.attn_q.weight", 256, 2, 10, Bytes(168));
  EXPECT_EQ(StatusOf(builder.Build()).message(),
            "tensor 'blk.0.attn_q.weight' has the type Q2_K, which lmz-convert does not support");
  GgufBuilder odd;
  odd.AddTensor("odd\x1B", 48, 2, 2, Bytes(64));
  EXPECT_EQ(StatusOf(odd.Build()).message(),
            "GGUF: tensor 'odd?': its rows do not divide into blocks of Q4_0");
}

TEST(GgufTest, NamesOccurOnce) {
  GgufBuilder keys;
  keys.SetInteger("a", 1);
  keys.SetInteger("a", 1);
  EXPECT_EQ(StatusOf(keys.Build()).code(), Code::kDamaged);
  GgufBuilder tensors;
  tensors.AddTensor("a", 1, 1, 0, Bytes(4));
  tensors.AddTensor("a", 1, 1, 0, Bytes(4));
  EXPECT_EQ(StatusOf(tensors.Build()).code(), Code::kDamaged);
}

// A file of zeros behind a beginning, as large as one likes.
class EndlessAccess final : public RandomAccess {
 public:
  explicit EndlessAccess(Bytes begin) : begin_(std::move(begin)) {}
  uint64_t size() const override { return uint64_t{1} << 62; }
  Status ReadAt(uint64_t offset, MutableByteSpan buffer) const override {
    read_ += buffer.size();
    for (size_t i = 0; i < buffer.size(); ++i) {
      buffer[i] = offset + i < begin_.size() ? begin_[static_cast<size_t>(offset) + i] : 0;
    }
    return OkStatus();
  }
  uint64_t read() const { return read_; }

 private:
  Bytes begin_;
  mutable uint64_t read_ = 0;
};

// Counts and sizes that a file only promises take neither time nor memory.
TEST(GgufTest, PromisesCostNothing) {
  const auto with = [](std::initializer_list<uint64_t> numbers, uint32_t type) {
    Bytes file = {'G', 'G', 'U', 'F', 3, 0, 0, 0};
    ByteWriter out(file);
    size_t i = 0;
    for (const uint64_t number : numbers) {
      if (i++ == 3) out.U32(type);
      out.U64(number);
    }
    return file;
  };
  constexpr uint64_t kHuge = uint64_t{1} << 60;
  // Tensors, pairs, the size of a key, behind its value's type the size of a text or an array.
  const Bytes files[] = {with({kHuge, 0}, 0),
                         with({0, kHuge}, 0),
                         with({0, 1, kHuge}, 0),
                         with({0, 1, 0, kHuge}, 8),
                         with({0, 1, 0, kHuge << 2 | 8}, 9),
                         with({0, 1, 0, 5 | kHuge}, 9),
                         with({1, 1, 0, 9}, 9)};
  for (const Bytes& begin : files) {
    const EndlessAccess file(begin);
    const Status status = Gguf::Read(file).status();
    EXPECT_EQ(status.code(), Code::kDamaged) << status.message();
    EXPECT_LE(file.read(), Gguf::kMaxHeaderSize + (uint64_t{1} << 16));
  }
}

}  // namespace
}  // namespace lmz::convert
