#include "codec/deflate/remake.h"

#include <algorithm>
#include <utility>

#include "codec/deflate/bit_stream.h"
#include "codec/deflate/find_settings.h"
#include "codec/deflate/stream_coder.h"

namespace lmz::deflate {

namespace {

// Whether the stream's blocks, written again, are the stream.
bool ComesBack(const Stream& stream, ByteSpan deflated, const Watch& watch) {
  Bytes written;
  BitWriter writer(written, deflated.size(), stream.lead);
  size_t at = stream.window_size;
  for (const Block& block : stream.blocks) {
    const bool is_last = block.is_last && !stream.is_cut;
    if (!WriteBlock(block, is_last, ByteSpan(stream.data).subspan(at), writer, watch)) return false;
    at += static_cast<size_t>(SizeOf(block));
  }
  if (!stream.is_cut) writer.FillByte();
  return !writer.overran() &&
         std::equal(written.begin(), written.end(), deflated.begin(), deflated.end());
}

}  // namespace

std::optional<Remakable> ReadRemakable(ByteSpan bytes, const StreamLimits& limits,
                                       uint32_t window_bits, const Watch& watch) {
  std::optional<Stream> stream = ReadStream(bytes, limits, watch);
  if (!stream) return std::nullopt;
  return MakeRemakable(*std::move(stream), bytes, window_bits, watch);
}

std::optional<Remakable> MakeRemakable(Stream stream, ByteSpan bytes, uint32_t window_bits,
                                       const Watch& watch, const Settings* hint) {
  if (stream.data_size() == 0) return std::nullopt;
  if (!ComesBack(stream, bytes.first(stream.size), watch)) return std::nullopt;
  const FoundSettings found = FindSettings(stream, window_bits, watch, hint);
  if (watch.is_stopped()) return std::nullopt;
  return Remakable{.stream = std::move(stream), .settings = found.settings, .misses = found.misses};
}

Status EncodeRemaking(const Remakable& remakable, const Watch& watch, Encoder& encoder,
                      StreamModel& model) {
  const Stream& stream = remakable.stream;
  StreamCoder<Encoder> coder(encoder, model, stream.data, stream.window_size, remakable.settings,
                             watch);
  for (const Block& block : stream.blocks) {
    const bool is_coded = coder.Code(block).has_value();
    if (watch.is_stopped()) return CancelledStatus();
    LMZ_CHECK(is_coded);
  }
  return OkStatus();
}

Status DecodeRemaking(const Remaking& remaking, uint64_t max_size, const Watch& watch,
                      Decoder& decoder, StreamModel& model, Bytes& out) {
  ByteSpan data = remaking.data.subspan(remaking.window_size);
  StreamCoder<Decoder> coder(decoder, model, remaking.data, remaking.window_size, remaking.settings,
                             watch, remaking.max_block_tokens);
  BitWriter writer(out, max_size, remaking.lead);
  bool is_last = false;
  while (!is_last) {
    const std::optional<Block> block = coder.Code({});
    if (decoder.overran()) return Status(Code::kTruncated, "the payload ends too early");
    const bool is_written =
        block && WriteBlock(*block, block->is_last && !remaking.is_cut, data, writer, watch);
    if (watch.is_stopped()) return CancelledStatus();
    if (!is_written || writer.overran()) {
      return Status(Code::kDamaged, "a block of the deflate stream is impossible");
    }
    data = data.subspan(static_cast<size_t>(SizeOf(*block)));
    is_last = block->is_last;
  }
  if (!remaking.is_cut) writer.FillByte();
  if (writer.overran()) return Status(Code::kDamaged, "the deflate stream is too long");
  return OkStatus();
}

uint64_t RemakingMemory(uint64_t tokens) {
  // The tokens of a block, while their number doubles.
  return 3 * sizeof(Token) * tokens + sizeof(StreamCoder<Decoder>) + sizeof(StreamModel) +
         Parser::Memory();
}

}  // namespace lmz::deflate
