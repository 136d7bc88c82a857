#include "convert/tokens.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lmz::convert {

namespace {

using Words = SegmenterRules::Words;
using Joins = SegmenterRules::Joins;
using Kind = GgufValue::Kind;

// tokenizer.ggml.token_type.
enum TokenType : int64_t { kNormal = 1, kUserDefined = 4, kByte = 6 };

constexpr uint8_t kVirtualWeightLog2 = 12;  // of 30: a virtual token costs about 18 bits
constexpr uint32_t kNever = UINT32_MAX;

struct PreTokenizer {
  std::string_view name;  // tokenizer.ggml.pre
  Words words;
};

constexpr PreTokenizer kPreTokenizers[] = {
    {"default", Words::kGpt2},    {"gpt-2", Words::kGpt2},
    {"smollm", Words::kSmollm},   {"llama3", Words::kLlama3},
    {"llama-v3", Words::kLlama3}, {"llama-bpe", Words::kLlama3},
    {"qwen2", Words::kQwen2},     {"deepseek-r1-qwen", Words::kQwen2}};

Status Damaged(const std::string& what) {
  return Status(Code::kDamaged, "the vocabulary: " + what);
}

// The code points of well-formed UTF-8, one call each; false: it is not well-formed.
template <class Use>
bool ForEachPoint(std::string_view text, Use use) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (size == 0 || text.size() - i < size) return false;
    uint32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
    for (size_t k = 1; k < size; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + k]);
      if ((byte & 0xC0) != 0x80) return false;
      point = point << 6 | (byte & 0x3Fu);
    }
    use(point);
    i += size;
  }
  return true;
}

// The characters that stand for bytes in vocabularies of byte-level BPE, as GPT-2 had them: visible
// ones of Latin-1 for themselves, those from U+0100 on for the others in their order.
class ByteAlphabet {
 public:
  ByteAlphabet() {
    bytes_.fill(-1);
    uint32_t next = 256;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const bool shown = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
      bytes_[shown ? byte : next++] = static_cast<int>(byte);
    }
  }

  // The bytes that `text` stands for; empty: not only characters of the alphabet.
  std::string Decode(std::string_view text) const {
    std::string result;
    bool is_whole = true;
    const bool is_utf8 = ForEachPoint(text, [&](uint32_t point) {
      const int byte = point < bytes_.size() ? bytes_[point] : -1;
      is_whole = is_whole && byte >= 0;
      result += static_cast<char>(byte);
    });
    return is_utf8 && is_whole ? result : std::string();
  }

 private:
  std::array<int, 256 + 68> bytes_;
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The bytes of a SentencePiece token; empty: it stands for no text.
std::string DecodePiece(std::string_view text, int64_t type) {
  if (type == kByte) {  // <0xE4>
    const bool has_form = text.size() == 6 && text.starts_with("<0x") && text[5] == '>';
    const int high = has_form ? HexDigit(text[3]) : -1, low = has_form ? HexDigit(text[4]) : -1;
    return high < 0 || low < 0 ? std::string() : std::string(1, static_cast<char>(high << 4 | low));
  }
  if (type != kNormal && type != kUserDefined) return {};
  constexpr std::string_view kSpace = "\xE2\x96\x81";
  std::string result;
  for (size_t i = 0; i < text.size();) {
    const bool is_space = text.substr(i).starts_with(kSpace);
    result += is_space ? ' ' : text[i];
    i += is_space ? kSpace.size() : 1;
  }
  return result;
}

// A token of the file that stands for text.
struct Entry {
  std::string text;
  bool is_byte;  // a byte token, behind others of the same text
  uint32_t row;

  friend auto operator<=>(const Entry&, const Entry&) = default;
};

// The arrays of the metadata, all of one size.
struct Source {
  bool is_bpe = false;
  const std::vector<std::string>* texts = nullptr;
  std::vector<int64_t> types;
};

