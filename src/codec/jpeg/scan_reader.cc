#include "codec/jpeg/scan_reader.h"

#include "codec/jpeg/scan_walk.h"

namespace lmz::jpeg {

namespace {

// Reads bits of entropy-coded bytes up to the next marker, zeros behind it.
class BitReader {
 public:
  explicit BitReader(ByteSpan in) : in_(in) {}

  uint32_t Read(uint32_t count) {
    while (count_ < count) Fill();
    count_ -= count;
    return static_cast<uint32_t>(pending_ >> count_) & ((1u << count) - 1);
  }

  // Whether bits were read that are not there.
  bool has_overrun() const { return overrun_ > count_; }

  // The rest of the byte.
  Padding ReadPadding() {
    const uint32_t rest = (count_ - overrun_) % 8;
    if (rest == 0) return Padding::kNone;
    const uint32_t bits = Read(rest);
    if (bits == 0) return Padding::kZeros;
    return bits == (1u << rest) - 1 ? Padding::kOnes : Padding::kOther;
  }

  // At a byte's edge: passes RST with this number, if it is next.
  bool PassRestart(uint32_t number) {
    const size_t at = byte_position();
    if (in_.size() - at < 2 || in_[at] != 0xFF || in_[at + 1] != 0xD0 + number) return false;
    position_ = at + 2;
    pending_ = 0;
    count_ = overrun_ = 0;
    return true;
  }

  // At a byte's edge.
  size_t byte_position() const {
    size_t at = position_;
    for (uint32_t whole = count_ - overrun_; whole >= 8; whole -= 8) at -= SizeBefore(at);
    return at;
  }

 private:
  // Of the byte that ends at `at`, with what is stuffed behind it.
  size_t SizeBefore(size_t at) const {
    return at >= 2 && in_[at - 1] == 0 && in_[at - 2] == 0xFF ? 2 : 1;
  }

  void Fill() {
    uint32_t byte = 0;
    if (position_ < in_.size() && in_[position_] != 0xFF) {
      byte = in_[position_++];
    } else if (in_.size() - position_ >= 2 && in_[position_ + 1] == 0) {
      byte = 0xFF;
      position_ += 2;
    } else {
      overrun_ += 8;
    }
    pending_ = pending_ << 8 | byte;
    count_ += 8;
  }

  ByteSpan in_;
  size_t position_ = 0;
  uint64_t pending_ = 0;
  uint32_t count_ = 0;    // bits in pending_
  uint32_t overrun_ = 0;  // bits that are not there, all of them the last ones
};

// T.81, F.2.2.1
int32_t Extend(uint32_t bits, uint32_t size) {
  if (size == 0) return 0;
  const auto value = static_cast<int32_t>(bits);
  return bits >> (size - 1) != 0 ? value : value - (1 << size) + 1;
}

bool IsAc(int32_t value) {
  return value >= -kMaxAc && value <= kMaxAc;
}

class ScanReader {
 public:
  ScanReader(ByteSpan bytes, const Scan& scan, Frame& frame)
      : bits_(bytes), scan_(scan), frame_(frame) {}

  ReadScanResult Run(uint64_t max_units, const Watch& watch) {
    const uint64_t units = max_units != 0 ? max_units : UnitsOf(frame_, scan_);
    uint32_t restarts = 0;
    for (uint64_t unit = 0; unit < units; ++unit) {
      const ReadScanResult cut = {.units = unit, .padding = padding_};
      if (RestartsAt(scan_, unit)) {
        if (!EndInterval() || !bits_.PassRestart(restarts++ % 8)) return cut;
        dc_ = {};
      }
      const bool is_read = VisitUnit(frame_, scan_, unit, [&](size_t i, Block& block) {
        return ReadBlock(i, block) && !bits_.has_overrun();
      });
      if (!is_read || !watch.Pass(16)) return cut;
    }
    if (max_units != 0 || !EndInterval()) return {.units = units, .padding = padding_};
    return {.size = bits_.byte_position(), .units = units, .padding = padding_};
  }

 private:
  // False where the scan would not be written like this.
  bool EndInterval() {
    if (eob_run_ != 0) return false;
    const Padding padding = bits_.ReadPadding();
    if (padding == Padding::kNone) return true;
    if (padding_ == Padding::kNone) padding_ = padding;
    return padding == padding_ && padding != Padding::kOther;
  }

