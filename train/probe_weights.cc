#include "probe_weights.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lmz {

namespace {

float FromHalf(uint32_t half) {
  const int exponent = static_cast<int>(half >> 10 & 31);
  const auto fraction = static_cast<float>(half & 1023);
  const float magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

Status Invalid(const std::string& what) {
  return Status(Code::kInvalidArgument, "probe weights: " + what);
}

}  // namespace

Result<ProbeWeights> ReadProbeWeights(ByteSpan file) {
  ByteReader in(file);
  LMZ_ASSIGN(const uint32_t header_size, in.U32());
  LMZ_ASSIGN(const ByteSpan header_bytes, in.Take(header_size));
  const auto header = nlohmann::json::parse(header_bytes.begin(), header_bytes.end(), nullptr,
                                            /*allow_exceptions=*/false);
  if (!header.is_object() || !header.contains("dims") || !header.contains("tensors")) {
    return Invalid("the header is not what it should be");
  }
  ProbeWeights weights;
  weights.dims = header["dims"].get<std::array<int, 5>>();
  for (const auto& tensor : header["tensors"]) {
    size_t count = 1;
    for (const auto& dimension : tensor[1]) count *= dimension.get<size_t>();
    LMZ_ASSIGN(const ByteSpan bytes, in.Take(2 * count));
    std::vector<float>& values = weights.tensors[tensor[0].get<std::string>()];
    values.resize(count);
    for (size_t i = 0; i < count; ++i) {
      values[i] = FromHalf(uint32_t{bytes[2 * i]} | uint32_t{bytes[2 * i + 1]} << 8);
    }
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
      return Invalid("a weight is not a number");
    }
  }
  if (in.remaining() != 0) return Invalid("there is something after the tensors");
  return weights;
}

}  // namespace lmz