Result<Source> FindSource(const Gguf& gguf, uint32_t rows) {
  LMZ_ASSIGN(const std::string model, gguf.Text("tokenizer.ggml.model"));
  if (model != "gpt2" && model != "llama") {
    return Status(
        Code::kNewerVersion,
        "the model has a vocabulary that is neither 'gpt2' nor 'llama', which lmz-convert "
        "does not support");
  }
  const GgufValue* texts = gguf.Find("tokenizer.ggml.tokens");
  const GgufValue* types = gguf.Find("tokenizer.ggml.token_type");
  if (texts == nullptr || texts->kind != Kind::kTexts) return Damaged("its tokens are missing");
  Source source = {.is_bpe = model == "gpt2", .texts = &texts->texts, .types = {}};
  source.types.assign(texts->texts.size(), kNormal);
  if (types != nullptr && types->kind == Kind::kIntegers) source.types = types->integers;
  if (source.types.size() != texts->texts.size() || texts->texts.size() > rows) {
    return Damaged("its arrays and the embedding differ in size");
  }
  return source;
}

// All tokens that stand for text, each text once, in order.
std::vector<Entry> EntriesOf(const Source& source) {
  const ByteAlphabet alphabet;
  std::vector<Entry> entries;
  for (uint32_t row = 0; row < source.types.size(); ++row) {
    const int64_t type = source.types[row];
    const std::string& text = (*source.texts)[row];
    std::string bytes = !source.is_bpe    ? DecodePiece(text, type)
                        : type == kNormal ? alphabet.Decode(text)
                                          : std::string();
    if (bytes.empty() || bytes.size() > Vocabulary::kMaxTokenSize) continue;
    entries.push_back({std::move(bytes), type == kByte, row});
  }
  std::sort(entries.begin(), entries.end());
  const auto same = [](const Entry& a, const Entry& b) { return a.text == b.text; };
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
  return entries;
}

// The row of `text`, if there is one.
std::optional<uint32_t> RowOf(const std::vector<Entry>& entries, std::string_view text) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), text,
                       [](const Entry& entry, std::string_view t) { return entry.text < t; });
  if (found == entries.end() || found->text != text) return std::nullopt;
  return found->row;
}

// What a lane reads first: the token that begins texts. SmolLM2's says that a chat begins; its
// texts were separated by the first token, which is as good (decision 017).
Result<uint32_t> BeginRow(const Gguf& gguf, uint32_t rows) {
  LMZ_ASSIGN(const std::string pre, gguf.Text("tokenizer.ggml.pre", ""));
  if (pre == "smollm") return 0u;
  const int64_t last = int64_t{rows} - 1;
  LMZ_ASSIGN(const int64_t end, gguf.Integer("tokenizer.ggml.eos_token_id", 0, last, 0));
  LMZ_ASSIGN(const int64_t begin, gguf.Integer("tokenizer.ggml.bos_token_id", 0, last, end));
  return static_cast<uint32_t>(begin);
}

Vocabulary::Parts PartsOf(const std::vector<Entry>& entries, uint32_t begin_row) {
  Vocabulary::Parts parts;
  parts.begin_row = begin_row;
  parts.virtual_weight_log2 = kVirtualWeightLog2;
  // The network reads a virtual token as it would the first byte of what shows that bytes are no
  // text.
  const uint32_t stand_in = RowOf(entries, "\xEF").value_or(begin_row);
  const auto add = [&parts](std::string text, uint32_t row, bool is_virtual) {
    parts.texts.push_back(std::move(text));
    parts.rows.push_back(row);
    parts.is_virtual.push_back(is_virtual);
  };
  auto next = entries.begin();
  for (int byte = 0; byte < 256; ++byte) {
    const std::string single(1, static_cast<char>(byte));
    if (!RowOf(entries, single)) add(single, stand_in, true);
    for (; next != entries.end() && next->text[0] == single[0]; ++next) {
      add(next->text, next->row, false);
    }
  }
  return parts;
}

// Finds numbers of tokens among sorted texts.
class Numbers {
 public:
  explicit Numbers(const std::vector<std::string>& texts) : texts_(texts) {}
  std::optional<uint32_t> Find(const std::string& text) const {
    const auto found = std::lower_bound(texts_.begin(), texts_.end(), text);
    if (found == texts_.end() || *found != text) return std::nullopt;
    return static_cast<uint32_t>(found - texts_.begin());
  }

