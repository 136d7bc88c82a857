#include "model/token/vocabulary.h"

#include <algorithm>
#include <utility>

namespace lmz {

namespace {

Status Damaged(const std::string& what) {
  return Status(Code::kModelDamaged, what);
}

// Characters compare as unsigned bytes.
Status CheckTexts(const std::vector<std::string>& texts) {
  if (texts.size() < 256 || texts.size() > Vocabulary::kMaxTokens) {
    return Damaged("the vocabulary has " + std::to_string(texts.size()) + " tokens");
  }
  size_t total = 0, bytes = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string& text = texts[i];
    if (text.empty() || text.size() > Vocabulary::kMaxTokenSize) {
      return Damaged("a token has " + std::to_string(text.size()) + " bytes");
    }
    if (i > 0 && !(texts[i - 1] < text)) return Damaged("the tokens do not ascend");
    total += text.size();
    if (text.size() == 1) ++bytes;
  }
  if (bytes != 256) return Damaged("there are single bytes without a token");
  if (total > Vocabulary::kMaxTextSize) return Damaged("the texts of the tokens are too long");
  return OkStatus();
}

Status CheckRows(const Vocabulary::Parts& parts, uint32_t model_rows) {
  if (parts.rows.size() != parts.texts.size() || parts.is_virtual.size() != parts.texts.size()) {
    return Damaged("the tokens' rows are not as many as the tokens");
  }
  for (size_t i = 0; i < parts.texts.size(); ++i) {
    if (parts.rows[i] >= model_rows) return Damaged("a token has a row that there is not");
    if (parts.is_virtual[i] && parts.texts[i].size() != 1) {
      return Damaged("a virtual token is not a single byte");
    }
  }
  if (parts.begin_row >= model_rows) return Damaged("a lane begins with a row that there is not");
  return parts.virtual_weight_log2 <= Vocabulary::kMaxVirtualWeightLog2
             ? OkStatus()
             : Damaged("the weight of virtual tokens is out of range");
}

Status CheckMerges(const Vocabulary& vocabulary, const SegmenterRules& rules) {
  if (rules.merges.size() > Vocabulary::kMaxMerges) return Damaged("there are too many merges");
  std::string joined;
  for (const auto& [left, right] : rules.merges) {
    if (left >= vocabulary.size() || right >= vocabulary.size()) {
      return Damaged("a merge has a token that there is not");
    }
    joined.assign(vocabulary.text(left)).append(vocabulary.text(right));
    if (!vocabulary.Find(joined)) return Damaged("a merge does not make a token");
  }
  return rules.order.empty() ? OkStatus() : Damaged("there are both merges and an order");
}

Status CheckRules(const Vocabulary& vocabulary, const SegmenterRules& rules) {
  if (rules.words > SegmenterRules::Words::kQwen2 || rules.joins > SegmenterRules::Joins::kScores) {
    return Status(Code::kNewerVersion, "the segmenter is not known to this version of lmz");
  }
  for (size_t i = 0; i < rules.whole.size(); ++i) {
    if (rules.whole[i] >= vocabulary.size() || (i > 0 && rules.whole[i] <= rules.whole[i - 1])) {
      return Damaged("the tokens that are cut out whole do not ascend");
    }
  }
  if (rules.joins == SegmenterRules::Joins::kMerges) return CheckMerges(vocabulary, rules);
  return rules.merges.empty() && rules.order.size() == vocabulary.size()
             ? OkStatus()
             : Damaged("the order of joining is not of all tokens");
}

}  // namespace

Result<Vocabulary> Vocabulary::Make(Parts parts, uint32_t model_rows) {
  LMZ_TRY(CheckTexts(parts.texts));
  LMZ_TRY(CheckRows(parts, model_rows));
  Vocabulary vocabulary;
  vocabulary.begins_.reserve(parts.texts.size() + 1);
  for (size_t i = 0; i < parts.texts.size(); ++i) {
    vocabulary.begins_.push_back(static_cast<uint32_t>(vocabulary.bytes_.size()));
    vocabulary.bytes_ += parts.texts[i];
    if (parts.is_virtual[i]) {
      vocabulary.virtual_bytes_.set(static_cast<uint8_t>(parts.texts[i][0]));
    }
  }
  vocabulary.begins_.push_back(static_cast<uint32_t>(vocabulary.bytes_.size()));
  vocabulary.rows_ = std::move(parts.rows);
  vocabulary.begin_row_ = parts.begin_row;
  vocabulary.virtual_weight_log2_ = parts.virtual_weight_log2;
  LMZ_TRY(CheckRules(vocabulary, parts.segmenter));
  vocabulary.segmenter_ = std::move(parts.segmenter);
  return vocabulary;
}

std::optional<uint32_t> Vocabulary::Find(std::string_view wanted) const {
  uint32_t begin = 0, end = size();
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    const int order = text(middle).compare(wanted);
    if (order == 0) return middle;
    if (order < 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return std::nullopt;
}

}  // namespace lmz
