#include "cli/show/report.h"

#include "cli/io/descriptor.h"
#include "cli/show/message.h"

namespace lmz::cli {

ExitCode Report(const Status& status, bool silent) {
  if (!status.ok() && !silent) PrintMessage(status.message());
  return ExitCodeFor(status.code());
}

Status NameFile(const Status& status, const std::string& file) {
  return status.code() == Code::kIo ? status : status.At(file);
}

Status WriteText(const std::string& text) {
  StdoutSink sink;
  return sink.Write(BytesOf(text));
}

ExitCode PrintText(const std::string& text, bool silent) {
  return Report(WriteText(text), silent);
}

}  // namespace lmz::cli
