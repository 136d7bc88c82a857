#include "codec/image/finder.h"

#include <gtest/gtest.h>

namespace lmz {
namespace {

TEST(ImageFinder, RowsBehindCountsTheRowThatIsCut) {
  const ImageLayout layout = {.offset = 10, .width = 20, .height = 5};
  EXPECT_FALSE(RowsBehind(layout, 110));
  EXPECT_FALSE(RowsBehind(layout, 95)) << "only the rest of a row";
  const std::optional<ImageLayout> rest = RowsBehind(layout, 35);
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(rest->offset, 15u);
  EXPECT_EQ(rest->height, 3u);
  EXPECT_EQ(RowsBehind(layout, 4)->offset, 6u);
}

}  // namespace
}  // namespace lmz
