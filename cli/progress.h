// The line on a terminal that says how far a file is.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "stream/compress.h"

namespace lmz {

// Draws on standard error from a thread of its own, since blocks can be many seconds apart: first
// after half a second, then a few times a second. Its destructor erases the line.
class ProgressLine {
 public:
  // What the percentage is of.
  enum class Measure { kRawBytes, kCodedBytes };

  // `total` counts bytes of `measure`; without it no percentage is shown. With `is_shown` false
  // nothing is ever drawn.
  ProgressLine(std::string name, Measure measure, std::optional<uint64_t> total, bool is_shown);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Thread-safe.
  void Update(const Progress& progress);

 private:
  void Run(std::stop_token stop);
  std::string Line(const Progress& progress) const;

  const std::string name_;
  const Measure measure_;
  const std::optional<uint64_t> total_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable_any wake_;
  Progress progress_;    // guarded by mutex_
  std::jthread thread_;  // last: it uses the members above
};

// Whether standard error is a terminal that can show the line.
bool ProgressIsVisible();

}  // namespace lmz
