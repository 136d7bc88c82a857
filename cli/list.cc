#include "cli/list.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/message.h"
#include "codec/filter/filter.h"
#include "codec/registry.h"

namespace lmz {

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

std::string Right(const std::string& text, size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

std::string Right(uint64_t number, size_t width) {
  return Right(std::to_string(number), width);
}

std::string TableLine(const Totals& totals, const std::string& name, const std::string& methods) {
  return Right(totals.frames, 6) + Right(totals.blocks, 8) + Right(totals.coded_size, 14) +
         Right(totals.raw_size, 14) + Right(FormatRatio(totals.raw_size, totals.coded_size), 8) +
         Right(FormatBitsPerByte(totals.raw_size, totals.coded_size), 7) + "  " + name +
         (methods.empty() ? "" : "  (" + methods + ")") + "\n";
}

std::string BlockLines(const ListedFile& file) {
  std::string text =
      "  Frame   Block        Offset       Payload           Raw  Checksum          Method\n";
  // Counted from 0, as messages do.
  for (size_t frame_number = 0; frame_number < file.frames.size(); ++frame_number) {
    const FrameEntry& frame = file.frames[frame_number];
    for (size_t block_number = 0; block_number < frame.blocks.size(); ++block_number) {
      const BlockEntry& block = frame.blocks[block_number];
      // A compact frame has one check over header and data instead.
      std::string checksum = frame.is_compact ? "-" : ChecksumText(block.header);
      checksum.resize(16, ' ');
      text += Right(frame_number, 7) + Right(block_number, 8) + Right(block.offset, 14) +
              Right(block.header.payload_size, 14) + Right(block.header.raw_size, 14) + "  " +
              checksum + "  " + Method(block.header) + "\n";
    }
  }
  return text;
}

using Json = nlohmann::ordered_json;

Json BlockJson(const FrameEntry& frame, const BlockEntry& block) {
  const Json checksum = frame.is_compact ? Json(nullptr) : Json(ChecksumText(block.header));
  return Json{{"offset", block.offset},
              {"codec", CodecName(block.header)},
              {"filters", FilterNames(block.header)},
              {"coded_size", block.header.payload_size},
              {"raw_size", block.header.raw_size},
              {"checksum", checksum}};
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
  std::string text = "Frames  Blocks    Compressed           Raw   Ratio  Bits/B  File (methods)\n";
  Totals sum;
  for (const ListedFile& file : files) {
    const Totals totals = TotalsOf(file);
    sum.frames += totals.frames;
    sum.blocks += totals.blocks;
    sum.coded_size += totals.coded_size;
    sum.raw_size += totals.raw_size;
    text += TableLine(totals, Printable(file.name), Methods(file));
    if (with_blocks) text += BlockLines(file);
  }
  if (files.size() > 1) text += TableLine(sum, std::to_string(files.size()) + " files", "");
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

}  // namespace lmz
