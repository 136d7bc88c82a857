// The model file: what is written is read again, and nothing else is accepted.
#include "model/model_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/reference/models/random_model.h"

namespace lmz {
namespace {

constexpr size_t kIdSize = 16;
constexpr size_t kCardAt = 5;

Bytes SmallFile() {
  auto file = WriteModelFile(RandomModel({16, 1, 16, 16}, 1, Wildness::kExtreme));
  EXPECT_TRUE(file.ok());
  return std::move(file).value();
}

// The file with a right checksum, so that the rules behind it are reached.
Bytes Sealed(Bytes file) {
  file.resize(file.size() - kIdSize);
  const Hash128 id = Checksum128(file);
  file.insert(file.end(), id.begin(), id.end());
  return file;
}

size_t NetworkAt(const Bytes& file) {
  return kCardAt + 12 + static_cast<size_t>(LoadLe64(&file[kCardAt + 4]));
}

Code Parse(const Bytes& file) {
  return ParseModelFile(file).status().code();
}

TEST(ModelFileTest, RoundTrip) {
  const ModelFile model = RandomModel({32, 2, 48, 64}, 5, Wildness::kExtreme);
  const auto file = WriteModelFile(model);
  ASSERT_TRUE(file.ok());
  const auto read = ParseModelFile(file.value());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read.value().card.name, "random");
  EXPECT_EQ(read.value().card.licence, model.card.licence);
  EXPECT_EQ(read.value().card.note, model.card.note);
  EXPECT_EQ(read.value().glr().shape, model.glr().shape);
  EXPECT_TRUE(
      std::equal(read.value().id.begin(), read.value().id.end(), file.value().end() - kIdSize));
  EXPECT_EQ(ModelIdText(read.value().id).size(), 32u);
  EXPECT_EQ(WriteModelFile(read.value()).value(), file.value());
}

// Counts the numbers of a network, but for the scales of rows, which alone have no sign.
struct NumberCount {
  uint64_t count = 0;

