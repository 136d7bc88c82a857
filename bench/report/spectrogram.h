// Sound as a picture of its frequencies.
#pragma once

#include "bench/measure/picture.h"

namespace lmz::bench {

// Samples of 8 bits (128 is silence) as gray pixels: `width` columns of time from the left,
// `height` rows of frequency from half the sample rate at the top down to 0 Hz, darker where there
// is more sound: white at 60 dB below the loudest tone that samples of 8 bits can hold, and at
// less. Each column is the discrete Fourier transform of 2 x height samples under a Hann window.
Picture Spectrogram(ByteSpan samples, uint32_t width, uint32_t height);

}  // namespace lmz::bench
