// The C interface as its callers use it: streams of any chunking, flushes, limits, cancelling,
// ranges, records, models shared by threads. Linked with nothing but the shared library.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <lmz/lmz.hpp>
#include <thread>

#include "tests/c_inputs.h"
#include "tests/paths.h"

using namespace lmz::testing;

namespace {

// Drives `coder` through `input` with random amounts of input and room, flushing now and then.
template <class Coder>
std::string Drive(Coder& coder, const std::string& input, lmz::TestRandom& random, size_t max_piece,
                  uint64_t flush_every) {
  std::string output;
  size_t taken = 0;
  std::string room;
  const auto step = [&](size_t size, int directive) {
    room.resize(random.Below(max_piece));
    lmz_buffers buffers = {input.data() + taken, size, room.data(), room.size()};
    const bool is_done = coder.Step(buffers, directive);
    output.append(room.data(), room.size() - buffers.avail_out);
    taken += size - buffers.avail_in;
    EXPECT_TRUE(!is_done || buffers.avail_in == 0);
    EXPECT_TRUE(is_done || buffers.avail_out == 0);
    return is_done;
  };
  while (taken < input.size()) {
    const size_t size = std::min(input.size() - taken, size_t{1} + random.Below(max_piece));
    const size_t before = taken;
    const bool flushes = flush_every != 0 && random.Below(flush_every) == 0;
    while (!step(size - (taken - before), flushes ? LMZ_FLUSH : LMZ_RUN)) {
    }
  }
  while (!step(0, LMZ_END)) {
  }
  return output;
}

TEST(CStream, AnyChunkingGivesTheOneShotBytesAndTheContent) {
  lmz::TestRandom random(1);
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{70000}, kSmallestBlock, 2 * kSmallestBlock + 1}) {
    const std::string content = NoiseAndText(size);
    lmz::Compressor compressor = SmallBlocks();
    std::string at_once = compressor.Write(content);
    at_once += compressor.Finish();
    for (const size_t max_piece : {size_t{3000}, size_t{200000}}) {
      const std::string code = Drive(compressor, content, random, max_piece, 0);
      EXPECT_EQ(code, at_once) << size;
      lmz::Decompressor decompressor;
      EXPECT_EQ(Drive(decompressor, code, random, max_piece, 0), content) << size;
    }
    lmz::Decompressor decompressor;
    const std::string two = at_once + lmz::Compress("another frame", 0);
    EXPECT_EQ(Drive(decompressor, two, random, 9000, 7), content + "another frame");
    const std::string padding(20000, '\0');
    EXPECT_EQ(Drive(decompressor, two + padding + two + padding, random, 9000, 7),
              content + "another frame" + content + "another frame");
  }
}

TEST(CStream, ByteByByte) {
  const std::string content = Noise(3000);
  lmz::TestRandom random(1);
  lmz::Compressor compressor = SmallBlocks();
  const std::string code = Drive(compressor, content, random, 2, 500);
  lmz::Decompressor decompressor;
  EXPECT_EQ(Drive(decompressor, code, random, 2, 0), content);
  EXPECT_EQ(lmz::Decompress(code), content);
  const std::string padding(3000, '\0');
  EXPECT_EQ(Drive(decompressor, code + padding + code + padding, random, 2, 0), content + content);
  const std::string long_padding((1 << 20) + 1, '\0');
  EXPECT_EQ(CodeOf([&] { Drive(decompressor, code + long_padding, random, 70000, 0); }),
            LMZ_DAMAGED);
}

TEST(CStream, FlushPointsAreDecodable) {
  lmz::TestRandom random(2);
  lmz::Compressor compressor = SmallBlocks();
  lmz::Decompressor decompressor;
  std::string content;
  std::string restored;
  std::string code;
  for (int i = 0; i < 12; ++i) {
    const std::string piece =
        i == 5 ? NoiseAndText(2 * kSmallestBlock + 3) : Text(random.Below(3000), 7);
    content += piece;
    std::string ready = compressor.Flush(piece);
    restored += decompressor.Write(ready);  // no flush: with one thread nothing waits
    ASSERT_EQ(restored, content) << i;
    EXPECT_EQ(compressor.Flush(), "") << "nothing is written twice";
    code += ready;
  }
  const std::string end = compressor.Finish();
  EXPECT_EQ(decompressor.Finish(end), "");
  EXPECT_EQ(lmz::Decompress(code + end), content);
}

