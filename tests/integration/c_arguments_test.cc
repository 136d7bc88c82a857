// Arguments that no function may take: NULL for each pointer of every exported function, numbers
// that narrower ones inside the library would cut.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "lmz/lmz.h"

namespace {

// The names of all functions that were called.
std::set<std::string>& Called() {
  static std::set<std::string> called;
  return called;
}

template <class Argument>
bool BecomesNull(Argument& argument) {
  if constexpr (std::is_pointer_v<Argument>) argument = nullptr;
  return std::is_pointer_v<Argument>;
}

// The arguments of one call of each kind: with NULL for one of the pointers, then for all of them.
template <class... Arguments>
class Refusals {
 public:
  using Function = lmz_code (*)(Arguments...);
  using Tuple = std::tuple<Arguments...>;

  Refusals(const char* name, Function function, const Tuple& arguments, std::set<size_t> optional)
      : name_(name), function_(function), arguments_(arguments), optional_(std::move(optional)) {
    optional_.insert(sizeof...(Arguments) - 1);  // the error
  }

  template <size_t... kIndex>
  void Expect(std::index_sequence<kIndex...>) {
    (ExpectOne<kIndex>(), ...);
    (BecomesNull(std::get<kIndex>(arguments_)), ...);
    EXPECT_EQ(std::apply(function_, arguments_), LMZ_INVALID_ARGUMENT) << name_ << ", all NULL";
  }

 private:
  template <size_t kIndex>
  void ExpectOne() const {
    Tuple arguments = arguments_;
    if (!BecomesNull(std::get<kIndex>(arguments)) || optional_.contains(kIndex)) return;
    EXPECT_EQ(std::apply(function_, arguments), LMZ_INVALID_ARGUMENT)
        << name_ << ", argument " << kIndex;
  }

  const char* name_;
  Function function_;
  Tuple arguments_;
  std::set<size_t> optional_;
};

// `function` refuses a NULL for each of its pointers but the error and those whose index is in
// `optional`, and all of them together. `arguments` are valid ones.
template <class... Arguments>
void Refuses(const char* name, lmz_code (*function)(Arguments...),
             std::type_identity_t<std::tuple<Arguments...>> arguments,
             const std::set<size_t>& optional = {}) {
  Called().insert(name);
  Refusals<Arguments...>(name, function, arguments, optional)
      .Expect(std::index_sequence_for<Arguments...>());
}

#define FUNCTION(name) #name, name

// Functions that cannot fail: their call must not crash.
#define CALL(function, ...) (Called().insert(#function), function(__VA_ARGS__))

class CNull : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(lmz_compressor_create(&compressor_, &error_), LMZ_OK);
    ASSERT_EQ(lmz_decompressor_create(&decompressor_, &error_), LMZ_OK);
    ASSERT_EQ(lmz_model_library_create(&library_, &error_), LMZ_OK);
    ASSERT_EQ(lmz_model_built_in(&model_, "tiny", &error_), LMZ_OK);
    ASSERT_EQ(lmz_device_open(&device_, "cpu", &error_), LMZ_OK);
    ASSERT_EQ(lmz_record_coder_create(&coder_, nullptr, nullptr, 0, &error_), LMZ_OK);
    ASSERT_EQ(lmz_compress(code_, sizeof(code_), &code_size_, "x", 1, 0, &error_), LMZ_OK);
    ASSERT_EQ(lmz_range_open_memory(&reader_, code_, code_size_, nullptr, &error_), LMZ_OK);
  }
  void TearDown() override {
    CALL(lmz_compressor_free, compressor_);
    CALL(lmz_decompressor_free, decompressor_);
    CALL(lmz_model_library_free, library_);
    CALL(lmz_model_free, model_);
    CALL(lmz_device_free, device_);
    CALL(lmz_record_coder_free, coder_);
    CALL(lmz_range_reader_free, reader_);
  }

  void WholeBuffers();
  void Models();
  void Streams();
  void RangesAndRecords();
  void WhatCannotFail();

  lmz_compressor* compressor_ = nullptr;
  lmz_decompressor* decompressor_ = nullptr;
  lmz_model_library* library_ = nullptr;
  lmz_model* model_ = nullptr;
  lmz_device* device_ = nullptr;
  lmz_record_coder* coder_ = nullptr;
  lmz_range_reader* reader_ = nullptr;
  lmz_buffers buffers_ = {};
  lmz_block block_ = {};
  lmz_error error_ = {};
  char code_[100] = {};
  size_t code_size_ = 0;
  char room_[100] = {};
  size_t size_ = 0;
  uint64_t content_size_ = 0;
  int answer_ = 0;
  const void* unused_ = nullptr;
};

void CNull::WholeBuffers() {
  Refuses(FUNCTION(lmz_compress), {room_, 100, &size_, "x", 1, 0, &error_});
  Refuses(FUNCTION(lmz_decompress), {room_, 100, &size_, code_, code_size_, &error_});
  Refuses(FUNCTION(lmz_content_size), {code_, code_size_, &content_size_, &error_});
}

