#include "bench/coders/peers.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <regex>
#include <sstream>

#include "bench/measure/input.h"
#include "bench/measure/process.h"
#include "model/catalog.h"

namespace lmz::bench {

namespace fs = std::filesystem;

std::string FindLmz(const std::string& wanted) {
  std::error_code error;
  if (!wanted.empty()) return fs::absolute(wanted, error).string();
  // In a build folder this program is bench/lmz-bench and lmz is cli/lmz.
  const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& path : {here / "../cli/lmz", here / "lmz"}) {
    if (fs::is_regular_file(path, error)) return fs::canonical(path, error).string();
  }
  std::string found = ShellOutput("command -v lmz");
  while (!found.empty() && found.back() == '\n') found.pop_back();
  return found;
}

bool IsLarge(const std::string& path) {
  return fs::path(path).filename() == "large.lmm";
}

std::vector<std::string> WithLarge(const std::vector<std::string>& models, const std::string& lmz) {
  if (std::any_of(models.begin(), models.end(), IsLarge)) return models;
  std::error_code error;
  const fs::path large =
      (fs::path(lmz).parent_path() / LMZ_MODEL_FOLDER / "large.lmm").lexically_normal();
  if (!fs::is_regular_file(large, error)) {
    std::fprintf(stderr, "level 4 is left out: there is no %s; --model can name large.lmm\n",
                 large.c_str());
    return models;
  }
  std::vector<std::string> all = {large.string()};
  all.insert(all.end(), models.begin(), models.end());
  return all;
}

namespace {

// lmz with the option that chooses its model; a model in a file must be given to decode, too.
Peer Lmz(const std::string& program, const std::string& name, const std::string& option,
         const std::string& model) {
  const std::string quoted = ShellWord(program) + " ";
  const std::string decoding = model.empty() ? "" : option + " ";
  return {.name = "lmz " + name,
          .program = program,
          .pack = quoted + option + " -T1 -c input > packed",
          .unpack = quoted + decoding + "-T1 -d -c packed > restored",
          .version = quoted + "--version",
          .model = model,
          .suffix = ""};
}

}  // namespace

std::vector<Peer> AllPeers(const std::string& lmz, const std::vector<std::string>& models) {
  std::vector<Peer> peers;
  for (const char* level : {"-0", "-1", "-2", "-3"}) peers.push_back(Lmz(lmz, level, level, ""));
  for (const std::string& model : models) {
    std::error_code error;
    const fs::path path = fs::absolute(model, error);
    const std::string name = IsLarge(model) ? "-4" : "--model " + path.stem().string();
    peers.push_back(Lmz(lmz, name, "--model " + ShellWord(path.string()), path.string()));
  }
  const Peer others[] = {
      // zpaq adds to an archive that exists; the name inside costs the same for every file.
      {"zpaq -m5", "zpaq",
       "rm -f packed.zpaq && zpaq a packed.zpaq input -m5 -t1 && mv packed.zpaq packed",
       "rm -f restored && ln -f packed packed.zpaq && "
       "zpaq x packed.zpaq input -to restored -force -t1",
       "zpaq"},
      {"lrzip -z -L9", "lrzip", "lrzip -q -f -N 0 -z -L 9 -p 1 -o packed input",
       "lrzip -q -f -N 0 -d -p 1 -o restored packed", "lrzip --version"},
      {"bzip3", "bzip3", "bzip3 -e -j 1 -c input > packed", "bzip3 -d -j 1 -c packed > restored",
       "bzip3 -V"},
      {"7z PPMd", "7z",
       "rm -f packed.7z && 7z a -m0=PPMd:o=16:mem=256m -mmt=1 packed.7z input && "
       "mv packed.7z packed",
       "7z e -so packed > restored", "7z"},
      {"brotli 11", "brotli", "brotli -q 11 -w 24 -c input > packed",
       "brotli -d -c packed > restored", "brotli --version"},
      {"xz -9e", "xz", "xz -9e -T1 -c input > packed", "xz -d -T1 -c < packed > restored",
       "xz --version"},
      {"zstd --ultra -22", "zstd", "zstd --ultra -22 --single-thread -q -c input > packed",
       "zstd -d -q -c packed > restored", "zstd --version"},
      {"zstd -19", "zstd", "zstd -19 --single-thread -q -c input > packed",
       "zstd -d -q -c packed > restored", "zstd --version"},
      {"bzip2 -9", "bzip2", "bzip2 -9 -c input > packed", "bzip2 -d -c < packed > restored",
       "bzip2 --version"},
      {"gzip -9", "gzip", "gzip -9 -n -c input > packed", "gzip -d -c < packed > restored",
       "gzip --version"},
      // As people have pictures and sound.
      {"JPEG XL -e 9", "cjxl", "cjxl -d 0 -e 9 --num_threads=0 input packed",
       "djxl --num_threads=0 packed restored.ppm && mv restored.ppm restored", "cjxl --version", "",
       ".ppm"},
      {"WebP lossless", "cwebp", "cwebp -quiet -lossless -z 9 input -o packed",
       "dwebp -quiet -ppm packed -o restored", "cwebp -version", "", ".ppm"},
      {"flac -8", "flac", "flac -8 -s -f -o packed input", "flac -d -s -f -o restored packed",
       "flac --version", "", ".wav"},
      {"flac -8 --no-padding", "flac", "flac -8 --no-padding -s -f -o packed input",
       "flac -d -s -f -o restored packed", "flac --version", "", ".wav"},
  };
  peers.insert(peers.end(), std::begin(others), std::end(others));
  return peers;
}

namespace {

std::vector<ModelName> BuiltInModelsOf(const std::string& lmz) {
  std::istringstream table(ShellOutput(ShellWord(lmz) + " --list-models"));
  std::string line;
  std::vector<ModelName> models;
  for (std::getline(table, line); std::getline(table, line);) {  // the first line is the head
    std::istringstream fields(line);
    const std::vector<std::string> words(std::istream_iterator<std::string>(fields), {});
    if (words.size() < 3 || words[0] == "-") continue;  // in a file
    models.push_back({words[1], words.back()});
  }
  return models;
}

// The id of the model that is given to lmz.
std::string ModelOf(const Peer& peer) {
  const Result<Bytes> file = ReadFile(peer.model);
  if (!file.ok() || file.value().size() < sizeof(ModelId)) return "no model";
  return ModelIdText(IdOfModelFile(file.value()));
}

}  // namespace

std::string VersionOf(const Peer& peer) {
  const std::string output = ShellOutput(peer.version);
  std::smatch match;
  std::string version = "unknown version";
  if (std::regex_search(output, match, std::regex(R"(\d+\.\d+(\.\d+)*)"))) version = match.str();
  if (!peer.name.starts_with("lmz ")) return version;
  const Result<Bytes> program = ReadFile(peer.program);
  if (program.ok()) version += " (" + HashText(program.value()).substr(0, 8) + ")";
  if (!peer.model.empty()) version += " with " + ModelOf(peer).substr(0, 8);
  return version;
}

std::vector<ModelName> ModelsOf(const std::vector<Peer>& peers) {
  std::vector<ModelName> models;
  for (const Peer& peer : peers) {
    if (!peer.name.starts_with("lmz ")) continue;
    if (!peer.model.empty()) {
      models.push_back({fs::path(peer.model).stem().string(), ModelOf(peer)});
    } else if (models.empty()) {
      models = BuiltInModelsOf(peer.program);
    }
  }
  return models;
}

}  // namespace lmz::bench
