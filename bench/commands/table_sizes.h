// The measurements behind `lmz-bench table`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/coders/lmz_coder.h"
#include "bench/measure/coder.h"
#include "bench/measure/data_set.h"
#include "bench/measure/journal.h"
#include "bench/report/rates.h"

namespace lmz::bench {

// One coder on all data sets. An entry is empty where the coder does not take the data, or does not
// go with the way it is coded.
struct TableRow {
  std::string coder;
  std::string version;
  int revision = 1;
  uint64_t model_size = 0;
  uint64_t parameters = 0;
  std::vector<std::optional<CodedSize>> whole;    // by data set
  std::vector<std::optional<CodedSize>> chunked;  // by data set
};

// Measures every coder and every network alone on every data set; all codes are decoded and
// compared. What the journal has is not measured again. Progress goes to standard error. Errors:
// those of coders, which a wrong restoration is one of, and of the journal.
Result<std::vector<TableRow>> MeasureTable(const std::vector<DataSet>& sets, const Coders& coders,
                                           const std::vector<BenchModel>& models, int threads,
                                           Journal& journal);

}  // namespace lmz::bench
