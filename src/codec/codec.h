// What a codec is: one row of the registry (codec/registry.h), and what it may use while it works.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "base/bytes.h"

namespace lmz {

class BlockObserver;  // codec/observer.h
class CpuShare;       // base/cpu_share.h
class Device;         // model/device.h
class ModelLibrary;   // model/library.h
class Predictor;      // model/predictor.h
class Session;
class TokenPredictor;  // model/token/token_predictor.h
class TokenSession;
struct SessionSize;
struct TokenSessionSize;

// A codec's number in the format, 0 to 15 (docs/spec/codecs.md). Each codec names its own in its
// row: kPngCodec.id.
enum class CodecId : uint8_t {};

// The largest raw block that any decoder accepts, in bytes.
inline constexpr uint64_t kMaxBlockRawSize = uint64_t{1} << 28;

// What coding a block may use. None of it decides the result.
struct BlockResources {
  int threads = 1;  // >= 1, for the codecs that can use more than one
  // Held by a codec while it uses `threads`, so that blocks coded at the same time do not all do so
  // at once; may be null.
  std::mutex* crew_mutex = nullptr;
  // How many blocks are around this one. Decoders refuse what is too deep.
  int depth = 0;
  // Where the models that blocks name are found; null: ModelLibrary::Installed().
  const ModelLibrary* models = nullptr;
  // Where models run; null: on the CPU.
  Device* device = nullptr;
  // What the thread has a turn of, which it leaves while it waits for the device; null: nothing.
  CpuShare* cpu_share = nullptr;
  // Is told where the bits go, with `threads` 1; null: nobody wants to know.
  BlockObserver* observer = nullptr;
  // Called now and then, from one thread at a time, with the number of bytes done so far, which
  // never falls, and, when encoding, roughly the bytes of code that they came to, 0 where that is
  // not known; returning false stops the work with kCancelled. Must not throw.
  std::function<bool(uint64_t done, uint64_t code_size)> report = {};

  // Decoding: called now and then, from one thread at a time, with the number of bytes from the
  // block's beginning on that are decoded, which never falls; they are not checked yet. Returning
  // false stops the work with kCancelled. Must not throw. Only codecs that decode in order call it.
  std::function<bool(uint64_t size)> decoded = {};

  // For codecs.
  bool TellDecoded(uint64_t size) const { return !decoded || decoded(size); }
  bool Report(uint64_t done, uint64_t code_size = 0) const {
    return !report || report(done, code_size);
  }

  // For codecs: holds crew_mutex, if there is one.
  std::unique_lock<std::mutex> HoldCrew() const {
    return crew_mutex != nullptr ? std::unique_lock(*crew_mutex) : std::unique_lock<std::mutex>();
  }

  // For codecs: where the models are found that blocks name.
  const ModelLibrary& ModelsToUse() const;

  // For codecs: a session of `predictor` on the device, or on the CPU. May throw std::bad_alloc.
  std::unique_ptr<Session> BeginSession(const Predictor& predictor, const SessionSize& size) const;
  std::unique_ptr<TokenSession> BeginTokens(const TokenPredictor& predictor,
                                            const TokenSessionSize& size) const;

  // For codecs: the resources of a part of the work. What the part reports, counting to `size`, is
  // reported here as bytes begin to end of the whole. This object outlives the part's.
  BlockResources Part(uint64_t begin, uint64_t end, uint64_t size) const;
};

inline Status CancelledStatus() {
  return Status(Code::kCancelled, "the work was stopped by the caller");
}

// A codec, and with its Options what an encoder may decide for it: an aggregate, by default what
// suits any bytes. All functions are thread-safe for distinct outputs.
template <class Options>
struct CodecRow {
  CodecId id;
  const char* name;  // lower case, for lists and messages
  // Replaces `payload` with the code of `raw` (not empty). Returns the coder's final state.
  Result<uint32_t> (*encode)(ByteSpan raw, const Options& options, const BlockResources& resources,
                             Bytes& payload);
  // Fills all of `raw` from `payload` and returns the coder's final state.
  Result<uint32_t> (*decode)(ByteSpan payload, const BlockResources& resources,
                             MutableByteSpan raw);
  // No legal payload of `payload_size` bytes stands for more than this many bytes.
  uint64_t (*max_raw_size)(uint64_t payload_size);
  // Upper bound of what `decode` allocates for `raw_size` bytes, by what the payload's first fields
  // say; its model is looked for and loaded, and does not count. Close: what an honest block takes
  // is at least a quarter of it, payload and raw bytes included. 0 for fields that `decode`
  // refuses.
  uint64_t (*decode_memory)(ByteSpan payload, uint64_t raw_size, const BlockResources& resources);
};

}  // namespace lmz
