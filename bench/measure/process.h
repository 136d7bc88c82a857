// Programs run as users run them, with what they cost.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace lmz::bench {

struct RunCost {
  double wall_seconds = 0;
  double cpu_seconds = 0;   // of the program and its children, in user and kernel mode
  uint64_t peak_bytes = 0;  // of resident memory, by GNU time; 0: it is not installed
};

// A word of a shell command that stands for `text`, whatever is in it.
std::string ShellWord(const std::string& text);

// Runs a shell command in `folder` and waits. Errors: kIo with its exit status and, behind ": ",
// the command and what it printed last when it fails; kCancelled after a signal, see WorkFolder.
// From one thread at a time.
Result<RunCost> RunShell(const std::string& command, const std::string& folder);

// What a shell command prints, on both outputs; empty when it cannot be run.
std::string ShellOutput(const std::string& command);

// Whether a program of that name, or at that path, can be run.
bool IsInstalled(const std::string& program);

// Whether a signal came while there was a WorkFolder.
bool IsStopped();

// A folder of its own for working files, in memory where there is a place for it; removed with
// everything in it at the end. As long as there is one, SIGINT, SIGTERM, SIGHUP and SIGQUIT do
// not end this process: they stop the program that RunShell runs and make it give kCancelled, so
// that the folder goes the way that any failure takes; and SIGCHLD is not ignored, so that
// programs' ends are known. Made and destroyed by one thread at a time.
class WorkFolder {
 public:
  // Errors: kIo.
  static Result<WorkFolder> Make();
  ~WorkFolder();
  WorkFolder(WorkFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  WorkFolder& operator=(WorkFolder&& other) noexcept {
    path_.swap(other.path_);
    return *this;
  }

  const std::string& path() const { return path_; }
  bool is_in_memory() const;

 private:
  explicit WorkFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace lmz::bench
