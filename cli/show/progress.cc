#include "cli/show/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "cli/io/unfinished.h"
#include "cli/show/message.h"

namespace lmz::cli {

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

ProgressLine::ProgressLine(Measure measure, std::vector<std::optional<uint64_t>> sizes,
                           bool is_shown)
    : measure_(measure), sizes_(std::move(sizes)) {
  if (!is_shown) return;
  const SignalsHeld held;  // signals are for the thread that knows the unfinished file
  thread_ = std::jthread([this](std::stop_token stop) { Run(std::move(stop)); });
}

ProgressLine::~ProgressLine() = default;

void ProgressLine::BeginFile(const std::string& name, std::optional<uint64_t> size) {
  const std::lock_guard lock(mutex_);
  name_ = name;
  sizes_[file_] = size;
  is_begun_ = true;
}

void ProgressLine::Update(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
}

void ProgressLine::EndFile() {
  {
    const std::lock_guard lock(mutex_);
    is_begun_ = false;
    before_.raw_bytes += progress_.raw_bytes;
    before_.coded_bytes += progress_.coded_bytes;
    progress_ = {};
    ++file_;
  }
  const std::lock_guard lock(drawing_);
  if (is_drawn_) WriteToStderr(kEraseLine);
  is_drawn_ = false;
}

void ProgressLine::Run(std::stop_token stop) {
  std::mutex waiting;
  std::unique_lock waiting_lock(waiting);
  auto delay = kFirstDelay;
  while (!wake_.wait_for(waiting_lock, stop, delay, [&stop] { return stop.stop_requested(); })) {
    delay = kDelay;
    const std::lock_guard lock(drawing_);
    const std::optional<ProgressFigures> figures = Figures();
    if (!figures) continue;
    WriteToStderr(kEraseLine + ProgressText(*figures, TerminalColumns() - 1));
    is_drawn_ = true;
  }
}

uint64_t ProgressLine::DoneOf(const Progress& progress) const {
  return measure_ == Measure::kRawBytes ? progress.raw_bytes : progress.coded_bytes;
}

// Nothing while no file is being worked on.
std::optional<ProgressFigures> ProgressLine::Figures() {
  const std::lock_guard lock(mutex_);
  if (!is_begun_) return std::nullopt;
  ProgressFigures figures = {.name = name_, .file_number = file_ + 1, .file_count = sizes_.size()};
  figures.raw_bytes = before_.raw_bytes + progress_.raw_bytes;
  figures.coded_bytes = before_.coded_bytes + progress_.coded_bytes;
  figures.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  uint64_t total = 0;
  uint64_t passed = 0;  // files that could not be read count as well
  for (size_t i = 0; i < sizes_.size(); ++i) {
    if (!sizes_[i]) return figures;
    total += *sizes_[i];
    if (i < file_) passed += *sizes_[i];
  }
  passed += std::min(DoneOf(progress_), *sizes_[file_]);
  const uint64_t done = DoneOf(before_) + DoneOf(progress_);
  if (total == 0) return figures;
  figures.share = static_cast<double>(passed) / static_cast<double>(total);
  if (done != 0) {
    figures.seconds_left =
        figures.seconds * static_cast<double>(total - passed) / static_cast<double>(done);
  }
  return figures;
}

}  // namespace lmz::cli
