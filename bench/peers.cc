#include "peers.h"

#include <filesystem>
#include <iterator>
#include <regex>
#include <sstream>

#include "input.h"
#include "process.h"

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

std::vector<Peer> AllPeers(const std::string& lmz) {
  std::vector<Peer> peers;
  for (const char level : {'0', '1', '2', '3'}) {
    peers.push_back({std::string("lmz -") + level, lmz,
                     "'" + lmz + "' -" + level + " -T1 -c input > packed",
                     "'" + lmz + "' -T1 -d -c packed > restored", "'" + lmz + "' --version"});
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
  return version;
}

std::string ModelsOf(const std::string& lmz) {
  std::istringstream table(ShellOutput("'" + lmz + "' --list-models"));
  std::string line, text;
  for (std::getline(table, line); std::getline(table, line);) {  // the first line is the head
    std::istringstream fields(line);
    const std::vector<std::string> words(std::istream_iterator<std::string>(fields), {});
    if (words.size() < 3) continue;
    text += (text.empty() ? "" : ", ") + words[1] + " " + words.back();
  }
  return text;
}

}  // namespace lmz::bench
