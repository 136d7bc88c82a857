#include "cli/show/message.h"

#include <unistd.h>
#include <utf8proc.h>

#include <algorithm>
#include <cerrno>

namespace lmz::cli {

namespace {
// Letters of some scripts and pictures need them between them.
constexpr utf8proc_int32_t kNonJoiner = 0x200C;
constexpr utf8proc_int32_t kJoiner = 0x200D;

// Whether a terminal shows it as a character, rather than obeying it.
bool IsShown(utf8proc_int32_t character) {
  if (character == kJoiner || character == kNonJoiner) return true;
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:  // control characters, also those from 0x80 on
    case UTF8PROC_CATEGORY_CF:  // such as those that turn the direction of text
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string Printable(std::string_view name) {
  std::string shown;
  while (!name.empty()) {
    utf8proc_int32_t character = 0;
    const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(name.data());
    const auto size = static_cast<utf8proc_ssize_t>(name.size());
    const utf8proc_ssize_t length = utf8proc_iterate(bytes, size, &character);
    const bool is_shown = length > 0 && IsShown(character);
    const auto used = static_cast<size_t>(std::max<utf8proc_ssize_t>(length, 1));
    shown += is_shown ? name.substr(0, used) : "?";
    name.remove_prefix(used);
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
