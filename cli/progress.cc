#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "cli/figures.h"
#include "cli/io/unfinished.h"
#include "cli/message.h"

namespace lmz {

namespace {

constexpr std::chrono::milliseconds kFirstDelay(500);  // shorter work needs no progress
constexpr std::chrono::milliseconds kDelay(200);
constexpr const char* kEraseLine = "\r\x1b[K";

size_t TerminalColumns() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

bool ProgressIsVisible() {
  return isatty(STDERR_FILENO) == 1;
}

ProgressLine::ProgressLine(std::string name, Measure measure, std::optional<uint64_t> total,
                           bool is_shown)
    : name_(std::move(name)), measure_(measure), total_(total) {
  if (!is_shown) return;
  const SignalsHeld held;  // signals are for the thread that knows the unfinished file
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

ProgressLine::~ProgressLine() = default;

void ProgressLine::Update(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
}

void ProgressLine::Run(std::stop_token stop) {
  bool is_drawn = false;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, is_drawn ? kDelay : kFirstDelay,
                         [&stop] { return stop.stop_requested(); })) {
    const Progress progress = progress_;
    lock.unlock();
    PrintWords(kEraseLine + Line(progress).substr(0, TerminalColumns() - 1));
    is_drawn = true;
    lock.lock();
  }
  if (is_drawn) PrintWords(kEraseLine);
}

std::string ProgressLine::Line(const Progress& progress) const {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  const uint64_t done = measure_ == Measure::kRawBytes ? progress.raw_bytes : progress.coded_bytes;
  const double share = total_ && *total_ > 0
                           ? std::min(1.0, static_cast<double>(done) / static_cast<double>(*total_))
                           : 0;
  const double raw_bytes = static_cast<double>(progress.raw_bytes);
  std::string line = Printable(name_) + ": ";
  line += total_ ? std::to_string(static_cast<int>(100 * share)) + " %" : FormatAmount(raw_bytes);
  if (progress.raw_bytes == 0) return line + ", " + FormatDuration(elapsed.count());
  line += ", " + FormatBitsPerByte(progress.raw_bytes, progress.coded_bytes) + " bits/byte, " +
          FormatAmount(raw_bytes / elapsed.count()) + "/s";
  if (share > 0) line += ", " + FormatDuration(elapsed.count() * (1 - share) / share) + " left";
  return line;
}

}  // namespace lmz
