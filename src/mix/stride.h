// Finds the record length of binary data while it is coded: the distance at which pairs of bytes
// keep coming back.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace lmz {

class StrideDetector {
 public:
  static constexpr uint32_t kMaxStride = 2048;
  static constexpr uint64_t kMemory = uint64_t{1} << 18;  // bytes, taken with the first byte

  // After a byte: `pair` is the last two bytes, `position` how many bytes are known.
  void Update(uint32_t pair, uint32_t position);

  // The current guess, 2 .. kMaxStride.
  uint32_t stride() const { return stride_; }

 private:
  void Choose();

  std::vector<uint32_t> last_;  // [pair]: position after its last occurrence
  std::array<uint32_t, kMaxStride + 1> score_{};
  uint32_t stride_ = 4;
};

}  // namespace lmz
