// The C boundary: decompressors.
#include "c_api/support.h"

namespace {

using lmz::OkStatus;
using lmz::Status;

Status Set(lmz_decompressor& decompressor, int option, uint64_t value) {
  switch (option) {
    case LMZ_MEMORY_LIMIT:
      decompressor.options.memory_limit = value;
      return OkStatus();
    case LMZ_OUTPUT_LIMIT:
      decompressor.options.output_limit = value;
      return OkStatus();
    case LMZ_ONE_FRAME:
      decompressor.options.ends_with_frame = value != 0;
      return OkStatus();
    default:
      return lmz::SetCommon(option, value, decompressor.options.threads);
  }
}

void GatherModels(lmz_decompressor& decompressor) {
  const auto models = std::make_shared<lmz::ModelLibrary>(*decompressor.known);
  for (const lmz::SharedModel& model : decompressor.added) models->Add(model);
  decompressor.options.models = models;
}

}  // namespace

lmz_code lmz_decompressor_create(lmz_decompressor** decompressor, lmz_error* error) {
  return lmz::GuardCreate(decompressor, error,
                          []() -> lmz::Result<std::unique_ptr<lmz_decompressor>> {
                            return std::make_unique<lmz_decompressor>();
                          });
}

void lmz_decompressor_free(lmz_decompressor* decompressor) {
  delete decompressor;
}

lmz_code lmz_decompressor_set(lmz_decompressor* decompressor, int option, uint64_t value,
                              lmz_error* error) {
  return lmz::GuardSetting(decompressor, error, [&] { return Set(*decompressor, option, value); });
}

lmz_code lmz_decompressor_add_model(lmz_decompressor* decompressor, const lmz_model* model,
                                    lmz_error* error) {
  return lmz::GuardSetting(decompressor, error, [&]() -> Status {
    LMZ_TRY(lmz::CheckPointer(model, "model"));
    decompressor->added.push_back(model->network);
    GatherModels(*decompressor);
    return OkStatus();
  });
}

lmz_code lmz_decompressor_set_library(lmz_decompressor* decompressor,
                                      const lmz_model_library* library, lmz_error* error) {
  return lmz::GuardSetting(decompressor, error, [&]() -> Status {
    decompressor->known = library == nullptr
                              ? lmz::ModelLibrary::Installed()
                              : std::make_shared<const lmz::ModelLibrary>(library->library);
    GatherModels(*decompressor);
    return OkStatus();
  });
}

lmz_code lmz_decompressor_set_progress(lmz_decompressor* decompressor, lmz_progress progress,
                                       void* user, lmz_error* error) {
  return lmz::GuardSetting(decompressor, error, [&] {
    decompressor->options.progress = lmz::WrapProgress(progress, user);
    return OkStatus();
  });
}

lmz_code lmz_decompressor_step(lmz_decompressor* decompressor, lmz_buffers* buffers, int directive,
                               int* is_done, lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckStep(decompressor, buffers, directive, is_done));
    if (!decompressor->fed.has_value()) decompressor->fed.emplace(decompressor->options);
    return lmz::RunStep(*decompressor, *buffers, directive, *is_done);
  });
}

lmz_code lmz_decompressor_end(lmz_decompressor* decompressor, int* has_ended, const void** unused,
                              size_t* unused_size, lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckPointer(has_ended, "answer"));
    LMZ_TRY(lmz::CheckPointer(unused, "unused bytes"));
    LMZ_TRY(lmz::CheckPointer(unused_size, "number of unused bytes"));
    *has_ended = 0;
    *unused = nullptr;
    *unused_size = 0;
    LMZ_TRY(lmz::CheckPointer(decompressor, "object"));
    if (!decompressor->fed.has_value() || !decompressor->fed->has_ended()) return OkStatus();
    decompressor->unused = decompressor->fed->TakeUnused();
    decompressor->fed.reset();
    *has_ended = 1;
    *unused = decompressor->unused.data();
    *unused_size = decompressor->unused.size();
    return OkStatus();
  });
}

void lmz_decompressor_reset(lmz_decompressor* decompressor) {
  if (decompressor != nullptr) decompressor->fed.reset();
}

lmz_code lmz_decompressor_run(lmz_decompressor* decompressor, void* dst, size_t dst_capacity,
                              size_t* dst_size, const void* src, size_t src_size,
                              lmz_error* error) {
  return lmz::GuardBuffers(
      dst, dst_capacity, dst_size, src, src_size, error, [&]() -> lmz::Result<size_t> {
        LMZ_TRY(lmz::CheckPointer(decompressor, "object"));
        if (decompressor->fed.has_value()) return lmz::WithinStream();
        lmz::DecompressOptions options = decompressor->options;
        options.output_limit = std::min<uint64_t>(options.output_limit, dst_capacity);
        lmz::MemorySource source(lmz::Span(src, src_size));
        lmz::BufferSink sink(dst, dst_capacity);
        LMZ_TRY(lmz::Decompress(source, sink, options).status());
        return sink.size();
      });
}
