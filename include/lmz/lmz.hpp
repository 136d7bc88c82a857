// lmz: the C++17 face of lmz.h, header only. docs/library.md is its guide.
//
// Every class owns one object of the C interface, can be moved, and follows the rules of lmz.h for
// threads and lifetimes. Failures are thrown as lmz::Error, failed allocations as well.
#ifndef LMZ_LMZ_HPP_
#define LMZ_LMZ_HPP_

#include <lmz/lmz.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lmz {

// A failure: what() says what, where and what to do.
class Error : public std::runtime_error {
 public:
  explicit Error(const lmz_error& error) : std::runtime_error(error.text), code_(error.code) {}
  lmz_code code() const noexcept { return code_; }

 private:
  lmz_code code_;
};

namespace detail {

// Calls `function(arguments..., &error)` and throws what it reports.
template <class Function, class... Arguments>
void Call(Function function, Arguments... arguments) {
  lmz_error error;
  if (function(arguments..., &error) != LMZ_OK) throw Error(error);
}

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const noexcept { kFree(object); }
};

template <class T, void (*kFree)(T*)>
using Handle = std::unique_ptr<T, Free<T, kFree>>;

// The object that `create(&object, arguments..., &error)` gives.
template <class T, void (*kFree)(T*), class Function, class... Arguments>
Handle<T, kFree> Create(Function create, Arguments... arguments) {
  T* object = nullptr;
  Call(create, &object, arguments...);
  return Handle<T, kFree>(object);
}

}  // namespace detail

// Content in memory is std::string and std::string_view: bytes of any value.

// As lmz_compress, into a string of the right size.
inline std::string Compress(std::string_view content, int level = LMZ_DEFAULT_LEVEL) {
  std::string coded(lmz_compress_bound(content.size()), '\0');
  std::size_t size = 0;
  detail::Call(lmz_compress, coded.data(), coded.size(), &size, content.data(), content.size(),
               level);
  coded.resize(size);
  return coded;
}

// A loaded model; copies share it. Thread-safe.
class Model {
 public:
  static Model BuiltIn(const std::string& name) {
    return Model(Make(lmz_model_built_in, name.c_str()));
  }
  static Model OfLevel(int level) { return Model(Make(lmz_model_of_level, level)); }
  static Model Load(std::string_view file) {
    return Model(Make(lmz_model_load, file.data(), file.size()));
  }
  static Model LoadFile(const std::string& path) {
    return Model(Make(lmz_model_load_file, path.c_str()));
  }
  // The names that BuiltIn knows.
  static std::vector<std::string> BuiltInNames() {
    std::vector<std::string> names;
    while (const char* name = lmz_built_in_name(names.size())) names.emplace_back(name);
    return names;
  }

  std::string name() const { return lmz_model_name(get()); }
  std::uint64_t parameters() const { return lmz_model_parameters(get()); }
  const lmz_model* get() const { return model_.get(); }

 private:
  friend class ModelLibrary;
  explicit Model(std::shared_ptr<lmz_model> model) : model_(std::move(model)) {}

  template <class Function, class... Arguments>
  static std::shared_ptr<lmz_model> Make(Function create, Arguments... arguments) {
    return detail::Create<lmz_model, lmz_model_free>(create, arguments...);
  }

  std::shared_ptr<lmz_model> model_;
};

// As lmz_model_library: the built-in models and those in folders.
class ModelLibrary {
 public:
  ModelLibrary()
      : object_(
            detail::Create<lmz_model_library, lmz_model_library_free>(lmz_model_library_create)) {}

  ModelLibrary& AddFolder(const std::string& path) {
    detail::Call(lmz_model_library_add_folder, object_.get(), path.c_str());
    return *this;
  }
  ModelLibrary& AddInstalled() {
    detail::Call(lmz_model_library_add_folder, object_.get(), nullptr);
    return *this;
  }
  Model OfLevel(int level) const {
    return Model(Model::Make(lmz_model_from_library, get(), level));
  }
  const lmz_model_library* get() const { return object_.get(); }

 private:
  detail::Handle<lmz_model_library, lmz_model_library_free> object_;
};

// As lmz_device.
class Device {
 public:
  explicit Device(const std::string& name)
      : object_(detail::Create<lmz_device, lmz_device_free>(lmz_device_open, name.c_str())) {}
  // Throws what went wrong on the device; the CPU did its work.
  void ThrowFailure() const { detail::Call(lmz_device_failure, get()); }
  const lmz_device* get() const { return object_.get(); }

