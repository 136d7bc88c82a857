#include "convert/tensor_type.h"

#include <algorithm>
#include <array>

#include "convert/number.h"

namespace lmz::convert {

namespace {

constexpr int kBlock = 32;        // elements of a block of Q4_0 to Q8_0
constexpr int kSuperBlock = 256;  // of Q4_K to Q6_K

// A half at `p`, or 0 and `finite` is false.
int64_t Half(const uint8_t* p, bool& finite) {
  const std::optional<int64_t> value = FromFloat16(LoadLe16(p));
  finite = finite && value.has_value();
  return value.value_or(0);
}

bool DecodeFloat32Bits(uint32_t bits, int64_t* mantissa, int16_t* exponent) {
  const std::optional<Number> number = FromFloat32(bits);
  if (!number) return false;
  *mantissa = number->mantissa;
  *exponent = static_cast<int16_t>(number->exponent);
  return true;
}

bool DecodeF32(const uint8_t* b, int64_t* out, int16_t* exponents) {
  return DecodeFloat32Bits(LoadLe32(b), out, exponents);
}

bool DecodeBf16(const uint8_t* b, int64_t* out, int16_t* exponents) {
  return DecodeFloat32Bits(uint32_t{LoadLe16(b)} << 16, out, exponents);
}

bool DecodeF16(const uint8_t* b, int64_t* out, int16_t* exponents) {
  bool finite = true;
  out[0] = Half(b, finite);
  exponents[0] = kFloat16Exponent;
  return finite;
}

// Element i of 32 whose low halves come first, then the high ones.
int Nibble(const uint8_t* q, int i) {
  return i < 16 ? q[i] & 15 : q[i - 16] >> 4;
}

// With a fifth bit, which `high` has by element.
int FiveBits(const uint8_t* high, const uint8_t* q, int i) {
  return Nibble(q, i) | (high[i / 8] >> (i % 8) & 1) << 4;
}

bool DecodeQ4_0(const uint8_t* b, int64_t* out, int16_t*) {
  bool finite = true;
  const int64_t d = Half(b, finite);
  for (int i = 0; i < kBlock; ++i) out[i] = d * (Nibble(b + 2, i) - 8);
  return finite;
}

bool DecodeQ4_1(const uint8_t* b, int64_t* out, int16_t*) {
  bool finite = true;
  const int64_t d = Half(b, finite), least = Half(b + 2, finite);
  for (int i = 0; i < kBlock; ++i) out[i] = d * Nibble(b + 4, i) + least;
  return finite;
}

bool DecodeQ5_0(const uint8_t* b, int64_t* out, int16_t*) {
  bool finite = true;
  const int64_t d = Half(b, finite);
  for (int i = 0; i < kBlock; ++i) out[i] = d * (FiveBits(b + 2, b + 6, i) - 16);
  return finite;
}

bool DecodeQ5_1(const uint8_t* b, int64_t* out, int16_t*) {
  bool finite = true;
  const int64_t d = Half(b, finite), least = Half(b + 2, finite);
  for (int i = 0; i < kBlock; ++i) out[i] = d * FiveBits(b + 4, b + 8, i) + least;
  return finite;
}

bool DecodeQ8_0(const uint8_t* b, int64_t* out, int16_t*) {
  bool finite = true;
  const int64_t d = Half(b, finite);
  for (int i = 0; i < kBlock; ++i) out[i] = d * static_cast<int8_t>(b[2 + i]);
  return finite;
}

// Scale (0) or minimum (1) of group g of 8, six bits each in 12 bytes.
int SixBits(const uint8_t* packed, int which, int g) {
  const uint8_t* own = packed + 4 * which;
  if (g < 4) return own[g] & 63;
  const int low = which == 0 ? packed[g + 4] & 15 : packed[g + 4] >> 4;
  return low | own[g - 4] >> 6 << 4;
}

// Q4_K, and Q5_K, whose `high` has a fifth bit of each element (null: there is none).
bool DecodeGroups(const uint8_t* b, const uint8_t* high, const uint8_t* q, int64_t* out) {
  bool finite = true;
  const int64_t d = Half(b, finite), d_min = Half(b + 2, finite);
  for (int g = 0; g < 8; ++g) {
    const int64_t scale = d * SixBits(b + 4, 0, g), least = d_min * SixBits(b + 4, 1, g);
    for (int i = 0; i < kBlock; ++i) {
      const uint8_t pair = q[g / 2 * kBlock + i];
      int value = g % 2 == 0 ? pair & 15 : pair >> 4;
      if (high != nullptr) value |= (high[i] >> g & 1) << 4;
      out[g * kBlock + i] = scale * value - least;
    }
  }
  return finite;
}

bool DecodeQ4_K(const uint8_t* b, int64_t* out, int16_t*) {
  return DecodeGroups(b, nullptr, b + 16, out);
}

bool DecodeQ5_K(const uint8_t* b, int64_t* out, int16_t*) {
  return DecodeGroups(b, b + 16, b + 48, out);
}

bool DecodeQ6_K(const uint8_t* b, int64_t* out, int16_t*) {
  bool finite = true;
  const int64_t d = Half(b + 208, finite);
  for (int i = 0; i < kSuperBlock; ++i) {
    const int half = i / 128, quarter = i / 32 % 4, place = i % 32;
    const uint8_t pair = b[half * 64 + quarter % 2 * 32 + place];
    const int low = quarter < 2 ? pair & 15 : pair >> 4;
    const int high = b[128 + half * 32 + place] >> (2 * quarter) & 3;
    const int scale = static_cast<int8_t>(b[192 + i / 16]);
    out[i] = d * scale * ((low | high << 4) - 32);
  }
  return finite;
}

constexpr std::array kTypes = {
    TensorType{0, "F32", 1, 4, DecodeF32},
    TensorType{1, "F16", 1, 2, DecodeF16},
    TensorType{2, "Q4_0", kBlock, 18, DecodeQ4_0},
    TensorType{3, "Q4_1", kBlock, 20, DecodeQ4_1},
    TensorType{6, "Q5_0", kBlock, 22, DecodeQ5_0},
    TensorType{7, "Q5_1", kBlock, 24, DecodeQ5_1},
    TensorType{8, "Q8_0", kBlock, 34, DecodeQ8_0},
    TensorType{12, "Q4_K", kSuperBlock, 144, DecodeQ4_K},
    TensorType{13, "Q5_K", kSuperBlock, 176, DecodeQ5_K},
    TensorType{14, "Q6_K", kSuperBlock, 210, DecodeQ6_K},
    TensorType{30, "BF16", 1, 2, DecodeBf16},
};

// By number; empty: ggml gave the number up.
constexpr std::array kNames = {"F32",   "F16",   "Q4_0",    "Q4_1",   "",        "",      "Q5_0",
                               "Q5_1",  "Q8_0",  "Q8_1",    "Q2_K",   "Q3_K",    "Q4_K",  "Q5_K",
                               "Q6_K",  "Q8_K",  "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL",
                               "IQ3_S", "IQ2_S", "IQ4_XS",  "I8",     "I16",     "I32",   "I64",
                               "F64",   "IQ1_M", "BF16",    "",       "",        "",      "TQ1_0",
                               "TQ2_0", "",      "",        "",       "MXFP4"};

}  // namespace

const TensorType* FindTensorType(uint32_t number) {
  const auto* type = std::find_if(kTypes.begin(), kTypes.end(),
                                  [=](const TensorType& row) { return row.number == number; });
  return type == kTypes.end() ? nullptr : type;
}

std::string TensorTypeName(uint32_t number) {
  const bool has_name = number < kNames.size() && kNames[number][0] != '\0';
  return has_name ? kNames[number] : "number " + std::to_string(number);
}

bool DecodeRow(const TensorType& type, ByteSpan raw, NumberRow& row) {
  bool finite = true;
  std::fill(row.exponent.begin(), row.exponent.end(), int16_t{kFloat16Exponent});
  const size_t blocks = row.size() / type.block_elements;
  for (size_t i = 0; i < blocks; ++i) {
    const size_t first = i * type.block_elements;
    finite = type.decode(raw.data() + i * type.block_size, row.mantissa.data() + first,
                         row.exponent.data() + first) &&
             finite;
  }
  return finite;
}

}  // namespace lmz::convert
