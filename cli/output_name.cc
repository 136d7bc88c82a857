#include "cli/output_name.h"

#include <filesystem>

namespace lmz::cli {

namespace fs = std::filesystem;

namespace {

// Beside the input.
Result<std::string> DerivedName(const Options& options, const std::string& file) {
  const bool has_suffix = file.ends_with(options.suffix);
  if (options.mode == Mode::kCompress) {
    if (has_suffix && !options.force) {
      return Status(Code::kIo, file + ": already ends in " + options.suffix +
                                   ", skipped; use -f to compress it again");
    }
    return file + options.suffix;
  }
  const std::string name = file.substr(0, file.size() - (has_suffix ? options.suffix.size() : 0));
  if (!has_suffix || name.empty() || name.ends_with('/')) {
    return Status(Code::kIo, file + ": does not end in " + options.suffix +
                                 ", skipped; name the output with -o or -c");
  }
  return name;
}

// "../a/./b" with "a/b", "/a/b" with "a/b".
fs::path WithoutWayUp(const fs::path& path) {
  fs::path kept;
  for (const fs::path& part : path.lexically_normal().relative_path()) {
    if (part != "..") kept /= part;
  }
  return kept;
}

}  // namespace

bool WritesFile(const Options& options, const std::string& file) {
  if (options.mode != Mode::kCompress && options.mode != Mode::kDecompress) return false;
  return !options.output.empty() || (!options.to_stdout && file != "-");
}

Result<std::string> OutputName(const Options& options, const std::string& file) {
  if (!options.output.empty()) return options.output;
  LMZ_ASSIGN(const std::string name, DerivedName(options, file));
  if (options.output_folder.empty()) return name;
  const fs::path path(name);
  const fs::path kept = options.recursive ? WithoutWayUp(path) : path.filename();
  return (fs::path(options.output_folder) / kept).string();
}

}  // namespace lmz::cli
