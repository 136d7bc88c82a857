#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "input.h"

namespace lmz::bench {

namespace {

volatile std::sig_atomic_t is_stopped = 0;

void Stop(int) {
  is_stopped = 1;
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

// In the child: its own process group, so that it and its children can be stopped together.
[[noreturn]] void Execute(const char* const* arguments, const char* folder, const char* log) {
  setpgid(0, 0);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (in < 0 || out < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
      dup2(out, STDERR_FILENO) < 0 || chdir(folder) != 0) {
    _exit(127);
  }
  execvp(arguments[0], const_cast<char* const*>(arguments));
  _exit(127);
}

// Waits for `pid`, and stops its whole group after a signal.
int Wait(pid_t pid, rusage& usage) {
  int state = 0;
  while (wait4(pid, &state, 0, &usage) < 0 && errno == EINTR) {
    if (is_stopped != 0) kill(-pid, SIGKILL);
  }
  return state;
}

std::string LastLine(const std::string& path) {
  const Result<Bytes> log = ReadFile(path);
  if (!log.ok()) return "";
  std::string text(log.value().begin(), log.value().end());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

constexpr const char* kMemory = "/dev/shm";

}  // namespace

void StopRunsOnSignals() {
  struct sigaction action = {};
  action.sa_handler = Stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Result<RunCost> RunShell(const std::string& command, const std::string& folder) {
  static const bool has_time = IsInstalled("/usr/bin/time");
  const std::string log = folder + "/.log", peak = folder + "/.peak";
  const char* const timed[] = {"/usr/bin/time", "-f",   "%M", "-o", peak.c_str(), "sh", "-c",
                               command.c_str(), nullptr};
  const char* const plain[] = {"sh", "-c", command.c_str(), nullptr};
  if (is_stopped != 0) return Status(Code::kCancelled, "interrupted");
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = fork();
  if (pid < 0) return Status(Code::kIo, "no process can be started");
  if (pid == 0) Execute(has_time ? timed : plain, folder.c_str(), log.c_str());
  rusage usage = {};
  const int state = Wait(pid, usage);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (is_stopped != 0) return Status(Code::kCancelled, "interrupted");
  if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) {
    return Status(Code::kIo, "'" + command + "' failed: " + LastLine(log));
  }
  RunCost cost;
  cost.wall_seconds = wall.count();
  cost.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  if (has_time) cost.peak_bytes = std::strtoull(LastLine(peak).c_str(), nullptr, 10) * 1024;
  return cost;
}

std::string ShellOutput(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return text;
  char buffer[4096];
  for (size_t size; (size = std::fread(buffer, 1, sizeof buffer, pipe)) != 0;) {
    text.append(buffer, size);
  }
  pclose(pipe);
  return text;
}

bool IsInstalled(const std::string& program) {
  return !ShellOutput("command -v '" + program + "'").empty();
}

Result<WorkFolder> WorkFolder::Make() {
  std::error_code error;
  std::string name =
      access(kMemory, W_OK) == 0 ? kMemory : std::filesystem::temp_directory_path(error).string();
  name += "/lmz-bench-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) return Status(Code::kIo, name + ": cannot be made");
  return WorkFolder(name);
}

WorkFolder::~WorkFolder() {
  std::error_code error;
  if (!path_.empty()) std::filesystem::remove_all(path_, error);
}

bool WorkFolder::is_in_memory() const {
  return path_.starts_with(kMemory);
}

}  // namespace lmz::bench
