// Programs, folders and files as lmz-bench handles them.
#include "process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "input.h"
#include "test_support.h"

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

TEST_F(Processes, SignalsStopTheProgramAndRemoveItsFolder) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const std::string started = In("started");
    const pid_t pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) RunForever(started);
    EXPECT_TRUE(Soon([&] { return std::filesystem::exists(started); }));
    pid_t program = 0;
    std::string folder;
    std::ifstream(started) >> program >> folder;
    ASSERT_GT(program, 0);
    EXPECT_TRUE(std::filesystem::is_directory(folder));
    kill(pid, signal);
    int state = 0;
    ASSERT_EQ(waitpid(pid, &state, 0), pid);
    EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 0) << strsignal(signal);
    EXPECT_FALSE(std::filesystem::exists(folder)) << strsignal(signal);
    EXPECT_TRUE(Soon([&] { return kill(program, 0) != 0; })) << strsignal(signal);
    std::filesystem::remove(started);
  }
}

TEST_F(Processes, SignalsAreAsBeforeOnceTheFolderIsGone) {
  struct sigaction before = {}, inside = {}, after = {};
  ::signal(SIGHUP, SIG_IGN);
  sigaction(SIGINT, nullptr, &before);
  {
    const Result<WorkFolder> folder = WorkFolder::Make();
    ASSERT_TRUE(folder.ok());
    sigaction(SIGINT, nullptr, &inside);
    EXPECT_NE(inside.sa_handler, before.sa_handler);
    sigaction(SIGHUP, nullptr, &inside);
    EXPECT_EQ(inside.sa_handler, SIG_IGN) << "as nohup wants it";
  }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  ::signal(SIGHUP, SIG_DFL);
}

TEST_F(Processes, AFailureHasItsStatusAndWhatWasPrinted) {
  const auto message = [&](const char* command) {
    return RunShell(command, In("")).status().message();
  };
  EXPECT_NE(message("exit 3").find("failed with exit status 3, nothing printed"),
            std::string::npos);
  EXPECT_NE(message("echo one; echo two >&2; exit 4").find("exit status 4: one two"),
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
