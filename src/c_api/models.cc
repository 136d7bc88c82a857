// The C boundary: models.
#include <cerrno>
#include <cstdio>

#include "c_api/support.h"
#include "stream/models.h"

namespace {

using lmz::Code;
using lmz::Result;
using lmz::Status;
using Handle = std::unique_ptr<lmz_model>;

Result<Handle> MakeHandle(Result<std::shared_ptr<const lmz::Network>> network) {
  LMZ_TRY(network.status());
  const uint64_t parameters = lmz::CountParameters(network.value()->shape());
  return std::make_unique<lmz_model>(lmz_model{std::move(network).value(), parameters});
}

Result<lmz::Bytes> ReadFile(const char* path) {
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const Status failed(Code::kIo, std::string("the model file ") + path + " cannot be read: ");
  errno = 0;
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path, "rb"));
  if (file == nullptr) return Status(Code::kIo, failed.message() + std::strerror(errno));
  lmz::Bytes bytes;
  for (;;) {
    constexpr size_t kPieceSize = size_t{1} << 16;
    const size_t begin = bytes.size();
    bytes.resize(begin + kPieceSize);
    const size_t size = std::fread(bytes.data() + begin, 1, kPieceSize, file.get());
    bytes.resize(begin + size);
    if (size == kPieceSize) continue;
    if (std::ferror(file.get()) == 0) return bytes;
    return Status(Code::kIo, failed.message() + std::strerror(errno));
  }
}

}  // namespace

const char* lmz_built_in_name(size_t index) {
  return lmz::BuiltInName(index);
}

lmz_code lmz_model_built_in(lmz_model** model, const char* name, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckPointer(name, "name"));
    return MakeHandle(lmz::BuiltInModel(name));
  });
}

lmz_code lmz_model_of_level(lmz_model** model, int level, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    if (level == 0) return Status(Code::kInvalidArgument, "level 0 has no model");
    return MakeHandle(lmz::ModelOfLevel(level));
  });
}

lmz_code lmz_model_load(lmz_model** model, const void* file, size_t file_size, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckBuffer(file, file_size));
    return MakeHandle(lmz::LoadModel(lmz::Span(file, file_size)));
  });
}

lmz_code lmz_model_load_file(lmz_model** model, const char* path, lmz_error* error) {
  return lmz::GuardCreate(model, error, [&]() -> Result<Handle> {
    LMZ_TRY(lmz::CheckPointer(path, "path"));
    LMZ_ASSIGN(const lmz::Bytes file, ReadFile(path));
    return MakeHandle(lmz::LoadModel(file));
  });
}

void lmz_model_free(lmz_model* model) {
  delete model;
}

const char* lmz_model_name(const lmz_model* model) {
  return model->network->card().name.c_str();
}

void lmz_model_id(const lmz_model* model, uint8_t id[16]) {
  const lmz::ModelId& bytes = model->network->id();
  static_assert(sizeof(bytes) == 16, "part of the binary interface");
  std::copy(bytes.begin(), bytes.end(), id);
}

uint64_t lmz_model_parameters(const lmz_model* model) {
  return model->parameters;
}
