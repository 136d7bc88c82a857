// The page that shows an explanation in a browser: one file that needs no other.
#pragma once

#include <string>

namespace lmz::cli {

// `json` as ExplanationJson makes it, with arrays in base64.
std::string PageOf(const std::string& json);

}  // namespace lmz::cli