TEST(CStream, ThreadsGiveTheSameBytes) {
  std::string content;
  for (int i = 0; i < 3; ++i) content += Text(4000) + std::string(kSmallestBlock - 4000, 'x');
  content += "the rest";
  lmz::TestRandom random(3);
  lmz::Compressor compressor = SmallBlocks();
  const std::string code = Drive(compressor, content, random, 30000, 0);
  compressor.Set(LMZ_THREADS, 3);
  EXPECT_EQ(Drive(compressor, content, random, 30000, 0), code);
  lmz::Decompressor decompressor;
  decompressor.Set(LMZ_THREADS, 3);
  EXPECT_EQ(Drive(decompressor, code, random, 30000, 0), content);
  EXPECT_EQ(Drive(decompressor, code, random, 30000, 3), content);
}

// An index of ten kilobytes, in small pieces: linear work, not a fresh start with every byte.
TEST(CStream, LongIndex) {
  lmz::Compressor compressor = SmallBlocks();
  std::string content;
  std::string code;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece(1, static_cast<char>(i));
    content += piece;
    code += compressor.Flush(piece);
  }
  code += compressor.Finish();
  lmz::Decompressor decompressor;
  lmz::TestRandom random(4);
  EXPECT_EQ(Drive(decompressor, code, random, 100, 0), content);
  decompressor.Set(LMZ_MEMORY_LIMIT, 5000);
  EXPECT_EQ(CodeOf([&] { Drive(decompressor, code, random, 100, 0); }), LMZ_LIMIT);
  lmz::Decompressor strict;
  strict.Set(LMZ_MEMORY_LIMIT, 5000);
  EXPECT_EQ(CodeOf([&] { lmz::RangeReader(code, &strict); }), LMZ_LIMIT);
}

TEST(CStream, TruncationIsToldAtTheEndAndOnlyThere) {
  lmz::Compressor compressor = SmallBlocks();
  const std::string content = Noise(kSmallestBlock + 500);
  const std::string code = compressor.Finish(content);
  for (size_t size = 0; size < code.size();
       size += size < 50 || size + 60 > code.size() ? 1 : 1997) {
    lmz::Decompressor decompressor;
    const std::string got = decompressor.Write(code.substr(0, size));
    EXPECT_EQ(got, content.substr(0, got.size()));
    EXPECT_EQ(CodeOf([&] { decompressor.Finish(); }), LMZ_TRUNCATED) << size;
    EXPECT_EQ(CodeOf([&] { decompressor.Finish(); }), LMZ_TRUNCATED) << "errors stay";
    decompressor.Reset();
    EXPECT_EQ(decompressor.Finish(code), content);
  }
}

TEST(CStream, WhatComesBeforeDamageIsGivenOut) {
  lmz::Compressor compressor = SmallBlocks();
  const std::string content = Noise(2 * kSmallestBlock);
  std::string code = compressor.Flush(content.substr(0, kSmallestBlock));
  const size_t first = code.size();
  code += compressor.Finish(content.substr(kSmallestBlock));
  code[first + 100] = static_cast<char>(code[first + 100] ^ 1);
  for (const uint64_t threads : {1u, 3u}) {
    lmz::Decompressor decompressor;
    decompressor.Set(LMZ_THREADS, threads);
    std::string got(content.size(), '\0');
    lmz_buffers buffers = {code.data(), code.size(), got.data(), kSmallestBlock - 10};
    EXPECT_FALSE(decompressor.Step(buffers, LMZ_END));
    buffers.avail_out = 20;
    EXPECT_EQ(CodeOf([&] { decompressor.Step(buffers, LMZ_END); }), LMZ_DAMAGED);
    EXPECT_EQ(buffers.avail_out, 10u);
    EXPECT_EQ(got.substr(0, kSmallestBlock), content.substr(0, kSmallestBlock));
  }
}

