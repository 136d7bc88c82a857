// What a model is called, and by whom and under which licence it was made: the id and the CARD
// section of a model file (docs/spec/model.md).
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/checksum.h"

namespace lmz {

// The hash that names a model: XXH3-128 of all bytes of its file before the hash itself.
using ModelId = Hash128;

// 32 lower-case hexadecimal digits.
std::string ModelIdText(const ModelId& id);

struct ModelCard {
  std::string name;     // 1 .. 63 characters of a-z, 0-9, '-', '_', '.'
  std::string licence;  // an SPDX expression: 1 .. 255 characters of printable ASCII
  std::string note;     // how it was trained: up to 65,535 bytes of printable UTF-8
};

// Whether a card may have this name.
bool IsModelName(const std::string& name);

// Errors: kModelDamaged when a text breaks its rule (ModelCard).
Status CheckCard(const ModelCard& card);

// Errors: kModelDamaged, kTruncated.
Result<ModelCard> ReadCard(ByteSpan payload);

// `card` must pass CheckCard.
Bytes WriteCard(const ModelCard& card);

}  // namespace lmz
