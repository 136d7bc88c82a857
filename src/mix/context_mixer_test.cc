#include "mix/context_mixer.h"

#include <gtest/gtest.h>

#include "base/checksum.h"
#include "entropy/coder.h"
#include "tests/kernel_test.h"
#include "tests/random.h"

namespace lmz {
namespace {

// Codes `data` in `lanes` equal pieces, a byte of each in turn, and returns the code. Encoder and
// decoder are driven by the same calls.
template <class Coder>
void CodeLanes(Coder& coder, ContextMixer& mixer, std::vector<ContextMixer::Lane>& lanes,
               const uint8_t* raw, uint8_t* out, size_t lane_size) {
  for (size_t i = 0; i < lane_size; ++i) {
    for (size_t l = 0; l < lanes.size(); ++l) {
      const size_t at = l * lane_size + i;
      unsigned byte = 0;
      for (int b = 7; b >= 0; --b) {
        const uint32_t p1_q16 = mixer.Predict(lanes[l]);
        ASSERT_GE(p1_q16, 1u);
        ASSERT_LE(p1_q16, 65535u);
        const int bit = coder.Code(raw == nullptr ? 0 : raw[at] >> b & 1, p1_q16);
        mixer.Update(lanes[l], bit);
        byte = byte << 1 | static_cast<unsigned>(bit);
      }
      out[at] = static_cast<uint8_t>(byte);
      mixer.UpdateByte(lanes[l]);
    }
  }
}

Bytes Encode(ByteSpan raw, Profile profile, size_t lane_count,
             const MixerKernels& kernels = PortableKernels(MixerBuilds())) {
  Bytes code;
  Bytes copy(raw.size());
  ContextMixer mixer =
      ContextMixer::Make(raw.size(), static_cast<int>(lane_count), ContextMixer::For({}), kernels)
          .value();
  std::vector<ContextMixer::Lane> lanes;
  const size_t lane_size = raw.size() / lane_count;
  for (size_t l = 0; l < lane_count; ++l)
    lanes.push_back(mixer.MakeLane(raw.data(), static_cast<uint32_t>(l * lane_size), profile));
  Encoder encoder(code);
  CodeLanes(encoder, mixer, lanes, raw.data(), copy.data(), lane_size);
  encoder.Finish();
  return code;
}

Bytes Decode(ByteSpan code, size_t raw_size, Profile profile, size_t lane_count,
             const MixerKernels& kernels = PortableKernels(MixerBuilds())) {
  Bytes out(raw_size);
  ContextMixer mixer =
      ContextMixer::Make(raw_size, static_cast<int>(lane_count), ContextMixer::For({}), kernels)
          .value();
  std::vector<ContextMixer::Lane> lanes;
  const size_t lane_size = raw_size / lane_count;
  for (size_t l = 0; l < lane_count; ++l)
    lanes.push_back(mixer.MakeLane(out.data(), static_cast<uint32_t>(l * lane_size), profile));
  Decoder decoder(code);
  CodeLanes(decoder, mixer, lanes, nullptr, out.data(), lane_size);
  EXPECT_FALSE(decoder.overran());
  return out;
}

TEST(ContextMixer, LanesShareTablesAndComeBack) {
  TestRandom random(5);
  const Bytes raw = random.Text(12000);
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    for (const size_t lanes : {1u, 2u, 8u}) {
      const Bytes code = Encode(raw, profile, lanes);
      EXPECT_LT(code.size(), raw.size() * 6 / 10);
      EXPECT_EQ(Decode(code, raw.size(), profile, lanes), raw);
    }
  }
}

class ContextMixerBuildTest : public KernelTest<MixerKernels> {};

TEST_P(ContextMixerBuildTest, WritesAndReadsTheSameBytes) {
  TestRandom random(6);
  Bytes raw = random.Text(6000);
  const Bytes noise = random.Random(2000);
  raw.insert(raw.end(), noise.begin(), noise.end());
  for (const Profile profile : {Profile::kText, Profile::kBinary}) {
    const Bytes code = Encode(raw, profile, 1);
    EXPECT_EQ(Encode(raw, profile, 1, kernels_), code);
    EXPECT_EQ(Decode(code, raw.size(), profile, 1, kernels_), raw);
  }
}

INSTANTIATE_TEST_SUITE_P(AllBuilds, ContextMixerBuildTest, testing::ValuesIn(MixerBuilds()),
                         BuildName());

TEST(ContextMixer, MemoryFollowsTheBlock) {
  EXPECT_LT(ContextMixer::MemoryFor(4096, 1, Profile::kBinary), uint64_t{8} << 20);
  EXPECT_LT(ContextMixer::MemoryFor(uint64_t{1} << 28, 64, Profile::kBinary), uint64_t{250} << 20);
}

}  // namespace
}  // namespace lmz
