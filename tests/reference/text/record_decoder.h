// A second decoder of small records, written from docs/spec/records.md.
#pragma once

#include "tests/reference/text/text_decoder.h"

namespace lmz::reference {

// The record that `code` stands for; `model` is null without one. Throws Damage.
Bytes DecodeRecord(const Bytes& code, const Bytes& sample, const Model* model);

}  // namespace lmz::reference
