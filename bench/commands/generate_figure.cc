// The figure of `lmz-bench generate`.
#include <algorithm>
#include <cstdlib>

#include "bench/commands/generate.h"
#include "bench/measure/media.h"
#include "bench/report/drawing.h"
#include "bench/report/spectrogram.h"

namespace lmz::bench {

namespace {

// Pixels.
constexpr double kWidth = 1000, kMargin = 20, kLine = 17, kGap = 14;
constexpr double kWave = 50, kSpectrum = 96;
constexpr size_t kCellsPerRow = 7;
constexpr size_t kColumns = 130;  // characters of text
constexpr double kCell =
    (kWidth - 2 * kMargin - kGap * static_cast<double>(kCellsPerRow - 1)) / kCellsPerRow;
constexpr double kPictureHeight = kCell * kPictureRows / kPictureColumns;

constexpr const char* kGivenColor = "#777777";
constexpr const char* kInk = "#0072b2";
constexpr const char* kMark = "#d55e00";

bool IsFirstOfCharacter(uint8_t byte) {
  return (byte & 0xC0) != 0x80;
}

// In lines of kColumns characters; ends of lines and what cannot be seen as signs.
std::vector<std::string> Wrapped(ByteSpan bytes) {
  std::vector<std::string> lines(1);
  size_t columns = 0;
  for (const uint8_t byte : bytes) {
    if (IsFirstOfCharacter(byte) && ++columns > kColumns) {
      lines.emplace_back();
      columns = 1;
    }
    // A line must not begin with a space, which would not be drawn.
    const bool is_space = byte == ' ' || byte == '\t';
    if (byte == '\n') {
      lines.back() += "↵";
    } else if (is_space) {
      lines.back() += "\u00A0";
    } else {
      lines.back() += static_cast<char>(byte);
    }
  }
  return lines;
}

class Figure {
 public:
  // What was given last, then each continuation below its name.
  void AddText(const Beginning& beginning, const std::vector<Continued>& all, size_t index) {
    Heading("Text behind");
    // The last full line of it.
    const std::vector<std::string> given = Wrapped(Tail(beginning.given));
    AddLine(given[0], {.color = kGivenColor, .size = 12, .is_monospaced = true});
    for (const Continued& continued : all) {
      if (continued.bytes[index].empty()) continue;
      y_ += 5;
      AddLine(continued.name, {.is_bold = true});
      for (const std::string& line : Wrapped(continued.bytes[index])) {
        AddLine(line, {.size = 12, .is_monospaced = true});
      }
    }
    y_ += kLine;
  }

