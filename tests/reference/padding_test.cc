// The second decoder and padding (docs/spec/container.md, 2).
#include <gtest/gtest.h>

#include "tests/reference/file_decoder.h"
#include "tests/reference/text/arithmetic_decoder.h"

namespace lmz {
namespace {

using reference::Damage;
using Bytes = std::vector<uint8_t>;

Bytes Decode(const Bytes& file) {
  return reference::DecodeFile(file, [](const reference::ModelName&) -> reference::Model {
    throw Damage("no model is needed here");
  });
}

Bytes Joined(std::initializer_list<Bytes> parts) {
  Bytes joined;
  for (const Bytes& part : parts) joined.insert(joined.end(), part.begin(), part.end());
  return joined;
}

// The content "lmz", from the specification.
const Bytes kFrame = {0xF7, 'l', 'z', 0x10, 0, 3, 3, 0x29, 0xCD, 0x58, 0xE6, 'l', 'm', 'z'};

TEST(ReferencePadding, IsSkippedBehindFrames) {
  const Bytes once = {'l', 'm', 'z'};
  const Bytes twice = {'l', 'm', 'z', 'l', 'm', 'z'};
  for (const size_t zeros : {size_t{1}, size_t{2}, size_t{3}, size_t{4}, size_t{1} << 20}) {
    const Bytes padding(zeros);
    EXPECT_EQ(Decode(Joined({kFrame, padding})), once) << zeros;
    EXPECT_EQ(Decode(Joined({kFrame, padding, kFrame, padding})), twice) << zeros;
  }
}

TEST(ReferencePadding, HasItsPlaceAndItsBound) {
  EXPECT_THROW(Decode(Joined({kFrame, Bytes((1 << 20) + 1)})), Damage);
  EXPECT_THROW(Decode(Joined({kFrame, Bytes((1 << 20) + 1), kFrame})), Damage);
  EXPECT_THROW(Decode(Joined({kFrame, Bytes(4), {'x'}})), Damage);
  EXPECT_THROW(Decode(Joined({Bytes(4), kFrame})), Damage);
  EXPECT_THROW(Decode(Bytes(4)), Damage);
}

}  // namespace
}  // namespace lmz
