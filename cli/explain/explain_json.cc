#include "cli/explain/explain_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/explain/array_text.h"
#include "stream/explain/costs_by_byte.h"
#include "stream/explain/member_name.h"

namespace lmz::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kByteQ16 = 8 * 65536;

std::string Dump(const Json& json) {
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string escaped;
  for (const char c : text) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// The rows whose sum is the file, in the order of the tree.
class Ledger {
 public:
  void Add(const char* what, const std::string& part, int64_t bits_q16) {
    if (bits_q16 != 0) rows_.push_back({{"what", what}, {"part", part}, {"bits_q16", bits_q16}});
    total_q16_ += bits_q16;
  }
  void AddPart(const ExplainedPart& part, const std::string& path) {
    for (const ExplainedModel& model : part.models) {
      Add("model name", path + ": " + model.name, static_cast<int64_t>(model.size) * kByteQ16);
    }
    Add("side data", path, static_cast<int64_t>(part.side_size()) * kByteQ16);
    for (const ExplainedCode& code : part.codes) {
      Add("code", path + ": " + code.name, code.bits_q16);
      Add("end of code", path + ": " + code.name, code.end_q16());
    }
    for (size_t i = 0; i < part.parts.size(); ++i) {
      AddPart(part.parts[i], path + " / " + std::to_string(i) + " " + part.parts[i].codec);
    }
  }
  Json& rows() { return rows_; }
  int64_t total_q16() const { return total_q16_; }

 private:
  Json rows_ = Json::array();
  int64_t total_q16_ = 0;
};

Json PartJson(const ExplainedPart& part) {
  Json json = {{"codec", part.codec},
               {"filters", part.filters},
               {"raw_size", part.raw_size},
               {"coded_size", part.coded_size},
               {"side_size", part.side_size()}};
  for (const ExplainedModel& model : part.models) {
    json["models"].push_back({{"name", model.name}, {"size", model.size}});
  }
  for (const ExplainedCode& code : part.codes) {
    Json entry = {{"name", code.name},
                  {"size", code.size},
                  {"bits_q16", code.bits_q16},
                  {"end_q16", code.end_q16()}};
    if (code.document) entry["document"] = *code.document;
    json["codes"].push_back(std::move(entry));
  }
  for (const ExplainedStream& stream : part.streams) {
    json["streams"].push_back(
        {{"name", stream.name}, {"kind", stream.kind}, {"size", stream.size}});
  }
  for (const ExplainedPart& inner : part.parts) json["parts"].push_back(PartJson(inner));
  return json;
}

Json TrialsJson(const Explanation& explanation) {
  constexpr const char* kStages[] = {"encoding", "profile", "sample", "half", "block"};
  constexpr const char* kOutcomes[] = {"coded", "stopped", "left out"};
  Json json = Json::array();
  for (const auto& [block, trial] : explanation.trials) {
    Json entry = {{"block", block},
                  {"stage", kStages[static_cast<size_t>(trial.stage)]},
                  {"contestant", trial.contestant},
                  {"raw_size", trial.raw_size},
                  {"outcome", kOutcomes[static_cast<size_t>(trial.outcome)]}};
    if (trial.outcome == Trial::Outcome::kCoded) entry["coded_size"] = trial.coded_size;
    json.push_back(std::move(entry));
  }
  return json;
}

Json MembersJson(const Explanation& explanation) {
  Json json = Json::array();
  const std::vector<TarMember> members = TarMembers(explanation.content);
  if (members.empty()) return json;
  const std::vector<uint64_t> costs_q16 = CostsByByte(explanation);
  for (const TarMember& member : members) {
    uint64_t sum_q16 = 0;
    for (uint64_t i = 0; i < member.size; ++i) {
      sum_q16 += costs_q16[static_cast<size_t>(member.begin + i)];
    }
    json.push_back({{"name", member.name},
                    {"begin", member.begin},
                    {"size", member.size},
                    {"bits_q16", sum_q16}});
  }
  return json;
}

const char* KindName(CodeShape::Kind kind) {
  constexpr const char* kNames[] = {"other", "bytes", "pixels", "samples", "blocks"};
  return kNames[static_cast<size_t>(kind)];
}

// Costs in units of 2^-unit_bits, so that none is above 65535; rounded so that their sum is right.
struct RoundedCosts {
  std::vector<uint16_t> costs;
  int unit_bits = 16;
};

RoundedCosts Rounded(const std::vector<uint64_t>& costs_q16) {
  RoundedCosts rounded;
  uint64_t largest = 0;
  for (const uint64_t cost : costs_q16) largest = std::max(largest, cost);
  int shift = 0;
  while (largest >> shift > 65534) ++shift;
  rounded.unit_bits = 16 - shift;
  rounded.costs.reserve(costs_q16.size());
  uint64_t sum_q16 = 0;
  for (const uint64_t cost : costs_q16) {
    const uint64_t before = sum_q16 >> shift;
    sum_q16 += cost;
    rounded.costs.push_back(static_cast<uint16_t>((sum_q16 >> shift) - before));
  }
  return rounded;
}

Json HeadOf(const ExplainedDocument& document, int unit_bits) {
  const CodeShape& shape = document.shape;
  Json json = {{"kind", KindName(shape.kind)},
               {"items", shape.items},
               {"run", document.run},
               {"unit_bits", unit_bits},
               {"values_per_cost", document.values_per_cost}};
  if (document.columns != 0) {
    json["width"] = shape.planes.front().width;
    json["height"] = shape.planes.front().height;
    json["columns"] = document.columns;
  }
  if (shape.kind == CodeShape::Kind::kSamples) json["channels"] = shape.channels;
  if (!shape.lanes.empty()) json["lanes"] = shape.lanes;
  if (!document.copies.empty()) json["copies"] = document.copies;
  if (!document.filters.empty()) json["filters"] = document.filters;
  if (document.raw_begin) json["raw_begin"] = *document.raw_begin;
  return json;
}

void AppendDocument(const ExplainedDocument& document, Arrays arrays, std::string& text) {
  const RoundedCosts rounded = Rounded(document.costs_q16);
  std::string head = Dump(HeadOf(document, rounded.unit_bits));
  head.pop_back();  // the brace
  text += head;
  const auto add = [&](const char* name, const auto& values) {
    text += std::string(",\"") + name + "\":";
    if (arrays == Arrays::kBase64) {
      AppendBase64(values, text);
    } else {
      AppendNumbers(values, text);
    }
  };
  add("costs", rounded.costs);
  add("values", document.values);
  add("network", document.network);
  add("mixer", document.mixer);
  text += '}';
}

}  // namespace

