#include "cli/show/list.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/show/format.h"
#include "cli/show/message.h"
#include "cli/show/table.h"
#include "codec/filter/filter.h"
#include "codec/registry.h"

namespace lmz::cli {

namespace {

struct Totals {
  uint64_t frames = 0;
  uint64_t blocks = 0;
  uint64_t coded_size = 0;
  uint64_t raw_size = 0;
};

Totals TotalsOf(const ListedFile& file) {
  Totals totals;
  for (const FrameEntry& frame : file.frames) {
    totals.frames += 1;
    totals.blocks += frame.blocks.size();
    totals.coded_size += frame.coded_size;
    totals.raw_size += frame.raw_size;
  }
  return totals;
}

std::string CodecName(const BlockHeader& header) {
  const AnyCodec* codec = FindCodec(header.codec);
  return codec != nullptr ? codec->name : std::to_string(static_cast<int>(header.codec));
}

std::vector<std::string> FilterNames(const BlockHeader& header) {
  std::vector<std::string> names;
  for (const FilterRow& row : AllFilters()) {
    if ((header.filters & row.bit) != 0) names.push_back(row.name);
  }
  return names;
}

// "bytes" or "bytes+repeat".
std::string Method(const BlockHeader& header) {
  std::string method = CodecName(header);
  for (const std::string& name : FilterNames(header)) method += "+" + name;
  return method;
}

// "zip: 14 streams, 12 by zlib -6, 2 kept", "base64: 3 runs"; without a name where the streams are
// in several kinds of files.
std::string InsideText(const inside::Fields& fields) {
  constexpr const char* kNames[] = {"", "gzip: ", "zip: ", "PDF: ", "zlib: ", "base64: "};
  const auto kind = static_cast<size_t>(fields.kind);
  std::string text = kind < std::size(kNames) ? kNames[kind] : "";
  const uint64_t streams = fields.streams + fields.kept;
  const char* const noun = fields.kind == inside::Kind::kBase64 ? " run" : " stream";
  text += std::to_string(streams) + noun + (streams == 1 ? "" : "s");
  if (fields.is_entered) text += ", the first goes on";
  if (fields.alike != 0) {
    text +=
        ", " + std::to_string(fields.alike) + " by zlib -" + std::to_string(fields.settings.search);
  }
  if (fields.kept != 0) text += ", " + std::to_string(fields.kept) + " kept";
  return text;
}

// "JPEG: 10 scans, a thumbnail"
std::string PictureText(const jpeg::Fields& fields) {
  std::string text = "JPEG: " + std::to_string(fields.scans.count);
  text += fields.scans.count == 1 ? " scan" : " scans";
  if (fields.scans.last_units != 0) text += ", cut";
  if (fields.thumbnail.size != 0) text += ", a thumbnail";
  return text;
}

// What a block says was found in it; empty when it says nothing.
std::string FoundText(const BlockEntry& block) {
  if (block.inside) return InsideText(*block.inside);
  return block.jpeg ? PictureText(*block.jpeg) : "";
}

// Every method in the file once, in the order of appearance.
std::string Methods(const ListedFile& file) {
  std::vector<std::string> seen;
  for (const FrameEntry& frame : file.frames) {
    for (const BlockEntry& block : frame.blocks) {
      const std::string method = Method(block.header);
      if (std::find(seen.begin(), seen.end(), method) == seen.end()) seen.push_back(method);
    }
  }
  std::string joined;
  for (const std::string& method : seen) joined += (joined.empty() ? "" : ",") + method;
  return joined.empty() ? "-" : joined;
}

std::string ChecksumText(const BlockHeader& header) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(header.checksum));
  return text;
}

std::vector<std::string> FileRow(const Totals& totals, const std::string& name) {
  return {std::to_string(totals.frames),
          std::to_string(totals.blocks),
          std::to_string(totals.coded_size),
          std::to_string(totals.raw_size),
          FormatRatio(totals.raw_size, totals.coded_size),
          FormatBitsPerByte(totals.raw_size, totals.coded_size),
          name};
}

std::string BlockLines(const ListedFile& file) {
  Table table({{"Frame"},
               {"Block"},
               {"Offset"},
               {"Payload"},
               {"Raw"},
               {"Checksum", Table::Align::kLeft},
               {"Method", Table::Align::kLeft}},
              2);
  // Counted from 0, as messages do.
  for (size_t frame_number = 0; frame_number < file.frames.size(); ++frame_number) {
    const FrameEntry& frame = file.frames[frame_number];
    for (size_t block_number = 0; block_number < frame.blocks.size(); ++block_number) {
      const BlockEntry& block = frame.blocks[block_number];
      const std::string found = FoundText(block);
      // A compact frame has one check over header and data instead.
      table.AddRow({std::to_string(frame_number), std::to_string(block_number),
                    std::to_string(block.offset), std::to_string(block.header.payload_size),
                    std::to_string(block.header.raw_size),
                    frame.is_compact ? "-" : ChecksumText(block.header),
                    Method(block.header) + (found.empty() ? "" : " (" + found + ")")});
    }
  }
  std::string text;
  for (const std::string& line : table.Lines()) text += line;
  return text;
}

using Json = nlohmann::ordered_json;

Json BlockJson(const FrameEntry& frame, const BlockEntry& block) {
  const Json checksum = frame.is_compact ? Json(nullptr) : Json(ChecksumText(block.header));
  Json json = {{"offset", block.offset},
               {"codec", CodecName(block.header)},
               {"filters", FilterNames(block.header)},
               {"coded_size", block.header.payload_size},
               {"raw_size", block.header.raw_size},
               {"checksum", checksum}};
  if (const std::string found = FoundText(block); !found.empty()) json["inside"] = found;
  return json;
}

Json FrameJson(const FrameEntry& frame) {
  Json blocks = Json::array();
  for (const BlockEntry& block : frame.blocks) blocks.push_back(BlockJson(frame, block));
  return Json{{"version", frame.version},   {"compact", frame.is_compact},
              {"offset", frame.offset},     {"coded_size", frame.coded_size},
              {"raw_size", frame.raw_size}, {"blocks", std::move(blocks)}};
}

}  // namespace

std::string ListTable(const std::vector<ListedFile>& files, bool with_blocks) {
  Table table({{"Frames"},
               {"Blocks"},
               {"Compressed"},
               {"Raw"},
               {"Ratio"},
               {"Bits/B"},
               {"File (methods)", Table::Align::kLeft}});
  Totals sum;
  for (const ListedFile& file : files) {
    const Totals totals = TotalsOf(file);
    sum.frames += totals.frames;
    sum.blocks += totals.blocks;
    sum.coded_size += totals.coded_size;
    sum.raw_size += totals.raw_size;
    table.AddRow(FileRow(totals, Printable(file.name) + "  (" + Methods(file) + ")"));
  }
  if (files.size() > 1) table.AddRow(FileRow(sum, std::to_string(files.size()) + " files"));
  const std::vector<std::string> lines = table.Lines();
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    text += lines[i];
    if (with_blocks && i != 0 && i <= files.size()) text += BlockLines(files[i - 1]);
  }
  return text;
}

std::string ListJson(const std::vector<ListedFile>& files) {
  Json list = Json::array();
  for (const ListedFile& file : files) {
    const Totals totals = TotalsOf(file);
    Json frames = Json::array();
    for (const FrameEntry& frame : file.frames) frames.push_back(FrameJson(frame));
    list.push_back(Json{{"file", file.name},
                        {"coded_size", totals.coded_size},
                        {"raw_size", totals.raw_size},
                        {"frames", std::move(frames)}});
  }
  return list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lmz::cli
