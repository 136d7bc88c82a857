#include "plan/contest/pass_meter.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace lmz {
namespace {

using Reports = std::vector<std::pair<uint64_t, uint64_t>>;

TEST(PassMeter, PassesCountByTheirWorkAndTellTheSizeOfTheCode) {
  Reports reports;
  BlockResources resources;
  resources.report = [&](uint64_t done, uint64_t code_size) {
    reports.emplace_back(done, code_size);
    return true;
  };
  PassMeter meter(resources, 1000);
  meter.Announce(250, 1);   // a sample
  meter.Announce(1000, 4);  // the block
  meter.Announce(1000, 1);  // a rival
  meter.Announce(1000, 4);  // another one, not made
  EXPECT_TRUE(meter.Pause().Report(77, 77));
  const BlockResources sample = meter.Pass(250, 1);
  EXPECT_TRUE(sample.Report(125, 50) && sample.Report(250, 100));
  const BlockResources block = meter.Pass(1000, 4);
  EXPECT_TRUE(block.Report(0, 0) && block.Report(500, 185));
  meter.SetCodeSize(370);
  const BlockResources rival = meter.Pass(1000, 1);
  EXPECT_TRUE(rival.Report(0, 0) && rival.Report(1000, 400));
  meter.Skip(1000, 4);
  EXPECT_TRUE(meter.Pause().Report(0, 0));
  const Reports expected = {{0, 0},    {13, 0},    {27, 0},    {27, 0},
                            {243, 80}, {459, 170}, {567, 210}, {1000, 370}};
  EXPECT_EQ(reports, expected);
}

TEST(PassMeter, AnotherPassTakesWhatIsLeft) {
  std::vector<uint64_t> told;
  BlockResources resources;
  resources.report = [&](uint64_t done, uint64_t) {
    told.push_back(done);
    return true;
  };
  PassMeter meter(resources, 1000);
  meter.Announce(500, 1);
  meter.Announce(1000, 1);
  meter.Skip(500, 1);
  const BlockResources given_up = meter.Pass(1000, 1);
  EXPECT_TRUE(given_up.Report(0) && given_up.Report(400));
  const BlockResources instead = meter.Instead(1000);
  EXPECT_TRUE(instead.Report(0) && instead.Report(500) && instead.Report(1000));
  EXPECT_EQ(told, (std::vector<uint64_t>{333, 600, 600, 800, 1000}));
}

TEST(PassMeter, NobodyAsksAndSomebodyStops) {
  const BlockResources silent;
  PassMeter quiet(silent, 10);
  quiet.Announce(10, 1);
  EXPECT_TRUE(quiet.Pass(10, 1).Report(5));
  BlockResources resources;
  resources.report = [](uint64_t, uint64_t) { return false; };
  PassMeter meter(resources, 10);
  meter.Announce(10, 1);
  EXPECT_FALSE(meter.Pause().Report(0));
  EXPECT_FALSE(meter.Pass(10, 1).Report(5));
}

}  // namespace
}  // namespace lmz
