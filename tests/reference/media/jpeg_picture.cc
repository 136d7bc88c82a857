#include "tests/reference/media/jpeg_picture.h"

#include <algorithm>
#include <cstdlib>

#include "tests/reference/input.h"

namespace lmz::reference {

namespace {

int Number(Input& input, size_t size) {
  int number = 0;
  for (size_t i = 0; i < size; ++i) number = 256 * number + static_cast<int>(input.Number(1));
  return number;
}

int Ceil(int a, int b) {
  return (a + b - 1) / b;
}

// Goes through the segments.
class Parser {
 public:
  JpegPicture Run(const Bytes& around, uint64_t scans) {
    Input input(around);
    Require(Number(input, 2) == 0xFFD8, "JPEG: no SOI");
    while (picture_.scans.size() < scans) {
      Require(Number(input, 1) == 0xFF, "JPEG: no marker");
      int marker = Number(input, 1);
      while (marker == 0xFF) marker = Number(input, 1);
      const bool is_other = marker < 0xC0 || (marker >= 0xC3 && marker <= 0xCF && marker != 0xC4) ||
                            (marker >= 0xD0 && marker <= 0xD9) || marker == 0xDC;
      Require(!is_other, "JPEG: marker");
      const int size = Number(input, 2);
      Require(size >= 2, "JPEG: size of a segment");
      const Bytes body = input.Take(static_cast<size_t>(size - 2));
      Input fields(body);
      Take(marker, fields);
      if (marker == 0xDA) picture_.scans.back().head_end = input.position();
    }
    return picture_;
  }

 private:
  void Take(int marker, Input& body) {
    if (marker == 0xDB) {
      while (body.Left() != 0) TakeSteps(body);
    } else if (marker == 0xC4) {
      while (body.Left() != 0) TakeCodes(body);
    } else if (marker >= 0xC0 && marker <= 0xC2) {
      TakeFrame(body, marker == 0xC2);
    } else if (marker == 0xDD) {
      interval_ = Number(body, 2);
      Require(body.Left() == 0, "JPEG: DRI");
    } else if (marker == 0xDA) {
      TakeScan(body);
    }
  }

  void TakeSteps(Input& body) {
    const int kind = Number(body, 1);
    Require(kind / 16 <= 1 && kind % 16 <= 3, "JPEG: DQT");
    for (int& step : picture_.steps[kind % 16]) step = Number(body, kind / 16 == 0 ? 1 : 2);
  }

  void TakeCodes(Input& body) {
    const int kind = Number(body, 1);
    Require(kind / 16 <= 1 && kind % 16 <= 3, "JPEG: DHT");
    const Bytes counts = body.Take(16);
    JpegCodes codes;
    int code = 0;
    for (int length = 1; length <= 16; ++length) {
      code *= 2;
      for (int i = 0; i < counts[static_cast<size_t>(length - 1)]; ++i) {
        Require(code < (1 << length) - 1, "JPEG: a code is all ones");
        Require(codes.emplace(Number(body, 1), JpegCode{length, code}).second, "JPEG: two codes");
        ++code;
      }
    }
    codes_[kind] = codes;
  }

  void TakeFrame(Input& body, bool is_progressive) {
    Require(picture_.components.empty() && Number(body, 1) == 8, "JPEG: SOF");
    picture_.is_progressive = is_progressive;
    const int height = Number(body, 2), width = Number(body, 2), count = Number(body, 1);
    Require(height > 0 && width > 0 && count >= 1 && count <= 4, "JPEG: sizes");
    int across = 1, down = 1;
    for (int i = 0; i < count; ++i) {
      JpegComponent c;
      c.id = Number(body, 1);
      const int factors = Number(body, 1);
      c.across = factors / 16;
      c.down = factors % 16;
      c.table = Number(body, 1);
      const bool is_valid = c.across >= 1 && c.across <= 4 && c.down >= 1 && c.down <= 4;
      Require(is_valid && c.table <= 3, "JPEG: component");
      across = std::max(across, c.across);
      down = std::max(down, c.down);
      picture_.components.push_back(c);
    }
    Require(body.Left() == 0, "JPEG: SOF is longer");
    picture_.unit_rows = Ceil(height, 8 * down);
    picture_.unit_columns = Ceil(width, 8 * across);
    for (JpegComponent& c : picture_.components) {
      c.rows = Ceil(Ceil(height * c.down, down), 8);
      c.columns = Ceil(Ceil(width * c.across, across), 8);
      c.all_rows = picture_.unit_rows * c.down;
      c.all_columns = picture_.unit_columns * c.across;
    }
  }

