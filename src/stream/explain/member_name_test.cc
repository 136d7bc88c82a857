#include "stream/explain/member_name.h"

#include <gtest/gtest.h>

#include "tests/archive_builder.h"
#include "tests/random.h"
#include "tests/tar_builder.h"

namespace lmz {
namespace {

TEST(MemberName, OfZipAndGzip) {
  const Bytes zip = testing::ZipFile({{.name = "a/b.txt", .data = ToBytes("text text text")}});
  const ByteSpan header = ByteSpan(zip).first(30 + 7);
  EXPECT_EQ(MemberNameBefore(header), "a/b.txt");
  EXPECT_EQ(MemberNameBefore(header.first(36)), "");
  const Bytes gzip = testing::GzipFile(ToBytes("text"));
  EXPECT_EQ(MemberNameBefore(ByteSpan(gzip).first(15)), "name");
  EXPECT_EQ(MemberNameBefore({}), "");
}

TEST(MemberName, OfTar) {
  Bytes tar;
  testing::AppendTarMember("first", Bytes(700, 'x'), tar);
  testing::AppendTarMember("second", {}, tar);
  const std::vector<TarMember> members = TarMembers(tar);
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].name, "first");
  EXPECT_EQ(members[0].begin, 0u);
  EXPECT_EQ(members[0].size, 512u + 1024);
  EXPECT_EQ(members[1].name, "second");
  EXPECT_EQ(members[1].begin, 1536u);
  EXPECT_TRUE(TarMembers(ByteSpan(tar).subspan(1)).empty());
  // Cut short, and damaged: no member reaches beyond the content.
  for (size_t size = 0; size < tar.size(); size += 100) {
    for (const TarMember& member : TarMembers(ByteSpan(tar).first(size))) {
      EXPECT_LE(member.begin + member.size, size);
    }
  }
  std::fill(tar.begin() + 124, tar.begin() + 136, '7');
  EXPECT_TRUE(TarMembers(tar).empty());
}

TEST(MemberName, OfAnyBytes) {
  TestRandom random(7);
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes = random.From(ToBytes("PK\3\4\x1f\x8b\x08"), random.Below(80));
    MemberNameBefore(bytes);
  }
}

}  // namespace
}  // namespace lmz
