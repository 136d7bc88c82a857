// What reads, writes and measures the numbers of a network in the order of the model file: archives
// for VisitGlr and VisitTransformer.
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "base/stream.h"
#include "model/transformer/weights.h"

namespace lmz {

// Adds up how many bytes the numbers take.
class SizeArchive {
 public:
  template <class T>
  Status Number(const T&, int64_t, int64_t) {
    size_ += sizeof(T);
    return OkStatus();
  }
  template <class T>
  Status Array(const std::vector<T>&, size_t size, int64_t, int64_t) {
    size_ += uint64_t{size} * sizeof(T);
    return OkStatus();
  }
  Status View(std::span<const int8_t>, size_t size) {
    size_ += size;
    return OkStatus();
  }
  Status Matrix(const ScaledMatrix& m, size_t rows, size_t columns) {
    return VisitMatrix(*this, m, rows, columns);
  }
  uint64_t size() const { return size_; }

 private:
  uint64_t size_ = 0;
};

// Takes numbers from `in`; views are of its bytes. Errors: kModelDamaged, kTruncated.
class ReadArchive {
 public:
  explicit ReadArchive(ByteReader& in) : in_(in) {}
  template <class T>
  Status Number(T& value, int64_t low, int64_t high) {
    LMZ_ASSIGN(const ByteSpan bytes, in_.Take(sizeof(T)));
    value = Load<T>(bytes.data());
    return value >= low && value <= high ? OkStatus() : OutOfRange(value);
  }
  template <class T>
  Status Array(std::vector<T>& values, size_t size, int64_t low, int64_t high) {
    LMZ_ASSIGN(const ByteSpan bytes, in_.Take(size * sizeof(T)));
    values.resize(size);
    for (size_t i = 0; i < size; ++i) {
      values[i] = Load<T>(bytes.data() + i * sizeof(T));
      // There are millions: a Status only for one that is wrong.
      if (values[i] < low || values[i] > high) return OutOfRange(values[i]);
    }
    return OkStatus();
  }
  Status View(std::span<const int8_t>& values, size_t size) {
    LMZ_ASSIGN(const ByteSpan bytes, in_.Take(size));
    if (std::memchr(bytes.data(), 0x80, bytes.size()) != nullptr) return OutOfRange(-128);
    values = {reinterpret_cast<const int8_t*>(bytes.data()), bytes.size()};
    return OkStatus();
  }
  Status Matrix(ScaledMatrix& m, size_t rows, size_t columns) {
    return VisitMatrix(*this, m, rows, columns);
  }

 private:
  template <class T>
  static T Load(const uint8_t* bytes) {
    uint32_t raw = 0;
    for (size_t b = 0; b < sizeof(T); ++b) raw |= uint32_t{bytes[b]} << (8 * b);
    return static_cast<T>(raw);
  }
  Status OutOfRange(int64_t value) const {
    return Status(Code::kModelDamaged, "the number " + std::to_string(value) + " before offset " +
                                           std::to_string(in_.position()) + " is out of range");
  }
  ByteReader& in_;
};

// Gives numbers to `out`. Errors: kInvalidArgument for a number that is out of range and an array
// of another size; those of `out`.
class WriteArchive {
 public:
  explicit WriteArchive(Sink& out) : out_(out) {}
  template <class T>
  Status Number(const T& value, int64_t low, int64_t high) {
    if (value < low || value > high) return OutOfRange();
    ByteWriter(buffer_).Le(static_cast<uint64_t>(value), sizeof(T));
    return buffer_.size() < kBufferSize ? OkStatus() : Flush();
  }
  template <class T>
  Status Array(const std::vector<T>& values, size_t size, int64_t low, int64_t high) {
    if (values.size() != size) return WrongSize();
    for (const T& value : values) LMZ_TRY(Number(value, low, high));
    return OkStatus();
  }
  Status View(std::span<const int8_t> values, size_t size) {
    if (values.size() != size) return WrongSize();
    const ByteSpan bytes(reinterpret_cast<const uint8_t*>(values.data()), values.size());
    if (std::memchr(bytes.data(), 0x80, bytes.size()) != nullptr) return OutOfRange();
    LMZ_TRY(Flush());
    return out_.Write(bytes);
  }
  Status Matrix(const ScaledMatrix& m, size_t rows, size_t columns) {
    return VisitMatrix(*this, m, rows, columns);
  }
  // To be called at the end.
  Status Flush() {
    LMZ_TRY(out_.Write(buffer_));
    buffer_.clear();
    return OkStatus();
  }

 private:
  static constexpr size_t kBufferSize = size_t{1} << 16;
  static Status OutOfRange() {
    return Status(Code::kInvalidArgument, "a number of the network is out of range");
  }
  static Status WrongSize() {
    return Status(Code::kInvalidArgument, "an array of the network has the wrong size");
  }
  Sink& out_;
  Bytes buffer_;
};

}  // namespace lmz
