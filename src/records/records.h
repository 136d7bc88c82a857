// Many small records, each coded alone, with everything that takes time done once.
//
// A coder keeps a model loaded and has learnt from a sample of similar records, which plays the
// part of a dictionary: whoever decodes needs the same model and the same sample. A record's code
// is its size, a check of its bytes and the payload; no codes depend on each other.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "model/predictor.h"

namespace lmz {

class RecordCoder {
 public:
  static constexpr size_t kMaxRecordSize = 16383;            // bytes
  static constexpr size_t kMaxSampleSize = size_t{1} << 16;  // bytes
  static constexpr size_t kFraming = 4;                      // bytes around a record, at most

  // Without a model (null), context mixing works alone: faster, larger. `sample` may be empty; of
  // a longer one the last kMaxSampleSize bytes count. Errors: kOutOfMemory; kInvalidArgument when
  // `model` predicts tokens.
  static Result<RecordCoder> Make(SharedModel model, ByteSpan sample);

  ~RecordCoder();
  RecordCoder(RecordCoder&& other) noexcept;
  RecordCoder& operator=(RecordCoder&& other) noexcept;

  // Writes the code of `record` (at most kMaxRecordSize bytes) to `code`, which has room for
  // record.size() + kFraming bytes, and returns its size. Allocates nothing. Errors:
  // kInvalidArgument for a record that is too large or a code that is too small. Not thread-safe.
  Result<size_t> Encode(ByteSpan record, MutableByteSpan code);

  // Restores the record behind a whole `code` into `record` and returns its size. Allocates
  // nothing. Errors: kTruncated or kDamaged, also for another model or sample than the encoder's;
  // kLimit when `record` is too small. The check has 24 bits for records below 128 bytes and 16 for
  // others: against accidents, not against forgery. Not thread-safe.
  Result<size_t> Decode(ByteSpan code, MutableByteSpan record);

 private:
  struct State;
  explicit RecordCoder(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace lmz
