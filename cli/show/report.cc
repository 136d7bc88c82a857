#include "cli/show/report.h"

#include "cli/io/descriptor.h"
#include "cli/show/message.h"

namespace lmz::cli {

ExitCode Report(const Status& status, bool silent) {
  if (!status.ok() && !silent) PrintMessage(status.message());
  return ExitCodeFor(status.code());
}

ExitCode PrintText(const std::string& text, bool silent) {
  StdoutSink sink;
  return Report(sink.Write(ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size())),
                silent);
}

}  // namespace lmz::cli
