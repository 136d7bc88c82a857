#include "codec/inside/finder.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "codec/deflate/stream.h"
#include "codec/inside/candidates.h"
#include "codec/inside/inside.h"

namespace lmz::inside {

namespace {

// Within other bytes, an object must be this large to be worth a cut.
constexpr uint64_t kMinInnerSize = uint64_t{1} << 12;

// Streams nearer to each other than this share an object.
constexpr size_t kMaxGap = size_t{1} << 18;

// Of what follows the last stream, its file has no more.
constexpr size_t kMaxTail = size_t{1} << 20;

// A look takes at most so much time, as passing so many bytes, for each byte of a block.
constexpr uint64_t kMaxCostPerByte = 16;
constexpr uint64_t kMinCost = uint64_t{1} << 20;

bool IsText(ByteSpan bytes, size_t at, std::string_view text) {
  return at < bytes.size() && BeginsWith(bytes.subspan(at), text);
}

// Behind the directory of zip whose first record is at `at`, as far as it goes.
size_t DirectoryEnd(ByteSpan bytes, size_t at) {
  constexpr size_t kRecordSize = 46, kEndSize = 22;
  while (IsText(bytes, at, "PK\x01\x02") && bytes.size() - at >= kRecordSize) {
    const uint8_t* const record = &bytes[at];
    at += kRecordSize + LoadLe16(record + 28) + LoadLe16(record + 30) + LoadLe16(record + 32);
  }
  if (IsText(bytes, at, "PK\x05\x06") && bytes.size() - at >= kEndSize) {
    at += kEndSize + LoadLe16(&bytes[at + 20]);
  }
  return std::min(at, bytes.size());
}

// Where the file ends whose last stream ends at `end`.
size_t FileEnd(ByteSpan bytes, size_t end, Announcement announcement) {
  const size_t limit = std::min(bytes.size(), end + kMaxTail);
  constexpr std::string_view kPdfEnd = "%%EOF";
  switch (announcement) {
    case Announcement::kGzip:
      return std::min(bytes.size(), end + TrailerOf(Frame::kGzip, {}).size());
    case Announcement::kZip:
      for (size_t at = end; at < limit; ++at) {
        if (IsText(bytes, at, "PK\x01\x02")) return DirectoryEnd(bytes, at);
      }
      break;
    case Announcement::kBase64:
      break;
    case Announcement::kZlib:
      for (size_t at = end; at < limit; ++at) {
        if (IsText(bytes, at, kPdfEnd)) return std::min(bytes.size(), at + kPdfEnd.size() + 1);
      }
      return std::min(bytes.size(), end + TrailerOf(Frame::kZlib, {}).size());
  }
  return end;
}

// The data of an object is at most so much, and that of a piece of a stream: what a block unpacks
// to is coded by one thread.
constexpr uint64_t kMaxObjectData = uint64_t{64} << 20;
constexpr uint64_t kMaxPieceData = uint64_t{32} << 20;
constexpr uint64_t kMaxObjectSize = uint64_t{16} << 20;

// A piece of a stream is at least so long, and this share of what was read for it.
constexpr uint64_t kMinPiece = uint64_t{1} << 12;
constexpr uint64_t kMinPieceShare = 4;

// Runs of Base64 that are worth more than what they take as text are worth a cut from this size on,
// or from the smaller one on where nothing is cut.
constexpr uint64_t kMinWorth = uint64_t{1} << 14;
constexpr uint64_t kMinWholeWorth = 192;

// Text in front of a run of Base64, and behind the last one, that shares its block.
constexpr uint64_t kMaxText = uint64_t{1} << 18;
constexpr uint64_t kMaxTextBehind = uint64_t{1} << 16;

// A run this near to the edge may go on behind it.
constexpr size_t kMaxRunTail = 256;

// Whether no byte is more frequent than chance makes it, as far as so few tell.
bool LooksRandom(ByteSpan data) {
  constexpr uint64_t kExcessShare = 16;
  std::array<uint64_t, 256> counts{};
  for (const uint8_t byte : data) ++counts[byte];
  uint64_t squares = 0;
  for (const uint64_t count : counts) squares += count * count;
  const uint64_t size = data.size();
  const uint64_t expected = size + size * size / 256;
  return squares <= expected + expected / kExcessShare;
}

// What a run of Base64 brings, in bytes: what stands for bytes that look random is no shorter
// without it, unless it is a file that has a codec.
uint64_t WorthOf(ByteSpan data) {
  constexpr std::string_view kSignatures[] = {"\xFF\xD8\xFF", "\x89PNG", "PK\x03\x04",
                                              "\x1F\x8B\x08", "%PDF",    "RIFF",
                                              "BM",           "wOFF",    "fLaC"};
  for (const std::string_view signature : kSignatures) {
    if (BeginsWith(data, signature)) return data.size();
  }
  constexpr size_t kSample = size_t{1} << 16;
  return LooksRandom(data.first(std::min(data.size(), kSample))) ? 0 : data.size();
}

// Goes from stream to stream.
class Look {
 public:
  Look(ByteSpan bytes, const Surroundings& around)
      : all_(bytes),
        bytes_(bytes.first(static_cast<size_t>(
            std::min<uint64_t>({bytes.size(), around.max_size, kMaxObjectSize})))),
        around_(around),
        may_grow_(around.is_open && bytes.size() < around.max_size &&
                  bytes.size() < kMaxObjectSize),
        candidates_(bytes_) {}

