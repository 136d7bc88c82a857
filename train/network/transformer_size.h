// The sizes of transformers of bytes that lmz-train makes.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace lmz::train {

struct TransformerSize {
  int width = 0;  // of the residual stream
  int layers = 0;
  int heads = 0;     // of queries; width / heads numbers each
  int kv_heads = 0;  // of keys and values
  int hidden = 0;    // of the MLP

  int head_size() const { return width / heads; }
  friend bool operator==(const TransformerSize&, const TransformerSize&) = default;
};

// "200k", "800k" and "3.2m", with "paper-" in front or without: four layers of the widths of
// Delétang et al. (2024). With "modern-": eight narrower layers whose heads share keys and values.
// Or "d=64,layers=4,heads=4" with optional "kv=N" and "hidden=N". Errors: kInvalidArgument for
// anything else and for what a model file cannot hold.
Result<TransformerSize> ParseTransformerSize(const std::string& text);

// Embedding, matrices and norms.
int64_t CountParameters(const TransformerSize& size);

}  // namespace lmz::train
