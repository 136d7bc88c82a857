// Programs, folders and files as lmz-bench handles them.
#include "bench/measure/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <initializer_list>
#include <thread>
#include <utility>
#include <vector>

#include "bench/measure/input.h"
#include "bench/test_support.h"

namespace lmz::bench {
namespace {

using Processes = FolderTest;

// Whether `is_true` becomes so within a generous time.
template <class Check>
bool Soon(Check is_true) {
  for (int i = 0; i < 3000; ++i) {
    if (is_true()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

// In a process of its own: runs a program that does not end, and tells `started` its process and
// the folder. Exit status 0: RunShell was cancelled.
[[noreturn]] void RunForever(const std::string& started) {
  int status = 1;
  {
    Result<WorkFolder> folder = WorkFolder::Make();
    if (folder.ok()) {
      const std::string command = "echo $$ $PWD > " + ShellWord(started + ".new") + " && mv " +
                                  ShellWord(started + ".new") + " " + ShellWord(started) +
                                  " && while true; do sleep 1; done";
      status = RunShell(command, folder.value().path()).status().code() == Code::kCancelled ? 0 : 2;
    }
  }
  _exit(status);
}

// Of signals, for as long as this lives: a job in the background or under nohup ignores some.
class Actions {
 public:
  Actions(std::initializer_list<int> signals, void (*handler)(int)) {
    struct sigaction action = {}, before = {};
    action.sa_handler = handler;
    for (const int signal : signals) {
      sigaction(signal, &action, &before);
      before_.emplace_back(signal, before);
    }
  }
  ~Actions() {
    for (const auto& [signal, action] : before_) sigaction(signal, &action, nullptr);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

 private:
  std::vector<std::pair<int, struct sigaction>> before_;
};

// A process in RunForever, which ends with this in any case.
class Forever {
 public:
  explicit Forever(const std::string& started) {
    const Actions defaults({SIGINT, SIGTERM, SIGHUP, SIGQUIT}, SIG_DFL);
    pid_ = fork();
    if (pid_ == 0) RunForever(started);
  }
  ~Forever() {
    if (pid_ <= 0 || EndsSoon(SIGTERM)) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Forever(const Forever&) = delete;
  Forever& operator=(const Forever&) = delete;

  bool is_there() const { return pid_ > 0; }
  // Whether the signal ends it; `state` is then that of waitpid.
  bool EndsSoon(int signal) {
    kill(pid_, signal);
    if (!Soon([&] { return waitpid(pid_, &state, WNOHANG) == pid_; })) return false;
    pid_ = -1;
    return true;
  }
  int state = 0;

 private:
  const Actions ends_are_known_{{SIGCHLD}, SIG_DFL};
  pid_t pid_ = -1;
};

TEST_F(Processes, SignalsStopTheProgramAndRemoveItsFolder) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    const std::string started = In("started");
    Forever process(started);
    ASSERT_TRUE(process.is_there());
    EXPECT_TRUE(Soon([&] { return std::filesystem::exists(started); }));
    pid_t program = 0;
    std::string folder;
    std::ifstream(started) >> program >> folder;
    ASSERT_GT(program, 0);
    EXPECT_TRUE(std::filesystem::is_directory(folder));
    ASSERT_TRUE(process.EndsSoon(signal)) << strsignal(signal);
    EXPECT_TRUE(WIFEXITED(process.state) && WEXITSTATUS(process.state) == 0) << strsignal(signal);
    EXPECT_FALSE(std::filesystem::exists(folder)) << strsignal(signal);
    EXPECT_TRUE(Soon([&] { return kill(program, 0) != 0; })) << strsignal(signal);
    std::filesystem::remove(started);
  }
}

TEST_F(Processes, SignalsAreAsBeforeOnceTheFolderIsGone) {
  const Actions defaults({SIGINT}, SIG_DFL), ignored({SIGHUP}, SIG_IGN);
  struct sigaction inside = {}, after = {};
  {
    const Result<WorkFolder> folder = WorkFolder::Make();
    ASSERT_TRUE(folder.ok());
    sigaction(SIGINT, nullptr, &inside);
    EXPECT_NE(inside.sa_handler, SIG_DFL);
    sigaction(SIGHUP, nullptr, &inside);
    EXPECT_EQ(inside.sa_handler, SIG_IGN) << "as nohup wants it";
  }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(after.sa_handler, SIG_DFL);
}

TEST_F(Processes, AnEndThatIsNotKnownIsNoSuccess) {
  const Actions ignored({SIGCHLD}, SIG_IGN);
  EXPECT_NE(RunShell("exit 3", In("")).status().message().find("not known"), std::string::npos);
  const Result<WorkFolder> folder = WorkFolder::Make();
  ASSERT_TRUE(folder.ok());
  EXPECT_TRUE(RunShell("true", folder.value().path()).ok());
  EXPECT_NE(RunShell("exit 3", folder.value().path()).status().message().find("exit status 3"),
            std::string::npos);
}

TEST_F(Processes, AFailureHasItsStatusAndWhatWasPrinted) {
  const auto message = [&](const char* command) {
    return RunShell(command, In("")).status().message();
  };
  EXPECT_NE(message("exit 3").find("failed with exit status 3: 'exit 3' printed nothing"),
            std::string::npos);
  EXPECT_NE(message("echo one; echo two >&2; exit 4").find("exit 4' printed one two"),
            std::string::npos);
}

TEST_F(Processes, AnyNameIsAWordOfTheShell) {
  for (const char* name : {"it's", "two words", "$HOME `x` \"y\" \\", "''"}) {
    EXPECT_EQ(ShellOutput("printf %s " + ShellWord(name)), name);
  }
}

TEST_F(Processes, AFolderIsNotReadAsAFile) {
  const Result<Bytes> bytes = ReadFile(In(""));
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.status().code(), Code::kIo);
}

// What `path` holds for a user who may not read everything.
Result<std::vector<std::string>> FilesForUser(const std::string& path) {
  constexpr uid_t kNobody = 65534;
  const bool is_root = geteuid() == 0;
  if (is_root) {
    EXPECT_EQ(seteuid(kNobody), 0);
  }
  Result<std::vector<std::string>> files = FilesAt(path);
  if (is_root) {
    EXPECT_EQ(seteuid(0), 0);
  }
  return files;
}

TEST_F(Processes, AFolderThatCannotBeReadIsAnError) {
  namespace fs = std::filesystem;
  fs::create_directories(In("tree/locked"));
  WriteBytes(In("tree/a"), SomeText(10));
  WriteBytes(In("tree/z"), SomeText(10));
  fs::create_symlink(In("nowhere"), In("tree/link"));
  Result<std::vector<std::string>> files = FilesForUser(In("tree"));
  ASSERT_TRUE(files.ok()) << files.status().message();
  EXPECT_EQ(files.value().size(), 2u);
  fs::permissions(In("tree/locked"), fs::perms::none);
  files = FilesForUser(In("tree"));
  ASSERT_FALSE(files.ok());
  EXPECT_NE(files.status().message().find("tree/locked: cannot be read"), std::string::npos)
      << files.status().message();
  fs::permissions(In("tree/locked"), fs::perms::owner_all);
}

}  // namespace
}  // namespace lmz::bench
