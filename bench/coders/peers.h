// The compressors that are installed, as shell commands.
#pragma once

#include <string>
#include <vector>

namespace lmz::bench {

struct ModelName {
  std::string name;
  std::string id;
};

struct Peer {
  std::string name;         // as in the tables: the program with its level
  std::string program;      // that must be there
  std::string pack;         // makes "packed" from "input"
  std::string unpack;       // makes "restored" from "packed"
  std::string version;      // prints it somewhere in its output
  ModelName model = {};     // that it has from a file; empty: none
  std::string suffix = {};  // of the names of files that it is for; empty: of any
  std::string lack = {};    // why it cannot run although the program is there; empty: it can
  int revision = 1;         // of the commands; see Coder::revision
};

// The program lmz: `wanted`, or the one that was built with this program, or the installed one.
std::string FindLmz(const std::string& wanted);

// lmz, the program at `lmz`, at every level and with each of the files `models`, then all others;
// each runs one thread.
std::vector<Peer> AllPeers(const std::string& lmz, const std::vector<std::string>& models);

// The first thing in the output of its version command that looks like a version, for example
// "5.4.1"; of lmz also the beginning of a hash of the program, and of its model's id.
std::string VersionOf(const Peer& peer);

// The models of these peers: those built into the program lmz, and those in files.
std::vector<ModelName> ModelsOf(const std::vector<Peer>& peers);

}  // namespace lmz::bench