TEST(CStream, LimitsAreHonoured) {
  const std::string content = Text(20000);
  lmz::Compressor compressor = SmallBlocks();
  const std::string code = compressor.Finish(content);
  const auto decode = [&](int option, uint64_t limit) {
    lmz::Decompressor decompressor;
    decompressor.Set(option, limit);
    return CodeOf([&] { EXPECT_EQ(decompressor.Finish(code), content); });
  };
  EXPECT_EQ(decode(LMZ_OUTPUT_LIMIT, content.size()), LMZ_OK);
  EXPECT_EQ(decode(LMZ_OUTPUT_LIMIT, content.size() - 1), LMZ_LIMIT);
  EXPECT_EQ(decode(LMZ_MEMORY_LIMIT, uint64_t{1} << 30), LMZ_OK);
  EXPECT_EQ(decode(LMZ_MEMORY_LIMIT, kSmallestBlock), LMZ_LIMIT);
  EXPECT_EQ(CodeOf([&] { lmz::Decompress(code, 5); }), LMZ_LIMIT);

  std::string small(10, '\0');
  size_t size = 1;
  lmz_error error;
  EXPECT_EQ(lmz_decompressor_run(lmz::Decompressor().get(), small.data(), small.size(), &size,
                                 code.data(), code.size(), &error),
            LMZ_LIMIT);
  EXPECT_EQ(size, 0u);
}

