// usage: relabel MODEL.lmm NAME LICENCE NOTE OUTPUT.lmm
//
// Writes the same network with another model card, which changes the id of the model.
#include <iostream>

#include "model/model_file.h"
#include "train/data/file.h"

namespace lmz::train {
namespace {

Status Relabel(const std::string& from, const ModelCard& card, const std::string& to) {
  LMZ_ASSIGN(const Bytes file, ReadWholeFile(from));
  LMZ_ASSIGN(ModelFile model, ParseModelFile(file));
  model.card = card;
  LMZ_ASSIGN(const Bytes relabelled, WriteModelFile(model));
  return WriteWholeFile(to, relabelled);
}

}  // namespace
}  // namespace lmz::train

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: relabel MODEL.lmm NAME LICENCE NOTE OUTPUT.lmm\n";
    return 2;
  }
  const lmz::Status status = lmz::train::Relabel(argv[1], {argv[2], argv[3], argv[4]}, argv[5]);
  if (!status.ok()) std::cerr << "relabel: " << status.message() << '\n';
  return status.ok() ? 0 : 1;
}
