// What lmz-bench measures: a coder, through its library, and the data that it is given.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lmz::bench {

// Bytes, and what is known of their meaning. Coders of images and of audio are told; coders of
// bytes do not look. Does not own the bytes.
struct Signal {
  enum class Kind { kBytes, kPixels, kSamples };

  ByteSpan bytes;
  Kind kind = Kind::kBytes;
  int channels = 1;
  uint32_t width = 0;   // of pixels: rows from the top, 8 bits a channel, channels interleaved
  uint32_t height = 0;  // width x height x channels bytes
  uint32_t rate = 0;    // of samples, in Hz; channels interleaved
  int bits = 8;         // a sample: 8, from 0 to 255, or 16, signed, little-endian
};

// How data that is no picture is shown to a coder of images: as gray rows of this many pixels, the
// last one filled up with zeros. Patches have the same width.
inline constexpr uint32_t kRowWidth = 64;
// How data that is no sound is shown to a coder of audio: 8 bits, mono, at this rate in Hz.
inline constexpr uint32_t kSampleRate = 16000;

// Thread-safe: one coder may work on several signals at a time.
class Coder {
 public:
  virtual ~Coder() = default;
  virtual std::string name() const = 0;     // as in the tables, with the level
  virtual std::string version() const = 0;  // of the library
  // Of what this program tells the library to do. To be raised with every change that may change a
  // code: sizes that were kept from another revision do not count.
  virtual int revision() const { return 1; }
  // The model that a decoder must have: its bytes as stored, and its parameters. 0: none.
  virtual uint64_t model_size() const { return 0; }
  virtual uint64_t parameters() const { return 0; }
  // False for data that the coder's format cannot hold.
  virtual bool Takes(const Signal& /*signal*/) const { return true; }
  virtual Result<Bytes> Encode(const Signal& signal) const = 0;
  // `raw_size` is that of the signal; formats that know it themselves ignore it. May return more
  // bytes than raw_size where rows had to be filled up.
  virtual Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const = 0;
  // The size of Encode's code where another coder has made the very same one, decoded and compared.
  virtual std::optional<uint64_t> KnownSize(const Signal& /*signal*/) const { return {}; }
  // Called with a code that was decoded and compared.
  virtual void Remember(const Signal& /*signal*/, ByteSpan /*code*/) const {}
};

using Coders = std::vector<std::unique_ptr<Coder>>;

// The version as a key of sizes that are kept, which changes with the revision too.
std::string KeptVersion(const std::string& version, int revision);

// The bytes of the signal's code, once it has been decoded and compared. Errors: those of the
// coder; kDamaged when it does not restore the bytes.
Result<uint64_t> VerifiedSize(const Coder& coder, const Signal& signal);

// The code of one zero byte (pixel, sample) of the signal's kind: what counts as the header.
Result<uint64_t> HeaderSize(const Coder& coder, const Signal& like);

// Each signal coded alone on `threads` threads; their sizes in order. Errors: as VerifiedSize.
Result<std::vector<uint64_t>> VerifiedSizes(const Coder& coder, const std::vector<Signal>& signals,
                                            int threads);

void AddStreamCoders(Coders& coders);  // gzip, bzip2, LZMA2, zstd, brotli
void AddImageCoders(Coders& coders);   // PNG, WebP, JPEG XL
void AddAudioCoders(Coders& coders);   // FLAC

}  // namespace lmz::bench
