// `lmz-bench table`: the table of Delétang et al., *Language Modeling Is Compression* (2024),
// on any data.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "model/catalog.h"

namespace lmz::bench {

struct TableOptions {
  std::string text;   // a file or folder; empty: no such column
  std::string image;  // a folder of PNG files
  std::string audio;  // a folder of WAV and FLAC files
  size_t random_size = 1000000;
  size_t limit = SIZE_MAX;    // bytes of each prepared column, if it can be cut there
  bool is_resampled = false;  // audio of more than 16 kHz takes part in the column "audio"
  int threads = 1;
  std::vector<std::string> models;  // files, beside those of levels
  std::vector<std::string> llms;    // files of models of tokens
  int max_level = MaxLevel();       // of lmz that takes part
  std::string state;                // the journal; empty: none
  std::string csv;                  // where the sizes go; empty: nowhere
  std::string into;                 // the document with the section; empty: standard output
  std::string section = "table";
};

Status RunTable(const TableOptions& options);

}  // namespace lmz::bench
