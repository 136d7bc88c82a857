#include "codec/jpeg/scan_writer.h"

#include <bit>

#include "codec/jpeg/scan_walk.h"

namespace lmz::jpeg {

namespace {

// The usual encoder has room for so many bits of corrections that wait for a run's end.
constexpr size_t kMaxCorrections = 1000 - kBlockSize + 1;

constexpr uint32_t kMaxEobRun = 0x7FFF;
constexpr uint32_t kSixteenZeros = 0xF0;

class BitWriter {
 public:
  explicit BitWriter(Bytes& out) : out_(out) {}

  // At most 32 bits.
  void Put(uint32_t value, uint32_t count) {
    pending_ = pending_ << count | value;
    count_ += count;
    while (count_ >= 8) {
      count_ -= 8;
      const auto byte = static_cast<uint8_t>(pending_ >> count_);
      out_.push_back(byte);
      if (byte == 0xFF) out_.push_back(0);
    }
  }

  void Pad(bool ones) {
    if (count_ == 0) return;
    const uint32_t rest = 8 - count_;
    Put(ones ? (1u << rest) - 1 : 0, rest);
  }

 private:
  Bytes& out_;
  uint64_t pending_ = 0;
  uint32_t count_ = 0;
};

uint32_t SizeOf(int32_t value) {
  return static_cast<uint32_t>(std::bit_width(static_cast<uint32_t>(value < 0 ? -value : value)));
}

uint32_t LowBits(int32_t value, uint32_t size) {
  return static_cast<uint32_t>(value < 0 ? value - 1 : value) & ((1u << size) - 1);
}

int32_t Shifted(int32_t value, uint32_t low) {
  return value < 0 ? -(-value >> low) : value >> low;
}

class ScanWriter {
 public:
  ScanWriter(const Frame& frame, const Scan& scan, bool pads_ones, Bytes& out)
      : frame_(frame), scan_(scan), pads_ones_(pads_ones), out_(out), bits_(out) {}

  bool Run(uint64_t max_units, uint64_t max_size, const Watch& watch) {
    const uint64_t units = max_units != 0 ? max_units : UnitsOf(frame_, scan_);
    uint32_t restarts = 0;
    for (uint64_t unit = 0; unit < units; ++unit) {
      if (RestartsAt(scan_, unit)) {
        EndInterval();
        out_.push_back(0xFF);
        out_.push_back(static_cast<uint8_t>(0xD0 + restarts++ % 8));
        dc_ = {};
      }
      const bool goes_on = VisitUnit(frame_, scan_, unit, [&](size_t i, const Block& block) {
        WriteBlock(i, block);
        return is_valid_ && out_.size() <= max_size;
      });
      if (!goes_on || !watch.Pass(16)) return false;
    }
    if (max_units == 0) EndInterval();
    return is_valid_ && out_.size() <= max_size;
  }

 private:
  void EndInterval() {
    EndRun();
    bits_.Pad(pads_ones_);
  }

  void PutSymbol(const HuffmanCode& code, uint32_t symbol) {
    is_valid_ = is_valid_ && code.LengthOf(symbol) != 0;
    bits_.Put(code.CodeOf(symbol), code.LengthOf(symbol));
  }

  void WriteBlock(size_t i, const Block& block) {
    ac_ = &scan_.tables.ac_codes[scan_.components[i].ac_code];
    if (!frame_.is_progressive) {
      WriteDc(i, block[0]);
      WriteSequential(block);
    } else if (scan_.first == 0) {
      const int32_t value = block[0] >> scan_.low;
      if (scan_.high == 0) return WriteDc(i, value);
      bits_.Put(static_cast<uint32_t>(value) & 1, 1);
    } else if (scan_.high == 0) {
      WriteFirst(block);
    } else {
      WriteRefinement(block);
    }
  }

