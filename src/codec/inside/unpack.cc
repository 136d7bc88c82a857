#include "codec/inside/unpack.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "codec/deflate/code_header.h"
#include "codec/deflate/find_settings.h"
#include "codec/deflate/remake.h"
#include "codec/inside/candidates.h"
#include "codec/inside/directory.h"
#include "codec/inside/pdf_picture.h"
#include "codec/observer.h"

namespace lmz::inside {

namespace {

// Tokens are held in memory, 4 bytes each.
constexpr uint64_t kMaxTokens = uint64_t{1} << 25;

// What differences from zlib cost, in bits: about that for a token and for a block's codes.
constexpr uint64_t kMissBits = 12;
constexpr uint64_t kHeaderBits = 450;

// A stream is taken out where differences take at most this share of it: its data then comes to
// less than the rest, unless it is next to random.
constexpr uint64_t kMaxPercent = 50;

// How long the search goes on: in units of Watch, which are about nanoseconds.
constexpr uint64_t kMinEffort = uint64_t{1} << 29;
constexpr uint64_t kEffortPerByte = uint64_t{1} << 9;

// Stops the search when it has taken too long, or when the caller wants to.
class Effort {
 public:
  Effort(const BlockResources& resources, uint64_t raw_size)
      : left_((kMinEffort + kEffortPerByte * raw_size) / Watch::kInterval),
        resources_(resources.Part(0, 0, 0)) {
    limited_.report = [this](uint64_t, uint64_t) {
      is_cancelled_ = is_cancelled_ || !resources_.Report(0);
      if (left_ != 0) --left_;
      return !is_cancelled_ && left_ != 0;
    };
  }
  Effort(const Effort&) = delete;
  Effort& operator=(const Effort&) = delete;

  Watch MakeWatch() const { return Watch(limited_); }
  bool is_cancelled() const { return is_cancelled_; }

 private:
  uint64_t left_;
  bool is_cancelled_ = false;
  BlockResources resources_;
  BlockResources limited_;
};

class Unpacker {
 public:
  Unpacker(ByteSpan raw, const InsideOptions& options, const BlockResources& resources)
      : original_(raw),
        bytes_(raw.begin(), raw.end()),
        options_(options),
        resources_(resources),
        effort_(resources, raw.size()),
        watch_(effort_.MakeWatch()),
        own_budget_(MaxUnpackedOf(raw.size())),
        budget_(options.budget != nullptr ? *options.budget : own_budget_),
        encoder_(unpacked_.code) {}

  Result<Unpacked> Run() {
    MixDirectories();
    AppendExit();
    Candidates candidates(raw_);
    size_t at = 0;
    if (options_.entrance != nullptr) {
      const Passage& passage = *options_.entrance;
      LMZ_ASSIGN(
          at, TryStream({.announcement = passage.announcement, .window_bits = passage.window_bits},
                        &passage.entrance));
    }
    while (!watch_.is_stopped()) {
      const std::optional<Candidate> candidate = candidates.Next(at, raw_.size());
      if (!candidate) break;
      if (!watch_.Pass(candidate->begin - at)) break;
      const bool is_run = candidate->announcement == Announcement::kBase64;
      LMZ_ASSIGN(const size_t end, is_run ? TryRun(*candidate) : TryStream(*candidate, nullptr));
      at = end != 0 ? end : candidate->header_begin + 1;
    }
    if (effort_.is_cancelled()) return CancelledStatus();
    AppendSkeleton(raw_.size());
    return Finish();
  }

 private:
  void MixDirectories() {
    if (!XorDirectories(bytes_)) return;
    Bytes back = bytes_;
    XorDirectories(back);
    unpacked_.fields.has_directories = std::equal(back.begin(), back.end(), original_.begin());
    if (!unpacked_.fields.has_directories) bytes_.assign(original_.begin(), original_.end());
  }

  // Where a stream is parted within a byte behind the block, that byte's first bits are read, too.
  void AppendExit() {
    const uint64_t exit_bit = options_.exit != nullptr ? options_.exit_bit : 0;
    if (exit_bit / 8 == bytes_.size() && exit_bit % 8 != 0)
      bytes_.push_back(options_.exit->entrance.lead);
    raw_ = ByteSpan(bytes_).first(original_.size());
  }

  // What may still be unpacked.
  uint64_t Room() const {
    const uint64_t room =
        kMaxUnpackedSize - std::min(kMaxUnpackedSize, unpacked_size_ + raw_.size());
    return std::min(budget_, room);
  }