 private:
  detail::Handle<lmz_device, lmz_device_free> object_;
};

// As lmz_compressor: settings, and a stream of frames.
class Compressor {
 public:
  Compressor()
      : object_(detail::Create<lmz_compressor, lmz_compressor_free>(lmz_compressor_create)) {}

  Compressor& Set(int option, std::uint64_t value) {
    detail::Call(lmz_compressor_set, get(), option, value);
    return *this;
  }
  Compressor& SetModel(const Model& model) {
    detail::Call(lmz_compressor_set_model, get(), model.get());
    return *this;
  }
  Compressor& SetDevice(const Device& device) {
    detail::Call(lmz_compressor_set_device, get(), device.get());
    return *this;
  }
  Compressor& SetProgress(lmz_progress progress, void* user) {
    detail::Call(lmz_compressor_set_progress, get(), progress, user);
    return *this;
  }

  // The code that is ready after `content` was taken: much, little or nothing.
  std::string Write(std::string_view content) { return Step(content, LMZ_RUN); }
  // The same, and the code by which all content so far can be decoded.
  std::string Flush(std::string_view content = {}) { return Step(content, LMZ_FLUSH); }
  // The same, and the end of the frame; the next call begins another.
  std::string Finish(std::string_view content = {}) { return Step(content, LMZ_END); }
  void Reset() { lmz_compressor_reset(get()); }

  // For callers with buffers of their own; true when done.
  bool Step(lmz_buffers& buffers, int directive) {
    int is_done = 0;
    detail::Call(lmz_compressor_step, get(), &buffers, directive, &is_done);
    return is_done != 0;
  }
  lmz_compressor* get() { return object_.get(); }

 private:
  std::string Step(std::string_view content, int directive);

  detail::Handle<lmz_compressor, lmz_compressor_free> object_;
};

// As lmz_decompressor: settings, and a stream of inputs.
class Decompressor {
 public:
  Decompressor()
      : object_(detail::Create<lmz_decompressor, lmz_decompressor_free>(lmz_decompressor_create)) {}

  Decompressor& Set(int option, std::uint64_t value) {
    detail::Call(lmz_decompressor_set, get(), option, value);
    return *this;
  }
  Decompressor& AddModel(const Model& model) {
    detail::Call(lmz_decompressor_add_model, get(), model.get());
    return *this;
  }
  Decompressor& SetLibrary(const ModelLibrary& library) {
    detail::Call(lmz_decompressor_set_library, get(), library.get());
    return *this;
  }
  Decompressor& SetDevice(const Device& device) {
    detail::Call(lmz_decompressor_set_device, get(), device.get());
    return *this;
  }
  Decompressor& SetProgress(lmz_progress progress, void* user) {
    detail::Call(lmz_decompressor_set_progress, get(), progress, user);
    return *this;
  }

  // The content that can be given after `code` was taken.
  std::string Write(std::string_view code) { return Step(code, LMZ_RUN); }
  std::string Flush(std::string_view code = {}) { return Step(code, LMZ_FLUSH); }
  // The same, and says that the input ends: LMZ_TRUNCATED is thrown when it should not.
  std::string Finish(std::string_view code = {}) { return Step(code, LMZ_END); }
  // With LMZ_ONE_FRAME: whether the frame has ended, and in `unused` what was taken behind it.
  bool HasEnded(std::string_view& unused) {
    int has_ended = 0;
    const void* bytes = nullptr;
    std::size_t size = 0;
    detail::Call(lmz_decompressor_end, get(), &has_ended, &bytes, &size);
    unused = std::string_view(static_cast<const char*>(bytes), size);
    return has_ended != 0;
  }
  void Reset() { lmz_decompressor_reset(get()); }

  bool Step(lmz_buffers& buffers, int directive) {
    int is_done = 0;
    detail::Call(lmz_decompressor_step, get(), &buffers, directive, &is_done);
    return is_done != 0;
  }
  lmz_decompressor* get() { return object_.get(); }
  const lmz_decompressor* get() const { return object_.get(); }

 private:
  std::string Step(std::string_view code, int directive);

  detail::Handle<lmz_decompressor, lmz_decompressor_free> object_;
};

