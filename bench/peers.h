// The compressors that are installed, as shell commands.
#pragma once

#include <string>
#include <vector>

namespace lmz::bench {

struct Peer {
  std::string name;     // as in the tables: the program with its level
  std::string program;  // that must be there
  std::string pack;     // makes "packed" from "input"
  std::string unpack;   // makes "restored" from "packed"
  std::string version;  // prints it somewhere in its output
};

// The program lmz: `wanted`, or the one that was built with this program, or the installed one.
std::string FindLmz(const std::string& wanted);

// lmz, the program at `lmz`, at every level, then all others; each runs one thread.
std::vector<Peer> AllPeers(const std::string& lmz);

// The first thing in the output of its version command that looks like a version, for example
// "5.4.1"; of lmz also the beginning of a hash of the program.
std::string VersionOf(const Peer& peer);

// The built-in models of the program lmz with their ids, for a sentence.
std::string ModelsOf(const std::string& lmz);

}  // namespace lmz::bench
