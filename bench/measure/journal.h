// Finished measurements in a CSV file, so that what was interrupted goes on where it stopped.
#pragma once

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace lmz::bench {

// The first line names the format. A row is a key of one or more texts, then one or more numbers.
// Rows that were not written to their end are forgotten; the last row of a key counts.
class Journal {
 public:
  // Of nothing, and kept nowhere.
  Journal() = default;
  // Reads `path` if it is there, and adds to it from now on. Errors: kIo; kInvalidArgument when it
  // is a file of another kind, which stays as it is.
  static Result<Journal> Open(const std::string& path);

  std::optional<std::vector<double>> Find(const std::vector<std::string>& key) const;
  // The row is in the file when this returns. Errors: kIo.
  Status Add(const std::vector<std::string>& key, const std::vector<double>& numbers);

 private:
  std::string path_;
  std::map<std::string, std::vector<double>> rows_;
};

// A field of a CSV file, in quotes where it must be.
std::string CsvField(const std::string& text);

}  // namespace lmz::bench
