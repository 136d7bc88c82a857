// Streams of several windows: what lies over an edge costs no more, and the result does not depend
// on how the bytes came.
#include <gtest/gtest.h>

#include <string>

#include "stream/compress.h"
#include "stream/push_decoder.h"
#include "stream/push_encoder.h"
#include "tests/tar_builder.h"

namespace lmz {
namespace {

constexpr uint64_t kBlockSize = uint64_t{1} << 18;

Bytes CompressAll(ByteSpan raw, const CompressOptions& options) {
  MemorySource source(raw);
  Bytes coded;
  MemorySink sink(coded);
  const Status status = Compress(source, sink, options).status();
  EXPECT_TRUE(status.ok()) << status.message();
  return coded;
}

Bytes DecompressAll(ByteSpan coded) {
  MemorySource source(coded);
  Bytes raw;
  MemorySink sink(raw);
  EXPECT_TRUE(Decompress(source, sink, {}).ok());
  return raw;
}

// Pushes `raw` in pieces of at most `max_piece` bytes; what comes is appended to `coded`.
void Push(PushEncoder& encoder, ByteSpan raw, size_t max_piece, Directive last, Bytes& coded) {
  TestRandom random(9);
  Bytes room(100'000);
  while (true) {
    const ByteSpan piece = raw.first(std::min<size_t>(raw.size(), 1 + random.Below(max_piece)));
    CallBuffers buffers = {piece, room};
    const Directive directive = piece.size() == raw.size() ? last : Directive::kRun;
    const Result<bool> done = encoder.Step(buffers, directive);
    ASSERT_TRUE(done.ok());
    AppendTo(coded, ByteSpan(room).first(room.size() - buffers.out.size()));
    raw = raw.subspan(piece.size() - buffers.in.size());
    if (done.value() && directive == last) return;
  }
}

std::vector<Bytes> Members(size_t count) {
  TestRandom random(41);
  std::vector<Bytes> members;
  for (size_t i = 0; i < count; ++i) {
    const auto more = static_cast<uint32_t>(i);
    if (i % 3 == 0) members.push_back(testing::MakeBmp(random, 240, 220 + 8 * more));
    if (i % 3 == 1) members.push_back(testing::MakeWav(random, 45'000 + 500 * more));
    if (i % 3 == 2) members.push_back(testing::MakePng(random, 500, 500 + 8 * more));
  }
  return members;
}

Bytes Tar(const std::vector<Bytes>& members) {
  Bytes tar;
  for (const Bytes& member : members) testing::AppendTarMember("member", member, tar);
  tar.resize(tar.size() + 1024);
  return tar;
}

TEST(Windows, MembersOfATarOverTheEdgesCostAsMuchAsAlone) {
  const std::vector<Bytes> members = Members(5);
  const Bytes tar = Tar(members);
  const uint64_t edges = tar.size() / kBlockSize;
  uint64_t parted = 0, position = 0, alone = 0;
  const CompressOptions options = {.block_size = kBlockSize};
  for (const Bytes& member : members) {
    position += 512;
    parted += position / kBlockSize != (position + member.size() - 1) / kBlockSize;
    position += (member.size() + 511) / 512 * 512;
    alone += CompressAll(member, options).size();
  }
  ASSERT_EQ(parted, edges) << "every edge is to part a member";
  ASSERT_GE(parted, 3u);
  const Bytes coded = CompressAll(tar, options);
  RecordProperty("coded_size", std::to_string(coded.size()));
  RecordProperty("alone", std::to_string(alone));
  EXPECT_LE(coded.size() * 1000, alone * 1005) << coded.size() << " of " << alone;
  EXPECT_EQ(DecompressAll(coded), tar);
}

TEST(Windows, TheResultDependsNeitherOnPiecesNorOnThreads) {
  constexpr uint64_t kSmallest = uint64_t{1} << 16;
  TestRandom random(42);
  Bytes bytes = random.Random(kSmallest - 10'000);
  AppendTo(bytes, testing::MakePng(random, 150, 150));
  bytes.resize(2 * kSmallest, 7);
  AppendTo(bytes, random.Random(kSmallest / 2));
  AppendTo(bytes, testing::MakeBmp(random, 200, 220));
  for (const size_t size : {bytes.size(), size_t{2 * kSmallest}, size_t{kSmallest}}) {
    const ByteSpan raw = ByteSpan(bytes).first(size);
    const Bytes coded = CompressAll(raw, {.block_size = kSmallest});
    for (const int threads : {1, 3}) {
      PushEncoder encoder({.threads = threads, .block_size = kSmallest});
      Bytes pushed;
      Push(encoder, raw, threads == 1 ? 10'000 : 900'000, Directive::kEnd, pushed);
      EXPECT_EQ(pushed, coded) << size << " " << threads;
    }
  }
}

TEST(Windows, AFlushWaitsForNothing) {
  const Bytes tar = Tar(Members(2));
  PushEncoder encoder({.block_size = kBlockSize});
  PushDecoder decoder({});
  Bytes coded, room(tar.size() + 1);
  uint64_t decoded = 0, flushed = 0;
  for (const uint64_t size : {uint64_t{100'000}, kBlockSize - 99'999, kBlockSize / 8}) {
    coded.clear();
    Push(encoder, ByteSpan(tar).subspan(flushed, size), 70'000, Directive::kFlush, coded);
    flushed += size;
    CallBuffers buffers = {coded, room};
    ASSERT_TRUE(decoder.Step(buffers, Directive::kFlush).ok());
    const size_t got = room.size() - buffers.out.size();
    EXPECT_TRUE(std::equal(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got),
                           tar.begin() + static_cast<std::ptrdiff_t>(decoded)));
    decoded += got;
    EXPECT_EQ(decoded, flushed);
  }
}

}  // namespace
}  // namespace lmz
