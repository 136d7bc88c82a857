// Where the results of a command go beside the standard output.
#pragma once

#include <initializer_list>
#include <string>

#include "base/status.h"

namespace lmz::bench {

// Paths; empty: none.
struct Outputs {
  std::string into;     // a document with a generated section
  std::string section;  // that one
  std::string csv;
  std::string json;
  std::string svg;
};

// Whether all of them can be written, to be asked before anything is measured; writes nothing.
// Errors: kInvalidArgument when the document lacks the section; kIo.
Status CheckOutputs(const Outputs& outputs);

// WriteFile where `path` is not empty.
Status WriteIfNamed(const std::string& path, const std::string& text);

// What is written one after the other although something before failed.
Status FirstFailure(std::initializer_list<Status> all);

}  // namespace lmz::bench
