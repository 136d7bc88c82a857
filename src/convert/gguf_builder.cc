#include "convert/gguf_builder.h"

namespace lmz::convert {

namespace {

constexpr uint32_t kAlignment = 32;

enum ValueType : uint32_t { kUint32 = 4, kInt32 = 5, kFloat32 = 6, kString = 8, kArray = 9 };

uint64_t Aligned(uint64_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

void AppendText(const std::string& text, Bytes& out) {
  ByteWriter(out).U64(text.size());
  out.insert(out.end(), text.begin(), text.end());
}

std::string Utf8(uint32_t point) {
  if (point < 0x80) return {static_cast<char>(point)};
  return {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 63))};
}

}  // namespace

void GgufBuilder::SetRaw(const std::string& key, uint32_t type, const Bytes& value) {
  AppendText(key, metadata_);
  ByteWriter(metadata_).U32(type);
  metadata_.insert(metadata_.end(), value.begin(), value.end());
  ++pairs_;
}

void GgufBuilder::SetInteger(const std::string& key, uint32_t value) {
  Bytes raw;
  ByteWriter(raw).U32(value);
  SetRaw(key, kUint32, raw);
}

void GgufBuilder::SetReal(const std::string& key, uint32_t bits) {
  Bytes raw;
  ByteWriter(raw).U32(bits);
  SetRaw(key, kFloat32, raw);
}

void GgufBuilder::SetText(const std::string& key, const std::string& value) {
  Bytes raw;
  AppendText(value, raw);
  SetRaw(key, kString, raw);
}

void GgufBuilder::SetTexts(const std::string& key, const std::vector<std::string>& values) {
  Bytes raw;
  ByteWriter(raw).U32(kString);
  ByteWriter(raw).U64(values.size());
  for (const std::string& value : values) AppendText(value, raw);
  SetRaw(key, kArray, raw);
}

void GgufBuilder::SetIntegers(const std::string& key, const std::vector<int32_t>& values) {
  Bytes raw;
  ByteWriter(raw).U32(kInt32);
  ByteWriter(raw).U64(values.size());
  for (const int32_t value : values) ByteWriter(raw).U32(static_cast<uint32_t>(value));
  SetRaw(key, kArray, raw);
}

void GgufBuilder::SetReals(const std::string& key, const std::vector<uint32_t>& bits) {
  Bytes raw;
  ByteWriter(raw).U32(kFloat32);
  ByteWriter(raw).U64(bits.size());
  for (const uint32_t value : bits) ByteWriter(raw).U32(value);
  SetRaw(key, kArray, raw);
}

void GgufBuilder::AddTensor(const std::string& name, uint64_t columns, uint64_t rows, uint32_t type,
                            const Bytes& data) {
  tensors_.push_back({name, columns, rows, type, data.size(), data});
}

void GgufBuilder::AddHole(const std::string& name, uint64_t columns, uint64_t rows, uint32_t type,
                          uint64_t size) {
  tensors_.push_back({name, columns, rows, type, size, {}});
}

Bytes GgufBuilder::BuildHeader(uint64_t& size, uint32_t version) const {
  Bytes header = {'G', 'G', 'U', 'F'};
  ByteWriter out(header);
  out.U32(version);
  out.U64(tensors_.size());
  out.U64(pairs_);
  out.Append(metadata_);
  uint64_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    AppendText(tensor.name, header);
    out.U32(tensor.rows == 1 ? 1 : 2);
    out.U64(tensor.columns);
    if (tensor.rows != 1) out.U64(tensor.rows);
    out.U32(tensor.type);
    out.U64(offset);
    offset += Aligned(tensor.size);
  }
  header.resize(static_cast<size_t>(Aligned(header.size())));
  size = header.size() + offset;
  return header;
}

Bytes GgufBuilder::Build(uint32_t version) const {
  uint64_t size = 0;
  Bytes file = BuildHeader(size, version);
  for (const Tensor& tensor : tensors_) {
    const size_t begin = file.size();
    file.insert(file.end(), tensor.data.begin(), tensor.data.end());
    file.resize(begin + static_cast<size_t>(Aligned(tensor.size)));
  }
  return file;
}

std::string SpelledBytes(const std::string& bytes) {
  std::string spelled;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    const auto is_shown = [](uint32_t b) { return (b > 32 && b < 127) || (b > 160 && b != 173); };
    uint32_t hidden = 0;
    for (uint32_t b = 0; b < byte; ++b) hidden += is_shown(b) ? 0 : 1;
    spelled += Utf8(is_shown(byte) ? byte : 256 + hidden);
  }
  return spelled;
}

}  // namespace lmz::convert
