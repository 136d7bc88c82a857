// Codes the coefficients of a frame, each predicted from its neighbours. Spec: spec.md, sections 4
// to 6.
#pragma once

#include "codec/codec.h"
#include "codec/jpeg/model/strength.h"
#include "codec/jpeg/picture.h"
#include "entropy/coder.h"
#include "mix/observe/observed_decoder.h"

namespace lmz::jpeg {

// The one walk over the coefficients, for both directions: encoding, the blocks hold them;
// decoding, each is written before anything reads it. Reports blocks. Errors: kCancelled,
// kTruncated once the coder has overrun.
template <class Coder>
Status CodeCoefficients(Coder& coder, Strength strength, const BlockResources& resources,
                        Frame& frame);

extern template Status CodeCoefficients(Encoder&, Strength, const BlockResources&, Frame&);
extern template Status CodeCoefficients(Decoder&, Strength, const BlockResources&, Frame&);
extern template Status CodeCoefficients(ObservedDecoder&, Strength, const BlockResources&, Frame&);

// What it takes, the blocks included.
uint64_t CoefficientMemory(Strength strength, uint64_t blocks);

}  // namespace lmz::jpeg