TEST(CStream, ContentSizeIsChecked) {
  lmz::Compressor compressor = SmallBlocks();
  compressor.Set(LMZ_CONTENT_SIZE, 3);
  EXPECT_EQ(lmz::Decompress(compressor.Finish("abc")), "abc");
  compressor.Write("ab");
  EXPECT_EQ(CodeOf([&] { compressor.Finish(); }), LMZ_INVALID_ARGUMENT);
  compressor.Reset();
  EXPECT_EQ(CodeOf([&] { compressor.Write("abcd"); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { compressor.Flush(); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { compressor.Set(LMZ_THREADS, 2); }), LMZ_INVALID_ARGUMENT);
  compressor.Reset();
  compressor.Set(LMZ_THREADS, 2);
}

struct Canceller {
  int left = 0;
  static int Call(void* user, uint64_t, uint64_t) {
    return static_cast<Canceller*>(user)->left-- == 0;
  }
};

TEST(CStream, CancelWorksAtAnyCallback) {
  const std::string content = NoiseAndText(2 * kSmallestBlock + 9000);
  const std::string code = [&] {
    lmz::Compressor compressor = SmallBlocks();
    return compressor.Finish(content);
  }();
  for (const uint64_t threads : {1u, 2u}) {
    Canceller cancel;
    lmz::Compressor compressor = SmallBlocks();
    compressor.Set(LMZ_THREADS, threads).SetProgress(Canceller::Call, &cancel);
    lmz::Decompressor decompressor;
    decompressor.Set(LMZ_THREADS, threads).SetProgress(Canceller::Call, &cancel);
    int stops[2] = {0, 0};
    for (int i = 0;; ++i) {
      cancel.left = i;
      const lmz_code code_c = CodeOf([&] { EXPECT_EQ(compressor.Finish(content), code); });
      compressor.Reset();
      cancel.left = i;
      const lmz_code code_d = CodeOf([&] { EXPECT_EQ(decompressor.Finish(code), content); });
      decompressor.Reset();
      EXPECT_TRUE(code_c == LMZ_OK || code_c == LMZ_CANCELLED) << code_c;
      EXPECT_TRUE(code_d == LMZ_OK || code_d == LMZ_CANCELLED) << code_d;
      stops[0] += code_c == LMZ_CANCELLED;
      stops[1] += code_d == LMZ_CANCELLED;
      if (code_c == LMZ_OK && code_d == LMZ_OK) break;
    }
    EXPECT_GE(stops[0], 3);
    EXPECT_GE(stops[1], 3);
  }
}

TEST(CStream, FramesOfASizeAreThoseOfTheirParts) {
  const std::string content = NoiseAndText(4 * kSmallestBlock + 3000);
  const size_t frame_size = 2 * kSmallestBlock;
  for (const bool is_size_known : {false, true}) {
    std::string expected;
    for (size_t offset = 0; offset < content.size(); offset += frame_size) {
      const std::string part = content.substr(offset, frame_size);
      lmz::Compressor compressor = SmallBlocks();
      if (is_size_known) compressor.Set(LMZ_CONTENT_SIZE, part.size());
      expected += compressor.Finish(part);
    }
    lmz::Compressor compressor = SmallBlocks();
    compressor.Set(LMZ_FRAME_SIZE, frame_size);
    if (is_size_known) compressor.Set(LMZ_CONTENT_SIZE, content.size());
    EXPECT_EQ(compressor.Finish(content), expected);
    std::string pieces;
    for (size_t i = 0; i < content.size(); i += 5000) {
      pieces += compressor.Write(std::string_view(content).substr(i, 5000));
    }
    EXPECT_EQ(pieces + compressor.Finish(), expected);
    EXPECT_EQ(lmz::Decompress(expected), content);
  }
  lmz::Compressor compressor = SmallBlocks();
  EXPECT_EQ(CodeOf([&] { compressor.Set(LMZ_FRAME_SIZE, 65535); }), LMZ_INVALID_ARGUMENT);
  compressor.Set(LMZ_FRAME_SIZE, kSmallestBlock);
  const std::string two = Noise(2 * kSmallestBlock);
  const std::string code = compressor.Finish(two);  // no empty frame behind the second
  EXPECT_EQ(lmz::RangeReader(code).Blocks().size(), 2u);
  EXPECT_EQ(lmz::Decompress(compressor.Finish()), "");
  for (const uint64_t wrong : {two.size() - 1, two.size() + 1, kSmallestBlock}) {
    compressor.Reset();
    compressor.Set(LMZ_CONTENT_SIZE, wrong);
    EXPECT_EQ(CodeOf([&] { compressor.Finish(two); }), LMZ_INVALID_ARGUMENT);
  }
}

TEST(CStream, OneFrameEndsAndTheRestIsLeft) {
  const std::string content = NoiseAndText(kSmallestBlock + 3000);
  lmz::Compressor compressor = SmallBlocks();
  const std::string full = compressor.Finish(content);
  const std::string rest = std::string(70000, '\0') + "not lmz data" + Noise(70000);
  for (const int threads : {1, 3}) {
    for (const std::string& code : {full, lmz::Compress("compact", 0)}) {
      const std::string expected = code == full ? content : "compact";
      for (const size_t step : {size_t{1000}, code.size() - 1, code.size(), code.size() + 1,
                                code.size() + rest.size()}) {
        const std::string input = code + rest;
        lmz::Decompressor decompressor;
        decompressor.Set(LMZ_ONE_FRAME, 1).Set(LMZ_THREADS, static_cast<uint64_t>(threads));
        std::string output;
        std::string unused;
        std::string room(100000, '\0');
        for (size_t taken = 0;;) {
          lmz_buffers buffers = {input.data() + taken, std::min(step, input.size() - taken),
                                 room.data(), room.size()};
          decompressor.Step(buffers, LMZ_RUN);
          taken = static_cast<size_t>(static_cast<const char*>(buffers.next_in) - input.data());
          output.append(room, 0, room.size() - buffers.avail_out);
          std::string_view left;
          if (decompressor.HasEnded(left)) {
            unused = std::string(left) + input.substr(taken);
            break;
          }
          ASSERT_LE(taken, code.size() + 65536);
        }
        ASSERT_EQ(output, expected);
        ASSERT_EQ(unused, rest) << threads << " " << step;
        EXPECT_EQ(decompressor.Finish(code), expected);  // and another input
      }
    }
  }
}

TEST(CRecords, ComeBackAndFailuresHaveCodes) {
  const std::string sample = Text(3000);
  lmz::RecordCoder coder(lmz::Model::BuiltIn("tiny"), sample);
  lmz::RecordCoder plain{sample};
  for (const size_t size : {0u, 1u, 100u, 300u}) {
    const std::string record = Text(size, size);
    const std::string code = coder.Encode(record);
    EXPECT_LE(code.size(), record.size() + LMZ_RECORD_FRAMING);
    EXPECT_EQ(coder.Decode(code), record);
    EXPECT_EQ(plain.Decode(plain.Encode(record)), record);
  }
  const std::string code = coder.Encode(Text(100));
  EXPECT_EQ(CodeOf([&] { plain.Decode(code); }) == LMZ_OK, false);
  EXPECT_EQ(CodeOf([&] { coder.Encode(std::string(LMZ_MAX_RECORD_SIZE + 1, 'a')); }),
            LMZ_INVALID_ARGUMENT);
}

TEST(CModels, AreListedLoadedAndRefused) {
  const std::vector<std::string> names = lmz::Model::BuiltInNames();
  EXPECT_EQ(names.size(), 3u);
  for (const std::string& name : names) {
    const lmz::Model model = lmz::Model::BuiltIn(name);
    EXPECT_EQ(model.name(), name);
    EXPECT_GT(model.parameters(), 100000u);
  }
  EXPECT_EQ(lmz::Model::OfLevel(1).name(), "tiny");
  const lmz::Model from_file = lmz::Model::LoadFile(SourcePath("models/tiny.lmm"));
  uint8_t ids[2][16];
  lmz_model_id(from_file.get(), ids[0]);
  lmz_model_id(lmz::Model::BuiltIn("tiny").get(), ids[1]);
  EXPECT_TRUE(std::equal(ids[0], ids[0] + 16, ids[1]));
  EXPECT_EQ(CodeOf([] { lmz::Model::BuiltIn("none"); }), LMZ_MODEL_MISSING);
  EXPECT_EQ(CodeOf([] { lmz::Model::OfLevel(0); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([] { lmz::Model::Load("no model"); }), LMZ_MODEL_DAMAGED);
  EXPECT_EQ(CodeOf([] { lmz::Model::LoadFile(SourcePath("models/none.lmm")); }), LMZ_IO);
  EXPECT_EQ(CodeOf([] { lmz::Model::BuiltIn("large"); }), LMZ_MODEL_MISSING) << "a file";
  for (const int level : {-1, LMZ_MAX_LEVEL + 1}) {
    EXPECT_EQ(CodeOf([&] { lmz::Compress("a", level); }), LMZ_INVALID_ARGUMENT);
    EXPECT_EQ(CodeOf([&] { lmz::Model::OfLevel(level); }), LMZ_INVALID_ARGUMENT);
  }
  std::string newer = lmz::Compress("a", 0);
  newer[3] = 1;
  EXPECT_EQ(CodeOf([&] { lmz::Decompress(newer); }), LMZ_NEWER_VERSION);
}

// In the build folder as where it is installed: the file lies beside the library.
TEST(CModels, Level4IsFoundBesideTheLibrary) {
  const std::string content = Text(200);
  const lmz::Model large = lmz::Model::OfLevel(4);
  EXPECT_EQ(large.name(), "large");
  const std::string code = lmz::Compress(content, 4);
  lmz::Compressor by_level, by_model;
  EXPECT_EQ(by_level.Set(LMZ_LEVEL, 4).Finish(content), code);
  EXPECT_EQ(by_model.SetModel(large).Finish(content), code);
  std::string restored(content.size(), '\0');
  size_t size = 0;
  lmz_error error;
  ASSERT_EQ(
      lmz_decompress(restored.data(), restored.size(), &size, code.data(), code.size(), &error),
      LMZ_OK)
      << error.text;
  EXPECT_EQ(restored, content);
  lmz::Decompressor stream;
  EXPECT_EQ(stream.Finish(code), content);
  EXPECT_EQ(lmz::RangeReader(code).Read(100, 50), content.substr(100, 50));
}

// Text that is smaller with the large model than with any other.
std::string Prose() {
  std::ifstream file(SourcePath("LICENSE"), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {}).substr(8000, 2500);
}

TEST(CModels, ALibraryHasItsOwnFolders) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("lmz-c-models-" + std::to_string(getpid()));
  const std::string content = Prose();
  lmz::ModelLibrary library;
  EXPECT_EQ(library.OfLevel(1).name(), "tiny");
  EXPECT_EQ(CodeOf([&] { library.OfLevel(4); }), LMZ_MODEL_MISSING);
  EXPECT_EQ(CodeOf([&] { library.AddFolder(""); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { library.OfLevel(0); }), LMZ_INVALID_ARGUMENT);
  library.AddFolder(folder.string());
  lmz::Compressor compressor;
  const lmz::Model large = lmz::Model::LoadFile(SourcePath("models/large.lmm"));
  const std::string code = compressor.SetModel(large).Finish(content);
  EXPECT_EQ(CodeOf([&] { lmz::Decompressor().SetLibrary(library).Finish(code); }),
            LMZ_MODEL_MISSING);
  // What is added and the library serve together, whichever comes first.
  lmz::Decompressor with_both;
  with_both.AddModel(large).SetLibrary(library);
  EXPECT_EQ(with_both.Finish(code), content);

  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(SourcePath("models/large.lmm"), folder / "large.lmm");
  EXPECT_EQ(library.OfLevel(4).name(), "large");
  lmz::Decompressor decompressor;
  decompressor.SetLibrary(library);
  EXPECT_EQ(decompressor.Finish(code), content);
  EXPECT_EQ(lmz::RangeReader(code, &decompressor).Read(0, 10), content.substr(0, 10));
  std::filesystem::remove_all(folder);
  EXPECT_EQ(decompressor.Finish(code), content) << "it is loaded";
  ASSERT_EQ(lmz_decompressor_set_library(decompressor.get(), nullptr, nullptr), LMZ_OK);
  EXPECT_EQ(decompressor.Finish(code), content) << "it is installed";
  EXPECT_EQ(lmz::ModelLibrary().AddInstalled().OfLevel(4).name(), "large");
}

TEST(CModels, ThreadsShareOneHandle) {
  const lmz::Model model = lmz::Model::OfLevel(1);
  const std::string content = Text(300);
  std::vector<std::thread> threads;
  std::vector<std::string> codes(4);
  for (std::string& code : codes) {
    threads.emplace_back([&] {
      lmz::Compressor compressor;
      compressor.SetModel(model);
      code = compressor.Finish(content);
      EXPECT_EQ(lmz::Decompress(code), content);
      lmz::RecordCoder coder(model, content);
      EXPECT_EQ(coder.Decode(coder.Encode(content)), content);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& code : codes) EXPECT_EQ(code, codes.front());
}

TEST(CStream, FramesMustEndBeforeAnythingElse) {
  lmz::Compressor compressor = SmallBlocks();
  char room[4];
  lmz_buffers buffers = {"abc", 3, room, sizeof room};
  EXPECT_FALSE(compressor.Step(buffers, LMZ_END));
  size_t size = 0;
  EXPECT_EQ(lmz_compressor_run(compressor.get(), room, sizeof room, &size, "a", 1, nullptr),
            LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { compressor.Write("more"); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { compressor.Step(buffers, 9); }), LMZ_INVALID_ARGUMENT);
  for (const int option : {0, 5, 6, 99}) {
    EXPECT_EQ(CodeOf([&] { SmallBlocks().Set(option, 1); }), LMZ_INVALID_ARGUMENT);
  }
  EXPECT_EQ(CodeOf([&] { SmallBlocks().Set(LMZ_THREADS, 0); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([&] { SmallBlocks().Set(LMZ_BLOCK_SIZE, 1); }), LMZ_INVALID_ARGUMENT);
}

TEST(Devices, BytesDoNotDependOnThem) {
  const std::string content = "a device, a device, my kingdom for a device";
  const std::string code = lmz::Compressor().Set(LMZ_LEVEL, 1).Finish(content);
  for (const char* const name : {"cpu", "auto"}) {
    const lmz::Device device(name);
    EXPECT_EQ(lmz::Compressor().Set(LMZ_LEVEL, 1).SetDevice(device).Finish(content), code);
    EXPECT_EQ(lmz::Decompressor().SetDevice(device).Finish(code), content);
    EXPECT_NO_THROW(device.ThrowFailure());
  }
  EXPECT_EQ(CodeOf([] { lmz::Device("abacus"); }), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf([] { lmz::Device("cuda:1000"); }), LMZ_IO);
  EXPECT_EQ(lmz_device_open(nullptr, "cpu", nullptr), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(lmz_device_failure(nullptr, nullptr), LMZ_INVALID_ARGUMENT);
}

}  // namespace
