#include "codec/filter/x86.h"

#include <gtest/gtest.h>

#include "tests/corpora.h"
#include "tests/random.h"

namespace lmz {
namespace {

void ExpectBothWaysComeBack(const Bytes& bytes) {
  for (const uint8_t absolute_kinds : Bytes{0, 1, 6, 7}) {
    Bytes there = bytes;
    ConvertBranches(there, absolute_kinds);
    RestoreBranches(there, absolute_kinds);
    ASSERT_EQ(there, bytes);
    RestoreBranches(there, absolute_kinds);
    ConvertBranches(there, absolute_kinds);
    ASSERT_EQ(there, bytes);
  }
}

// Functions at known places and calls to them from everywhere, between random bytes.
Bytes FakeCode(TestRandom& random, size_t size) {
  Bytes bytes = random.Random(size);
  for (size_t i = 0; i + 6 < size; i += 20 + random.Below(20)) {
    const uint64_t target = random.Below(50) * (size / 50);
    size_t operand = i + 1;
    if (random.Below(4) == 0) {
      bytes[i] = 0x0F;
      bytes[operand++] = static_cast<uint8_t>(0x80 + random.Below(16));
    } else {
      bytes[i] = random.Below(2) == 0 ? 0xE8 : 0xE9;
    }
    StoreLe32(&bytes[operand], static_cast<uint32_t>(target - operand - 4));
  }
  return bytes;
}

// All operands made of bytes near the bounds of the ranges, in blocks of several sizes.
TEST(X86, EveryOperandComesBack) {
  const Bytes values = {0x00, 0x01, 0x02, 0x05, 0x0A, 0x2B, 0x2C, 0x7F,
                        0x80, 0xE8, 0xFB, 0xFA, 0xFE, 0xFF, 0xD4, 0xD3};
  for (const size_t size : {size_t{5}, size_t{11}, size_t{300}}) {
    Bytes block(size, 0x90);
    for (const size_t opcode : {size_t{0}, size - 5}) {
      block[opcode] = 0xE8;
      for (const uint8_t a : values) {
        for (const uint8_t b : values) {
          for (const uint8_t c : values) {
            for (const uint8_t d : values) {
              const Bytes operand = {a, b, c, d};
              std::copy(operand.begin(), operand.end(),
                        block.begin() + static_cast<std::ptrdiff_t>(opcode) + 1);
              ExpectBothWaysComeBack(block);
            }
          }
        }
      }
    }
  }
}

TEST(X86, ArbitraryBytesComeBack) {
  TestRandom random(1);
  const Bytes opcodes = {0xE8, 0xE9, 0x0F, 0x80, 0x8F, 0x00, 0xFF, 0x01, 0x10};
  for (int round = 0; round < 3000; ++round) {
    const size_t size = random.Below(600);
    ExpectBothWaysComeBack(random.From(opcodes, size));
    ExpectBothWaysComeBack(random.Random(size));
    ExpectBothWaysComeBack(FakeCode(random, size));
  }
  ExpectBothWaysComeBack(random.From(opcodes, 1'000'000));
}

TEST(X86, CallsOfOneFunctionBecomeEqual) {
  Bytes block(1000, 0x90);
  for (const size_t call : {size_t{100}, size_t{500}, size_t{990}}) {
    block[call] = 0xE8;
    StoreLe32(&block[call + 1], static_cast<uint32_t>(0x0123 - (call + 5)));
  }
  ConvertBranches(block, 1);
  for (const size_t call : {size_t{100}, size_t{500}, size_t{990}}) {
    const Bytes operand(block.begin() + static_cast<std::ptrdiff_t>(call) + 1,
                        block.begin() + static_cast<std::ptrdiff_t>(call) + 5);
    EXPECT_EQ(operand, (Bytes{0x00, 0x00, 0x01, 0x23})) << call;
  }
}

// The example of x86.spec.md.
TEST(X86, DecodesTheExampleOfTheSpecification) {
  const Bytes filtered = {0x01,                                // calls are absolute
                          0x90, 0xE8, 0x00, 0x00, 0x00, 0x0A,  // call 10
                          0x0F, 0x84, 0xFF, 0xFF, 0xFF, 0xF5,  // je -11
                          0xE9, 0x11, 0x22, 0x33, 0x44};       // too far to be a jump
  const Bytes raw = {0x90, 0xE8, 0x04, 0x00, 0x00, 0x00, 0x0F, 0x84, 0xF5,
                     0xFF, 0xFF, 0xFF, 0xE9, 0x11, 0x22, 0x33, 0x44};
  Bytes out;
  ASSERT_TRUE(X86Inverse(filtered, raw.size(), Watch(), out).ok());
  EXPECT_EQ(out, raw);
  ConvertBranches(out, 1);
  EXPECT_EQ(out, Bytes(filtered.begin() + 1, filtered.end()));
}

TEST(X86, RefusesWhatForwardDoesNotWrite) {
  Bytes out;
  EXPECT_EQ(X86Inverse({}, 10, Watch(), out).code(), Code::kDamaged);
  EXPECT_EQ(X86Inverse(Bytes{0x08, 0x90}, 10, Watch(), out).code(), Code::kDamaged);
  EXPECT_EQ(X86Inverse(Bytes{0x01, 0x90, 0x90}, 1, Watch(), out).code(), Code::kDamaged);
}

TEST(X86, ForwardTakesCodeAndRefusesOtherData) {
  TestRandom random(2);
  const Bytes code = FakeCode(random, 100'000);
  Bytes filtered;
  ASSERT_TRUE(X86Forward(code, Watch(), filtered));
  ASSERT_EQ(filtered.size(), code.size() + 1);
  Bytes back;
  ASSERT_TRUE(X86Inverse(filtered, code.size(), Watch(), back).ok());
  EXPECT_EQ(back, code);
  EXPECT_EQ(X86Inverse(filtered, code.size() - 1, Watch(), back).code(), Code::kDamaged);

  EXPECT_FALSE(X86Forward(random.Random(1'000'000), Watch(), filtered));
  EXPECT_FALSE(X86Forward(random.Text(1'000'000), Watch(), filtered));
  EXPECT_FALSE(X86Forward(Bytes(1'000'000, 0xE8), Watch(), filtered));
  Bytes numbers(1'000'000);  // 32-bit numbers that hold the opcode by chance
  for (size_t i = 0; i < numbers.size(); i += 4) {
    StoreLe32(&numbers[i], static_cast<uint32_t>(random.Below(2000)));
  }
  EXPECT_FALSE(X86Forward(numbers, Watch(), filtered));
}

TEST(X86, ForwardRefusesTheCorporaWithoutX86Code) {
  for (const char* name : {"alice29.txt", "kennedy.xls", "ptt5", "sum"}) {
    const std::optional<Bytes> raw = ReadCorpusFile(std::string("text/canterbury/") + name);
    if (!raw) GTEST_SKIP() << "the corpora are not here";
    Bytes filtered;
    EXPECT_FALSE(X86Forward(*raw, Watch(), filtered)) << name;
  }
}

}  // namespace
}  // namespace lmz
