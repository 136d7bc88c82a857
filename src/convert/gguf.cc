#include "convert/gguf.h"

#include <algorithm>
#include <utility>

namespace lmz::convert {

namespace {

using Kind = GgufValue::Kind;

constexpr uint64_t kMaxEntries = uint64_t{1} << 16;   // keys, tensors
constexpr uint64_t kMaxElements = uint64_t{1} << 22;  // of an array that is kept
constexpr uint64_t kMaxDimensions = 4;
constexpr uint64_t kMaxTensorElements = uint64_t{1} << 40;
constexpr int64_t kMaxAlignment = 1 << 16;
constexpr int kMaxDepth = 4;  // of arrays of arrays

// The types of values, by their numbers.
enum ValueType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64
};

Status Damaged(const std::string& what) {
  return Status(Code::kDamaged, "GGUF: " + what);
}

// Reads a header from its beginning through a small buffer.
class HeaderReader {
 public:
  explicit HeaderReader(const RandomAccess& file)
      : file_(file), end_(std::min(file.size(), Gguf::kMaxHeaderSize)) {}

  uint64_t position() const { return position_; }
  uint64_t remaining() const { return end_ - position_; }

  Status Take(MutableByteSpan out) {
    if (out.size() > remaining()) {
      return file_.size() > end_
                 ? Damaged("the header is larger than 64 MiB")
                 : Status(Code::kTruncated, "GGUF: the file ends inside its header");
    }
    for (size_t done = 0; done < out.size();) {
      if (position_ == buffer_begin_ + buffer_.size()) LMZ_TRY(Fill());
      const auto from = static_cast<size_t>(position_ - buffer_begin_);
      const size_t size = std::min(out.size() - done, buffer_.size() - from);
      std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(from), size,
                  out.begin() + static_cast<std::ptrdiff_t>(done));
      done += size;
      position_ += size;
    }
    return OkStatus();
  }

  Result<uint64_t> Le(size_t size) {
    std::array<uint8_t, 8> bytes = {};
    LMZ_TRY(Take(MutableByteSpan(bytes).first(size)));
    return LoadLe64(bytes.data());
  }

  Result<std::string> String() {
    LMZ_ASSIGN(const uint64_t size, Le(8));
    if (size > remaining()) return Damaged("a text is longer than the header");
    std::string text(static_cast<size_t>(size), '\0');
    LMZ_TRY(Take({reinterpret_cast<uint8_t*>(text.data()), text.size()}));
    return text;
  }

  Status Skip(uint64_t size) {
    if (size > remaining()) return Damaged("an array is longer than the header");
    position_ += size;
    if (position_ > buffer_begin_ + buffer_.size()) {
      buffer_begin_ = position_;
      buffer_.clear();
    }
    return OkStatus();
  }

 private:
  Status Fill() {
    constexpr uint64_t kPiece = uint64_t{1} << 16;
    buffer_begin_ = position_;
    buffer_.resize(static_cast<size_t>(std::min(kPiece, end_ - position_)));
    return file_.ReadAt(position_, buffer_);
  }

  const RandomAccess& file_;
  uint64_t end_;
  uint64_t position_ = 0;
  uint64_t buffer_begin_ = 0;
  Bytes buffer_;
};

// Bytes of a value of a type that has always as many; 0: of another type.
size_t SizeOf(uint32_t type) {
  switch (type) {
    case kUint8:
    case kInt8:
    case kBool:
      return 1;
    case kUint16:
    case kInt16:
      return 2;
    case kUint32:
    case kInt32:
    case kFloat32:
      return 4;
    case kUint64:
    case kInt64:
    case kFloat64:
      return 8;
    default:
      return 0;
  }
}

// kOther where the type is neither text nor array, or its numbers are not needed.
Kind KindOf(uint32_t type) {
  if (type == kString) return Kind::kText;
  if (type == kFloat32) return Kind::kReal;
  return type == kFloat64 || SizeOf(type) == 0 ? Kind::kOther : Kind::kInteger;
}

int64_t AsInteger(uint32_t type, uint64_t raw) {
  switch (type) {
    case kInt8:
      return static_cast<int8_t>(raw);
    case kInt16:
      return static_cast<int16_t>(raw);
    case kInt32:
      return static_cast<int32_t>(raw);
    default:
      return static_cast<int64_t>(raw);
  }
}

