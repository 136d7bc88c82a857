// The header of a GGUF file, the container of llama.cpp's models: what it says of itself and where
// its tensors lie. Nothing in it is trusted.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random_access.h"
#include "convert/number.h"
#include "convert/tensor_type.h"

namespace lmz::convert {

// A value of the metadata. One of a kind that nothing here needs is kept as kOther.
struct GgufValue {
  enum class Kind { kInteger, kReal, kText, kIntegers, kReals, kTexts, kOther };
  Kind kind = Kind::kOther;
  int64_t integer = 0;             // kInteger; booleans are 0 and 1
  Number real;                     // kReal
  std::string text;                // kText
  std::vector<int64_t> integers;   // kIntegers
  std::vector<Number> reals;       // kReals
  std::vector<std::string> texts;  // kTexts
};

struct GgufTensor {
  std::string name;
  uint64_t columns = 0;  // the dimension whose elements follow each other
  uint64_t rows = 0;     // all others together
  const TensorType* type = nullptr;
  uint64_t offset = 0;  // in the file

  uint64_t row_size() const { return columns / type->block_elements * type->block_size; }
};

// Text from a file for a message: short, in quotes, and nothing that a terminal would obey.
std::string Quoted(const std::string& text);

class Gguf {
 public:
  // Header and metadata take at most this; what is kept of them takes at most about four times as
  // much memory.
  static constexpr uint64_t kMaxHeaderSize = uint64_t{64} << 20;

  // Reads the header of `file`. Errors: kDamaged, kTruncated, kNewerVersion for a version or tensor
  // type that is not supported; those of `file`.
  static Result<Gguf> Read(const RandomAccess& file);

  // Null: there is no such key or tensor.
  const GgufValue* Find(const std::string& key) const;
  const GgufTensor* FindTensor(const std::string& name) const;
  const std::map<std::string, GgufTensor>& tensors() const { return tensors_; }

  // A value of that kind and, for Integer, within the bounds. Errors: kDamaged, with the key, when
  // it is of another kind or out of bounds or, without a default, missing.
  Result<int64_t> Integer(const std::string& key, int64_t low, int64_t high,
                          std::optional<int64_t> otherwise = {}) const;
  Result<Number> Real(const std::string& key, std::optional<Number> otherwise = {}) const;
  Result<std::string> Text(const std::string& key, std::optional<std::string> otherwise = {}) const;

 private:
  std::map<std::string, GgufValue> metadata_;
  std::map<std::string, GgufTensor> tensors_;
};

}  // namespace lmz::convert