  // Takes out the stream at a candidate, or keeps it. Returns where it ends; 0 when there is none.
  Result<size_t> TryStream(const Candidate& candidate, const deflate::Entrance* entrance) {
    const ByteSpan bytes = ByteSpan(bytes_).subspan(candidate.begin);
    const uint64_t window_size = entrance != nullptr ? entrance->window.size() : 0;
    if (Room() <= window_size) return size_t{0};
    deflate::StreamLimits limits = {
        .data_size = Room() - window_size, .tokens = kMaxTokens, .block_tokens = kMaxBlockTokens};
    const bool may_exit = options_.exit != nullptr && options_.exit_bit >= 8 * candidate.begin;
    if (may_exit) limits.end_bit = options_.exit_bit - 8 * candidate.begin;
    std::optional<deflate::Stream> stream = deflate::ReadStream(bytes, limits, watch_, entrance);
    if (!stream || candidate.begin + stream->size > raw_.size()) return size_t{0};
    const size_t end = candidate.begin + stream->size;
    const bool is_credible =
        entrance != nullptr ||
        IsCredible(candidate, stream->size, stream->data, ByteSpan(raw_).subspan(end));
    if (!is_credible) return size_t{0};
    const std::optional<deflate::Remakable> remakable = deflate::MakeRemakable(
        *std::move(stream), bytes, candidate.window_bits, watch_, &settings_);
    Count(candidate.announcement);
    if (!remakable || !Pays(*remakable)) {
      ++unpacked_.fields.kept;
      return end;
    }
    settings_ = remakable->settings;
    LMZ_TRY(TakeOut(candidate, *remakable, entrance != nullptr));
    return next_;
  }

  // Takes out a run of Base64. Returns where it ends.
  Result<size_t> TryRun(const Candidate& candidate) {
    const Base64Run& run = candidate.run;
    const ByteSpan text = ByteSpan(raw_).subspan(run.begin, run.size);
    const Bytes data = DecodeBase64(text, run.layout);
    const size_t end = run.begin + run.size;
    if (data.empty() || data.size() > Room()) return end;
    Bytes back;
    AppendBase64(data, run.layout, back);
    if (!std::equal(back.begin(), back.end(), text.begin(), text.end())) return end;
    Count(candidate.announcement);
    Entry entry = {.gap = run.begin - next_,
                   .data_size = data.size(),
                   .frame = Frame::kBase64,
                   .layout = run.layout};
    PutInGroup(data, {}, entry);
    AppendSkeleton(run.begin);
    next_ = end;
    entries_.Code(encoder_, entry, false);
    ++unpacked_.fields.streams;
    return end;
  }

  // Whether the way back takes little beside the data.
  bool Pays(const deflate::Remakable& remakable) {
    const deflate::Stream& stream = remakable.stream;
    const uint64_t misses = remakable.misses
                                ? *remakable.misses
                                : deflate::CountMisses(stream, remakable.settings, watch_);
    uint64_t bits = misses * kMissBits;
    size_t at = stream.window_size;
    for (const deflate::Block& block : stream.blocks) {
      if (block.type == deflate::BlockType::kDynamic) {
        const deflate::CodeCounts counts(block.tokens, ByteSpan(stream.data).subspan(at));
        if (!(deflate::ZlibHeader(counts) == block.header)) bits += kHeaderBits;
      }
      at += static_cast<size_t>(deflate::SizeOf(block));
    }
    is_zlib_ = bits == 0;
    return !watch_.is_stopped() && bits / 8 * 100 <= stream.size * kMaxPercent;
  }

  Status TakeOut(const Candidate& candidate, const deflate::Remakable& remakable, bool is_entered) {
    const deflate::Stream& stream = remakable.stream;
    const ByteSpan before = ByteSpan(raw_).subspan(next_, candidate.begin - next_);
    const size_t end = candidate.begin + stream.size;
    Entry entry = {.gap = before.size(),
                   .data_size = stream.data_size(),
                   .settings = remakable.settings,
                   .window_size = stream.window_size,
                   .lead = stream.lead};
    Measures measures;
    if (stream.is_cut) {
      entry.frame = Frame::kCut;
    } else if (!is_entered) {
      measures = Measures::Of(stream.size, stream.data);
      entry.frame = FrameOf(before, ByteSpan(raw_).subspan(end), candidate.announcement, measures);
    }
    unpacked_.fields.is_entered |= is_entered;
    PutInGroup(stream.data, PdfPicture(ByteSpan(raw_).first(candidate.begin), stream.data.size()),
               entry);
    AppendSkeleton(candidate.begin);
    if (entry.frame == Frame::kZip) {
      Bytes& skeleton = unpacked_.groups[0];
      const size_t place = skeleton.size() - before.size() + *ZipFields(before);
      std::fill_n(skeleton.begin() + static_cast<std::ptrdiff_t>(place), kZipFieldsSize,
                  uint8_t{0});
    }
    next_ = end + TrailerOf(entry.frame, measures).size();
    entries_.Code(encoder_, entry, is_entered);
    const Watch watch(resources_.Part(0, 0, 0));
    LMZ_TRY(deflate::EncodeRemaking(remakable, watch, encoder_, model_));
    ++unpacked_.fields.streams;
    if (is_zlib_) ++zlib_streams_[remakable.settings.search];
    return OkStatus();
  }

