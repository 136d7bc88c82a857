#include "tests/reference/text/text_decoder.h"

#include <utility>

#include "tests/reference/input.h"
#include "tests/reference/text/group.h"

namespace lmz::reference {

namespace {

// 1
struct Payload {
  ModelName model;
  uint64_t lanes = 0;
  uint64_t groups = 0;
  int profile = 0;
  std::vector<Bytes> codes;
};

Payload ReadPayload(const Bytes& bytes, uint64_t n) {
  Payload payload;
  Input input(bytes);
  payload.model = ReadModelName(input);
  payload.lanes = input.Number(1);
  const uint64_t groups_and_profile = input.Number(1);
  payload.groups = groups_and_profile / 16 + 1;
  payload.profile = static_cast<int>(groups_and_profile % 16);
  if (payload.profile > 1) throw Damage("newer version: unknown Profile");
  if (payload.lanes < 1 || payload.lanes > 64 || payload.lanes > n) throw Damage("Lanes");
  if (payload.groups > 4 || payload.groups > payload.lanes) throw Damage("Groups");
  for (uint64_t g = 1; g < payload.groups; ++g) payload.codes.push_back(input.Take(input.Varint()));
  payload.codes.push_back(input.Take(input.Left()));
  return payload;
}

// 2 and 3, for one group: its lanes' sizes and networks. No group sees another, so each may be
// decoded as a whole.
Decoded DecodeGroup(const Bytes& code, int profile, const std::vector<uint64_t>& sizes,
                    const Model& model) {
  uint64_t n = 0;
  for (const uint64_t size : sizes) n += size;
  Group group(profile, n, sizes.size(), model.start);
  std::vector<Network> networks;
  for (size_t lane = 0; lane < sizes.size(); ++lane) networks.push_back(model.new_network());
  ArithmeticDecoder decoder(code, 0);
  for (uint64_t step = 0; step < sizes[0]; ++step) {
    for (size_t lane = 0; lane < sizes.size(); ++lane) {
      if (step == sizes[lane]) continue;
      const uint8_t last = step == 0 ? uint8_t{0} : group.lanes()[lane].back();
      group.DecodeByte(lane, decoder, Sums(networks[lane](last)));
    }
    if (decoder.HasOverrun()) throw Damage("truncated: Code is overrun");
  }
  if (decoder.HasUnread()) throw Damage("bytes of Code are left");
  Decoded decoded = {{}, decoder.Fingerprint()};
  for (const Bytes& lane : group.lanes()) {
    decoded.raw.insert(decoded.raw.end(), lane.begin(), lane.end());
  }
  return decoded;
}

}  // namespace

ModelName ReadModelName(Input& input) {
  ModelName model;
  model.number = input.Number(1);
  if (model.number == 255) return model;  // no second model
  if (model.number != 0) {
    model.id = input.Take(1);
    return model;
  }
  model.id = input.Take(16);
  const uint64_t name_size = input.Number(1);
  const Bytes name = input.Take(name_size);
  if (name_size < 1 || name_size > 63) throw Damage("Name_Size");
  for (const uint8_t c : name) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_word && c != '-' && c != '_' && c != '.') throw Damage("Model_Name");
  }
  return model;
}

std::vector<int64_t> Sums(const std::vector<int64_t>& weights) {
  std::vector<int64_t> sum(512);
  for (size_t b = 0; b < 256; ++b) sum[256 + b] = weights.at(b);
  for (size_t n = 255; n >= 1; --n) sum[n] = sum[2 * n] + sum[2 * n + 1];
  return sum;
}

std::vector<std::vector<int>> Model::DefaultStart() {
  std::vector<int> row(38, 983);
  row[36] = 16384;
  return std::vector<std::vector<int>>(6, row);
}

Decoded DecodeTextCodec(const Bytes& payload, uint64_t size, const Models& models) {
  if (size > 1024 * payload.size() + 65536) throw Damage("the payload cannot stand for so much");
  const Payload fields = ReadPayload(payload, size);
  const Model model = models(fields.model);
  if (model.tokens != nullptr) throw Damage("a model of tokens");
  Decoded block = {{}, 0};
  for (uint64_t g = 0; g < fields.groups; ++g) {
    std::vector<uint64_t> sizes;
    for (uint64_t lane = g * fields.lanes / fields.groups;
         lane < (g + 1) * fields.lanes / fields.groups; ++lane) {
      sizes.push_back(size / fields.lanes + (lane < size % fields.lanes ? 1 : 0));
    }
    const Decoded group = DecodeGroup(fields.codes[g], fields.profile, sizes, model);
    block.raw.insert(block.raw.end(), group.raw.begin(), group.raw.end());
    block.fingerprint = ((2 * block.fingerprint) + (block.fingerprint >> 31)) ^ group.fingerprint;
  }
  return block;
}

}  // namespace lmz::reference
