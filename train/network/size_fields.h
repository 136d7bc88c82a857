// What the sizes of all architectures have in common as text: "d=96,layers=8".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace lmz::train {

// The numbers by their names; nothing where the text has another form.
std::optional<std::map<std::string, uint16_t>> ParseSizeFields(const std::string& text);

}  // namespace lmz::train
