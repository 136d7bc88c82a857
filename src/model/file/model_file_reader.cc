#include "model/file/model_file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/memory_errors.h"

namespace lmz {

namespace {

// Far above any model that is of use; keeps a wrong path from filling memory.
constexpr uint64_t kMaxFileSize = uint64_t{1} << 34;

// Repeats a system call that a signal interrupted; -1 and errno on failure.
template <class Call>
auto Uninterrupted(Call call) -> decltype(call()) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

class DescriptorSource final : public Source {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(descriptor) {}
  Result<size_t> Read(MutableByteSpan buffer) override {
    size_t done = 0;
    while (done < buffer.size()) {
      const ssize_t size = Uninterrupted(
          [&] { return read(descriptor_, buffer.data() + done, buffer.size() - done); });
      if (size < 0) return Status(Code::kIo, std::generic_category().message(errno));
      if (size == 0) break;
      done += static_cast<size_t>(size);
    }
    return done;
  }

 private:
  int descriptor_;
};

}  // namespace

ModelFileReader::ModelFileReader(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

ModelFileReader::~ModelFileReader() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status ModelFileReader::Failed(int error) const {
  const bool is_missing = error == ENOENT || error == ENOTDIR;
  return Status(is_missing ? Code::kModelMissing : Code::kIo,
                path_ + ": cannot be read: " + std::generic_category().message(error));
}

Status ModelFileReader::TooLong() const {
  return Status(Code::kModelDamaged, path_ + ": too long for a model file: more than " +
                                         std::to_string(kMaxFileSize) + " bytes");
}

Result<std::unique_ptr<ModelFileReader>> ModelFileReader::Open(const std::string& path,
                                                               Accept accept) {
  const bool must_be_regular = accept == Accept::kRegular;
  // A pipe without a writer must not make anyone wait.
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (must_be_regular ? O_NONBLOCK : 0);
  std::unique_ptr<ModelFileReader> reader(new ModelFileReader(path, -1));
  reader->descriptor_ = Uninterrupted([&] { return open(path.c_str(), flags); });
  if (reader->descriptor_ < 0) return reader->Failed(errno);
  struct stat attributes = {};
  if (must_be_regular && fstat(reader->descriptor_, &attributes) != 0) return reader->Failed(errno);
  if (must_be_regular && !S_ISREG(attributes.st_mode)) {
    return Status(Code::kIo, path + ": not a regular file");
  }
  return reader;
}

Result<ModelId> ModelFileReader::ReadId() const {
  ModelId id{};
  const off_t end = lseek(descriptor_, 0, SEEK_END);
  if (end < 0) return Failed(errno);
  if (static_cast<uint64_t>(end) > kMaxFileSize) return TooLong();
  const off_t begin = end - static_cast<off_t>(id.size());
  const ssize_t size =
      begin < 0 ? 0
                : Uninterrupted([&] { return pread(descriptor_, id.data(), id.size(), begin); });
  if (size < 0) return Failed(errno);
  if (static_cast<size_t>(size) == id.size()) return id;
  return Status(Code::kModelDamaged, path_ + ": too short for a model file");
}

Result<Bytes> ModelFileReader::ReadAll() {
  if (lseek(descriptor_, 0, SEEK_SET) < 0 && errno != ESPIPE) return Failed(errno);
  DescriptorSource source(descriptor_);
  Bytes file;
  LMZ_TRY(ReadGrowing(source, kModelMagic.size(), file).At(path_));
  if (!std::equal(kModelMagic.begin(), kModelMagic.end(), file.begin(), file.end())) return file;
  // A regular file is not copied while it grows; one byte more than its size is asked for, so that
  // what is no regular file, and one of a size that was wrong, is read on.
  struct stat attributes = {};
  uint64_t expected = 0;
  if (fstat(descriptor_, &attributes) == 0 && S_ISREG(attributes.st_mode)) {
    expected = static_cast<uint64_t>(attributes.st_size);
    if (expected > kMaxFileSize) return TooLong();
    file.reserve(static_cast<size_t>(expected) + 1);
  }
  if (expected >= file.size()) {
    LMZ_TRY(ReadGrowing(source, expected + 1 - file.size(), file).At(path_));
  }
  if (file.size() > expected) {
    LMZ_TRY(ReadGrowing(source, kMaxFileSize + 1 - file.size(), file).At(path_));
  }
  if (file.size() > kMaxFileSize) return TooLong();
  return file;
}

Result<Bytes> ReadModelFile(const std::string& path) {
  const auto read = [&]() -> Result<Bytes> {
    const Result<std::unique_ptr<ModelFileReader>> reader =
        ModelFileReader::Open(path, ModelFileReader::Accept::kAnyReadable);
    // Not a model that something needs, but a file that the caller said is there.
    if (!reader.ok()) return Status(Code::kIo, reader.status().message());
    return reader.value()->ReadAll();
  };
  Result<Bytes> file = WithMemoryErrors(read, kNoMemoryForModel);
  if (file.status().code() == Code::kOutOfMemory) return file.status().At(path);
  return file;
}

}  // namespace lmz