void CNull::Models() {
  lmz_model* model = nullptr;
  lmz_model_library* library = nullptr;
  lmz_device* device = nullptr;
  Refuses(FUNCTION(lmz_model_built_in), {&model, "tiny", &error_});
  Refuses(FUNCTION(lmz_model_of_level), {&model, 1, &error_});
  Refuses(FUNCTION(lmz_model_load), {&model, "x", 1, &error_});
  Refuses(FUNCTION(lmz_model_load_file), {&model, "none", &error_});
  Refuses(FUNCTION(lmz_model_library_create), {&library, &error_});
  Refuses(FUNCTION(lmz_model_library_add_folder), {library_, "none", &error_}, {1});
  Refuses(FUNCTION(lmz_model_from_library), {&model, library_, 1, &error_});
  Refuses(FUNCTION(lmz_device_open), {&device, "cpu", &error_});
  Refuses(FUNCTION(lmz_device_failure), {device_, &error_});
  EXPECT_EQ(model, nullptr);
  EXPECT_EQ(device, nullptr);
}

void CNull::Streams() {
  lmz_compressor* compressor = nullptr;
  lmz_decompressor* decompressor = nullptr;
  const lmz_progress progress = [](void*, uint64_t, uint64_t) { return 0; };
  Refuses(FUNCTION(lmz_compressor_create), {&compressor, &error_});
  Refuses(FUNCTION(lmz_compressor_set), {compressor_, LMZ_LEVEL, 0, &error_});
  Refuses(FUNCTION(lmz_compressor_set_model), {compressor_, model_, &error_}, {1});
  Refuses(FUNCTION(lmz_compressor_set_progress), {compressor_, progress, nullptr, &error_}, {1, 2});
  Refuses(FUNCTION(lmz_compressor_set_device), {compressor_, device_, &error_}, {1});
  Refuses(FUNCTION(lmz_compressor_step), {compressor_, &buffers_, LMZ_RUN, &answer_, &error_});
  Refuses(FUNCTION(lmz_compressor_run), {compressor_, room_, 100, &size_, "x", 1, &error_});
  Refuses(FUNCTION(lmz_decompressor_create), {&decompressor, &error_});
  Refuses(FUNCTION(lmz_decompressor_set), {decompressor_, LMZ_THREADS, 1, &error_});
  Refuses(FUNCTION(lmz_decompressor_add_model), {decompressor_, model_, &error_});
  Refuses(FUNCTION(lmz_decompressor_set_library), {decompressor_, library_, &error_}, {1});
  Refuses(FUNCTION(lmz_decompressor_set_device), {decompressor_, device_, &error_}, {1});
  Refuses(FUNCTION(lmz_decompressor_set_progress), {decompressor_, progress, nullptr, &error_},
          {1, 2});
  Refuses(FUNCTION(lmz_decompressor_step), {decompressor_, &buffers_, LMZ_RUN, &answer_, &error_});
  Refuses(FUNCTION(lmz_decompressor_end), {decompressor_, &answer_, &unused_, &size_, &error_});
  Refuses(FUNCTION(lmz_decompressor_run),
          {decompressor_, room_, 100, &size_, code_, code_size_, &error_});
  // Buffers whose sizes are not 0 may not be NULL either.
  for (lmz_buffers buffers : {lmz_buffers{nullptr, 1, room_, 1}, lmz_buffers{"x", 1, nullptr, 1}}) {
    EXPECT_EQ(lmz_compressor_step(compressor_, &buffers, LMZ_RUN, &answer_, nullptr),
              LMZ_INVALID_ARGUMENT);
    EXPECT_EQ(lmz_decompressor_step(decompressor_, &buffers, LMZ_RUN, &answer_, nullptr),
              LMZ_INVALID_ARGUMENT);
  }
}

void CNull::RangesAndRecords() {
  lmz_range_reader* reader = nullptr;
  lmz_record_coder* coder = nullptr;
  const lmz_read_at read = [](void*, uint64_t, void*, size_t) { return 1; };
  Refuses(FUNCTION(lmz_range_open), {&reader, read, nullptr, 1, nullptr, &error_}, {2, 4});
  Refuses(FUNCTION(lmz_range_open_memory), {&reader, code_, code_size_, nullptr, &error_}, {3});
  Refuses(FUNCTION(lmz_range_block), {reader_, 0, &block_, &error_});
  Refuses(FUNCTION(lmz_range_read), {reader_, 0, room_, 1, &size_, &error_});
  Refuses(FUNCTION(lmz_record_coder_create), {&coder, nullptr, "x", 1, &error_}, {1});
  Refuses(FUNCTION(lmz_record_encode), {coder_, room_, 100, &size_, "x", 1, &error_});
  Refuses(FUNCTION(lmz_record_decode), {coder_, room_, 100, &size_, "x", 1, &error_});
  EXPECT_EQ(reader, nullptr);
  EXPECT_EQ(coder, nullptr);
}