  void WriteDc(size_t i, int32_t value) {
    const HuffmanCode& code = scan_.tables.dc_codes[scan_.components[i].dc_code];
    const int32_t difference = value - dc_[i];
    dc_[i] = value;
    const uint32_t size = SizeOf(difference);
    PutSymbol(code, size);
    bits_.Put(LowBits(difference, size), size);
  }

  void WriteSequential(const Block& block) {
    uint32_t run = 0;
    for (uint32_t k = 1; k < kBlockSize; ++k) WriteValue(block[k], run);
    if (run != 0) PutSymbol(*ac_, 0);
  }

  void WriteFirst(const Block& block) {
    uint32_t run = 0;
    for (uint32_t k = scan_.first; k <= scan_.last; ++k) {
      const int32_t value = Shifted(block[k], scan_.low);
      if (value != 0) EndRun();
      WriteValue(value, run);
    }
    if (run != 0) LengthenRun();
  }

  // Behind `run` zeros.
  void WriteValue(int32_t value, uint32_t& run) {
    if (value == 0) {
      ++run;
      return;
    }
    for (; run > 15; run -= 16) PutSymbol(*ac_, kSixteenZeros);
    const uint32_t size = SizeOf(value);
    PutSymbol(*ac_, run << 4 | size);
    bits_.Put(LowBits(value, size), size);
    run = 0;
  }

  void LengthenRun() {
    if (++eob_run_ == kMaxEobRun || corrections_.size() > kMaxCorrections) EndRun();
  }

  // Of blocks that have ended; then the corrections in them.
  void EndRun() {
    if (eob_run_ != 0) {
      const uint32_t size = static_cast<uint32_t>(std::bit_width(eob_run_)) - 1;
      PutSymbol(*ac_, size << 4);
      bits_.Put(eob_run_ & ((1u << size) - 1), size);
      eob_run_ = 0;
    }
    PutAll(corrections_);
  }

  void PutAll(Bytes& corrections) {
    for (const uint8_t bit : corrections) bits_.Put(bit, 1);
    corrections.clear();
  }

  // Behind the last coefficient that becomes one.
  uint32_t NewEnd(const Block& block) const {
    uint32_t k = scan_.last;
    for (; k >= scan_.first; --k) {
      const int32_t value = Shifted(block[k], scan_.low);
      if (value == 1 || value == -1) break;
    }
    return k + 1;
  }

  void WriteRefinement(const Block& block) {
    const uint32_t end = NewEnd(block);
    own_.clear();
    uint32_t run = 0;
    for (uint32_t k = scan_.first; k <= scan_.last; ++k) {
      const int32_t value = Shifted(block[k], scan_.low);
      if (value == 0) {
        ++run;
        continue;
      }
      for (; run > 15 && k < end; run -= 16) {
        EndRun();
        PutSymbol(*ac_, kSixteenZeros);
        PutAll(own_);
      }
      if (value != 1 && value != -1) {
        own_.push_back(static_cast<uint8_t>((value < 0 ? -value : value) & 1));
        continue;
      }
      EndRun();
      PutSymbol(*ac_, run << 4 | 1);
      bits_.Put(value > 0 ? 1 : 0, 1);
      PutAll(own_);
      run = 0;
    }
    if (run == 0 && own_.empty()) return;
    corrections_.insert(corrections_.end(), own_.begin(), own_.end());
    LengthenRun();
  }

  const Frame& frame_;
  const Scan& scan_;
  bool pads_ones_;
  Bytes& out_;
  BitWriter bits_;
  const HuffmanCode* ac_ = nullptr;  // of the block
  std::array<int32_t, kMaxComponents> dc_{};
  uint32_t eob_run_ = 0;
  Bytes corrections_;  // bits
  Bytes own_;          // of the block
  bool is_valid_ = true;
};

}  // namespace

bool WriteScan(const Frame& frame, const Scan& scan, uint64_t max_units, bool pads_ones,
               uint64_t max_size, const Watch& watch, Bytes& out) {
  return ScanWriter(frame, scan, pads_ones, out).Run(max_units, max_size, watch);
}

}  // namespace lmz::jpeg