  void TakeScan(Input& body) {
    JpegScan scan;
    const int count = Number(body, 1);
    Require(count >= 1 && static_cast<size_t>(count) <= picture_.components.size(), "JPEG: SOS");
    for (int i = 0; i < count; ++i) {
      const int id = Number(body, 1), codes = Number(body, 1);
      size_t c = 0;
      while (c < picture_.components.size() && picture_.components[c].id != id) ++c;
      Require(c < picture_.components.size() && codes / 16 <= 3 && codes % 16 <= 3, "JPEG: SOS");
      for (const auto& member : scan.members) Require(member.component != c, "JPEG: SOS, twice");
      scan.members.push_back({c, codes_[codes / 16], codes_[16 + codes % 16]});
    }
    scan.first = Number(body, 1);
    scan.last = Number(body, 1);
    const int bits = Number(body, 1);
    scan.high = bits / 16;
    scan.low = bits % 16;
    scan.interval = interval_;
    Require(body.Left() == 0, "JPEG: SOS is longer");
    if (!picture_.is_progressive) {
      Require(scan.first == 0 && scan.last == 63 && bits == 0, "JPEG: SOS, sequential");
    } else {
      Require(scan.first <= scan.last && scan.last <= 63 && scan.low <= 13, "JPEG: SOS");
      Require(scan.first == 0 ? scan.last == 0 : count == 1, "JPEG: SOS, progressive");
    }
    picture_.scans.push_back(scan);
  }

  JpegPicture picture_;
  std::map<int, JpegCodes> codes_;  // by class and number
  int interval_ = 0;
};

// Writes the entropy-coded bytes of one scan.
class Writer {
 public:
  Writer(const JpegPicture& picture, const JpegScan& scan, bool pads_ones, Bytes& out)
      : picture_(picture), scan_(scan), pads_ones_(pads_ones), out_(out) {}

  // `cut`: of so many units, if that is not 0, the whole bytes.
  void Run(int cut, uint64_t max_size) {
    const bool is_alone = scan_.members.size() == 1;
    const JpegComponent& only = picture_.components[scan_.members[0].component];
    const int rows = is_alone ? only.rows : picture_.unit_rows;
    const int columns = is_alone ? only.columns : picture_.unit_columns;
    const int units = cut != 0 ? cut : rows * columns;
    for (int unit = 0; unit < units; ++unit) {
      if (scan_.interval != 0 && unit != 0 && unit % scan_.interval == 0) Restart();
      for (size_t i = 0; i < scan_.members.size(); ++i) {
        const JpegComponent& c = picture_.components[scan_.members[i].component];
        const int down = is_alone ? 1 : c.down, across = is_alone ? 1 : c.across;
        for (int place = 0; place < down * across; ++place) {
          const int row = unit / columns * down + place / across;
          const int column = unit % columns * across + place % across;
          Write(i, c.blocks[static_cast<size_t>(row)][static_cast<size_t>(column)]);
        }
      }
      Require(out_.size() <= max_size, "JPEG: the file is longer than its block");
    }
    if (cut != 0) return;
    EndRun();
    Pad();
  }

 private:
  void Put(int value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      byte_ = 2 * byte_ + (value >> i & 1);
      if (++bits_ < 8) continue;
      out_.push_back(static_cast<uint8_t>(byte_));
      if (byte_ == 0xFF) out_.push_back(0);
      byte_ = bits_ = 0;
    }
  }

  void Pad() {
    while (bits_ != 0) Put(pads_ones_ ? 1 : 0, 1);
  }

  void Restart() {
    EndRun();
    Pad();
    out_.push_back(0xFF);
    out_.push_back(static_cast<uint8_t>(0xD0 + restarts_++ % 8));
    before_ = {};
  }

  void PutSymbol(const JpegCodes& codes, int symbol) {
    const auto found = codes.find(symbol);
    Require(found != codes.end(), "JPEG: a symbol without a code");
    Put(found->second.code, found->second.length);
  }

  static int Bits(int value) {
    int bits = 0;
    for (int left = std::abs(value); left != 0; left /= 2) ++bits;
    return bits;
  }

  // A value of so many bits, those below 0 less one.
  void PutValue(int value) { Put(value < 0 ? value - 1 : value, Bits(value)); }

  void Write(size_t i, const JpegBlock& block) {
    const auto& member = scan_.members[i];
    ac_ = &member.ac;
    if (scan_.first == 0) {
      const int value = block[0] >> scan_.low;
      if (scan_.high != 0) return Put(value & 1, 1);
      PutSymbol(member.dc, Bits(value - before_[i]));
      PutValue(value - before_[i]);
      before_[i] = value;
      if (!picture_.is_progressive) WriteRuns(block, 1);
    } else if (scan_.high == 0) {
      WriteRuns(block, scan_.first);
    } else {
      Refine(block);
    }
  }

