// The C boundary: compressors.
#include "c_api/support.h"

namespace {

using lmz::Code;
using lmz::OkStatus;
using lmz::Status;

Status Set(lmz_compressor& compressor, int option, uint64_t value) {
  lmz::CompressOptions& options = compressor.options;
  switch (option) {
    case LMZ_LEVEL: {
      const int level = static_cast<int>(std::min<uint64_t>(value, INT32_MAX));
      LMZ_ASSIGN(options.model, lmz::ModelLibrary::Installed()->OfLevel(level));
      compressor.has_model = true;
      return OkStatus();
    }
    case LMZ_BLOCK_SIZE:
    case LMZ_FRAME_SIZE: {
      lmz::CompressOptions changed = options;
      (option == LMZ_BLOCK_SIZE ? changed.block_size : changed.frame_size) = value;
      LMZ_TRY(lmz::ValidateCompressOptions(changed));
      options = changed;
      return OkStatus();
    }
    case LMZ_WIDE:
      options.is_wide = value != 0;
      return OkStatus();
    case LMZ_CONTENT_SIZE:
      options.content_size = value;
      return OkStatus();
    default:
      return lmz::SetCommon(option, value, options.threads);
  }
}

// The model of the default level is loaded when it is needed first, not where another one will be
// set.
Status LoadDefaultModel(lmz_compressor& compressor) {
  return compressor.has_model ? OkStatus() : Set(compressor, LMZ_LEVEL, LMZ_DEFAULT_LEVEL);
}

}  // namespace

lmz_code lmz_compressor_create(lmz_compressor** compressor, lmz_error* error) {
  return lmz::GuardCreate(compressor, error, []() -> lmz::Result<std::unique_ptr<lmz_compressor>> {
    return std::make_unique<lmz_compressor>();
  });
}

void lmz_compressor_free(lmz_compressor* compressor) {
  delete compressor;
}

lmz_code lmz_compressor_set(lmz_compressor* compressor, int option, uint64_t value,
                            lmz_error* error) {
  return lmz::GuardSetting(compressor, error, [&] { return Set(*compressor, option, value); });
}

lmz_code lmz_compressor_set_model(lmz_compressor* compressor, const lmz_model* model,
                                  lmz_error* error) {
  return lmz::GuardSetting(compressor, error, [&] {
    compressor->options.model = model == nullptr ? nullptr : model->network;
    compressor->has_model = true;
    return OkStatus();
  });
}

lmz_code lmz_compressor_set_progress(lmz_compressor* compressor, lmz_progress progress, void* user,
                                     lmz_error* error) {
  return lmz::GuardSetting(compressor, error, [&] {
    compressor->options.progress = lmz::WrapProgress(progress, user);
    return OkStatus();
  });
}

lmz_code lmz_compressor_step(lmz_compressor* compressor, lmz_buffers* buffers, int directive,
                             int* is_done, lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckStep(compressor, buffers, directive, is_done));
    if (!compressor->fed.has_value()) {
      LMZ_TRY(LoadDefaultModel(*compressor));
      compressor->fed.emplace(compressor->options);
    }
    return lmz::RunStep(*compressor, *buffers, directive, *is_done);
  });
}

void lmz_compressor_reset(lmz_compressor* compressor) {
  if (compressor != nullptr) compressor->fed.reset();
}

lmz_code lmz_compressor_run(lmz_compressor* compressor, void* dst, size_t dst_capacity,
                            size_t* dst_size, const void* src, size_t src_size, lmz_error* error) {
  return lmz::GuardBuffers(dst, dst_capacity, dst_size, src, src_size, error,
                           [&]() -> lmz::Result<size_t> {
                             LMZ_TRY(lmz::CheckPointer(compressor, "object"));
                             if (compressor->fed.has_value()) return lmz::WithinStream();
                             LMZ_TRY(LoadDefaultModel(*compressor));
                             lmz::CompressOptions options = compressor->options;
                             if (!options.content_size) options.content_size = src_size;
                             lmz::MemorySource source(lmz::Span(src, src_size));
                             lmz::BufferSink sink(dst, dst_capacity);
                             LMZ_TRY(lmz::Compress(source, sink, options).status());
                             return sink.size();
                           });
}
