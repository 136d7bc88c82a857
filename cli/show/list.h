// The structure of lmz files as a table or as JSON.
#pragma once

#include <string>
#include <vector>

#include "stream/compress.h"

namespace lmz::cli {

// What a table says of a file. Its blocks are kept only if it will name them.
class ListedFile final : public FrameVisitor {
 public:
  ListedFile(std::string file, bool keeps_blocks)
      : name(std::move(file)), keeps_blocks_(keeps_blocks) {}

  Status BeginFrame(const FrameEntry& frame) override;
  Status AddBlock(const FrameEntry& frame, BlockEntry block) override;
  Status EndFrame(const FrameEntry& frame) override;

  std::string name;
  uint64_t frame_count = 0;
  uint64_t block_count = 0;
  uint64_t coded_size = 0;
  uint64_t raw_size = 0;
  std::vector<std::string> methods;  // each once, in the order of appearance
  std::vector<FrameEntry> frames;

 private:
  bool keeps_blocks_;
};

// One line for each file under a heading, a line of totals when there are several, and with
// `with_blocks` a line for each block below its file, whose blocks were kept.
std::string ListTable(const std::vector<ListedFile>& files, bool with_blocks);

// Writes an array with one object for each file while the files are read; docs/cli.md describes it.
// It is ASCII; bytes of a name that are not UTF-8 are replaced.
class JsonList final : public FrameVisitor {
 public:
  // `sink` outlives this.
  explicit JsonList(Sink& sink) : sink_(sink) {}

  // What follows is that of the file `name`.
  void BeginFile(const std::string& name) { name_ = name; }
  Status BeginFrame(const FrameEntry& frame) override;
  Status AddBlock(const FrameEntry& frame, BlockEntry block) override;
  Status EndFrame(const FrameEntry& frame) override;
  // The file was read to its end, or as far as `status` let it be. Errors: those of the sink.
  Status EndFile(const Status& status);
  // Errors: those of the sink.
  Status End();

  // Whether the sink has failed, so that nothing more can be written.
  bool has_failed() const { return has_failed_; }

 private:
  Status Add(const std::string& text);
  Status Flush();

  Sink& sink_;
  bool has_failed_ = false;
  std::string text_;  // that waits to be written
  std::string name_;
  bool is_first_file_ = true;
  bool is_file_open_ = false;
  bool is_frame_open_ = false;
  bool is_first_frame_ = true;
  bool is_first_block_ = true;
  uint64_t coded_size_ = 0;  // of the file
  uint64_t raw_size_ = 0;
};

}  // namespace lmz::cli
