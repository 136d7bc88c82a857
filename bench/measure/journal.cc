#include "bench/measure/journal.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "bench/measure/input.h"

namespace lmz::bench {

namespace {

// Behind the numbers of a whole row.
constexpr const char* kEnd = "done";

// The first line, or one behind rows of an older file.
constexpr const char* kFormat = "# lmz-bench, finished measurements, format 1";

std::string KeyText(const std::vector<std::string>& key) {
  std::string text;
  for (const std::string& part : key) text += CsvField(part) + ",";
  return text;
}

// Splits "key,parts,;number,number,done" as Add writes it; false for anything else.
bool ParseRow(const std::string& line, std::string& key, std::vector<double>& numbers) {
  const size_t split = line.rfind(';');
  if (split == std::string::npos || !line.ends_with(kEnd)) return false;
  key = line.substr(0, split);
  numbers.clear();
  const char* p = line.c_str() + split + 1;
  while (*p != *kEnd) {
    char* end = nullptr;
    numbers.push_back(std::strtod(p, &end));
    if (end == p || *end != ',') return false;
    p = end + 1;
  }
  return !numbers.empty();
}

// Whether a file is a journal or empty. The first ones did not name their format: then every line
// is a row, but for the last one, which may have been cut off; the format follows once they have
// been opened again. The format itself may have been cut off, too.
bool IsJournal(const std::string& text) {
  if (std::string_view(kFormat).starts_with(text)) return true;
  std::string key;
  std::vector<double> numbers;
  bool has_row = false, is_cut_off = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == kFormat) return true;
    if (is_cut_off) return false;
    const bool is_row = ParseRow(line, key, numbers);
    has_row |= is_row;
    is_cut_off = !is_row && !line.empty();
  }
  return has_row && !(is_cut_off && text.ends_with('\n'));
}

}  // namespace

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\n;") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

Result<Journal> Journal::Open(const std::string& path) {
  Journal journal;
  journal.path_ = path;
  std::string text;
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    LMZ_ASSIGN(const Bytes file, ReadFile(path));
    text.assign(file.begin(), file.end());
  }
  if (!IsJournal(text)) {
    return Status(Code::kInvalidArgument,
                  path + ": is no file of finished measurements; name another one");
  }
  std::string key;
  std::vector<double> numbers;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (ParseRow(line, key, numbers)) journal.rows_[key] = numbers;
  }
  std::ofstream out(path, std::ios::app);
  // A row that was cut off must not run into the next one.
  if (!text.empty() && text.back() != '\n') out << '\n';
  if (text.find(kFormat) == std::string::npos) out << kFormat << '\n';
  if (!out.flush()) return Status(Code::kIo, path + ": cannot be written");
  return journal;
}

std::optional<std::vector<double>> Journal::Find(const std::vector<std::string>& key) const {
  const auto row = rows_.find(KeyText(key));
  if (row == rows_.end()) return std::nullopt;
  return row->second;
}

Status Journal::Add(const std::vector<std::string>& key, const std::vector<double>& numbers) {
  std::string text = KeyText(key);
  rows_[text] = numbers;
  if (path_.empty()) return OkStatus();
  text += ';';
  for (const double number : numbers) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g,", number);
    text += digits;
  }
  std::ofstream out(path_, std::ios::app);
  out << text << kEnd << '\n' << std::flush;
  return out ? OkStatus() : Status(Code::kIo, path_ + ": cannot be written");
}

}  // namespace lmz::bench
