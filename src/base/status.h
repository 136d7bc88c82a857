// Errors as values: Status and Result<T>, used by every layer.
//
// A Status is a code with a message that says what failed and where. The first failure wins:
// LMZ_TRY and LMZ_ASSIGN return it to the caller unchanged, and a layer that knows more puts its
// context in front with Status::At(). Code numbers are append-only; docs/spec/errors.md lists them
// and status_test.cc pins them.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace lmz {

enum class Code : int32_t {
  kOk = 0,
  kInvalidArgument = 1,  // the caller asked for something that cannot be
  kIo = 2,               // reading or writing failed
  kOutOfMemory = 3,      // an allocation failed
  kInternal = 4,         // a bug in lmz
  kNotLmz = 5,           // the input does not begin like an lmz file
  kTruncated = 6,        // the input ends too early
  kDamaged = 7,          // the input breaks a rule of the format or a checksum differs
  kNewerVersion = 8,     // the input needs a newer lmz: unknown version, flag, codec or filter
  kLimit = 9,            // the input asks for more memory or output than the caller allows
  kModelMissing = 10,    // the model that the input names is not here
  kModelDamaged = 11,    // a model file breaks a rule of its format
  kCancelled = 12,       // the caller stopped the work
};

// A short lower-case name for a code, for example "damaged". Static storage; thread-safe.
const char* CodeName(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // The same failure with `where` put in front: "where: message".
  Status At(const std::string& where) const {
    return ok() ? *this : Status(code_, where + ": " + message_);
  }

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

inline Status OkStatus() {
  return Status();
}

// A value or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT: implicit on purpose
  Result(Status status) : status_(std::move(status)) {}  // NOLINT: implicit on purpose

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  // Only of what is ok(): builds with assertions abort otherwise.
  T& value() & { return Checked(value_); }
  const T& value() const& { return Checked(value_); }
  T&& value() && { return std::move(Checked(value_)); }

 private:
  template <typename Value>
  static auto& Checked(Value& value) {
    assert(value.has_value());
    return *value;
  }

  Status status_;
  std::optional<T> value_;
};

namespace internal {
// Debug builds abort at the spot; release builds report a kInternal status.
Status CheckFailed(const char* condition, const char* file, int line);
}  // namespace internal
}  // namespace lmz

// Returns the Status of `expr` from the enclosing function unless it is ok.
#define LMZ_TRY(expr)                                  \
  do {                                                 \
    ::lmz::Status lmz_try_status_ = (expr);            \
    if (!lmz_try_status_.ok()) return lmz_try_status_; \
  } while (0)

#define LMZ_CONCAT_INNER_(a, b) a##b
#define LMZ_CONCAT_(a, b) LMZ_CONCAT_INNER_(a, b)

// LMZ_ASSIGN(auto x, MakeX()): declares or assigns x, or returns the failure.
#define LMZ_ASSIGN(lhs, expr) LMZ_ASSIGN_IMPL_(LMZ_CONCAT_(lmz_result_, __LINE__), lhs, expr)
#define LMZ_ASSIGN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                     \
  if (!tmp.ok()) return tmp.status();    \
  lhs = std::move(tmp).value()

// For our own bugs, never for bad input.
#define LMZ_CHECK(cond)                                                          \
  do {                                                                           \
    if (!(cond)) return ::lmz::internal::CheckFailed(#cond, __FILE__, __LINE__); \
  } while (0)
