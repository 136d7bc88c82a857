#include "bench/report/plot_labels.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lmz::bench {
namespace {

const PlotArea kArea = {100, 500, 50, 450, 1, 10000, 1, 100, true};

TEST(PlotLabels, AxesAreLogarithmic) {
  EXPECT_DOUBLE_EQ(kArea.PixelX(1), 100);
  EXPECT_DOUBLE_EQ(kArea.PixelX(100), 300);
  EXPECT_DOUBLE_EQ(kArea.PixelY(10), 250);
  PlotArea linear = kArea;
  linear.is_y_logarithmic = false;
  EXPECT_DOUBLE_EQ(linear.PixelY(50.5), 250);
}

TEST(PlotLabels, AWholeLineIsNamedAtItsEnd) {
  const std::vector<PlotLine> lines = {{.points = {{1, 10}, {100, 20}}, .labels = {"name"}}};
  const auto placed = PlaceLabels(lines, kArea);
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(placed[0].text, "name");
  EXPECT_GT(placed[0].x, kArea.PixelX(100));
  EXPECT_DOUBLE_EQ(placed[0].y, kArea.PixelY(20));
}

TEST(PlotLabels, NeighboursDoNotCoverEachOther) {
  const std::vector<PlotLine> lines = {{.points = {{100, 10}}, .labels = {"the first one"}},
                                       {.points = {{101, 10.1}}, .labels = {"the second one"}},
                                       {.points = {{99, 9.9}}, .labels = {"the third one"}}};
  const auto placed = PlaceLabels(lines, kArea);
  ASSERT_EQ(placed.size(), 3u);
  for (size_t a = 0; a < placed.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      EXPECT_TRUE(placed[a].side != placed[b].side || std::fabs(placed[a].y - placed[b].y) >= 15)
          << placed[a].text << " covers " << placed[b].text;
    }
  }
}

TEST(PlotLabels, PointsWithoutALabelStayWithout) {
  const std::vector<PlotLine> lines = {{.points = {{1, 10}, {100, 20}}, .labels = {"", "b"}}, {}};
  const auto placed = PlaceLabels(lines, kArea);
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(placed[0].text, "b");
}

}  // namespace
}  // namespace lmz::bench
