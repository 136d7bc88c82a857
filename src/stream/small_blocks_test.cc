// Frames of many blocks that are too small to be worth another thread.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "stream/compress.h"
#include "tests/frame_builder.h"

namespace lmz {
namespace {

TEST(SmallBlocks, AreDecodedByTheThreadThatReadsThem) {
  testing::FrameBuilder frame = testing::FrameBuilder().Start();
  Bytes wanted;
  for (int i = 0; i < 300; ++i) {
    wanted.push_back(static_cast<uint8_t>(i));
    frame.Stored(ByteSpan(wanted).last(1));
  }
  frame.End();
  std::set<std::thread::id> threads;
  DecompressOptions options = {.threads = 4};
  options.progress = [&threads](const Progress&) {
    threads.insert(std::this_thread::get_id());
    return true;
  };
  MemorySource source(frame.bytes);
  Bytes raw;
  MemorySink sink(raw);
  const Status status = Decompress(source, sink, options).status();
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(raw, wanted);
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

TEST(SmallBlocks, DamageIsToldBehindTheBlocksInFrontOfIt) {
  testing::FrameBuilder frame = testing::FrameBuilder().Start();
  for (int i = 0; i < 20; ++i) frame.Stored(ToBytes("a"));
  BlockHeader wrong = testing::FrameBuilder::StoredHeader(ToBytes("a"));
  ++wrong.checksum;
  frame.Block(wrong, ToBytes("a")).Stored(ToBytes("b")).End();
  for (const bool writes_early : {false, true}) {
    MemorySource source(frame.bytes);
    Bytes raw;
    MemorySink sink(raw);
    const DecompressOptions options = {.threads = 3, .writes_early = writes_early};
    const Status status = Decompress(source, sink, options).status();
    EXPECT_EQ(status.code(), Code::kDamaged);
    EXPECT_NE(status.message().find("block 20 "), std::string::npos) << status.message();
    raw.resize(20);
    EXPECT_EQ(raw, Bytes(20, 'a'));
  }
}

}  // namespace
}  // namespace lmz
