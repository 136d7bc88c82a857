#include "codec/filter/repeat_stream.h"

#include <algorithm>

#include "codec/filter/repeat_commands.h"

namespace lmz {

uint64_t RepeatStream::Advance(uint64_t size) {
  const ByteSpan there = filtered_.first(static_cast<size_t>(size));
  if (!is_broken_ && HasCommands(there)) Make(there);
  return made_;
}

// Whether all commands are there, and fit. A number that is cut short may go on next time.
bool RepeatStream::HasCommands(ByteSpan there) {
  if (command_count_ == 0) {
    ByteReader reader(there);
    const Result<uint64_t> raw_size = reader.Varint();
    if (!raw_size.ok()) return false;
    const Result<uint64_t> count = reader.Varint();
    if (!count.ok()) return false;
    is_broken_ = raw_size.value() != raw_.size() || count.value() == 0;
    if (is_broken_) return false;
    command_count_ = count.value();
    read_end_ = done_end_ = reader.position();
  }
  while (read_count_ < command_count_) {
    ByteReader reader(there.subspan(static_cast<size_t>(read_end_)));
    const Result<repeat::Command> command = repeat::ReadCommand(reader);
    if (!command.ok()) return false;
    is_broken_ = !repeat::PassCommand(command.value(), raw_.size(), reach_).ok();
    if (is_broken_) return false;
    read_end_ += reader.position();
    ++read_count_;
    if (read_count_ == command_count_) literal_ = read_end_;
  }
  return true;
}

// Carries out commands as far as their literals are there.
void RepeatStream::Make(ByteSpan there) {
  const auto take = [&](uint64_t wanted) {
    const auto count = static_cast<size_t>(std::min<uint64_t>(wanted, there.size() - literal_));
    std::copy_n(there.begin() + static_cast<std::ptrdiff_t>(literal_), count,
                raw_.begin() + static_cast<std::ptrdiff_t>(made_));
    literal_ += count;
    made_ += count;
    return count;
  };
  while (done_count_ < command_count_) {
    ByteReader reader(there.subspan(static_cast<size_t>(done_end_)));
    const repeat::Command command = repeat::ReadCommand(reader).value();
    literals_done_ += take(command.literal_length - literals_done_);
    if (literals_done_ != command.literal_length) return;
    repeat::CopyWithin(raw_.data() + made_, static_cast<size_t>(command.distance),
                       static_cast<size_t>(command.copy_length));
    made_ += command.copy_length;
    literals_done_ = 0;
    done_end_ += reader.position();
    ++done_count_;
  }
  take(raw_.size() - made_);
}

}  // namespace lmz
