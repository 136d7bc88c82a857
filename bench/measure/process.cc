#include "bench/measure/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "bench/measure/input.h"

namespace lmz::bench {

namespace {

// Those that stop, and the one that, ignored, would take the ends of programs away.
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};

std::atomic<bool> is_stopped = false;
std::atomic<pid_t> running_group = 0;  // of the program that runs; 0: none
static_assert(decltype(is_stopped)::is_always_lock_free &&
              decltype(running_group)::is_always_lock_free);  // a signal may come anywhere

void Stop(int) {
  const int error = errno;
  is_stopped = true;
  if (const pid_t group = running_group; group > 0) kill(-group, SIGKILL);
  errno = error;
}

// What the signals did before there was a WorkFolder, and how many folders there are.
struct sigaction actions_before[std::size(kSignals)];
int folder_count = 0;

void AddFolder() {
  if (folder_count++ != 0) return;
  is_stopped = false;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], nullptr, &actions_before[i]);
    const bool is_stop = kSignals[i] != SIGCHLD;
    if (is_stop && actions_before[i].sa_handler == SIG_IGN) continue;  // as under nohup
    struct sigaction action = {};
    action.sa_handler = is_stop ? Stop : SIG_DFL;
    action.sa_flags = SA_RESTART;
    sigaction(kSignals[i], &action, nullptr);
  }
}

void RemoveFolder() {
  if (--folder_count != 0) return;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &actions_before[i], nullptr);
  }
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

// In a process group of its own, so that it and its children can be stopped together. Returns the
// process, or -1.
pid_t Start(const char* const* arguments, const char* folder, const char* log) {
  const pid_t pid = fork();
  if (pid == 0) Execute(arguments, folder, log);
  if (pid < 0) return pid;
  setpgid(pid, pid);  // here and in the child: whichever comes first
  running_group = pid;
  if (is_stopped) kill(-pid, SIGKILL);  // a signal between the start and the note of the group
  return pid;
}

// How it ended, as of waitpid.
Result<int> Wait(pid_t pid, rusage& usage) {
  int state = 0;
  pid_t ended;
  do {
    ended = wait4(pid, &state, 0, &usage);
  } while (ended < 0 && errno == EINTR);
  running_group = 0;
  if (ended == pid) return state;
  return Status(Code::kIo, std::string("a program's end is not known: ") + std::strerror(errno));
}

// What is in a file, without the ends of its last lines.
std::string Printed(const std::string& path) {
  const Result<Bytes> log = ReadFile(path);
  if (!log.ok()) return "";
  std::string text(log.value().begin(), log.value().end());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// How a failing command ended, then which it was and the end of what it printed.
std::string Failure(const std::string& command, int state, const std::string& log) {
  const std::string end = WIFEXITED(state) ? "exit status " + std::to_string(WEXITSTATUS(state))
                                           : "signal " + std::to_string(WTERMSIG(state));
  const std::string text = "failed with " + end + ": '" + command + "' printed ";
  std::string printed = Printed(log);
  if (printed.empty()) return text + "nothing";
  constexpr size_t kMost = 400;
  if (printed.size() > kMost) printed = "..." + printed.substr(printed.size() - kMost);
  std::replace(printed.begin(), printed.end(), '\n', ' ');
  return text + printed;
}

constexpr const char* kMemory = "/dev/shm";

}  // namespace

std::string ShellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

Result<RunCost> RunShell(const std::string& command, const std::string& folder) {
  static const bool has_time = IsInstalled("/usr/bin/time");
  const std::string log = folder + "/.log", peak = folder + "/.peak";
  const char* const timed[] = {"/usr/bin/time", "-f",   "%M", "-o", peak.c_str(), "sh", "-c",
                               command.c_str(), nullptr};
  const char* const plain[] = {"sh", "-c", command.c_str(), nullptr};
  if (is_stopped) return Status(Code::kCancelled, "interrupted");
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = Start(has_time ? timed : plain, folder.c_str(), log.c_str());
  if (pid < 0) return Status(Code::kIo, "no process can be started");
  rusage usage = {};
  LMZ_ASSIGN(const int state, Wait(pid, usage));
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (is_stopped) return Status(Code::kCancelled, "interrupted");
  if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) {
    return Status(Code::kIo, Failure(command, state, log));
  }
  RunCost cost;
  cost.wall_seconds = wall.count();
  cost.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  if (has_time) cost.peak_bytes = std::strtoull(Printed(peak).c_str(), nullptr, 10) * 1024;
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
  return !ShellOutput("command -v " + ShellWord(program)).empty();
}

bool IsStopped() {
  return is_stopped;
}

Result<WorkFolder> WorkFolder::Make() {
  std::error_code error;
  std::string name =
      access(kMemory, W_OK) == 0 ? kMemory : std::filesystem::temp_directory_path(error).string();
  name += "/lmz-bench-XXXXXX";
  AddFolder();  // before the folder, so that no signal can leave it behind
  if (mkdtemp(name.data()) == nullptr) {
    RemoveFolder();
    return Status(Code::kIo, name + ": cannot be made");
  }
  return WorkFolder(name);
}

WorkFolder::~WorkFolder() {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  RemoveFolder();
}

bool WorkFolder::is_in_memory() const {
  return path_.starts_with(kMemory);
}

}  // namespace lmz::bench
