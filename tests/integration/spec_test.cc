// Runs what docs/spec says: its hex dumps, its tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "codec/filter/filter.h"
#include "codec/registry.h"
#include "container/writer.h"
#include "lmz/lmz.h"
#include "model/catalog.h"
#include "records/records.h"
#include "stream/pipeline.h"
#include "tests/frame_builder.h"
#include "tests/paths.h"
#include "tests/tiny_model.h"

namespace lmz {
namespace {

using testing::FrameBuilder;

// Of a file in docs/spec, or of one whose path begins at the root of the sources.
std::vector<std::string> ReadLines(const std::string& name) {
  const std::string folder = name.find('/') == std::string::npos ? "docs/spec/" : "";
  std::ifstream file(testing::SourcePath(folder + name));
  EXPECT_TRUE(file.is_open()) << name;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

struct Dump {
  Bytes sample;  // of a record
  Bytes raw;
  Bytes coded;
};

// The ```hexdump blocks: "; raw: CONTENT", for a record "; sample: SAMPLE" before it, then lines
// "OFFSET  BYTES  ; FIELD".
std::vector<Dump> ReadDumps(const std::string& name) {
  std::vector<Dump> dumps;
  bool is_inside = false;
  for (const std::string& line : ReadLines(name)) {
    if (line.starts_with("```")) {
      is_inside = line == "```hexdump";
      if (is_inside) dumps.emplace_back();
    } else if (is_inside && line.starts_with("; sample: ")) {
      dumps.back().sample = ToBytes(std::string_view(line).substr(10));
    } else if (is_inside && line.starts_with("; raw:")) {
      if (line.size() > 7) dumps.back().raw = ToBytes(std::string_view(line).substr(7));
    } else if (is_inside) {
      std::istringstream fields(line.substr(0, line.find(';')));
      size_t offset = 0;
      fields >> std::hex >> offset;
      EXPECT_EQ(offset, dumps.back().coded.size()) << line;
      for (unsigned byte = 0; fields >> byte;) {
        dumps.back().coded.push_back(static_cast<uint8_t>(byte));
      }
    }
  }
  return dumps;
}

// The cells of all table rows "| a | b | ... |" with at least `count` of them.
std::vector<std::vector<std::string>> ReadRows(const std::string& name, size_t count) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : ReadLines(name)) {
    if (!line.starts_with("| ")) continue;
    std::vector<std::string> cells;
    std::istringstream rest(line.substr(1));
    for (std::string cell; std::getline(rest, cell, '|');) {
      const size_t begin = cell.find_first_not_of(" `");
      const size_t end = cell.find_last_not_of(" `");
      cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
    }
    if (cells.size() >= count) rows.push_back(cells);
  }
  return rows;
}

TEST(Spec, DumpsDecodeToWhatTheySay) {
  for (const auto& [name, count] : {std::pair{"container.md", 5u},
                                    {"src/codec/bytes/spec.md", 1u},
                                    {"src/codec/text/spec.md", 1u}}) {
    const std::vector<Dump> dumps = ReadDumps(name);
    ASSERT_EQ(dumps.size(), count) << name;
    for (const Dump& dump : dumps) {
      MemorySource source(dump.coded);
      Bytes raw;
      MemorySink sink(raw);
      const Status status =
          DecompressFrames(source, sink, {.models = testing::TinyModels()}).status();
      EXPECT_TRUE(status.ok()) << name << ": " << status.message();
      EXPECT_EQ(raw, dump.raw) << name;
    }
  }
}

TEST(Spec, DumpsOfCodecsAreWhatTheyWrite) {
  const BlockChoice text = {.options = TextOptions{.model = testing::TinyModel().get()}};
  for (const auto& [name, choice] :
       {std::pair{"src/codec/bytes/spec.md", BlockChoice{.options = BytesOptions{}}},
        {"src/codec/text/spec.md", text}}) {
    const Dump dump = ReadDumps(name).at(0);
    Bytes payload;
    const Result<BlockHeader> header = EncodeBlock(dump.raw, choice, payload);
    ASSERT_TRUE(header.ok());
    Bytes frame;
    AppendCompactFrame(header.value(), payload, dump.raw, frame);
    EXPECT_EQ(dump.coded, frame) << name;
  }
}

TEST(Spec, DumpsAreWhatTheWriterWrites) {
  const std::vector<Dump> dumps = ReadDumps("container.md");
  Bytes full;
  MemorySink sink(full);
  FrameWriter writer(sink);
  ASSERT_TRUE(writer.Begin(11).ok());
  for (const Bytes& raw : {ToBytes("hello "), ToBytes("world")}) {
    ASSERT_TRUE(writer.WriteBlock(FrameBuilder::StoredHeader(raw), raw).ok());
  }
  ASSERT_TRUE(writer.End().ok());
  EXPECT_EQ(dumps[0].coded, full);

  const Bytes raw = ToBytes("lmz");
  Bytes compact;
  AppendCompactFrame(FrameBuilder::StoredHeader(raw), raw, raw, compact);
  EXPECT_EQ(dumps[1].coded, compact);
  Bytes empty;
  AppendCompactFrame({}, {}, {}, empty);
  EXPECT_EQ(dumps[2].coded, empty);
  Bytes noted = FrameBuilder().Note("xabc", ToBytes("seen")).bytes;
  noted.insert(noted.end(), empty.begin(), empty.end());
  EXPECT_EQ(dumps[3].coded, noted);
  Bytes padded = compact;
  padded.resize(16);
  EXPECT_EQ(dumps[4].coded, padded);
}

TEST(Spec, TheRecordIsDecodedAndWrittenAgain) {
  const Dump dump = ReadDumps("records.md").at(0);
  Result<RecordCoder> coder = RecordCoder::Make(nullptr, dump.sample);
  ASSERT_TRUE(coder.ok());
  Bytes code(dump.raw.size() + RecordCoder::kFraming);
  const Result<size_t> size = coder.value().Encode(dump.raw, code);
  ASSERT_TRUE(size.ok());
  code.resize(size.value());
  EXPECT_EQ(code, dump.coded);
  Bytes record(dump.raw.size());
  EXPECT_TRUE(coder.value().Decode(dump.coded, record).ok());
  EXPECT_EQ(record, dump.raw);
}

TEST(Spec, EveryCodecAndFilterIsListed) {
  const auto rows = ReadRows("codecs.md", 4);
  const auto is_listed = [&](int number, const char* name) {
    for (const auto& row : rows) {
      if (row[0] == std::to_string(number) && row[1] == name) return true;
    }
    return false;
  };
  for (const AnyCodec& codec : AllCodecs()) {
    EXPECT_TRUE(is_listed(static_cast<int>(codec.id), codec.name)) << codec.name;
  }
  for (const FilterRow& filter : AllFilters()) {
    EXPECT_TRUE(is_listed(filter.bit, filter.name)) << filter.name;
  }
}

TEST(Spec, EveryModelIsListed) {
  const auto rows = ReadRows("model.md", 3);
  for (const CatalogRow& model : Catalog()) {
    if (model.file.empty()) continue;
    const std::vector<std::string> row = {std::to_string(model.number), model.name,
                                          ModelIdText(IdOfModelFile(model.file))};
    EXPECT_NE(std::find(rows.begin(), rows.end(), row), rows.end()) << model.name;
  }
}

TEST(Spec, TheHighestLevelIsThatOfTheCInterface) {
  EXPECT_EQ(MaxLevel(), LMZ_MAX_LEVEL);
}

TEST(Spec, ErrorCodesAreThoseOfTheLibrary) {
  int number = -1;  // the head of the table
  for (const auto& row : ReadRows("errors.md", 4)) {
    if (number >= 0) {
      EXPECT_EQ(row[0], std::to_string(number));
      EXPECT_EQ(row[1], CodeName(static_cast<Code>(number)));
    }
    ++number;
  }
  EXPECT_EQ(number, static_cast<int>(Code::kCancelled) + 1);
  EXPECT_STREQ(CodeName(static_cast<Code>(number)), "unknown");
}

TEST(Spec, CodesOfTheCInterfaceAreTheSame) {
  EXPECT_EQ(static_cast<int>(Code::kOk), LMZ_OK);
  EXPECT_EQ(static_cast<int>(Code::kInvalidArgument), LMZ_INVALID_ARGUMENT);
  EXPECT_EQ(static_cast<int>(Code::kIo), LMZ_IO);
  EXPECT_EQ(static_cast<int>(Code::kOutOfMemory), LMZ_OUT_OF_MEMORY);
  EXPECT_EQ(static_cast<int>(Code::kInternal), LMZ_INTERNAL);
  EXPECT_EQ(static_cast<int>(Code::kNotLmz), LMZ_NOT_LMZ);
  EXPECT_EQ(static_cast<int>(Code::kTruncated), LMZ_TRUNCATED);
  EXPECT_EQ(static_cast<int>(Code::kDamaged), LMZ_DAMAGED);
  EXPECT_EQ(static_cast<int>(Code::kNewerVersion), LMZ_NEWER_VERSION);
  EXPECT_EQ(static_cast<int>(Code::kLimit), LMZ_LIMIT);
  EXPECT_EQ(static_cast<int>(Code::kModelMissing), LMZ_MODEL_MISSING);
  EXPECT_EQ(static_cast<int>(Code::kModelDamaged), LMZ_MODEL_DAMAGED);
  EXPECT_EQ(static_cast<int>(Code::kCancelled), LMZ_CANCELLED);
}

}  // namespace
}  // namespace lmz
