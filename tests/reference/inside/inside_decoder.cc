#include "tests/reference/inside/inside_decoder.h"

#include <algorithm>
#include <array>

#include "tests/reference/input.h"
#include "tests/reference/inside/deflate_decoder.h"
#include "tests/reference/text/sums.h"

namespace lmz::reference {

namespace {

void Append(Bytes& to, const Bytes& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

Bytes LeastFirst(uint64_t number) {
  Bytes bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
  return bytes;
}

uint64_t TwoAt(const Bytes& bytes, size_t at) {
  return bytes[at] + uint64_t{256} * bytes[at + 1];
}

bool HasSignature(const Bytes& bytes, size_t at, uint8_t third, uint8_t fourth) {
  const Bytes signature = {'P', 'K', third, fourth};
  return at + 4 <= bytes.size() &&
         std::equal(signature.begin(), signature.end(), bytes.begin() + static_cast<int64_t>(at));
}

// 3
class EntryDecoder {
 public:
  // 6
  struct Layout {
    bool url = false, padded = true;
    uint64_t line_length = 0, first_line = 0;
    Bytes separator;
  };

  struct Entry {
    uint64_t gap, data_size;
    int64_t frame, group;
    uint64_t window_size;
    int64_t lead;
    Layout layout;
    DeflateSettings settings;
  };

  Entry Decode(FlagDecoder& flags, bool is_entered) {
    Entry entry = {};
    entry.gap = Size(flags, gap_);
    entry.data_size = Size(flags, size_);
    entry.frame = flags.Decode(frame_, 3);
    entry.group = flags.Decode(group_[last_group_], 2);
    last_group_ = entry.group;
    entry.window_size = is_entered ? Size(flags, window_size_) : 0;
    entry.lead = is_entered ? flags.Plain(8) : 1;
    if (entry.frame == 6) {
      if (!flags.Decode(same_layout_)) layout_ = DecodeLayout(flags);
      entry.layout = layout_;
      entry.settings = {6, 0, 0, 15, 8};
      return entry;
    }
    if (!flags.Decode(same_settings_)) {
      settings_.search = flags.Decode(search_, 4);
      settings_.filtered = flags.Decode(filtered_) ? 1 : 0;
      settings_.keeps_distant = flags.Decode(distant_) ? 1 : 0;
      settings_.window_bits = flags.Decode(window_, 4);
      settings_.memory_level = flags.Decode(memory_, 4);
    }
    entry.settings = settings_;
    return entry;
  }

 private:
  static uint64_t Size(FlagDecoder& flags, FlagDecoder::Number& width_flags) {
    const int64_t width = flags.Decode(width_flags, 5);
    if (width == 0) return 0;
    return (uint64_t{1} << (width - 1)) + static_cast<uint64_t>(flags.Plain(width - 1));
  }

  Layout DecodeLayout(FlagDecoder& flags) {
    Layout layout;
    layout.url = flags.Decode(url_);
    layout.padded = flags.Decode(padded_);
    layout.line_length = Size(flags, line_);
    if (layout.line_length == 0) return layout;
    layout.first_line = Size(flags, line_);
    const int64_t size = flags.Plain(5);
    for (int64_t i = 0; i < size; ++i) {
      layout.separator.push_back(static_cast<uint8_t>(flags.Plain(8)));
    }
    return layout;
  }

  DeflateSettings settings_ = {6, 0, 0, 15, 8};
  Layout layout_;
  int64_t last_group_ = 0;
  FlagDecoder::Number gap_, size_, frame_, search_, window_, memory_, window_size_, line_;
  std::map<int64_t, FlagDecoder::Number> group_;
  FlagDecoder::Flag same_settings_, filtered_, distant_, same_layout_, url_, padded_;
};

void CheckLayout(const EntryDecoder::Layout& layout) {
  if (layout.line_length == 0) return;
  Require(layout.first_line >= 1 && layout.first_line <= layout.line_length, "First_Line");
  Require(!layout.separator.empty(), "Separator_Size");
}

// 6. No more than `room` bytes.
Bytes MakeRun(const Bytes& data, const EntryDecoder::Layout& layout, uint64_t room) {
  std::string letters;
  for (char c = 'A'; c <= 'Z'; ++c) letters += c;
  for (char c = 'a'; c <= 'z'; ++c) letters += c;
  for (char c = '0'; c <= '9'; ++c) letters += c;
  letters += layout.url ? "-_" : "+/";
  Bytes characters;
  for (size_t i = 0; 3 * (i / 4) < data.size(); ++i) {
    const size_t bit = 6 * i;
    if (bit >= 8 * data.size()) {
      if (layout.padded) characters.push_back('=');
      continue;
    }
    int number = 0;
    for (size_t b = bit; b < bit + 6; ++b) {
      const int byte = b / 8 < data.size() ? data[b / 8] : 0;
      number = 2 * number + (byte >> (7 - b % 8)) % 2;
    }
    characters.push_back(static_cast<uint8_t>(letters[static_cast<size_t>(number)]));
  }
  Bytes run;
  for (size_t i = 0; i < characters.size(); ++i) {
    const bool begins_line = layout.line_length != 0 && i >= layout.first_line &&
                             (i - layout.first_line) % layout.line_length == 0;
    if (begins_line) Append(run, layout.separator);
    run.push_back(characters[i]);
    Require(run.size() <= room, "a run of more bytes than the block");
  }
  return run;
}

void CheckSettings(const DeflateSettings& settings) {
  Require(settings.search <= 10, "Search");
  Require(settings.window_bits >= 9 && settings.window_bits <= 15, "Window_Bits");
  Require(settings.memory_level >= 1 && settings.memory_level <= 10, "Memory_Level");
}

// 4: where a header of h bytes begins at the end of the block so far, within the Gap bytes.
size_t LocalHeader(const Bytes& block, uint64_t gap) {
  for (size_t h = 30; h <= std::min<uint64_t>(gap, 4096); ++h) {
    const size_t at = block.size() - h;
    if (!HasSignature(block, at, 3, 4)) continue;
    if (30 + TwoAt(block, at + 26) + TwoAt(block, at + 28) == h) return at;
  }
  throw Damage("Place");
}

void AppendFrame(int64_t frame, size_t place, const Bytes& data, const Bytes& stream,
                 Bytes& block) {
  Bytes sums = LeastFirst(Crc32(data));
  Append(sums, LeastFirst(stream.size()));
  Append(sums, LeastFirst(data.size()));
  Bytes adler = LeastFirst(Adler32(data));
  std::reverse(adler.begin(), adler.end());
  if (frame == 1) Append(block, adler);
  if (frame == 2) {
    Append(block, LeastFirst(Crc32(data)));
    Append(block, LeastFirst(data.size()));
  }
  if (frame == 3) std::copy(sums.begin(), sums.end(), block.begin() + static_cast<int64_t>(place));
  if (frame == 4) {
    Append(block, {'P', 'K', 7, 8});
    Append(block, sums);
  }
}

void Mix(Bytes& bytes, size_t to, size_t from, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes[to + i] ^= bytes[from + i];
}

// 5
void MixDirectories(Bytes& bytes) {
  std::vector<size_t> h;
  size_t next = 0, first = 0;
  bool has_record = false;
  const auto clear = [&] {
    h.clear();
    has_record = false;
  };
  for (size_t p = 0; p + 30 <= bytes.size();) {
    if (HasSignature(bytes, p, 3, 4)) {
      if (has_record) clear();
      h.push_back(p);
      p += 30;
      continue;
    }
    if (HasSignature(bytes, p, 5, 6)) clear();
    if (!HasSignature(bytes, p, 1, 2) || p + 46 > bytes.size()) {
      ++p;
      continue;
    }
    const size_t n = TwoAt(bytes, p + 28);
    const size_t r = 46 + n + TwoAt(bytes, p + 30) + TwoAt(bytes, p + 32);
    if (p + r > bytes.size()) {
      p += 46;
      continue;
    }
    if (!has_record) {
      has_record = true;
      first = p;
      next = 0;
    }
    if (next < h.size()) {
      const size_t q = h[next++];
      const size_t z = next < h.size() ? h[next] : first;
      const size_t m = TwoAt(bytes, q + 26);
      if (q + 30 + m <= z) {
        Mix(bytes, p + 6, q + 4, 10);
        Mix(bytes, p + 16, (bytes[q + 6] & 8) != 0 ? z - 12 : q + 14, 12);
        const Bytes offset = LeastFirst(q - h[0]);
        for (size_t i = 0; i < 4; ++i) bytes[p + 42 + i] ^= offset[i];
        Mix(bytes, p + 46, q + 30, std::min(n, m));
      }
    }
    p += r;
  }
}

// 2, behind the fields.
Decoded DecodeBlocks(Input& input, uint64_t u, const DecodeInner& decode_inner) {
  Decoded all{};
  while (all.raw.size() < u) {
    const uint64_t kinds = input.Number(1);
    InnerBlock block = {kinds % 16, kinds / 16, input.Varint(), {}};
    Require(block.raw_size <= u - all.raw.size(), "Raw_Size");
    block.payload = input.Take(input.Varint());
    const Decoded decoded = decode_inner(block);
    Append(all.raw, decoded.raw);
    all.fingerprint ^= decoded.fingerprint;
  }
  Require(input.Left() == 0, "bytes behind the last block");
  return all;
}

}  // namespace

Decoded DecodeInsideCodec(const Bytes& payload, uint64_t size, const DecodeInner& decode_inner) {
  Input input(payload);
  const uint64_t flags = input.Number(1);
  Require(flags <= 31, "Flags");
  std::array<uint64_t, 4> sizes{};
  uint64_t u = 0;
  for (uint64_t& group : sizes) {
    group = input.Varint();
    Require(group <= uint64_t{1} << 27, "Group_Sizes");
    u += group;
  }
  const uint64_t streams = input.Varint();
  Require(u <= uint64_t{1} << 27 && streams <= u, "U or Streams");
  input.Varint();
  input.Varint();
  input.Take(2);
  const Bytes code = input.Take(input.Varint());
  Decoded block = DecodeBlocks(input, u, decode_inner);
  std::array<Bytes, 4> groups;
  Input unpacked(block.raw);
  for (size_t i = 0; i < 4; ++i) groups[i] = unpacked.Take(sizes[i]);
  std::array<Input, 4> left = {Input(groups[0]), Input(groups[1]), Input(groups[2]),
                               Input(groups[3])};

  FlagDecoder decoder(code, 0);
  EntryDecoder entries;
  DeflateFlags state;
  Bytes made;
  for (uint64_t i = 0; i < streams; ++i) {
    const bool is_entered = i == 0 && flags / 16 == 1;
    const EntryDecoder::Entry entry = entries.Decode(decoder, is_entered);
    Require(entry.gap <= left[0].Left() && entry.gap <= size - made.size(), "Gap");
    Require(entry.frame <= 6 && entry.group >= 1, "Frame or Group");
    Require(!is_entered || entry.frame == 0 || entry.frame == 5, "Frame of what was entered");
    Require(entry.window_size <= 32768 && entry.lead >= 1, "Window_Size or Lead");
    Input& group = left[static_cast<size_t>(entry.group)];
    Require(entry.data_size >= 1 && entry.window_size + entry.data_size <= group.Left(),
            "Data_Size");
    CheckSettings(entry.settings);
    CheckLayout(entry.layout);
    Append(made, left[0].Take(entry.gap));
    const size_t place = entry.frame == 3 ? LocalHeader(made, entry.gap) + 14 : 0;
    const Bytes data = group.Take(entry.window_size + entry.data_size);
    if (entry.frame == 6) {
      Append(made, MakeRun(data, entry.layout, size - made.size()));
      continue;
    }
    const DeflatePart part = {static_cast<int64_t>(entry.window_size), entry.lead,
                              entry.frame == 5};
    const Bytes stream = DecodeDeflate(decoder, state, entry.settings, data, part,
                                       size - made.size(), int64_t{1} << 22);
    Append(made, stream);
    AppendFrame(entry.frame, place, data, stream, made);
    Require(made.size() <= size, "more than N bytes");
  }
  Append(made, left[0].Take(left[0].Left()));
  for (const Input& group : left) Require(group.Left() == 0, "a group has bytes left");
  Require(!decoder.coder().HasOverrun(), "truncated");
  Require(!decoder.coder().HasUnread(), "bytes of Code that are not read");
  Require(made.size() == size, "another size than the block's");
  if (flags % 2 == 1) MixDirectories(made);
  return {made, block.fingerprint ^ decoder.coder().Fingerprint()};
}

}  // namespace lmz::reference
