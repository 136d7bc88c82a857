#include "plan/contest/coded.h"

#include <string>
#include <utility>

#include "model/predictor.h"
#include "model/token/token_predictor.h"

namespace lmz {

namespace {

// An attempt that has come to this much more than it may is lost: coders end within a few bytes of
// what they reported.
constexpr size_t kReportSlack = 64;

std::string LanesText(unsigned lanes) {
  return lanes == 0 ? "" : lanes == 1 ? ", 1 lane" : ", " + std::to_string(lanes) + " lanes";
}

const char* ProfileText(Profile profile) {
  switch (profile) {
    case Profile::kText:
      return "";
    case Profile::kBinary:
      return ", profile binary";
    case Profile::kRecords:
      return ", profile records";
  }
  return "";
}

std::string Described(const CodecOptions& options) {
  std::string text = CodecOf(options).name;
  if (const auto* const bytes = std::get_if<BytesOptions>(&options)) {
    text += ProfileText(bytes->profile);
  } else if (const auto* const model = std::get_if<TextOptions>(&options)) {
    text += ", model " + model->model->card().name + ProfileText(model->profile) +
            LanesText(model->lanes);
  } else if (const auto* const token = std::get_if<TokenOptions>(&options)) {
    text += ", model " + token->model->card().name + LanesText(token->lanes);
  }
  return text;
}

void TellStopped(const BlockResources& resources, Trial::Stage stage, const CodecOptions& options,
                 uint64_t raw_size) {
  if (resources.observer == nullptr) return;
  resources.observer->Try({.stage = stage,
                           .contestant = Described(options),
                           .raw_size = raw_size,
                           .outcome = Trial::Outcome::kStopped});
}

}  // namespace

void TellCoded(const BlockResources& resources, Trial::Stage stage, const CodecOptions& options,
               uint64_t raw_size, uint64_t coded_size) {
  if (resources.observer == nullptr) return;
  resources.observer->Try({.stage = stage,
                           .contestant = Described(options),
                           .raw_size = raw_size,
                           .coded_size = coded_size});
}

void TellLeftOut(const BlockResources& resources, const CodecOptions& options, uint64_t raw_size) {
  if (resources.observer == nullptr) return;
  resources.observer->Try({.contestant = Described(options),
                           .raw_size = raw_size,
                           .outcome = Trial::Outcome::kLeftOut});
}

Result<std::optional<Coded>> CodeUnless(
    const std::function<bool(uint64_t done, uint64_t code_size)>& gives_up,
    const PreparedBlock& block, const CodecOptions& options, const BlockResources& resources,
    Trial::Stage stage) {
  bool has_given_up = false;
  BlockResources watched = resources;
  watched.report = [&](uint64_t done, uint64_t code_size) {
    has_given_up = has_given_up || gives_up(done, code_size);
    return !has_given_up && resources.Report(done, code_size);
  };
  Coded coded;
  const Result<BlockHeader> header = block.Encode(options, coded.payload, watched);
  if (!has_given_up) LMZ_TRY(header.status());
  if (has_given_up) {
    TellStopped(resources, stage, options, block.raw_size());
    return std::optional<Coded>();
  }
  TellCoded(resources, stage, options, block.raw_size(), coded.payload.size());
  coded.header = header.value();
  return std::optional<Coded>(std::move(coded));
}

Result<std::optional<Coded>> CodeBelow(size_t limit, const PreparedBlock& block,
                                       const CodecOptions& options, const BlockResources& resources,
                                       Trial::Stage stage) {
  const auto is_lost = [limit](uint64_t /*done*/, uint64_t code_size) {
    return code_size >= limit + kReportSlack;
  };
  LMZ_ASSIGN(std::optional<Coded> coded, CodeUnless(is_lost, block, options, resources, stage));
  if (coded && coded->payload.size() >= limit) return std::optional<Coded>();
  return coded;
}

Result<Coded> Code(const PreparedBlock& block, const CodecOptions& options,
                   const BlockResources& resources, Trial::Stage stage) {
  Coded coded;
  LMZ_ASSIGN(coded.header, block.Encode(options, coded.payload, resources));
  TellCoded(resources, stage, options, block.raw_size(), coded.payload.size());
  return coded;
}

}  // namespace lmz
