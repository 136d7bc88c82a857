// The C boundary: small records.
#include "records/records.h"
#include "c_api/support.h"

using lmz::RecordCoder;
using lmz::Result;

static_assert(LMZ_MAX_RECORD_SIZE == RecordCoder::kMaxRecordSize);
static_assert(LMZ_MAX_SAMPLE_SIZE == RecordCoder::kMaxSampleSize);
static_assert(LMZ_RECORD_FRAMING == RecordCoder::kFraming);

struct lmz_record_coder {
  RecordCoder coder;
};

lmz_code lmz_record_coder_create(lmz_record_coder** coder, const lmz_model* model,
                                 const void* sample, size_t sample_size, lmz_error* error) {
  return lmz::GuardCreate(coder, error, [&]() -> Result<std::unique_ptr<lmz_record_coder>> {
    LMZ_TRY(lmz::CheckBuffer(sample, sample_size));
    LMZ_ASSIGN(RecordCoder made, RecordCoder::Make(model == nullptr ? nullptr : model->network,
                                                   lmz::Span(sample, sample_size)));
    return std::make_unique<lmz_record_coder>(lmz_record_coder{std::move(made)});
  });
}

void lmz_record_coder_free(lmz_record_coder* coder) {
  delete coder;
}

lmz_code lmz_record_encode(lmz_record_coder* coder, void* dst, size_t dst_capacity,
                           size_t* dst_size, const void* src, size_t src_size, lmz_error* error) {
  return lmz::GuardBuffers(
      dst, dst_capacity, dst_size, src, src_size, error, [&]() -> Result<size_t> {
        LMZ_TRY(lmz::CheckPointer(coder, "object"));
        return coder->coder.Encode(lmz::Span(src, src_size), lmz::MutableSpan(dst, dst_capacity));
      });
}

lmz_code lmz_record_decode(lmz_record_coder* coder, void* dst, size_t dst_capacity,
                           size_t* dst_size, const void* src, size_t src_size, lmz_error* error) {
  return lmz::GuardBuffers(
      dst, dst_capacity, dst_size, src, src_size, error, [&]() -> Result<size_t> {
        LMZ_TRY(lmz::CheckPointer(coder, "object"));
        return coder->coder.Decode(lmz::Span(src, src_size), lmz::MutableSpan(dst, dst_capacity));
      });
}
