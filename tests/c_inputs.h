// What tests of the C interface feed it, and how they see that it refuses.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <lmz/lmz.hpp>
#include <string>

#include "tests/random.h"

namespace lmz::testing {

inline constexpr size_t kSmallestBlock = size_t{1} << 16;

inline std::string ToString(const lmz::Bytes& bytes) {
  return std::string(bytes.begin(), bytes.end());
}

inline std::string Text(size_t size, uint64_t seed = 1) {
  return ToString(lmz::TestRandom(seed).Text(size));
}

inline std::string Noise(size_t size) {
  return ToString(lmz::TestRandom(5).Random(size));
}

// Blocks of noise, which are stored, and the rest as a block of text, which is coded: most tests
// are about what happens between blocks.
inline std::string NoiseAndText(size_t size) {
  return Noise(size / kSmallestBlock * kSmallestBlock) + Text(size % kSmallestBlock);
}

// The quickest settings that make several blocks of little content.
inline lmz::Compressor SmallBlocks() {
  lmz::Compressor compressor;
  compressor.Set(LMZ_LEVEL, 0).Set(LMZ_BLOCK_SIZE, kSmallestBlock);
  return compressor;
}

inline lmz_code CodeOf(const std::function<void()>& work) {
  try {
    work();
    return LMZ_OK;
  } catch (const lmz::Error& error) {
    EXPECT_STRNE(error.what(), "");
    return error.code();
  }
}

}  // namespace lmz::testing
