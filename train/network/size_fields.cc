#include "train/network/size_fields.h"

#include <charconv>
#include <sstream>

namespace lmz::train {

std::optional<std::map<std::string, uint16_t>> ParseSizeFields(const std::string& text) {
  std::map<std::string, uint16_t> fields;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const size_t equals = part.find('=');
    if (equals == std::string::npos) return std::nullopt;
    uint16_t value = 0;
    const char* const end = part.data() + part.size();
    const auto [rest, error] = std::from_chars(part.data() + equals + 1, end, value);
    if (error != std::errc() || rest != end) return std::nullopt;
    fields[part.substr(0, equals)] = value;
  }
  return fields;
}

}  // namespace lmz::train
