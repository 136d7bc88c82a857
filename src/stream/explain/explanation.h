// Where the bits of a file went: its parts, one inside the other, and what each item of them took.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/observer.h"

namespace lmz {

// What a code stands for, item by item, as far as there is room for it.
struct ExplainedDocument {
  CodeShape shape;
  // Costs are those of so many items together: of bytes in a row, of the samples of moments in a
  // row, of squares of pixels with so many on each side.
  uint32_t run = 1;
  uint32_t columns = 0;                  // of pixels and blocks: the costs of a row
  std::vector<uint64_t> costs_q16 = {};  // in 1/65536 bit
  // Bytes: themselves, where run is 1. Pixels: of each square the first one's channels, scaled to
  // 0 .. 255, red, green and blue or one alone. Samples: of each run the lowest and the highest,
  // likewise. Blocks: the mean.
  Bytes values = {};
  uint32_t values_per_cost = 0;
  // Of bytes, where there is room: kGuesses bytes and as many probabilities, the likeliest first,
  // then, of the network only, the probability that it gave the byte that came. A probability is
  // 128 + 16 * ln(p / (1 - p)), 1 .. 255; 0: there is no guess.
  Bytes network = {};
  Bytes mixer = {};
  // Of bytes: those that the filter `repeat` had taken out and that cost nothing themselves, as
  // begin, size, and what it took to tell of them, in 1/65536 bit.
  std::vector<uint64_t> copies = {};
  std::vector<std::string> filters = {};   // whose output this is, where that is not the raw bytes
  std::optional<uint64_t> raw_begin = {};  // of bytes that are those of the file, from here on
};

inline constexpr size_t kNetworkSize = 2 * kGuesses + 1;
inline constexpr size_t kMixerSize = 2 * kGuesses;

struct ExplainedCode {
  std::string name;
  uint64_t size = 0;     // bytes
  int64_t bits_q16 = 0;  // of its decisions; what is left of its bytes is its end
  std::optional<size_t> document = {};

  // Positive or negative, within a byte for each code.
  int64_t end_q16() const { return static_cast<int64_t>(size) * 8 * 65536 - bits_q16; }
};

struct ExplainedStream {
  std::string name;  // the file's, where it is told
  std::string kind;
  uint64_t size = 0;
};

struct ExplainedModel {
  std::string name;
  uint64_t size = 0;  // of its name in the payload
};

struct ExplainedPart {
  std::string codec;
  std::vector<std::string> filters = {};
  std::optional<uint64_t> raw_begin = {};  // in the file, where its bytes are there
  uint64_t raw_size = 0;
  uint64_t coded_size = 0;
  std::vector<ExplainedModel> models = {};
  std::vector<ExplainedCode> codes = {};
  std::vector<ExplainedPart> parts = {};
  std::vector<ExplainedStream> streams = {};

  // What is neither a code nor a model's name nor a part.
  uint64_t side_size() const {
    uint64_t size = coded_size;
    for (const ExplainedModel& model : models) size -= model.size;
    for (const ExplainedCode& code : codes) size -= code.size;
    for (const ExplainedPart& part : parts) size -= part.coded_size;
    return size;
  }
};

// What stands between payloads: headers, index, padding.
struct ExplainedPiece {
  std::string name;
  uint64_t size = 0;
};

struct ExplainedTrial {
  uint64_t block = 0;
  Trial trial;
};

struct Explanation {
  uint64_t coded_size = 0;
  uint64_t raw_size = 0;
  std::vector<ExplainedPiece> pieces;
  std::vector<ExplainedPart> blocks;
  std::vector<ExplainedDocument> documents;
  std::vector<ExplainedTrial> trials;
  Bytes content;
};

}  // namespace lmz
