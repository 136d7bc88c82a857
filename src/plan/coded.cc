#include "plan/coded.h"

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
  return profile == Profile::kBinary ? ", profile binary" : "";
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

void Tell(const BlockResources& resources, Trial::Stage stage, const CodecOptions& options,
          uint64_t raw_size, const Coded* coded) {
  if (resources.observer == nullptr) return;
  Trial trial = {.stage = stage, .contestant = Described(options), .raw_size = raw_size};
  trial.outcome = coded != nullptr ? Trial::Outcome::kCoded : Trial::Outcome::kStopped;
  if (coded != nullptr) trial.coded_size = coded->payload.size();
  resources.observer->Try(trial);
}

}  // namespace

void TellLeftOut(const BlockResources& resources, const CodecOptions& options, uint64_t raw_size) {
  if (resources.observer == nullptr) return;
  resources.observer->Try({.contestant = Described(options),
                           .raw_size = raw_size,
                           .outcome = Trial::Outcome::kLeftOut});
}

Result<std::optional<Coded>> CodeBelow(size_t limit, const PreparedBlock& block,
                                       const CodecOptions& options, const BlockResources& resources,
                                       Trial::Stage stage) {
  bool is_lost = false;
  BlockResources watched = resources;
  watched.report = [&](uint64_t done, uint64_t code_size) {
    is_lost = is_lost || code_size >= limit + kReportSlack;
    return !is_lost && resources.Report(done, code_size);
  };
  Coded coded;
  const Result<BlockHeader> header = block.Encode(options, coded.payload, watched);
  if (!is_lost) LMZ_TRY(header.status());
  Tell(resources, stage, options, block.raw_size(), is_lost ? nullptr : &coded);
  if (is_lost || coded.payload.size() >= limit) return std::optional<Coded>();
  coded.header = header.value();
  return std::optional<Coded>(std::move(coded));
}

Result<Coded> Code(const PreparedBlock& block, const CodecOptions& options,
                   const BlockResources& resources, Trial::Stage stage) {
  Coded coded;
  LMZ_ASSIGN(coded.header, block.Encode(options, coded.payload, resources));
  Tell(resources, stage, options, block.raw_size(), &coded);
  return coded;
}

}  // namespace lmz