void CNull::WhatCannotFail() {
  uint8_t id[16];
  std::fill_n(id, sizeof(id), uint8_t{1});
  CALL(lmz_model_id, nullptr, id);
  EXPECT_EQ(std::count(id, id + sizeof(id), 0), 16);
  CALL(lmz_model_id, model_, nullptr);
  EXPECT_STREQ(CALL(lmz_model_name, nullptr), "");
  EXPECT_EQ(CALL(lmz_model_parameters, nullptr), 0u);
  EXPECT_EQ(CALL(lmz_range_content_size, nullptr), 0u);
  EXPECT_EQ(CALL(lmz_range_block_count, nullptr), 0u);
  CALL(lmz_compressor_free, nullptr);
  CALL(lmz_compressor_reset, nullptr);
  CALL(lmz_decompressor_free, nullptr);
  CALL(lmz_decompressor_reset, nullptr);
  CALL(lmz_device_free, nullptr);
  CALL(lmz_model_free, nullptr);
  CALL(lmz_model_library_free, nullptr);
  CALL(lmz_range_reader_free, nullptr);
  CALL(lmz_record_coder_free, nullptr);
  // These take no pointers.
  EXPECT_EQ(CALL(lmz_built_in_name, SIZE_MAX), nullptr);
  EXPECT_STREQ(CALL(lmz_code_name, -1), "unknown");
  EXPECT_EQ(CALL(lmz_compress_bound, SIZE_MAX), 0u);
  EXPECT_EQ(CALL(lmz_version_number), static_cast<uint32_t>(LMZ_VERSION_NUMBER));
  EXPECT_NE(CALL(lmz_version_string), nullptr);
}

TEST_F(CNull, NoFunctionOfTheLibraryMindsIt) {
  WholeBuffers();
  Models();
  Streams();
  RangesAndRecords();
  WhatCannotFail();
  std::set<std::string> exported;
  std::ifstream list(LMZ_SYMBOLS);
  for (std::string name; std::getline(list, name);) exported.insert(name);
  EXPECT_EQ(Called(), exported);
}

// Compresses and restores 70,000 bytes with two objects.
lmz_code RoundTrip(lmz_compressor* compressor, lmz_decompressor* decompressor) {
  const std::string content(70000, 'x');
  std::string code(1000, '\0'), back(content.size(), '\0');
  size_t code_size = 0, size = 0;
  const lmz_code coded = lmz_compressor_run(compressor, code.data(), code.size(), &code_size,
                                            content.data(), content.size(), nullptr);
  if (coded != LMZ_OK) return coded;
  const lmz_code restored = lmz_decompressor_run(decompressor, back.data(), back.size(), &size,
                                                 code.data(), code_size, nullptr);
  EXPECT_EQ(back, content);
  return restored;
}

TEST(CNumbers, AreRefusedWhereTheyAreTooLarge) {
  lmz_compressor* compressor = nullptr;
  lmz_decompressor* decompressor = nullptr;
  ASSERT_EQ(lmz_compressor_create(&compressor, nullptr), LMZ_OK);
  ASSERT_EQ(lmz_decompressor_create(&decompressor, nullptr), LMZ_OK);
  for (const uint64_t number :
       {uint64_t{1} << 32, (uint64_t{1} << 32) + 1, uint64_t{1} << 63, UINT64_MAX}) {
    for (const int option : {LMZ_LEVEL, LMZ_THREADS, LMZ_BLOCK_SIZE}) {
      EXPECT_EQ(lmz_compressor_set(compressor, option, number, nullptr), LMZ_INVALID_ARGUMENT);
    }
    EXPECT_EQ(lmz_decompressor_set(decompressor, LMZ_THREADS, number, nullptr),
              LMZ_INVALID_ARGUMENT);
  }
  EXPECT_EQ(lmz_compressor_set(compressor, LMZ_LEVEL, 0, nullptr), LMZ_OK);
  EXPECT_EQ(lmz_compressor_set(compressor, LMZ_FRAME_SIZE, UINT64_MAX, nullptr), LMZ_OK);
  for (const int option : {LMZ_MEMORY_LIMIT, LMZ_OUTPUT_LIMIT}) {
    EXPECT_EQ(lmz_decompressor_set(decompressor, option, UINT64_MAX, nullptr), LMZ_OK);
  }
  EXPECT_EQ(RoundTrip(compressor, decompressor), LMZ_OK);
  EXPECT_EQ(lmz_compressor_set(compressor, LMZ_CONTENT_SIZE, UINT64_MAX, nullptr), LMZ_OK);
  EXPECT_EQ(RoundTrip(compressor, decompressor), LMZ_INVALID_ARGUMENT);
  lmz_range_reader* reader = nullptr;
  const lmz_read_at read = [](void*, uint64_t, void*, size_t) { return 1; };
  EXPECT_EQ(lmz_range_open(&reader, read, nullptr, UINT64_MAX, nullptr, nullptr), LMZ_IO);
  lmz_compressor_free(compressor);
  lmz_decompressor_free(decompressor);
}

}  // namespace
