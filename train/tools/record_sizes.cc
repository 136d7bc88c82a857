// usage: record_sizes MODEL SAMPLE LINES FILE
//
// Prints the compressed size of the records of FILE, each of LINES lines and coded independently,
// with the model file MODEL ("-": context mixing alone), after learning from the file SAMPLE ("-":
// none; only the end of a long one counts). Every record is decoded and compared.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "model/library.h"
#include "records/records.h"
#include "train/data/file.h"

namespace lmz::train {
namespace {

struct Total {
  size_t records = 0, raw_size = 0, coded_size = 0;
};

// Adds `record` to `total` once it has come back as it was.
Status Measure(RecordCoder& coder, ByteSpan record, Total& total) {
  Bytes code(record.size() + RecordCoder::kFraming), restored(record.size());
  LMZ_ASSIGN(const size_t size, coder.Encode(record, code));
  LMZ_ASSIGN(const size_t length, coder.Decode(ByteSpan(code).first(size), restored));
  if (length != record.size() || !std::equal(record.begin(), record.end(), restored.begin())) {
    return Status(Code::kInternal, "a record was not restored");
  }
  ++total.records;
  total.raw_size += record.size();
  total.coded_size += size;
  return OkStatus();
}

Status Run(const std::string& model_path, const std::string& sample_path, int lines,
           const std::string& path) {
  SharedModel model;
  if (model_path != "-") {
    LMZ_ASSIGN(model, LoadModelFile(model_path));
  }
  Bytes sample;
  if (sample_path != "-") {
    LMZ_ASSIGN(sample, ReadWholeFile(sample_path));
  }
  LMZ_ASSIGN(RecordCoder coder, RecordCoder::Make(model, sample));
  LMZ_ASSIGN(const Bytes data, ReadWholeFile(path));
  Total total;
  size_t begin = 0;
  int count = 0;
  for (size_t i = 0; i < data.size(); ++i) {
    if (data[i] != '\n' || ++count < lines) continue;
    LMZ_TRY(Measure(coder, ByteSpan(data).subspan(begin, i + 1 - begin), total));
    begin = i + 1;
    count = 0;
  }
  if (begin < data.size()) LMZ_TRY(Measure(coder, ByteSpan(data).subspan(begin), total));
  std::printf("%zu records, %zu bytes, become %zu\n", total.records, total.raw_size,
              total.coded_size);
  return OkStatus();
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  const int lines = argc == 5 ? std::atoi(argv[3]) : 0;
  if (lines < 1) {
    std::fprintf(stderr, "usage: record_sizes MODEL SAMPLE LINES FILE\n");
    return 2;
  }
  const lmz::Status status = lmz::train::Run(argv[1], argv[2], lines, argv[4]);
  if (!status.ok()) std::fprintf(stderr, "record_sizes: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
