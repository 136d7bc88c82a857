#include "stream/explain/document_filler.h"

#include <algorithm>

#include "entropy/logistic.h"

namespace lmz {

namespace {

// As ExplainedDocument has it.
uint8_t ProbabilityByte(uint16_t p_q16) {
  if (p_q16 == 0) return 0;
  return static_cast<uint8_t>(std::clamp(128 + (Stretch(p_q16) + 8) / 16, 1, 255));
}

void WriteGuesses(const Guesses& guesses, uint8_t* out) {
  for (size_t i = 0; i < kGuesses; ++i) {
    out[i] = guesses[i].byte;
    out[kGuesses + i] = ProbabilityByte(guesses[i].p_q16);
  }
}

// `value` of so many bits in eight.
uint8_t Scaled(int32_t value, const CodeShape& shape) {
  if (shape.is_signed) value += 1 << (shape.value_bits - 1);
  const int shift = shape.value_bits - 8;
  return static_cast<uint8_t>(std::clamp(shift >= 0 ? value >> shift : value << -shift, 0, 255));
}

}  // namespace

void DocumentFiller::EndItem(uint64_t index, int32_t value, int64_t bits_q16) {
  ExplainedDocument& document = explanation_.documents[*code().document];
  const auto bits = static_cast<uint64_t>(std::max<int64_t>(bits_q16, 0));
  switch (document.shape.kind) {
    case CodeShape::Kind::kPixels:
      return EndPixel(document, index, value, bits);
    case CodeShape::Kind::kBlocks:
      return EndBlock(document, index, value, bits);
    case CodeShape::Kind::kSamples:
      return EndSample(document, index, value, bits);
    default:
      return;
  }
}

void DocumentFiller::EndPixel(ExplainedDocument& document, uint64_t index, int32_t value,
                              uint64_t bits_q16) {
  const CodeShape::Plane& plane = document.shape.planes.front();
  const uint64_t size = uint64_t{plane.width} * plane.height;
  const uint64_t y = index % size / plane.width;
  const uint64_t x = index % plane.width;
  const uint64_t cell = y / document.run * document.columns + x / document.run;
  document.costs_q16[static_cast<size_t>(cell)] += bits_q16;
  const uint64_t channel = index / size;
  if (channel >= document.values_per_cost || y % document.run != 0 || x % document.run != 0) return;
  document.values[static_cast<size_t>(cell * document.values_per_cost + channel)] =
      Scaled(value, document.shape);
}

// Where a component has fewer blocks, each of its blocks counts to all those of the first one that
// it covers.
void DocumentFiller::EndBlock(ExplainedDocument& document, uint64_t index, int32_t value,
                              uint64_t bits_q16) {
  const auto& planes = document.shape.planes;
  size_t number = 0;
  for (uint64_t size = uint64_t{planes[0].width} * planes[0].height; index >= size;
       size = uint64_t{planes[number].width} * planes[number].height) {
    index -= size;
    ++number;
  }
  const CodeShape::Plane& own = planes[number];
  const CodeShape::Plane& first = planes[0];
  const uint64_t row = index / own.width, column = index % own.width;
  const uint64_t rows[] = {row * first.height / own.height, (row + 1) * first.height / own.height};
  const uint64_t columns[] = {column * first.width / own.width,
                              (column + 1) * first.width / own.width};
  const uint64_t covered = std::max<uint64_t>((rows[1] - rows[0]) * (columns[1] - columns[0]), 1);
  uint64_t left = bits_q16;
  for (uint64_t y = rows[0]; y < std::max(rows[1], rows[0] + 1); ++y) {
    for (uint64_t x = columns[0]; x < std::max(columns[1], columns[0] + 1); ++x) {
      const uint64_t share = std::min<uint64_t>(left, bits_q16 / covered + 1);
      const uint64_t cell = y / document.run * document.columns + x / document.run;
      document.costs_q16[static_cast<size_t>(cell)] += share;
      left -= share;
      if (number == 0) document.values[static_cast<size_t>(cell)] = static_cast<uint8_t>(value);
    }
  }
}

void DocumentFiller::EndSample(ExplainedDocument& document, uint64_t index, int32_t value,
                               uint64_t bits_q16) {
  const uint64_t moment = index / document.shape.channels;
  const uint64_t run = moment / document.run;
  document.costs_q16[static_cast<size_t>(run)] += bits_q16;
  const uint8_t scaled = Scaled(value, document.shape);
  uint8_t* const range = &document.values[static_cast<size_t>(2 * run)];
  const bool is_first = index % (uint64_t{document.shape.channels} * document.run) == 0;
  range[0] = is_first ? scaled : std::min(range[0], scaled);
  range[1] = is_first ? scaled : std::max(range[1], scaled);
}

void DocumentFiller::EndByte(uint64_t index, uint8_t byte, int64_t bits_q16,
                             const ByteForecast& forecast) {
  ExplainedDocument& document = explanation_.documents[*code().document];
  document.costs_q16[static_cast<size_t>(index / document.run)] +=
      static_cast<uint64_t>(std::max<int64_t>(bits_q16, 0));
  if (document.run == 1) document.values[static_cast<size_t>(index)] = byte;
  if (!document.mixer.empty()) {
    WriteGuesses(forecast.mixer, &document.mixer[static_cast<size_t>(index * kMixerSize)]);
  }
  if (!document.network.empty() && forecast.has_network) {
    uint8_t* const network = &document.network[static_cast<size_t>(index * kNetworkSize)];
    WriteGuesses(forecast.network, network);
    network[2 * kGuesses] = ProbabilityByte(forecast.network_of_its);
  }
}

}  // namespace lmz