  Sighting Run(const std::shared_ptr<const Passage>& entrance) {
    if (entrance != nullptr) {
      options_.entrance = entrance;
      const Candidate rest = {.announcement = entrance->announcement,
                              .window_bits = entrance->window_bits};
      const bool is_stream = TryStream(rest, &entrance->entrance);
      if (is_cut_) return Undecided();
      if (!is_stream) return Nothing();
    }
    while (options_.exit == nullptr && cost_ < kMinCost + kMaxCostPerByte * bytes_.size()) {
      const size_t limit = std::min(bytes_.size(), end_ + kMaxGap);
      const std::optional<Candidate> candidate = candidates_.Next(at_, limit);
      cost_ += (candidate ? candidate->begin : limit) - at_;
      if (!candidate) break;
      const bool is_stream = candidate->announcement == Announcement::kBase64
                                 ? TryRun(*candidate)
                                 : TryStream(*candidate, nullptr);
      if (is_full_) break;
      if (is_cut_) return Undecided();
      if (!is_stream && candidate->header_begin == 0 && !MayHoldOthers()) break;
    }
    const bool is_near = bytes_.size() - end_ <= kMaxGap;
    if (may_grow_ && !is_full_ && options_.exit == nullptr && is_near &&
        (end_ != 0 || MayHoldOthers())) {
      return Undecided();
    }
    return Found();
  }

 private:
  // Whether the file at the beginning goes on when it does not begin with a stream.
  bool MayHoldOthers() const { return IsText(bytes_, 0, "PK") || IsText(bytes_, 0, "%PDF-"); }

  Sighting Nothing() const { return {.cost = kHeaderCost + cost_}; }
  Sighting Undecided() const {
    return {.kind = Sighting::Kind::kUndecided, .cost = kHeaderCost + cost_};
  }

  // What all streams that were found are.
  Sighting Found() const {
    if (end_ == 0) return Nothing();
    const bool is_text = first_ == Announcement::kBase64 && options_.entrance == nullptr;
    const bool goes_on = options_.exit != nullptr;
    const size_t size = goes_on ? end_ : FileEnd(bytes_, end_, announcement_);
    Sighting sighting = {.kind = Sighting::Kind::kObject,
                         .size = size,
                         .options = options_,
                         .cost = kHeaderCost + cost_,
                         .goes_on = goes_on};
    if (!is_text) {
      return around_.is_inner && size < kMinInnerSize ? Nothing() : sighting;
    }
    const bool is_whole = around_.is_whole && around_.before <= kMaxText && !around_.is_open &&
                          all_.size() - size <= kMaxTextBehind;
    if (worth_ < (is_whole ? kMinWholeWorth : kMinWorth)) {
      return {.size = end_, .cost = kHeaderCost + cost_};
    }
    sighting.lead_in = std::min({around_.before, kMaxText, around_.max_size - size});
    sighting.size += sighting.lead_in;
    std::get<InsideOptions>(sighting.options).exit_bit += 8 * sighting.lead_in;
    return sighting;
  }

  // Adds the stream at a candidate, or a piece of it.
  bool TryStream(const Candidate& candidate, const deflate::Entrance* entrance) {
    at_ = candidate.header_begin + 1;
    const uint64_t max_data =
        std::min({kMaxPieceData, kMaxObjectData - data_size_, kMaxGrowth * bytes_.size()});
    const deflate::Inflation stream = deflate::Inflate(
        bytes_.subspan(candidate.begin), {.data_size = max_data, .block_tokens = kMaxBlockTokens},
        Watch(), entrance);
    cost_ += 64 + stream.read_size + stream.data_size() / 4;
    if (!stream.is_whole) {
      is_cut_ = stream.is_cut && may_grow_;
      return !is_cut_ && TryPiece(candidate, stream);
    }
    const size_t end = candidate.begin + stream.read_size;
    if (entrance == nullptr &&
        !IsCredible(candidate, stream.read_size, stream.data, all_.subspan(end))) {
      return false;
    }
    Add(candidate, end, stream.data_size(), stream.data_size());
    return true;
  }