 private:
  const std::vector<std::string>& texts_;
};

Result<Words> WordsOf(const Gguf& gguf) {
  LMZ_ASSIGN(const std::string pre, gguf.Text("tokenizer.ggml.pre", "default"));
  for (const PreTokenizer& known : kPreTokenizers) {
    if (known.name == pre) return known.words;
  }
  return Status(
      Code::kNewerVersion,
      "the model cuts text into words by rules (tokenizer.ggml.pre) that lmz-convert does "
      "not support");
}

// Pairs whose parts or union are no tokens of text are left out.
Status AddMerges(const Gguf& gguf, Vocabulary::Parts& parts) {
  const GgufValue* merges = gguf.Find("tokenizer.ggml.merges");
  if (merges == nullptr || merges->kind != Kind::kTexts) return Damaged("its merges are missing");
  const ByteAlphabet alphabet;
  const Numbers numbers(parts.texts);
  for (const std::string& merge : merges->texts) {
    const size_t space = merge.find(' ', 1);  // the alphabet has no space
    if (space == std::string::npos) return Damaged("a merge is not a pair");
    const std::string left = alphabet.Decode(std::string_view(merge).substr(0, space));
    const std::string right = alphabet.Decode(std::string_view(merge).substr(space + 1));
    const auto left_number = numbers.Find(left), right_number = numbers.Find(right);
    if (!left_number || !right_number || !numbers.Find(left + right)) continue;
    parts.segmenter.merges.push_back({*left_number, *right_number});
  }
  return OkStatus();
}

// Tokens in the order of falling scores; equal scores have equal places.
Status AddOrder(const Gguf& gguf, const Source& source, Vocabulary::Parts& parts) {
  const GgufValue* scores = gguf.Find("tokenizer.ggml.scores");
  if (scores == nullptr || scores->kind != Kind::kReals ||
      scores->reals.size() != source.types.size()) {
    return Damaged("its scores are missing");
  }
  // Above: the score of a is the larger.
  const auto above = [&](uint32_t a, uint32_t b) {
    const Number &x = scores->reals[parts.rows[a]], &y = scores->reals[parts.rows[b]];
    if ((x.mantissa < 0) != (y.mantissa < 0)) return y.mantissa < 0;
    return x.mantissa < 0 ? IsSmaller(x, y) : IsSmaller(y, x);
  };
  std::vector<uint32_t> order;
  for (uint32_t t = 0; t < parts.texts.size(); ++t) {
    if (!parts.is_virtual[t] && source.types[parts.rows[t]] == kNormal) order.push_back(t);
  }
  std::stable_sort(order.begin(), order.end(), above);
  parts.segmenter.order.assign(parts.texts.size(), kNever);
  uint32_t place = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && above(order[i - 1], order[i])) ++place;
    parts.segmenter.order[order[i]] = place;
  }
  return OkStatus();
}

}  // namespace

Result<Vocabulary> ReadVocabulary(const Gguf& gguf, uint32_t rows) {
  LMZ_ASSIGN(const Source source, FindSource(gguf, rows));
  LMZ_ASSIGN(const uint32_t begin_row, BeginRow(gguf, rows));
  Vocabulary::Parts parts = PartsOf(EntriesOf(source), begin_row);
  if (source.is_bpe) {
    LMZ_ASSIGN(parts.segmenter.words, WordsOf(gguf));
    LMZ_TRY(AddMerges(gguf, parts));
  } else {
    parts.segmenter.joins = Joins::kScores;
    LMZ_TRY(AddOrder(gguf, source, parts));
    for (uint32_t t = 0; t < parts.texts.size(); ++t) {
      const bool is_whole = !parts.is_virtual[t] && source.types[parts.rows[t]] == kUserDefined;
      if (is_whole) parts.segmenter.whole.push_back(t);
    }
  }
  Result<Vocabulary> vocabulary = Vocabulary::Make(std::move(parts), rows);
  if (!vocabulary.ok()) return Damaged(vocabulary.status().message());
  return vocabulary;
}

}  // namespace lmz::convert
