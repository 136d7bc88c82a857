#include "cli/show/summary.h"

#include "cli/show/format.h"
#include "cli/show/message.h"

namespace lmz::cli {

std::string SummaryText(Mode mode, const std::string& name, const Progress& done,
                        std::chrono::duration<double> elapsed) {
  const double seconds = elapsed.count();
  const std::string raw = std::to_string(done.raw_bytes) + " bytes";
  const std::string coded = std::to_string(done.coded_bytes) + " bytes";
  std::string text = name + ": ";
  if (mode == Mode::kTest) text += "OK, ";
  text += mode == Mode::kCompress ? raw + " to " + coded : coded + " to " + raw;
  text += ", ratio " + FormatRatio(done.raw_bytes, done.coded_bytes) + ", " +
          FormatBitsPerByte(done.raw_bytes, done.coded_bytes) + " bits/byte, " +
          FormatAmount(seconds > 0 ? static_cast<double>(done.raw_bytes) / seconds : 0) + "/s";
  return Printable(text) + "\n";
}

}  // namespace lmz::cli