  Status AddPictures(const Beginning& beginning, const std::vector<Continued>& all, size_t index) {
    Heading("Pixels below the marks");
    size_t cell = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].bytes[index].empty()) continue;
      const double x = BeginCell(cell++, all[i].name, kPictureHeight);
      LMZ_ASSIGN(const Bytes png, EncodePng({kPictureColumns, kPictureRows, 1,
                                             beginning.With(all[i].bytes[index])}));
      drawing_.Png(x, y_, kCell, kPictureHeight, png);
      const double rows = static_cast<double>(beginning.given.size()) / kPictureColumns;
      const double mark = y_ + kPictureHeight * rows / kPictureRows;
      drawing_.Line({{x - 6, mark}, {x, mark}}, kMark, 2);
      drawing_.Line({{x + kCell, mark}, {x + kCell + 6, mark}}, kMark, 2);
    }
    EndCells(kPictureHeight);
    return OkStatus();
  }

  Status AddSounds(const Beginning& beginning, const std::vector<Continued>& all, size_t index) {
    Heading("Sound behind the marks: waveform, and spectrogram up to 8 kHz");
    constexpr double kHeight = kWave + 6 + kSpectrum;
    const double loudest = Loudest(beginning.With(beginning.original));
    size_t cell = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].bytes[index].empty()) continue;
      const double x = BeginCell(cell++, all[i].name, kHeight);
      const Bytes whole = beginning.With(all[i].bytes[index]);
      drawing_.Line(Wave(whole, loudest, x), kInk, 0.8);
      LMZ_ASSIGN(const Bytes png, EncodePng(Spectrogram(whole, static_cast<uint32_t>(kCell),
                                                        static_cast<uint32_t>(kSpectrum))));
      drawing_.Png(x, y_ + kWave + 6, kCell, kSpectrum, png);
      const double mark = x + kCell * static_cast<double>(beginning.given.size()) /
                                  static_cast<double>(whole.size());
      drawing_.Line({{mark, y_}, {mark, y_ + kHeight}}, kMark, 1);
    }
    EndCells(kHeight);
    return OkStatus();
  }

  std::string Svg() const { return drawing_.Svg("Continuations", y_ + 4); }

 private:
  void Heading(const std::string& text) {
    y_ += kLine;
    drawing_.Text(kMargin, y_, text, {.size = 15, .is_bold = true});
    y_ += 10;
  }

  void AddLine(const std::string& text, const TextStyle& style) {
    y_ += kLine;
    drawing_.Text(kMargin, y_, text, style);
  }

  // Goes to the next row of cells if need be, writes the name above the cell, and returns its left
  // end; its top is at y_.
  double BeginCell(size_t number, const std::string& name, double height) {
    const size_t column = number % kCellsPerRow;
    if (column == 0) y_ += number == 0 ? kLine : height + kLine + kGap;
    const double x = kMargin + static_cast<double>(column) * (kCell + kGap);
    // "network base alone" as "base alone", since a cell is narrow.
    const std::string common = "network ";
    const std::string shown = name.starts_with(common) ? name.substr(common.size()) : name;
    drawing_.Text(x, y_ - 5, shown, {.size = 10, .is_bold = true});
    return x;
  }
  void EndCells(double height) { y_ += height + kLine; }

  // As many bytes as one line has, from the first of a character on.
  static ByteSpan Tail(ByteSpan given) {
    ByteSpan tail = given.last(std::min(kColumns, given.size()));
    while (tail.size() > 1 && !IsFirstOfCharacter(tail[0])) tail = tail.subspan(1);
    return tail;
  }

  // How far the loudest sample is from silence.
  static double Loudest(ByteSpan samples) {
    int loudest = 1;
    for (const uint8_t sample : samples) loudest = std::max(loudest, std::abs(sample - 128));
    return loudest;
  }

  // From the lowest to the highest sample of each half pixel; `loudest` fills the height.
  std::vector<std::pair<double, double>> Wave(ByteSpan samples, double loudest, double x) const {
    constexpr auto kPoints = static_cast<size_t>(2 * kCell);
    std::vector<std::pair<double, double>> points;
    for (size_t i = 0; i < kPoints; ++i) {
      const size_t begin = i * samples.size() / kPoints;
      const size_t end = std::max((i + 1) * samples.size() / kPoints, begin + 1);
      const auto [low, high] = std::minmax_element(samples.begin() + static_cast<ptrdiff_t>(begin),
                                                   samples.begin() + static_cast<ptrdiff_t>(end));
      for (const uint8_t sample : {*low, *high}) {
        const double height = std::clamp((sample - 128) / loudest, -1.0, 1.0);
        points.emplace_back(x + static_cast<double>(i) / 2, y_ + kWave / 2 * (1 - height));
      }
    }
    return points;
  }

  Drawing drawing_{kWidth};
  double y_ = 10;
};

}  // namespace

Result<std::string> DrawContinuations(const std::vector<Beginning>& beginnings,
                                      const std::vector<Continued>& all) {
  Figure figure;
  for (size_t i = 0; i < beginnings.size(); ++i) {
    switch (beginnings[i].kind) {
      case Continuer::Kind::kText:
        figure.AddText(beginnings[i], all, i);
        break;
      case Continuer::Kind::kPixels:
        LMZ_TRY(figure.AddPictures(beginnings[i], all, i));
        break;
      case Continuer::Kind::kSamples:
        LMZ_TRY(figure.AddSounds(beginnings[i], all, i));
        break;
    }
  }
  return figure.Svg();
}

}  // namespace lmz::bench
