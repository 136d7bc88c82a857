// A codec by itself: what it makes of bytes, and whether they come back.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/codec.h"

namespace lmz::testing {

// The payload that `codec` makes of `raw`, once it has been restored within the codec's own bound.
template <class Options>
Bytes RoundTrip(const CodecRow<Options>& codec, ByteSpan raw, const Options& options) {
  Bytes payload;
  const Result<uint32_t> state = codec.encode(raw, options, {}, payload);
  EXPECT_TRUE(state.ok()) << state.status().message();
  EXPECT_LE(raw.size(), codec.max_raw_size(payload.size()));
  Bytes back(raw.size());
  const Result<uint32_t> decoded = codec.decode(payload, {}, back);
  EXPECT_TRUE(decoded.ok()) << decoded.status().message();
  EXPECT_TRUE(decoded.ok() && state.ok() && decoded.value() == state.value());
  EXPECT_TRUE(std::equal(raw.begin(), raw.end(), back.begin(), back.end()));
  return payload;
}

}  // namespace lmz::testing
