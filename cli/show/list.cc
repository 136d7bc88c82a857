#include "cli/show/list.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/io/descriptor.h"
#include "cli/show/format.h"
#include "cli/show/message.h"
#include "cli/show/table.h"
#include "codec/filter/filter.h"
#include "codec/registry.h"

namespace lmz::cli {

namespace {

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

std::string Methods(const ListedFile& file) {
  std::string joined;
  for (const std::string& method : file.methods) joined += (joined.empty() ? "" : ",") + method;
  return joined.empty() ? "-" : joined;
}

std::string ChecksumText(const BlockHeader& header) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(header.checksum));
  return text;
}

std::vector<std::string> FileRow(const ListedFile& file, const std::string& shown) {
  return {std::to_string(file.frame_count),
          std::to_string(file.block_count),
          std::to_string(file.coded_size),
          std::to_string(file.raw_size),
          FormatRatio(file.raw_size, file.coded_size),
          FormatBitsPerByte(file.raw_size, file.coded_size),
          shown};
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

// In quotes, in ASCII.
std::string JsonText(const std::string& text) {
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

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

}  // namespace

Status ListedFile::BeginFrame(const FrameEntry& frame) {
  ++frame_count;
  if (keeps_blocks_) frames.push_back(frame);
  return OkStatus();
}

Status ListedFile::AddBlock(const FrameEntry&, BlockEntry block) {
  ++block_count;
  const std::string method = Method(block.header);
  if (std::find(methods.begin(), methods.end(), method) == methods.end()) methods.push_back(method);
  if (keeps_blocks_) frames.back().blocks.push_back(std::move(block));
  return OkStatus();
}

Status ListedFile::EndFrame(const FrameEntry& frame) {
  coded_size += frame.coded_size;
  raw_size += frame.raw_size;
  return OkStatus();
}

std::string ListTable(const std::vector<ListedFile>& files, bool with_blocks) {
  Table table({{"Frames"},
               {"Blocks"},
               {"Compressed"},
               {"Raw"},
               {"Ratio"},
               {"Bits/B"},
               {"File (methods)", Table::Align::kLeft}});
  ListedFile sum("", false);
  for (const ListedFile& file : files) {
    sum.frame_count += file.frame_count;
    sum.block_count += file.block_count;
    sum.coded_size += file.coded_size;
    sum.raw_size += file.raw_size;
    table.AddRow(FileRow(file, Printable(file.name) + "  (" + Methods(file) + ")"));
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

Status JsonList::BeginFrame(const FrameEntry& frame) {
  std::string text;
  if (!is_file_open_) {
    text = (is_first_file_ ? "[\n  {\n    \"file\": " : ",\n  {\n    \"file\": ") +
           JsonText(name_) + ",\n    \"frames\": [";
    is_first_file_ = false;
    is_file_open_ = true;
    is_first_frame_ = true;
    coded_size_ = 0;
    raw_size_ = 0;
  }
  const Json fields = {
      {"version", frame.version}, {"compact", frame.is_compact}, {"offset", frame.offset}};
  std::string opened = fields.dump();
  opened.pop_back();  // the brace
  text += (is_first_frame_ ? "\n      " : ",\n      ") + opened + ",\"blocks\":[";
  is_first_frame_ = false;
  is_frame_open_ = true;
  is_first_block_ = true;
  return Add(text);
}

Status JsonList::AddBlock(const FrameEntry& frame, BlockEntry block) {
  const char* const separator = is_first_block_ ? "\n        " : ",\n        ";
  is_first_block_ = false;
  return Add(separator + BlockJson(frame, block).dump());
}

Status JsonList::EndFrame(const FrameEntry& frame) {
  is_frame_open_ = false;
  coded_size_ += frame.coded_size;
  raw_size_ += frame.raw_size;
  return Add("],\"coded_size\":" + std::to_string(frame.coded_size) +
             ",\"raw_size\":" + std::to_string(frame.raw_size) + "}");
}

Status JsonList::EndFile(const Status& status) {
  if (!is_file_open_) return OkStatus();
  std::string text = is_frame_open_ ? "]}\n    ]" : "\n    ]";
  is_file_open_ = false;
  is_frame_open_ = false;
  if (status.ok()) {
    text += ",\n    \"coded_size\": " + std::to_string(coded_size_) +
            ",\n    \"raw_size\": " + std::to_string(raw_size_);
  } else {
    text += ",\n    \"error\": " + JsonText(status.message());
  }
  return Add(text + "\n  }");
}

Status JsonList::End() {
  LMZ_TRY(Add(is_first_file_ ? "[]\n" : "\n]\n"));
  return Flush();
}

Status JsonList::Add(const std::string& text) {
  constexpr size_t kPieceSize = size_t{1} << 16;
  text_ += text;
  return text_.size() < kPieceSize ? OkStatus() : Flush();
}

Status JsonList::Flush() {
  const Status written = sink_.Write(BytesOf(text_));
  text_.clear();
  has_failed_ = !written.ok();
  return written;
}

}  // namespace lmz::cli