Result<Number> AsReal(uint64_t raw) {
  const std::optional<Number> number = FromFloat32(static_cast<uint32_t>(raw));
  if (number) return *number;
  return Damaged("a number of the metadata is not finite");
}

// Reads over an array of a kind that is not kept.
Status SkipArray(HeaderReader& in, uint32_t type, uint64_t count, int depth) {
  if (const size_t size = SizeOf(type); size != 0) {
    if (count > in.remaining() / size) return Damaged("an array is longer than the header");
    return in.Skip(count * size);
  }
  if (type != kArray) return Damaged("an array of the unknown type " + std::to_string(type));
  if (depth == kMaxDepth) return Damaged("arrays lie too deep within arrays");
  if (count > in.remaining() / 12) return Damaged("an array is longer than the header");
  for (uint64_t i = 0; i < count; ++i) {
    LMZ_ASSIGN(const uint64_t inner, in.Le(4));
    LMZ_ASSIGN(const uint64_t inner_count, in.Le(8));
    if (inner == kString) {
      for (uint64_t k = 0; k < inner_count; ++k) LMZ_TRY(in.String().status());
    } else {
      LMZ_TRY(SkipArray(in, static_cast<uint32_t>(inner), inner_count, depth + 1));
    }
  }
  return OkStatus();
}

Status ReadArray(HeaderReader& in, GgufValue& value) {
  LMZ_ASSIGN(const uint64_t type64, in.Le(4));
  LMZ_ASSIGN(const uint64_t count, in.Le(8));
  const auto type = static_cast<uint32_t>(type64);
  const Kind kind = KindOf(type);
  if (kind == Kind::kOther) return SkipArray(in, type, count, 0);
  const size_t size = kind == Kind::kText ? 8 : SizeOf(type);
  if (count > in.remaining() / size) return Damaged("an array is longer than the header");
  if (count > kMaxElements) return Damaged("an array of the metadata is too long");
  for (uint64_t i = 0; i < count; ++i) {
    if (kind == Kind::kText) {
      LMZ_ASSIGN(value.texts.emplace_back(), in.String());
      continue;
    }
    LMZ_ASSIGN(const uint64_t raw, in.Le(size));
    if (kind == Kind::kReal) {
      LMZ_ASSIGN(value.reals.emplace_back(), AsReal(raw));
    } else {
      value.integers.push_back(AsInteger(type, raw));
    }
  }
  value.kind = kind == Kind::kText   ? Kind::kTexts
               : kind == Kind::kReal ? Kind::kReals
                                     : Kind::kIntegers;
  return OkStatus();
}

Status ReadValue(HeaderReader& in, GgufValue& value) {
  LMZ_ASSIGN(const uint64_t type64, in.Le(4));
  const auto type = static_cast<uint32_t>(type64);
  if (type == kArray) return ReadArray(in, value);
  value.kind = KindOf(type);
  if (type == kString) {
    LMZ_ASSIGN(value.text, in.String());
    return OkStatus();
  }
  if (SizeOf(type) == 0) return Damaged("a value of the unknown type " + std::to_string(type));
  LMZ_ASSIGN(const uint64_t raw, in.Le(SizeOf(type)));
  if (value.kind == Kind::kReal) {
    LMZ_ASSIGN(value.real, AsReal(raw));
  }
  value.integer = AsInteger(type, raw);
  return OkStatus();
}

Result<GgufTensor> ReadTensor(HeaderReader& in) {
  GgufTensor tensor;
  LMZ_ASSIGN(tensor.name, in.String());
  const std::string shown = "tensor " + Quoted(tensor.name);
  LMZ_ASSIGN(const uint64_t dimensions, in.Le(4));
  if (dimensions < 1 || dimensions > kMaxDimensions) {
    return Damaged(shown + " has " + std::to_string(dimensions) + " dimensions");
  }
  tensor.rows = 1;
  for (uint64_t i = 0; i < dimensions; ++i) {
    LMZ_ASSIGN(const uint64_t size, in.Le(8));
    uint64_t& side = i == 0 ? tensor.columns : tensor.rows;
    side = i == 0 ? size : side;
    if (size < 1 || size > kMaxTensorElements) return Damaged(shown + " has no possible size");
    if (i > 0) side *= size;
    if (side > kMaxTensorElements / (i > 0 ? tensor.columns : 1)) {
      return Damaged(shown + " is too large");
    }
  }
  LMZ_ASSIGN(const uint64_t type, in.Le(4));
  LMZ_ASSIGN(tensor.offset, in.Le(8));
  tensor.type = FindTensorType(static_cast<uint32_t>(type));
  if (tensor.type == nullptr) {
    return Status(Code::kNewerVersion, shown + " has the type " +
                                           TensorTypeName(static_cast<uint32_t>(type)) +
                                           ", which lmz-convert does not support");
  }
  if (tensor.columns % tensor.type->block_elements != 0) {
    return Damaged(shown + ": its rows do not divide into blocks of " + tensor.type->name);
  }
  return tensor;
}

}  // namespace