  int At(const JpegBlock& block, int k) const {
    return block[static_cast<size_t>(k)] / (1 << scan_.low);
  }

  void WriteRuns(const JpegBlock& block, int first) {
    int zeros = 0;
    for (int k = first; k <= scan_.last; ++k) {
      const int value = At(block, k);
      if (value == 0) {
        ++zeros;
        continue;
      }
      EndRun();
      for (; zeros >= 16; zeros -= 16) PutSymbol(*ac_, 0xF0);
      PutSymbol(*ac_, 16 * zeros + Bits(value));
      PutValue(value);
      zeros = 0;
    }
    if (zeros == 0) return;
    if (picture_.is_progressive) {
      AddToRun();
    } else {
      PutSymbol(*ac_, 0);
    }
  }

  void AddToRun() {
    if (++run_ == 32767 || waiting_.size() > 937) EndRun();
  }

  void EndRun() {
    if (run_ != 0) {
      PutSymbol(*ac_, 16 * (Bits(run_) - 1));
      Put(run_, Bits(run_) - 1);
    }
    run_ = 0;
    PutAll(waiting_);
  }

  void PutAll(std::vector<int>& bits) {
    for (const int bit : bits) Put(bit, 1);
    bits.clear();
  }

  void Refine(const JpegBlock& block) {
    int last_new = 0;
    for (int k = scan_.first; k <= scan_.last; ++k) {
      if (std::abs(At(block, k)) == 1) last_new = k;
    }
    std::vector<int> own;
    int zeros = 0;
    for (int k = scan_.first; k <= scan_.last; ++k) {
      const int value = At(block, k);
      if (value == 0) {
        ++zeros;
        continue;
      }
      for (; zeros >= 16 && k <= last_new; zeros -= 16) {
        EndRun();
        PutSymbol(*ac_, 0xF0);
        PutAll(own);
      }
      if (std::abs(value) > 1) {
        own.push_back(std::abs(value) % 2);
        continue;
      }
      EndRun();
      PutSymbol(*ac_, 16 * zeros + 1);
      Put(value > 0 ? 1 : 0, 1);
      PutAll(own);
      zeros = 0;
    }
    if (zeros == 0 && own.empty()) return;
    waiting_.insert(waiting_.end(), own.begin(), own.end());
    AddToRun();
  }

  const JpegPicture& picture_;
  const JpegScan& scan_;
  bool pads_ones_;
  Bytes& out_;
  const JpegCodes* ac_ = nullptr;
  int byte_ = 0, bits_ = 0, restarts_ = 0, run_ = 0;
  std::array<int, 4> before_{};
  std::vector<int> waiting_;
};

}  // namespace

JpegPicture ParseJpeg(const Bytes& around, uint64_t scans, uint64_t last_units) {
  JpegPicture picture = Parser().Run(around, scans);
  for (JpegComponent& c : picture.components) c.whole_rows = c.all_rows;
  if (last_units == 0) return picture;
  const JpegScan& last = picture.scans.back();
  const bool is_alone = last.members.size() == 1;
  const JpegComponent& only = picture.components[last.members[0].component];
  const int rows = is_alone ? only.rows : picture.unit_rows;
  const int columns = is_alone ? only.columns : picture.unit_columns;
  const uint64_t units = static_cast<uint64_t>(rows) * static_cast<uint64_t>(columns);
  Require(!picture.is_progressive && last_units <= units, "JPEG: Last_Units");
  picture.last_units = static_cast<int>(last_units);
  for (const JpegScan::Member& member : last.members) {
    JpegComponent& c = picture.components[member.component];
    c.cut_rows = is_alone ? 1 : c.down;
    c.whole_rows = picture.last_units / columns * c.cut_rows;
    c.cut_columns = picture.last_units % columns * (is_alone ? 1 : c.across);
  }
  return picture;
}

Bytes WriteJpeg(const JpegPicture& picture, const Bytes& around, bool pads_ones,
                uint64_t max_size) {
  Bytes out;
  size_t copied = 0;
  const auto copy_to = [&](size_t end) {
    for (; copied < end; ++copied) out.push_back(around[copied]);
  };
  for (const JpegScan& scan : picture.scans) {
    copy_to(scan.head_end);
    const bool is_last = &scan == &picture.scans.back();
    Writer(picture, scan, pads_ones, out).Run(is_last ? picture.last_units : 0, max_size);
  }
  copy_to(around.size());
  return out;
}

}  // namespace lmz::reference