std::string ExplanationJson(const ExplainedFile& file, Arrays arrays) {
  const Explanation& explanation = file.explanation;
  Ledger ledger;
  for (const ExplainedPiece& piece : explanation.pieces) {
    ledger.Add("header", piece.name, static_cast<int64_t>(piece.size) * kByteQ16);
  }
  Json blocks = Json::array();
  for (size_t i = 0; i < explanation.blocks.size(); ++i) {
    const ExplainedPart& block = explanation.blocks[i];
    ledger.AddPart(block, "block " + std::to_string(i) + " " + block.codec);
    blocks.push_back(PartJson(block));
  }
  std::string text = Dump(Json{{"file", file.name},
                               {"was_compressed", file.is_compressed},
                               {"raw_size", explanation.raw_size},
                               {"coded_size", explanation.coded_size},
                               {"total_q16", ledger.total_q16()},
                               {"ledger", std::move(ledger.rows())},
                               {"blocks", std::move(blocks)},
                               {"trials", TrialsJson(explanation)},
                               {"members", MembersJson(explanation)}});
  text.pop_back();
  text += ",\"documents\":[";
  for (const ExplainedDocument& document : explanation.documents) {
    if (text.back() != '[') text += ',';
    AppendDocument(document, arrays, text);
  }
  return text + "]}";
}

}  // namespace lmz::cli