  // Decides in which group the content is, and adds it there.
  void PutInGroup(ByteSpan data, const ImageLayout& pixels, Entry& entry) {
    if (options_.contents != nullptr) {
      entry.group = static_cast<uint32_t>(options_.contents->group_of(data, pixels));
    }
    Bytes& group = unpacked_.groups[entry.group];
    unpacked_.contents.push_back(
        {.group = entry.group, .begin = group.size(), .size = data.size(), .pixels = pixels});
    group.insert(group.end(), data.begin(), data.end());
    unpacked_size_ += data.size();
    budget_ -= data.size();
  }

  void AppendSkeleton(size_t end) {
    ByteWriter(unpacked_.groups[0]).Append(ByteSpan(raw_).subspan(next_, end - next_));
    next_ = end;
  }

  // Of what kind the block is: that of all its streams.
  void Count(Announcement announcement) {
    constexpr std::array kKinds = {Kind::kZlib, Kind::kGzip, Kind::kZip, Kind::kBase64};
    Kind kind = kKinds[static_cast<size_t>(announcement)];
    if (kind == Kind::kZlib && IsPdf(raw_)) kind = Kind::kPdf;
    if (is_counted_ && unpacked_.fields.kind != kind) kind = Kind::kSeveral;
    unpacked_.fields.kind = kind;
    is_counted_ = true;
  }

  Unpacked Finish() {
    Fields& fields = unpacked_.fields;
    unpacked_.fingerprint = encoder_.fingerprint();
    encoder_.Finish();
    for (size_t i = 0; i < kGroups; ++i) fields.sizes[i] = unpacked_.groups[i].size();
    for (const auto& [search, streams] : zlib_streams_) {
      if (streams <= fields.alike) continue;
      fields.alike = streams;
      fields.settings.search = search;
    }
    std::stable_sort(unpacked_.contents.begin(), unpacked_.contents.end(),
                     [](const Content& a, const Content& b) { return a.group < b.group; });
    return std::move(unpacked_);
  }

  ByteSpan original_;
  Bytes bytes_;   // with directories as XorDirectories leaves them, and a byte more at an exit
  ByteSpan raw_;  // of the block
  const InsideOptions& options_;
  const BlockResources& resources_;
  Effort effort_;
  Watch watch_;  // of the search
  uint64_t own_budget_;
  uint64_t& budget_;
  uint64_t unpacked_size_ = 0;  // of the contents
  Unpacked unpacked_;
  Encoder encoder_;
  EntryModel entries_;
  deflate::StreamModel model_;
  deflate::Settings settings_;  // of the last stream
  bool is_zlib_ = false;        // whether the last stream that was looked at has no differences
  bool is_counted_ = false;     // whether a stream was found
  size_t next_ = 0;             // all before is in the skeleton or taken out
  std::map<uint32_t, uint64_t> zlib_streams_;  // by search
};

// Puts a block together.
class Packer {
 public:
  Packer(const Fields& fields, ByteSpan unpacked, const BlockResources& resources,
         uint64_t raw_size)
      : fields_(fields),
        watch_(resources),
        observer_(resources.observer),
        is_entered_(fields.is_entered),
        raw_size_(static_cast<size_t>(raw_size)) {
    for (size_t i = 0; i < kGroups; ++i) {
      groups_[i] = unpacked.first(static_cast<size_t>(fields.sizes[i]));
      unpacked = unpacked.subspan(groups_[i].size());
    }
    out_.reserve(raw_size_);
  }

  Status Run(Decoder& decoder, MutableByteSpan raw) {
    for (uint64_t i = 0; i < fields_.streams; ++i) LMZ_TRY(PutStream(decoder));
    for (size_t i = 1; i < kGroups; ++i) {
      if (!groups_[i].empty()) return Misfit();
    }
    ByteWriter(out_).Append(groups_[0]);
    if (out_.size() != raw.size()) return Misfit();
    if (fields_.has_directories) XorDirectories(out_);
    std::copy(out_.begin(), out_.end(), raw.begin());
    return OkStatus();
  }

