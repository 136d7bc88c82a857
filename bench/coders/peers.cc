#include "bench/coders/peers.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>
#include <utility>

#include "bench/measure/input.h"
#include "bench/measure/process.h"
#include "model/library.h"

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

namespace {

// A row of `lmz --list-models`.
struct ListedModel {
  ModelName name;
  int level = 0;  // 0: none
  bool is_built_in = false;
};

std::vector<ListedModel> ModelsListedBy(const std::string& lmz) {
  std::vector<ListedModel> models;
  if (lmz.empty()) return models;
  std::istringstream table(ShellOutput(ShellWord(lmz) + " --list-models"));
  std::string line;
  for (std::getline(table, line); std::getline(table, line);) {  // the first line is the head
    std::istringstream fields(line);
    std::string number, name, level, parameters, size, id;
    if (!(fields >> number >> name >> level >> parameters >> size >> id)) continue;
    models.push_back({{name, id}, level == "-" ? 0 : std::stoi(level), number != "-"});
  }
  return models;
}

// lmz with the option that chooses its model.
Peer Lmz(const std::string& program, const std::string& name, const std::string& option) {
  const std::string quoted = ShellWord(program) + " ";
  return {.name = "lmz " + name,
          .program = program,
          .pack = quoted + option + " -T1 -c input > packed",
          .unpack = quoted + "-T1 -d -c packed > restored",
          .version = quoted + "--version"};
}

// The level that the model of `row` stands for; of a model that is not built in only where lmz has
// it.
Peer LmzOfLevel(const std::string& lmz, const CatalogRow& row,
                const std::vector<ListedModel>& models) {
  const std::string option = "-" + std::to_string(row.level);
  Peer peer = Lmz(lmz, option, option);
  if (!row.file.empty()) return peer;
  const auto model = std::find_if(models.begin(), models.end(),
                                  [&](auto& listed) { return listed.level == row.level; });
  if (model == models.end()) {
    peer.lack = "its model is not installed";
  } else if (!model->is_built_in) {
    peer.model = model->name;
  }
  return peer;
}

// With a model in a file, which must be given to decode, too.
Peer LmzWithFile(const std::string& lmz, const std::string& file) {
  std::error_code error;
  const fs::path path = fs::absolute(file, error);
  const std::string option = "--model " + ShellWord(path.string());
  Peer peer = Lmz(lmz, "--model " + path.stem().string(), option);
  peer.unpack = ShellWord(lmz) + " " + option + " -T1 -d -c packed > restored";
  const Result<ModelSummary> model = DescribeModelFile(path.string());
  peer.model = {path.stem().string(), model.ok() ? ModelIdText(model.value().id) : "no model"};
  return peer;
}

std::vector<Peer> LmzPeers(const std::string& lmz, const std::vector<std::string>& files) {
  const std::vector<ListedModel> models = ModelsListedBy(lmz);
  std::vector<Peer> peers = {Lmz(lmz, "-0", "-0")};
  for (int level = 1; level <= MaxLevel(); ++level) {
    for (const CatalogRow& row : Catalog()) {
      if (row.level == level) peers.push_back(LmzOfLevel(lmz, row, models));
    }
  }
  for (const std::string& file : files) peers.push_back(LmzWithFile(lmz, file));
  return peers;
}

}  // namespace

std::vector<Peer> AllPeers(const std::string& lmz, const std::vector<std::string>& models) {
  std::vector<Peer> peers = LmzPeers(lmz, models);
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
      {"JPEG XL -e 9",
       "cjxl",
       "cjxl -d 0 -e 9 --num_threads=0 input packed",
       "djxl --num_threads=0 packed restored.ppm && mv restored.ppm restored",
       "cjxl --version",
       {},
       ".ppm"},
      {"WebP lossless",
       "cwebp",
       "cwebp -quiet -lossless -z 9 input -o packed",
       "dwebp -quiet -ppm packed -o restored",
       "cwebp -version",
       {},
       ".ppm"},
      {"flac -8",
       "flac",
       "flac -8 -s -f -o packed input",
       "flac -d -s -f -o restored packed",
       "flac --version",
       {},
       ".wav"},
      {"flac -8 --no-padding",
       "flac",
       "flac -8 --no-padding -s -f -o packed input",
       "flac -d -s -f -o restored packed",
       "flac --version",
       {},
       ".wav"},
  };
  peers.insert(peers.end(), std::begin(others), std::end(others));
  return peers;
}

std::string VersionOf(const Peer& peer) {
  const std::string output = ShellOutput(peer.version);
  std::smatch match;
  std::string version = "unknown version";
  if (std::regex_search(output, match, std::regex(R"(\d+\.\d+(\.\d+)*)"))) version = match.str();
  if (!peer.name.starts_with("lmz ")) return version;
  const Result<Bytes> program = ReadFile(peer.program);
  if (program.ok()) version += " (" + HashText(program.value()).substr(0, 8) + ")";
  if (!peer.model.id.empty()) version += " with " + peer.model.id.substr(0, 8);
  return version;
}

std::vector<ModelName> ModelsOf(const std::vector<Peer>& peers) {
  std::vector<ModelName> models;
  for (const Peer& peer : peers) {
    if (!peer.name.starts_with("lmz ")) continue;
    if (!peer.model.id.empty()) {
      models.push_back(peer.model);
    } else if (models.empty()) {
      for (const ListedModel& model : ModelsListedBy(peer.program)) {
        if (model.is_built_in) models.push_back(model.name);
      }
    }
  }
  return models;
}

}  // namespace lmz::bench
