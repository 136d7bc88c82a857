#include "model/file/vocabulary_section.h"

#include <algorithm>

namespace lmz {

namespace {

using Words = SegmenterRules::Words;
using Joins = SegmenterRules::Joins;

constexpr size_t kMinTokenSize = 2 + 1 + 4;  // in the file: lengths, a byte, a row

Status Damaged(const char* what) {
  return Status(Code::kModelDamaged, what);
}

size_t CommonSize(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  size_t size = 0;
  while (size < limit && a[size] == b[size]) ++size;
  return size;
}

// A count, which is at most `limit`, of things that take at least `size` bytes each.
Result<uint32_t> ReadCount(ByteReader& in, uint32_t limit, size_t size) {
  LMZ_ASSIGN(const uint32_t count, in.U32());
  if (count > limit || count > in.remaining() / size) return Damaged("a count is too large");
  return count;
}

Result<std::vector<uint32_t>> ReadNumbers(ByteReader& in, size_t count) {
  LMZ_ASSIGN(const ByteSpan bytes, in.Take(count * 4));
  std::vector<uint32_t> numbers(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = LoadLe32(&bytes[4 * i]);
  return numbers;
}

// Each text tells how much of the one before it begins with, and what is new.
Status ReadTexts(ByteReader& in, size_t count, std::vector<std::string>& texts) {
  std::string text;
  size_t total = 0;
  texts.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    LMZ_ASSIGN(const uint8_t shared, in.U8());
    LMZ_ASSIGN(const uint8_t more, in.U8());
    LMZ_ASSIGN(const ByteSpan rest, in.Take(size_t{more} + 1));
    if (shared > text.size()) return Damaged("a token shares more than there is");
    if (shared < text.size() && static_cast<uint8_t>(text[shared]) == rest[0]) {
      return Damaged("a token shares less than it could");
    }
    text.resize(shared);
    text.append(rest.begin(), rest.end());
    total += text.size();
    if (text.size() > Vocabulary::kMaxTokenSize || total > Vocabulary::kMaxTextSize) {
      return Damaged("the texts of the tokens are too long");
    }
    texts.push_back(text);
  }
  return OkStatus();
}

Status ReadJoins(ByteReader& in, size_t tokens, SegmenterRules& rules) {
  if (rules.joins == Joins::kScores) {
    LMZ_ASSIGN(rules.order, ReadNumbers(in, tokens));
    return OkStatus();
  }
  LMZ_ASSIGN(const uint32_t count, ReadCount(in, Vocabulary::kMaxMerges, 8));
  LMZ_ASSIGN(const std::vector<uint32_t> numbers, ReadNumbers(in, size_t{count} * 2));
  rules.merges.resize(count);
  for (size_t i = 0; i < count; ++i) rules.merges[i] = {numbers[2 * i], numbers[2 * i + 1]};
  return OkStatus();
}

}  // namespace

Result<Vocabulary> ReadVocabulary(ByteSpan payload, uint32_t model_rows) {
  ByteReader in(payload);
  Vocabulary::Parts parts;
  LMZ_ASSIGN(const uint32_t tokens, ReadCount(in, Vocabulary::kMaxTokens, kMinTokenSize));
  LMZ_ASSIGN(parts.begin_row, in.U32());
  LMZ_ASSIGN(parts.virtual_weight_log2, in.U8());
  LMZ_ASSIGN(const ByteSpan is_virtual, in.Take(32));
  LMZ_ASSIGN(const uint8_t words, in.U8());
  LMZ_ASSIGN(const uint8_t joins, in.U8());
  if (words > static_cast<uint8_t>(Words::kQwen2) || joins > static_cast<uint8_t>(Joins::kScores)) {
    return Status(Code::kNewerVersion, "its segmenter is not known to this version of lmz");
  }
  parts.segmenter.words = Words{words};
  parts.segmenter.joins = Joins{joins};
  LMZ_TRY(ReadTexts(in, tokens, parts.texts));
  for (const std::string& text : parts.texts) {
    const auto byte = static_cast<uint8_t>(text[0]);
    parts.is_virtual.push_back(text.size() == 1 && (is_virtual[byte / 8] >> (byte % 8) & 1) != 0);
  }
  LMZ_ASSIGN(parts.rows, ReadNumbers(in, tokens));
  LMZ_TRY(ReadJoins(in, tokens, parts.segmenter));
  LMZ_ASSIGN(const uint32_t wholes, ReadCount(in, Vocabulary::kMaxTokens, 4));
  LMZ_ASSIGN(parts.segmenter.whole, ReadNumbers(in, wholes));
  if (in.remaining() != 0) return Damaged("it is too long");
  return Vocabulary::Make(std::move(parts), model_rows);
}

Bytes WriteVocabulary(const Vocabulary& vocabulary) {
  const SegmenterRules& rules = vocabulary.segmenter();
  Bytes payload;
  ByteWriter out(payload);
  out.U32(vocabulary.size());
  out.U32(vocabulary.begin_row());
  out.U8(vocabulary.virtual_weight_log2());
  Bytes is_virtual(32);
  for (uint32_t t = 0; t < vocabulary.size(); ++t) {
    const auto byte = static_cast<uint8_t>(vocabulary.text(t)[0]);
    if (vocabulary.is_virtual(t)) is_virtual[byte / 8] |= static_cast<uint8_t>(1 << (byte % 8));
  }
  out.Append(is_virtual);
  out.U8(static_cast<uint8_t>(rules.words));
  out.U8(static_cast<uint8_t>(rules.joins));
  std::string_view last;
  for (uint32_t t = 0; t < vocabulary.size(); ++t) {
    const std::string_view text = vocabulary.text(t);
    const size_t shared = CommonSize(last, text);
    out.U8(static_cast<uint8_t>(shared));
    out.U8(static_cast<uint8_t>(text.size() - shared - 1));
    payload.insert(payload.end(), text.begin() + static_cast<std::ptrdiff_t>(shared), text.end());
    last = text;
  }
  for (uint32_t t = 0; t < vocabulary.size(); ++t) out.U32(vocabulary.row(t));
  if (rules.joins == Joins::kMerges) {
    out.U32(static_cast<uint32_t>(rules.merges.size()));
    for (const auto& [left, right] : rules.merges) {
      out.U32(left);
      out.U32(right);
    }
  }
  for (const uint32_t place : rules.order) out.U32(place);
  out.U32(static_cast<uint32_t>(rules.whole.size()));
  for (const uint32_t token : rules.whole) out.U32(token);
  return payload;
}

}  // namespace lmz
