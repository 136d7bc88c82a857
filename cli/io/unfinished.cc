#include "cli/io/unfinished.h"

#include <unistd.h>

#include <climits>
#include <cstring>

namespace lmz::cli {

namespace {

constexpr int kFatalSignals[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ};

// Read by the handler, so a plain array. Only written while the signals are held.
char unfinished_path[PATH_MAX];

extern "C" void RemoveAndDie(int signal) {
  if (unfinished_path[0] != '\0') unlink(unfinished_path);
  // SA_RESETHAND restored the default action; it takes effect when this handler returns.
  raise(signal);
}

sigset_t FatalSet() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kFatalSignals) sigaddset(&set, signal);
  return set;
}

}  // namespace

void InstallSignalHandlers() {
  for (const int signal : kFatalSignals) {
    struct sigaction action = {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    action.sa_handler = RemoveAndDie;
    action.sa_mask = FatalSet();
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

SignalsHeld::SignalsHeld() {
  const sigset_t set = FatalSet();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

SignalsHeld::~SignalsHeld() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SetUnfinishedFile(const std::string& path) {
  if (path.size() >= sizeof(unfinished_path)) return;
  std::memcpy(unfinished_path, path.c_str(), path.size() + 1);
}

}  // namespace lmz::cli
