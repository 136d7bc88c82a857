// Codes the coefficients of a frame, each predicted from its neighbours. Spec: spec.md, sections 4
// to 6.
#pragma once

#include "codec/codec.h"
#include "codec/jpeg/picture.h"
#include "entropy/coder.h"
#include "mix/observe/observed_decoder.h"

namespace lmz::jpeg {

// The one walk over the coefficients, for both directions: encoding, the blocks hold them;
// decoding, each is written before anything reads it. Reports blocks. Errors: kCancelled,
// kTruncated once the coder has overrun.
template <class Coder>
Status CodeCoefficients(Coder& coder, const BlockResources& resources, Frame& frame);

extern template Status CodeCoefficients(Encoder&, const BlockResources&, Frame&);
extern template Status CodeCoefficients(Decoder&, const BlockResources&, Frame&);
extern template Status CodeCoefficients(ObservedDecoder&, const BlockResources&, Frame&);

// What it takes, without what grows with the blocks, and what a block takes, itself included.
uint64_t CoefficientMemory();
uint64_t MemoryOfABlock();

}  // namespace lmz::jpeg