  // Adds the whole blocks of a stream of which no more was read, if they are most of that.
  bool TryPiece(const Candidate& candidate, const deflate::Inflation& stream) {
    const uint64_t size = stream.boundary_bit / 8;
    const uint64_t data_size = stream.boundary_data - stream.window_size;
    const bool pays =
        size >= kMinPiece && data_size >= kMinPiece && size >= stream.read_size / kMinPieceShare &&
        data_size >= stream.data_size() / kMinPieceShare && data_size <= kMaxGrowth * size;
    if (!pays) {
      // Perhaps the next object begins with it.
      is_full_ = end_ != 0 && stream.data_size() >= kMaxObjectData - data_size_;
      return false;
    }
    auto exit = std::make_shared<Passage>();
    exit->announcement = candidate.announcement;
    exit->window_bits = candidate.window_bits;
    const size_t end = candidate.begin + static_cast<size_t>(size);
    const auto lead_bits = static_cast<uint32_t>(stream.boundary_bit % 8);
    const uint32_t lead = lead_bits == 0 ? 0 : bytes_[end] & ((1u << lead_bits) - 1);
    exit->entrance.lead = static_cast<uint8_t>(lead | 1u << lead_bits);
    const size_t window = std::min<size_t>(stream.boundary_data, deflate::kMaxDistance);
    const auto window_end = stream.data.begin() + static_cast<std::ptrdiff_t>(stream.boundary_data);
    exit->entrance.window.assign(window_end - static_cast<std::ptrdiff_t>(window), window_end);
    options_.exit = std::move(exit);
    options_.exit_bit = 8 * candidate.begin + stream.boundary_bit;
    Add(candidate, end, data_size, data_size);
    return true;
  }

  // Adds a run of Base64. One at the edge may go on.
  bool TryRun(const Candidate& candidate) {
    const size_t end = candidate.begin + candidate.run.size;
    const Bytes data =
        DecodeBase64(bytes_.subspan(candidate.begin, candidate.run.size), candidate.run.layout);
    cost_ += 64 + 2 * candidate.run.size;
    is_cut_ = may_grow_ && bytes_.size() - end < kMaxRunTail;
    is_full_ = end_ != 0 && data.size() > kMaxObjectData - data_size_;
    if (is_cut_ || is_full_) return false;
    Add(candidate, end, data.size(), WorthOf(data));
    return true;
  }

  void Add(const Candidate& candidate, size_t end, uint64_t data_size, uint64_t worth) {
    if (end_ == 0) first_ = candidate.announcement;
    announcement_ = candidate.announcement;
    data_size_ += data_size;
    worth_ += worth;
    at_ = end_ = end;
  }

  ByteSpan all_;
  ByteSpan bytes_;  // as many as a block may hold
  const Surroundings& around_;
  bool may_grow_;  // whether the object may go on behind the bytes
  Candidates candidates_;
  InsideOptions options_;
  size_t at_ = 0;
  size_t end_ = 0;          // of the last stream; 0: there is none
  uint64_t data_size_ = 0;  // of all streams
  uint64_t worth_ = 0;      // of those that are more than text in other letters
  bool is_cut_ = false;
  bool is_full_ = false;  // the next stream is for another object
  uint64_t cost_ = 0;
  Announcement first_ = Announcement::kZlib;
  Announcement announcement_ = Announcement::kZlib;  // of the last one
};

bool MayBegin(ByteSpan bytes, bool /*is_inner*/) {
  return MayAnnounce(bytes);
}

Sighting LookAt(ByteSpan bytes, const Surroundings& around) {
  return Look(bytes, around).Run(nullptr);
}

Sighting Resume(const CodecOptions& object, ByteSpan bytes, const Surroundings& around) {
  return Look(bytes, around).Run(std::get<InsideOptions>(object).exit);
}

size_t NextRun(ByteSpan bytes, size_t from) {
  const std::optional<Base64Run> run = FindBase64(bytes, from, bytes.size());
  return run ? run->begin : bytes.size();
}

bool MayBeRun(ByteSpan /*bytes*/, bool /*is_inner*/) {
  return true;
}

}  // namespace

const Finder kFinder = {.name = "inside",
                        .first_bytes =
                            "\x1f"
                            "P%"
                            "\x08\x18\x28\x38\x48\x58\x68\x78",
                        .max_rest = uint64_t{1} << 16,
                        .may_begin = MayBegin,
                        .look = LookAt,
                        .cut = CutWhole,
                        .resume = Resume};

const Finder kBase64Finder = {.name = "base64",
                              .first_bytes = "",
                              .max_rest = kMaxTextBehind,
                              .may_begin = MayBeRun,
                              .look = LookAt,
                              .cut = CutWhole,
                              .resume = Resume,
                              .next = NextRun};

}  // namespace lmz::inside
