// The progress line on a terminal.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "cli/show/progress_text.h"
#include "stream/compress.h"

namespace lmz::cli {

// Draws on standard error from a thread of its own, since blocks can be many seconds apart: first
// after half a second, then a few times a second, and only between BeginFile and EndFile. All but
// Update is for one thread.
class ProgressLine {
 public:
  // What the sizes of files and the percentage are of.
  enum class Measure { kRawBytes, kCodedBytes };

  // `sizes` has the size of each file of the run where it is known. With `is_shown` false nothing
  // is ever drawn.
  ProgressLine(Measure measure, std::vector<std::optional<uint64_t>> sizes, bool is_shown);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // The work on the next file begins; its size is known better now.
  void BeginFile(const std::string& name, std::optional<uint64_t> size);

  // How much of that file is done. Thread-safe.
  void Update(const Progress& progress);

  // The file is done with, even if it was not begun: erases the line.
  void EndFile();

 private:
  void Run(std::stop_token stop);
  std::optional<ProgressFigures> Figures();
  uint64_t DoneOf(const Progress& progress) const;

  const Measure measure_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex drawing_;     // held while the line is drawn or erased
  bool is_drawn_ = false;  // guarded by drawing_

  std::mutex mutex_;  // guards what follows; taken after drawing_
  std::vector<std::optional<uint64_t>> sizes_;
  size_t file_ = 0;        // in sizes_
  std::string name_;       // of that file
  bool is_begun_ = false;  // the work on it
  Progress before_;        // of the files before it
  Progress progress_;      // of it

  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses the members above
};

// Whether standard error is a terminal that can show the line.
bool ProgressIsVisible();

}  // namespace lmz::cli