  bool ReadBlock(size_t i, Block& block) {
    const HuffmanCode& ac = scan_.tables.ac_codes[scan_.components[i].ac_code];
    if (!frame_.is_progressive) return ReadDc(i, block) && ReadSequential(ac, block);
    if (scan_.first == 0) return ReadDc(i, block);
    return scan_.high == 0 ? ReadFirst(ac, block) : Refine(ac, block);
  }

  bool ReadDc(size_t i, Block& block) {
    constexpr uint32_t kMaxSize = 15;
    if (scan_.high != 0) {
      block[0] = static_cast<int16_t>(block[0] | static_cast<int16_t>(bits_.Read(1) << scan_.low));
      return true;
    }
    const uint32_t size = scan_.tables.dc_codes[scan_.components[i].dc_code].Read(bits_);
    if (size > kMaxSize) return false;
    dc_[i] += Extend(bits_.Read(size), size);
    const int32_t limit = kMaxDc >> scan_.low;
    if (dc_[i] < -limit || dc_[i] > limit) return false;
    block[0] = static_cast<int16_t>(dc_[i] * (1 << scan_.low));
    return true;
  }

  bool ReadSequential(const HuffmanCode& ac, Block& block) {
    for (uint32_t k = 1; k < kBlockSize; ++k) {
      const uint32_t symbol = ac.Read(bits_);
      if (symbol == 0) return true;
      if (!ReadValue(symbol, k, block)) return false;
    }
    return true;
  }

  bool ReadFirst(const HuffmanCode& ac, Block& block) {
    if (eob_run_ != 0) {
      --eob_run_;
      return true;
    }
    for (uint32_t k = scan_.first; k <= scan_.last; ++k) {
      const uint32_t symbol = ac.Read(bits_);
      const uint32_t run = symbol >> 4;
      if ((symbol & 15) == 0 && run < 15) {
        eob_run_ = (1u << run) - 1 + bits_.Read(run);
        return true;
      }
      if (!ReadValue(symbol, k, block)) return false;
    }
    return true;
  }

  // A run of zeros and what ends it.
  bool ReadValue(uint32_t symbol, uint32_t& k, Block& block) {
    const uint32_t run = symbol >> 4;
    const uint32_t size = symbol & 15;
    k += run;
    if (symbol == HuffmanCode::kNone || k > scan_.last) return false;
    if (size == 0) return run == 15;
    const int32_t value = Extend(bits_.Read(size), size) * (1 << scan_.low);
    block[k] = static_cast<int16_t>(value);
    return IsAc(value);
  }

  bool Refine(const HuffmanCode& ac, Block& block) {
    uint32_t k = scan_.first;
    for (; eob_run_ == 0 && k <= scan_.last; ++k) {
      const uint32_t symbol = ac.Read(bits_);
      const uint32_t run = symbol >> 4;
      const uint32_t size = symbol & 15;
      if (symbol == HuffmanCode::kNone || size > 1) return false;
      if (size == 0 && run != 15) {
        eob_run_ = (1u << run) + bits_.Read(run);
        break;
      }
      int value = 0;
      if (size == 1) value = bits_.Read(1) != 0 ? 1 << scan_.low : -(1 << scan_.low);
      if (!PassZeros(run, k, block)) return false;
      if (value == 0) continue;
      if (k > scan_.last) return false;
      block[k] = static_cast<int16_t>(value);
    }
    if (eob_run_ == 0) return true;
    --eob_run_;
    return PassZeros(kBlockSize, k, block);
  }

  // Refines coefficients up to the zero behind `run` others.
  bool PassZeros(uint32_t run, uint32_t& k, Block& block) {
    for (; k <= scan_.last; ++k) {
      if (block[k] == 0) {
        if (run == 0) break;
        --run;
      } else if (bits_.Read(1) != 0) {
        const int bit = 1 << scan_.low;
        const int value = block[k] + (block[k] > 0 ? bit : -bit);
        if (!IsAc(value)) return false;
        block[k] = static_cast<int16_t>(value);
      }
    }
    return true;
  }

  BitReader bits_;
  const Scan& scan_;
  Frame& frame_;
  std::array<int32_t, kMaxComponents> dc_{};
  uint32_t eob_run_ = 0;
  Padding padding_ = Padding::kNone;
};

}  // namespace

ReadScanResult ReadScan(ByteSpan bytes, const Scan& scan, uint64_t max_units, const Watch& watch,
                        Frame& frame) {
  return ScanReader(bytes, scan, frame).Run(max_units, watch);
}

}  // namespace lmz::jpeg
