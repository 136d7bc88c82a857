// From a trained transformer of bytes to a model file: by way of a GGUF file, so that lmz-convert
// and the trainer make model files by the same exact integers.
#pragma once

#include "base/bytes.h"
#include "base/status.h"
#include "model/model_card.h"
#include "model/token/token_predictor.h"
#include "train/network/byte_transformer.h"

namespace lmz::train {

// The network as a GGUF file of the architecture "llama", all in F32, whose tokens are the bytes
// and one that begins a text. `context`: tokens that it was trained on.
Bytes GgufOf(const ByteTransformer& network, int context, const ModelCard& card);

// The model file of the network, with `context` tokens, 16 to 4096, that a lane remembers. Errors:
// kInvalidArgument for another context, kDamaged where a number is not finite.
Result<Bytes> ModelFileOf(const ByteTransformer& network, int context, const ModelCard& card);

// The mean number of bits per byte that a model whose tokens are the bytes needs for `count`
// stretches of `length` bytes, the first of each at i * stride in `data`, each from an empty
// context. Errors: those of a session.
Result<double> IntegerBits(const TokenPredictor& model, ByteSpan data, int count, size_t stride,
                           size_t length);

}  // namespace lmz::train
