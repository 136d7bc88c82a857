// The compressors that are installed, as shell commands.
#pragma once

#include <string>
#include <vector>

namespace lmz::bench {

struct Peer {
  std::string name;         // as in the tables: the program with its level
  std::string program;      // that must be there
  std::string pack;         // makes "packed" from "input"
  std::string unpack;       // makes "restored" from "packed"
  std::string version;      // prints it somewhere in its output
  std::string model = {};   // the file with the model that it is given; empty: none
  std::string suffix = {};  // of the names of files that it is for; empty: of any
  int revision = 1;         // of the commands; see Coder::revision
};

// The program lmz: `wanted`, or the one that was built with this program, or the installed one.
std::string FindLmz(const std::string& wanted);

// Whether a model file is by its name the one of level 4.
bool IsLarge(const std::string& path);

// `models`, which are files, behind that of level 4 when it is none of them but belongs to the
// program at `lmz`. When there is none, standard error tells so.
std::vector<std::string> WithLarge(const std::vector<std::string>& models, const std::string& lmz);

// lmz, the program at `lmz`, at every level and with each of the files `models`, then all others;
// each runs one thread.
std::vector<Peer> AllPeers(const std::string& lmz, const std::vector<std::string>& models);

// The first thing in the output of its version command that looks like a version, for example
// "5.4.1"; of lmz also the beginning of a hash of the program, and of its model's id.
std::string VersionOf(const Peer& peer);

struct ModelName {
  std::string name;
  std::string id;
};

// The models of these peers: those built into the program lmz, and those in files.
std::vector<ModelName> ModelsOf(const std::vector<Peer>& peers);

}  // namespace lmz::bench