namespace detail {

// All output of a step over `input`, in a string that grows.
template <class Coder>
std::string StepAll(Coder& coder, std::string_view input, int directive) {
  std::string output;
  std::size_t size = 0;
  lmz_buffers buffers = {input.data(), input.size(), nullptr, 0};
  while (!coder.Step(buffers, directive)) {
    output.resize(size + (size < 65536 ? 65536 : size));
    buffers.next_out = output.data() + size;
    buffers.avail_out = output.size() - size;
    const bool is_done = coder.Step(buffers, directive);
    size = output.size() - buffers.avail_out;
    buffers.avail_out = 0;
    if (is_done) break;
  }
  output.resize(size);
  return output;
}

}  // namespace detail

inline std::string Compressor::Step(std::string_view content, int directive) {
  return detail::StepAll(*this, content, directive);
}

inline std::string Decompressor::Step(std::string_view code, int directive) {
  return detail::StepAll(*this, code, directive);
}

// As lmz_decompress. At most `output_limit` bytes are made; memory grows with what is decoded.
inline std::string Decompress(std::string_view code, std::uint64_t output_limit = UINT64_MAX) {
  Decompressor decompressor;
  decompressor.Set(LMZ_OUTPUT_LIMIT, output_limit);
  return decompressor.Finish(code);
}

// As lmz_range_reader over an input in memory or behind a function.
class RangeReader {
 public:
  explicit RangeReader(std::string_view input, const Decompressor* settings = nullptr)
      : object_(detail::Create<lmz_range_reader, lmz_range_reader_free>(
            lmz_range_open_memory, input.data(), input.size(), Settings(settings))) {}
  RangeReader(lmz_read_at read, void* user, std::uint64_t size,
              const Decompressor* settings = nullptr)
      : object_(detail::Create<lmz_range_reader, lmz_range_reader_free>(
            lmz_range_open, read, user, size, Settings(settings))) {}

  std::uint64_t content_size() const { return lmz_range_content_size(object_.get()); }

  std::vector<lmz_block> Blocks() const {
    std::vector<lmz_block> blocks(static_cast<std::size_t>(lmz_range_block_count(object_.get())));
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      detail::Call(lmz_range_block, object_.get(), i, &blocks[i]);
    }
    return blocks;
  }

  // The content's bytes from `offset` on, `size` of them unless it ends before.
  std::string Read(std::uint64_t offset, std::size_t size) {
    const std::uint64_t total = content_size();
    const std::uint64_t left = offset < total ? total - offset : 0;
    std::string bytes(left < size ? static_cast<std::size_t>(left) : size, '\0');
    std::size_t read = 0;
    detail::Call(lmz_range_read, object_.get(), offset, bytes.data(), bytes.size(), &read);
    bytes.resize(read);
    return bytes;
  }

 private:
  static const lmz_decompressor* Settings(const Decompressor* settings) {
    return settings == nullptr ? nullptr : settings->get();
  }

  detail::Handle<lmz_range_reader, lmz_range_reader_free> object_;
};

// As lmz_record_coder.
class RecordCoder {
 public:
  explicit RecordCoder(std::string_view sample) : object_(Make(nullptr, sample)) {}
  RecordCoder(const Model& model, std::string_view sample) : object_(Make(model.get(), sample)) {}

  std::string Encode(std::string_view record) {
    std::string code(record.size() + LMZ_RECORD_FRAMING, '\0');
    std::size_t size = 0;
    detail::Call(lmz_record_encode, object_.get(), code.data(), code.size(), &size, record.data(),
                 record.size());
    code.resize(size);
    return code;
  }
  std::string Decode(std::string_view code) {
    std::string record(LMZ_MAX_RECORD_SIZE, '\0');
    std::size_t size = 0;
    detail::Call(lmz_record_decode, object_.get(), record.data(), record.size(), &size, code.data(),
                 code.size());
    record.resize(size);
    return record;
  }

 private:
  static detail::Handle<lmz_record_coder, lmz_record_coder_free> Make(const lmz_model* model,
                                                                      std::string_view sample) {
    return detail::Create<lmz_record_coder, lmz_record_coder_free>(lmz_record_coder_create, model,
                                                                   sample.data(), sample.size());
  }

  detail::Handle<lmz_record_coder, lmz_record_coder_free> object_;
};

}  // namespace lmz

#endif  // LMZ_LMZ_HPP_
