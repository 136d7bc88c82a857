// The temporary file that must not survive an interrupt. There is at most one at a time.
#pragma once

#include <csignal>
#include <string>

namespace lmz::cli {

// From now on SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXCPU and SIGXFSZ first remove the unfinished
// file and then end the process as they would have. A signal that the caller had set to be ignored
// stays ignored.
void InstallSignalHandlers();

// Holds those signals back while it lives: for steps that must happen together, such as making a
// file and naming it as unfinished. Other threads started meanwhile inherit it for good.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

// Names the unfinished file; the empty path says that there is none. Call with signals held.
void SetUnfinishedFile(const std::string& path);

}  // namespace lmz::cli