  template <class T>
  Status Number(const T&, int, int) {
    return OkStatus();
  }
  template <class T>
  Status Array(const std::vector<T>& array, size_t, int low, int) {
    if (low < 0) count += array.size();
    return OkStatus();
  }
};

TEST(ModelFileTest, EveryTrainedNumberIsAParameter) {
  for (const GlrShape& shape : {GlrShape{16, 1, 16, 16}, GlrShape{32, 3, 48, 80}}) {
    const ModelFile model = RandomModel(shape, 1, Wildness::kTame);
    NumberCount numbers;
    ASSERT_TRUE(VisitGlr(numbers, model.glr()).ok());
    EXPECT_EQ(CountParameters(shape), numbers.count);
  }
}

TEST(ModelFileTest, EveryTruncationIsRefused) {
  const Bytes file = SmallFile();
  for (size_t size = 0; size < file.size(); ++size) {
    const Bytes shorter(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(Parse(shorter), Code::kModelDamaged) << size;
    if (size > kCardAt + kIdSize) {
      ASSERT_EQ(Parse(Sealed(shorter)), Code::kModelDamaged) << size;
    }
  }
}

TEST(ModelFileTest, EveryBitFlipIsRefused) {
  Bytes file = SmallFile();
  for (size_t i = 0; i < file.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      file[i] ^= static_cast<uint8_t>(1 << bit);
      ASSERT_NE(Parse(file), Code::kOk) << i << ' ' << bit;
      file[i] ^= static_cast<uint8_t>(1 << bit);
    }
  }
}

// Behind a right checksum: any single changed byte gives an error or a model within its bounds.
TEST(ModelFileTest, EveryChangeBehindTheChecksumIsCheckedOrHarmless) {
  const Bytes original = SmallFile();
  int accepted = 0;
  for (size_t i = 0; i < original.size() - kIdSize; i += i < 200 ? 1 : 7) {
    for (const int change : {0x01, 0x10, 0x80, 0xFF}) {
      Bytes file = original;
      file[i] ^= static_cast<uint8_t>(change);
      const auto model = ParseModelFile(Sealed(file));
      if (!model.ok()) continue;
      ++accepted;
      ASSERT_TRUE(WriteModelFile(model.value()).ok()) << i;  // checks every bound again
    }
  }
  EXPECT_GT(accepted, 0);
}

TEST(ModelFileTest, HostileShapesAreRefusedBeforeAllocation) {
  const Bytes original = SmallFile();
  const size_t shape_at = NetworkAt(original) + 12 + 2;
  for (const size_t dimension : {0u, 1u, 2u, 3u}) {
    for (const uint32_t value : {0u, 1u, 8u, 17u, 64u, 4096u, 4112u, 16384u, 16400u, 65535u}) {
      Bytes file = original;
      file[shape_at + 2 * dimension] = static_cast<uint8_t>(value);
      file[shape_at + 2 * dimension + 1] = static_cast<uint8_t>(value >> 8);
      const bool is_unchanged = file == original;
      EXPECT_EQ(Parse(Sealed(file)), is_unchanged ? Code::kOk : Code::kModelDamaged)
          << dimension << ' ' << value;
    }
  }
}

TEST(ModelFileTest, HostileSectionSizesAreRefused) {
  const Bytes original = SmallFile();
  for (const size_t at : {kCardAt, NetworkAt(original)}) {
    for (const uint64_t size : {uint64_t{0}, uint64_t{1} << 31, uint64_t{1} << 63, ~uint64_t{0}}) {
      Bytes file = original;
      for (size_t i = 0; i < 8; ++i) file[at + 4 + i] = static_cast<uint8_t>(size >> (8 * i));
      EXPECT_NE(Parse(Sealed(file)), Code::kOk) << at << ' ' << size;
    }
  }
}

TEST(ModelFileTest, UnknownSectionsFollowTheRuleOfTheirTag) {
  const auto with_section = [](const char* tag) {
    Bytes file = SmallFile();
    const Bytes section = {
        static_cast<uint8_t>(tag[0]), 'x', 'x', 'x', 2, 0, 0, 0, 0, 0, 0, 0, 7, 7};
    file.insert(file.end() - kIdSize, section.begin(), section.end());
    return Sealed(file);
  };
  EXPECT_EQ(Parse(with_section("x")), Code::kOk);
  EXPECT_EQ(Parse(with_section("X")), Code::kNewerVersion);
  EXPECT_EQ(Parse(with_section("1")), Code::kModelDamaged);
}

TEST(ModelFileTest, NewerVersionsAndArchitecturesAreNamedAsSuch) {
  Bytes file = SmallFile();
  file[4] = 1;
  EXPECT_EQ(Parse(Sealed(file)), Code::kNewerVersion);
  file = SmallFile();
  file[NetworkAt(file) + 12] = 3;
  EXPECT_EQ(Parse(Sealed(file)), Code::kNewerVersion);
}

TEST(ModelFileTest, TheSectionsComeOnceAndInOrder) {
  const Bytes file = SmallFile();
  const auto network_at = static_cast<std::ptrdiff_t>(NetworkAt(file));
  const auto begin = file.begin(), end = file.end() - static_cast<std::ptrdiff_t>(kIdSize);
  Bytes swapped(begin, begin + kCardAt);
  swapped.insert(swapped.end(), begin + network_at, end);
  swapped.insert(swapped.end(), begin + kCardAt, begin + network_at);
  swapped.resize(file.size());
  EXPECT_EQ(Parse(Sealed(swapped)), Code::kModelDamaged);
  Bytes twice(begin, end);
  twice.insert(twice.end(), begin + network_at, end);
  twice.resize(twice.size() + kIdSize);
  EXPECT_EQ(Parse(Sealed(twice)), Code::kModelDamaged);
}

TEST(ModelFileTest, CardsAreChecked) {
  const auto with = [](ModelCard card) {
    ModelFile model = RandomModel({16, 1, 16, 16}, 1, Wildness::kTame);
    model.card = std::move(card);
    return WriteModelFile(model).status().code();
  };
  EXPECT_EQ(with({"base-1.0_a", "Apache-2.0", "Caf\xC3\xA9\n\xF0\x9F\x99\x82"}), Code::kOk);
  EXPECT_EQ(with({"", "Apache-2.0", ""}), Code::kInvalidArgument);
  EXPECT_EQ(with({"Base", "Apache-2.0", ""}), Code::kInvalidArgument);
  EXPECT_EQ(with({std::string(64, 'a'), "Apache-2.0", ""}), Code::kInvalidArgument);
  EXPECT_EQ(with({"base", "", ""}), Code::kInvalidArgument);
  EXPECT_EQ(with({"base", "Apache\n", ""}), Code::kInvalidArgument);
  for (const char* note : {"\x1B[31m", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xE0\x80\x80", "\x7F", "\xC2\x80", "\xFF"}) {
    EXPECT_EQ(with({"base", "Apache-2.0", note}), Code::kInvalidArgument);
  }
}

}  // namespace
}  // namespace lmz
