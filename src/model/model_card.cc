#include "model/model_card.h"

#include <algorithm>

namespace lmz {

namespace {

constexpr size_t kMaxName = 63;
constexpr size_t kMaxLicence = 255;
constexpr size_t kMaxNote = 65535;

Status Damaged(const char* what) {
  return Status(Code::kModelDamaged, what);
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// How many bytes follow this first byte of a UTF-8 sequence; -1 for none that may begin one.
int ContinuationBytes(uint8_t lead) {
  if (lead < 0x80) return 0;
  if (lead < 0xC2) return -1;
  return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : -1;
}

// Control characters other than the line feed, surrogates and what lies beyond Unicode.
bool IsForbidden(uint32_t point) {
  return (point < 0x20 && point != '\n') || (point >= 0x7F && point < 0xA0) ||
         (point >= 0xD800 && point < 0xE000) || point > 0x10FFFF;
}

// So that a note can be shown on a terminal whatever the file holds.
bool IsPrintableUtf8(const std::string& text) {
  constexpr uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const int more = ContinuationBytes(lead);
    if (more < 0 || text.size() - i <= static_cast<size_t>(more)) return false;
    uint32_t point = more == 0 ? lead : lead & (0x3Fu >> more);
    for (int k = 1; k <= more; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + static_cast<size_t>(k)]);
      if ((byte & 0xC0) != 0x80) return false;
      point = point << 6 | (byte & 0x3Fu);
    }
    if (point < kSmallest[more] || IsForbidden(point)) return false;
    i += static_cast<size_t>(more) + 1;
  }
  return true;
}

Result<std::string> ReadText(ByteReader& in) {
  LMZ_ASSIGN(const uint64_t size, in.Varint());
  if (size > in.remaining()) return Damaged("a text is longer than the card");
  LMZ_ASSIGN(const ByteSpan bytes, in.Take(static_cast<size_t>(size)));
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

std::string ModelIdText(const ModelId& id) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : id) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool IsModelName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

Status CheckCard(const ModelCard& card) {
  if (!IsModelName(card.name)) {
    return Damaged("the name is not 1 to 63 characters of a-z, 0-9, '-', '_' and '.'");
  }
  if (card.licence.empty() || card.licence.size() > kMaxLicence ||
      !std::all_of(card.licence.begin(), card.licence.end(),
                   [](char c) { return c >= ' ' && c <= '~'; })) {
    return Damaged("the licence is not 1 to 255 printable ASCII characters");
  }
  if (card.note.size() > kMaxNote || !IsPrintableUtf8(card.note)) {
    return Damaged("the training note is too long or not printable UTF-8");
  }
  return OkStatus();
}

Result<ModelCard> ReadCard(ByteSpan payload) {
  ByteReader in(payload);
  ModelCard card;
  LMZ_ASSIGN(card.name, ReadText(in));
  LMZ_ASSIGN(card.licence, ReadText(in));
  LMZ_ASSIGN(card.note, ReadText(in));
  if (in.remaining() != 0) return Damaged("there is something after the texts");
  LMZ_TRY(CheckCard(card));
  return card;
}

Bytes WriteCard(const ModelCard& card) {
  Bytes payload;
  ByteWriter out(payload);
  for (const std::string* text : {&card.name, &card.licence, &card.note}) {
    out.Varint(text->size());
    payload.insert(payload.end(), text->begin(), text->end());
  }
  return payload;
}

}  // namespace lmz
