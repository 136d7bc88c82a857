#include "cli/show/message.h"

#include <unistd.h>

#include <cerrno>

namespace lmz::cli {

std::string Printable(std::string_view name) {
  std::string shown(name);
  for (char& c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = '?';
  }
  return shown;
}

void PrintMessage(std::string_view sentence) {
  WriteToStderr("lmz: " + Printable(sentence) + "\n");
}

void WriteToStderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace lmz::cli
