#include "base/crew.h"

#include <gtest/gtest.h>

#include <atomic>

namespace lmz {
namespace {

TEST(Crew, MembersRunAtOnce) {
  Crew crew(3);
  ASSERT_EQ(crew.size(), 3);
  std::atomic<int> arrived = 0;
  crew.Run([&](int member) {
    EXPECT_GE(member, 0);
    EXPECT_LT(member, 3);
    ++arrived;
    while (arrived < 3) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 3);
}

TEST(Crew, OneMemberIsTheCaller) {
  Crew crew(1);
  std::thread::id id;
  crew.Run([&](int) { id = std::this_thread::get_id(); });
  EXPECT_EQ(id, std::this_thread::get_id());
}

TEST(Crew, GoesHomeWithoutWork) {
  Crew crew(4);
}

}  // namespace
}  // namespace lmz
