// The codec `inside`: any bytes as a block, any bytes compressed inside files, whole and in pieces,
// or in Base64, any payload behind fields that are valid.
#include "codec/inside/inside.h"

#include "codec/block.h"
#include "codec/inside/directory.h"
#include "codec/inside/fields.h"
#include "codec/inside/finder.h"
#include "plan/contest/contest.h"
#include "tests/archive_builder.h"
#include "tests/fuzz/codec_checks.h"
#include "tests/fuzz/fuzz.h"
#include "tests/recipes.h"

namespace lmz::fuzz {

namespace {

void RoundTrip(ByteSpan raw) {
  RoundTripCodec(kInsideCodec, raw, {});
}

// The file in pieces of at most `max_size` bytes, as far as its stream can be parted.
void RoundTripPieces(ByteSpan file, uint64_t max_size) {
  const Surroundings around = {.max_size = max_size};
  Sighting piece = inside::kFinder.look(file, around);
  while (piece.kind == Sighting::Kind::kObject) {
    LMZ_REQUIRE(piece.size >= 1 && piece.size <= std::min<uint64_t>(max_size, file.size()));
    const auto& options = std::get<InsideOptions>(piece.options);
    RoundTripCodec(kInsideCodec, file.first(static_cast<size_t>(piece.size)), options);
    file = file.subspan(static_cast<size_t>(piece.size));
    if (!piece.goes_on) return;
    piece = inside::kFinder.resume(options, file, around);
  }
}

void RoundTripBase64(ByteSpan data, Choices& choices) {
  inside::Base64Layout layout = {.is_url = choices.Below(2) != 0,
                                 .is_padded = choices.Below(2) != 0};
  if (choices.Below(2) != 0) {
    layout.line_length = static_cast<uint32_t>(1 + choices.Below(100));
    layout.first_line = static_cast<uint32_t>(1 + choices.Below(layout.line_length));
    layout.separator_size = static_cast<uint32_t>(1 + choices.Below(4));
    layout.separator = {'\n', ' ', '>'};
  }
  Bytes text = {'"'};
  inside::AppendBase64(data, layout, text);
  LMZ_REQUIRE(text.size() == 1 + inside::Base64Size(data.size(), layout));
  const Bytes back = inside::DecodeBase64(ByteSpan(text).subspan(1), layout);
  LMZ_REQUIRE(std::equal(back.begin(), back.end(), data.begin(), data.end()));
  text.push_back('"');
  RoundTrip(text);
}

void CheckDirectories(ByteSpan raw) {
  Bytes bytes(raw.begin(), raw.end());
  inside::XorDirectories(bytes);
  inside::XorDirectories(bytes);
  LMZ_REQUIRE(std::equal(raw.begin(), raw.end(), bytes.begin()));
}

void CheckPlan(ByteSpan raw) {
  for (const BlockPlan& block : Plan(raw, {})) {
    const ByteSpan bytes = raw.subspan(block.offset, block.size);
    Bytes payload;
    const Result<BlockHeader> header = EncodePlanned(bytes, block, nullptr, payload, {});
    LMZ_REQUIRE(header.ok());
    Bytes restored(bytes.size());
    LMZ_REQUIRE(DecodeBlock(header.value(), payload, restored).ok());
  }
}

deflate::Settings AnySettings(Choices& choices) {
  return {.search = static_cast<uint32_t>(choices.Below(11)),
          .is_filtered = choices.Below(2) != 0,
          .keeps_distant = choices.Below(2) != 0,
          .window_bits = static_cast<uint32_t>(9 + choices.Below(7)),
          .memory_level = static_cast<uint32_t>(1 + choices.Below(10))};
}

// The data is there, what was done with it is anything.
void DecodeCode(ByteSpan code, ByteSpan data, const inside::Fields& fields, uint64_t raw_size) {
  Bytes payload;
  fields.Write(payload);
  ByteWriter writer(payload);
  writer.Varint(code.size());
  writer.Append(code);
  if (!data.empty()) {
    inside::AppendBlock({.raw_size = data.size(), .payload_size = data.size()}, data, payload);
  }
  (void)DecodeMemoryOfInside(payload, raw_size, {});
  DecodeAny(kInsideCodec, payload, raw_size);
}

}  // namespace

void FuzzOne(ByteSpan input) {
  if (input.empty()) return;
  RoundTrip(input);
  CheckDirectories(input);
  CheckPlan(input);
  Bytes raw(300);
  (void)DecodeInside(input, {}, raw);

  Choices choices(input);
  const deflate::Settings settings = AnySettings(choices);
  const uint64_t raw_size = 1 + choices.Below(4000);
  const ByteSpan data = choices.Take(choices.Below(2000));
  inside::Fields fields;
  fields.has_directories = choices.Below(2) != 0;
  for (uint64_t left = data.size(), i = 0; i < 4; ++i) {
    fields.sizes[i] = i == 3 ? left : choices.Below(left + 1);
    left -= fields.sizes[i];
  }
  fields.is_entered = choices.Below(2) != 0;
  fields.streams = std::min<uint64_t>(choices.Below(5), data.size());
  const ByteSpan rest = choices.rest();
  DecodeCode(rest, data, fields, raw_size);
  if (rest.empty()) return;
  const Bytes part(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(rest.size() / 2));
  const Bytes gzip = testing::GzipFile(rest, settings);
  RoundTrip(gzip);
  // Bytes that are stored, so that there are pieces.
  Bytes longer = testing::MakeRandom(9000);
  AppendTo(longer, rest);
  RoundTripPieces(testing::GzipFile(longer, settings), 5000);
  RoundTripBase64(rest, choices);
  RoundTrip(testing::ZipFile({{.name = "a", .data = Bytes(rest.begin(), rest.end())},
                              {.name = "b", .data = Bytes(1, 7), .is_stored = true},
                              {.name = "c",
                               .data = part.empty() ? Bytes(1) : part,
                               .settings = settings,
                               .has_descriptor = true}}));
}

}  // namespace lmz::fuzz