 private:
  static const char* NameOf(Frame frame) {
    constexpr const char* kNames[] = {"deflate", "zlib", "gzip", "zip", "zip", "deflate", "base64"};
    return kNames[static_cast<size_t>(frame)];
  }

  static Status Misfit() {
    return Status(Code::kDamaged, "the streams inside the block are impossible");
  }

  Status PutStream(Decoder& decoder) {
    const bool is_entered = std::exchange(is_entered_, false);
    const Entry entry = entries_.Code(decoder, {}, is_entered);
    if (decoder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    const bool has_sums = entry.frame != Frame::kBare && entry.frame != Frame::kCut;
    const bool is_valid = entry.gap <= groups_[0].size() && entry.gap <= raw_size_ - out_.size() &&
                          static_cast<uint32_t>(entry.frame) < kFrames && entry.group >= 1 &&
                          entry.data_size >= 1 && entry.window_size <= deflate::kMaxDistance &&
                          entry.window_size + entry.data_size <= groups_[entry.group].size() &&
                          entry.lead >= 1 && !(is_entered && has_sums) &&
                          entry.settings.IsValid() && entry.layout.IsValid();
    if (!is_valid) return Misfit();
    const ByteSpan gap = Take(groups_[0], entry.gap);
    const ByteSpan data = Take(groups_[entry.group], entry.window_size + entry.data_size);
    if (observer_ != nullptr) observer_->FindStream(NameOf(entry.frame), gap, entry.data_size);
    ByteWriter(out_).Append(gap);
    if (entry.frame == Frame::kBase64) return PutRun(entry.layout, data);
    const size_t begin = out_.size();
    LMZ_TRY(deflate::DecodeRemaking({.data = data,
                                     .window_size = static_cast<size_t>(entry.window_size),
                                     .lead = entry.lead,
                                     .is_cut = entry.frame == Frame::kCut,
                                     .settings = entry.settings,
                                     .max_block_tokens = kMaxBlockTokens},
                                    raw_size_, watch_, decoder, model_, out_));
    if (!has_sums) return OkStatus();
    return PutFrame(entry, begin, Measures::Of(out_.size() - begin, data));
  }

  Status PutRun(const Base64Layout& layout, ByteSpan data) {
    if (Base64Size(data.size(), layout) > raw_size_ - out_.size()) return Misfit();
    AppendBase64(data, layout, out_);
    watch_.Advance(data.size());
    return watch_.Pass(data.size()) ? OkStatus() : CancelledStatus();
  }

  Status PutFrame(const Entry& entry, size_t begin, const Measures& measures) {
    if (entry.frame == Frame::kZip) {
      const ByteSpan before = ByteSpan(out_).subspan(begin - static_cast<size_t>(entry.gap),
                                                     static_cast<size_t>(entry.gap));
      const std::optional<size_t> place = ZipFields(before);
      if (!place) return Misfit();
      const Bytes fields = ZipFieldsOf(measures);
      std::copy(fields.begin(), fields.end(),
                out_.begin() + static_cast<std::ptrdiff_t>(begin - before.size() + *place));
    }
    const Bytes trailer = TrailerOf(entry.frame, measures);
    if (trailer.size() > raw_size_ - out_.size()) return Misfit();
    ByteWriter(out_).Append(trailer);
    return OkStatus();
  }

  static ByteSpan Take(ByteSpan& bytes, uint64_t size) {
    const ByteSpan taken = bytes.first(static_cast<size_t>(size));
    bytes = bytes.subspan(taken.size());
    return taken;
  }

  const Fields& fields_;
  Watch watch_;
  BlockObserver* observer_;
  bool is_entered_;  // whether the next stream is the first one, and began in a block before
  size_t raw_size_;
  std::array<ByteSpan, kGroups> groups_;  // what is left of them
  Bytes out_;
  EntryModel entries_;
  deflate::StreamModel model_;
};

}  // namespace

Result<Unpacked> Unpack(ByteSpan raw, const InsideOptions& options,
                        const BlockResources& resources) {
  return Unpacker(raw, options, resources).Run();
}

Result<uint32_t> Pack(const Fields& fields, ByteSpan code, ByteSpan unpacked,
                      const BlockResources& resources, MutableByteSpan raw) {
  Decoder decoder(code);
  LMZ_TRY(Packer(fields, unpacked, resources, raw.size()).Run(decoder, raw));
  if (resources.observer != nullptr) {
    resources.observer->AddCode({.name = "streams"}, code.size()).End(SpentBitsQ16(decoder));
  }
  if (decoder.overran()) return Status(Code::kTruncated, "the payload ends too early");
  if (decoder.has_rest()) return Status(Code::kDamaged, "the payload is longer than its code");
  return decoder.fingerprint();
}

}  // namespace lmz::inside