std::string Quoted(const std::string& text) {
  std::string shown = text.substr(0, 80);
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return "'" + shown + "'";
}

Result<Gguf> Gguf::Read(const RandomAccess& file) {
  HeaderReader in(file);
  std::array<uint8_t, 4> magic = {};
  if (!in.Take(magic).ok() || magic != std::array<uint8_t, 4>{'G', 'G', 'U', 'F'}) {
    return Status(Code::kNotLmz, "this is not a GGUF file");
  }
  LMZ_ASSIGN(const uint64_t version, in.Le(4));
  if (version != 2 && version != 3) {
    return Status(Code::kNewerVersion, "GGUF version " + std::to_string(version) +
                                           " is not supported; versions 2 and 3 are");
  }
  LMZ_ASSIGN(const uint64_t tensors, in.Le(8));
  LMZ_ASSIGN(const uint64_t pairs, in.Le(8));
  if (tensors > kMaxEntries || pairs > kMaxEntries) return Damaged("too many keys or tensors");
  Gguf gguf;
  for (uint64_t i = 0; i < pairs; ++i) {
    LMZ_ASSIGN(std::string key, in.String());
    GgufValue value;
    if (const Status status = ReadValue(in, value); !status.ok()) {
      return status.At("key " + Quoted(key));
    }
    const std::string shown = Quoted(key);
    if (!gguf.metadata_.emplace(std::move(key), std::move(value)).second) {
      return Damaged("the key " + shown + " occurs twice");
    }
  }
  for (uint64_t i = 0; i < tensors; ++i) {
    LMZ_ASSIGN(GgufTensor tensor, ReadTensor(in));
    const std::string name = tensor.name;
    if (!gguf.tensors_.emplace(name, std::move(tensor)).second) {
      return Damaged("the tensor " + Quoted(name) + " occurs twice");
    }
  }
  LMZ_ASSIGN(const int64_t alignment, gguf.Integer("general.alignment", 1, kMaxAlignment, 32));
  const auto step = static_cast<uint64_t>(alignment);
  const uint64_t base = (in.position() + step - 1) / step * step;
  for (auto& [name, tensor] : gguf.tensors_) {
    const uint64_t size = tensor.rows * tensor.row_size();
    if (base > file.size() || tensor.offset > file.size() - base ||
        size > file.size() - base - tensor.offset) {
      return Status(Code::kTruncated,
                    "GGUF: tensor " + Quoted(name) + " reaches beyond the end of the file");
    }
    tensor.offset += base;
  }
  return gguf;
}

const GgufValue* Gguf::Find(const std::string& key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

const GgufTensor* Gguf::FindTensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

Result<int64_t> Gguf::Integer(const std::string& key, int64_t low, int64_t high,
                              std::optional<int64_t> otherwise) const {
  const GgufValue* value = Find(key);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) return Damaged("the key '" + key + "' is missing");
  if (value->kind != Kind::kInteger) return Damaged("the key '" + key + "' is not a whole number");
  if (value->integer >= low && value->integer <= high) return value->integer;
  return Damaged("the key '" + key + "' is " + std::to_string(value->integer) +
                 ", which is not supported");
}

Result<Number> Gguf::Real(const std::string& key, std::optional<Number> otherwise) const {
  const GgufValue* value = Find(key);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) return Damaged("the key '" + key + "' is missing");
  if (value->kind == Kind::kReal) return value->real;
  return Damaged("the key '" + key + "' is not a number in F32");
}

Result<std::string> Gguf::Text(const std::string& key, std::optional<std::string> otherwise) const {
  const GgufValue* value = Find(key);
  if (value == nullptr && otherwise) return *otherwise;
  if (value == nullptr) return Damaged("the key '" + key + "' is missing");
  if (value->kind == Kind::kText) return value->text;
  return Damaged("the key '" + key + "' is not a text");
}

}  // namespace lmz::convert
