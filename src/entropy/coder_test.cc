#include "entropy/coder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/random.h"

namespace lmz {
namespace {

struct Decision {
  int bit;
  uint32_t p1_q16;
};

// The same code by other means: low is one long number, so carries are ordinary addition.
Bytes CodeWithLongArithmetic(const std::vector<Decision>& decisions) {
  std::vector<int> digits(6, 0);  // base 256; the last six hold the 48 bits that may still change
  const auto add = [&digits](uint64_t v) {
    int carry = 0;
    size_t i = digits.size();
    for (int k = 0; i-- > 0; ++k) {
      const int sum = digits[i] + (k < 6 ? static_cast<int>(v >> (8 * k) & 0xFF) : 0) + carry;
      digits[i] = sum & 0xFF;
      carry = sum >> 8;
    }
    EXPECT_EQ(carry, 0) << "the code left [0, 1)";
  };
  uint64_t range = uint64_t{1} << 48;
  for (const Decision& d : decisions) {
    const uint64_t bound = (range >> 16) * d.p1_q16;
    if (d.bit != 0) {
      range = bound;
    } else {
      add(bound);
      range -= bound;
    }
    for (; range <= uint64_t{1} << 40; range <<= 8) digits.push_back(0);
  }
  // Round up to the fewest digits that stay inside the interval.
  for (int kept = 0; kept <= 6; ++kept) {
    uint64_t low = 0;
    for (size_t i = digits.size() - 6; i < digits.size(); ++i) {
      low = low << 8 | static_cast<uint64_t>(digits[i]);
    }
    const uint64_t unit = uint64_t{1} << (48 - 8 * kept);
    const uint64_t up = (low + unit - 1) / unit * unit - low;
    if (up >= range) continue;
    if (up != 0) add(up);
    digits.resize(digits.size() - 6 + static_cast<size_t>(kept));
    break;
  }
  return Bytes(digits.begin(), digits.end());
}

// Encodes, compares with long arithmetic, decodes; returns the code.
Bytes CheckRoundTrip(const std::vector<Decision>& decisions) {
  Bytes code;
  Encoder encoder(code);
  for (const Decision& d : decisions) EXPECT_EQ(encoder.Code(d.bit, d.p1_q16), d.bit);
  const uint32_t fingerprint = encoder.fingerprint();
  encoder.Finish();
  EXPECT_EQ(code, CodeWithLongArithmetic(decisions));
  Decoder decoder(code);
  for (const Decision& d : decisions) EXPECT_EQ(decoder.Code(0, d.p1_q16), d.bit);
  EXPECT_FALSE(decoder.overran());
  EXPECT_FALSE(decoder.has_rest());
  EXPECT_EQ(decoder.fingerprint(), fingerprint);
  return code;
}

TEST(Coder, EverySequenceOfUpToTwelveDecisions) {
  // Extreme, even and lopsided probabilities, in every rotation over the sequence.
  constexpr uint32_t kProbabilities[] = {1, 32768, 65535, 255, 65281, 40000};
  for (int length = 0; length <= 12; ++length) {
    for (uint32_t bits = 0; bits < 1u << length; ++bits) {
      for (uint32_t rotation = 0; rotation < (length < 9 ? 6u : 1u); ++rotation) {
        std::vector<Decision> decisions;
        for (int i = 0; i < length; ++i) {
          const uint32_t p = kProbabilities[(static_cast<uint32_t>(i) + rotation) % 6];
          decisions.push_back({static_cast<int>(bits >> i & 1), p});
        }
        CheckRoundTrip(decisions);
        if (HasFailure()) FAIL() << "length " << length << " bits " << bits;
      }
    }
  }
}

TEST(Coder, CarriesRunThroughLongChains) {
  // Zeros with p1 near one keep low just below a boundary for long; the last decisions cross it.
  size_t chains = 0;
  TestRandom random(7);
  for (int i = 0; i < 3000; ++i) {
    std::vector<Decision> decisions;
    for (int k = 0; k < 24 + i % 40; ++k) {
      const bool is_edge = random.Next() % 4 != 0;
      decisions.push_back({static_cast<int>(random.Next() % 2),
                           is_edge ? (random.Next() % 2 != 0 ? 65535u : 1u)
                                   : static_cast<uint32_t>(1 + random.Next() % 65535)});
    }
    const Bytes code = CheckRoundTrip(decisions);
    ASSERT_FALSE(HasFailure()) << i;
    for (size_t k = 1; k < code.size(); ++k) {
      if ((code[k - 1] == 0xFF || code[k - 1] == 0) && code[k - 1] == code[k]) ++chains;
    }
  }
  EXPECT_GT(chains, 100u) << "the test no longer reaches chains of 0xFF and 0x00";
}

TEST(Coder, MissingBytesAreNoticed) {
  TestRandom random(11);
  std::vector<Decision> decisions;
  for (int i = 0; i < 2000; ++i) decisions.push_back({static_cast<int>(random.Next() % 2), 32768});
  const Bytes code = CheckRoundTrip(decisions);
  Decoder decoder(ByteSpan(code).first(code.size() - 7));
  for (size_t i = 0; i < decisions.size(); ++i) decoder.Code(0, 32768);
  EXPECT_TRUE(decoder.overran());
  Bytes longer = code;
  longer.insert(longer.end(), 7, 0);  // up to six are within the decoder's look-ahead
  Decoder with_rest(longer);
  for (size_t i = 0; i < decisions.size(); ++i) with_rest.Code(0, 32768);
  EXPECT_TRUE(with_rest.has_rest());
}

// An encoder leaves out zeros at the end, at most as many as a decoder reads ahead.
TEST(Coder, OverrunsWithTheFirstByteThatNoEncoderLeavesOut) {
  for (const Bytes& code : {Bytes(), Bytes{0x80}, Bytes{1, 2, 3, 4, 5, 6, 7}}) {
    Decoder decoder(code);
    while (decoder.read_size() < code.size() + Decoder::kReadAhead) {
      EXPECT_FALSE(decoder.overran());
      decoder.Code(0, 32768);
    }
    EXPECT_FALSE(decoder.overran());
    while (decoder.read_size() == code.size() + Decoder::kReadAhead) decoder.Code(0, 32768);
    EXPECT_TRUE(decoder.overran());
  }
}

TEST(Coder, WastesLessThanOneInTenThousand) {
  // Ten million bytes' worth of decisions with probabilities over the whole range, drawn so that
  // each bit really has the probability it is coded with.
  constexpr int kDecisions = 80'000'000;
  TestRandom random(3);
  Bytes code;
  Encoder encoder(code);
  double ideal_bits = 0;
  std::vector<double> cost(65537);
  for (size_t p = 1; p < cost.size(); ++p) cost[p] = -std::log2(static_cast<double>(p) / 65536);
  for (int i = 0; i < kDecisions; ++i) {
    const uint64_t r = random.Next();
    // Skewed: half of them beyond 99 %.
    uint32_t p = static_cast<uint32_t>(r % 65535) + 1;
    if (r >> 20 & 1) p = 65535 - p / 100;
    if (r >> 21 & 1) p = 65536 - p;
    const int bit = (r >> 32 & 0xFFFF) < p ? 1 : 0;
    ideal_bits += cost[bit != 0 ? p : 65536 - p];
    encoder.Code(bit, p);
  }
  encoder.Finish();
  const double bits = 8.0 * static_cast<double>(code.size());
  EXPECT_LT(bits, ideal_bits * 1.0001 + 48);
  EXPECT_GT(bits, ideal_bits * 0.9999);
}

TEST(Coder, DecisionsPerPayloadByteAreBounded) {
  // The most probable bit at the highest probability is the cheapest decision there is.
  constexpr uint64_t kDecisions = 20'000'000;
  Bytes code;
  Encoder encoder(code);
  for (uint64_t i = 0; i < kDecisions; ++i) encoder.Code(1, 65535);
  encoder.Finish();
  EXPECT_LE(kDecisions, MaxDecisions(code.size()));
  EXPECT_GT(kDecisions, MaxDecisions(code.size()) / 2) << "the bound could be tighter";
}

}  // namespace
}  // namespace lmz
