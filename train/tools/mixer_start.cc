// Retrains the initial mixer weights in a model file, as lmz-train does at its end; needed after a
// change of the mixer. usage: mixer_start MODEL DATA OUT
#include <cstdio>
#include <string>

#include "train/data/file.h"
#include "train/export/mixer_training.h"

namespace lmz::train {
namespace {

Status Run(const std::string& model_path, const std::string& data_path,
           const std::string& out_path) {
  LMZ_ASSIGN(const Bytes file, ReadWholeFile(model_path));
  LMZ_ASSIGN(ModelFile model, ParseModelFile(file));
  LMZ_ASSIGN(const Bytes data, ReadWholeFile(data_path));
  LMZ_TRY(TrainMixerStart(data, model));
  LMZ_ASSIGN(const Bytes out, WriteModelFile(model));
  return WriteWholeFile(out_path, out);
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: mixer_start MODEL DATA OUT\n");
    return 2;
  }
  const lmz::Status status = lmz::train::Run(argv[1], argv[2], argv[3]);
  if (!status.ok()) std::fprintf(stderr, "mixer_start: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
