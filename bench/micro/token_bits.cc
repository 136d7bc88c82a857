// What a model of tokens costs alone, without a trie or contexts, as CSV on standard output:
//
//   token_bits [--context N] [--drop N] [--disjoint] MODEL.lmm FILE[:COUNT]...
//
// Bits per byte of each file, or of its first COUNT bytes, as one lane. --context: how many tokens
// it sees at most, --drop: how many a full context forgets at once, both instead of what the model
// says. --disjoint: a full context is emptied instead.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/model_file.h"
#include "model/segmenter/segmenter.h"
#include "model/transformer/transformer_predictor.h"

namespace lmz::bench {
namespace {

constexpr int kPositions = 64;

std::optional<Bytes> Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return Bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

double BitsOf(const uint32_t* weights, uint32_t size, uint32_t token) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < size; ++i) sum += weights[i];
  return std::log2(static_cast<double>(sum)) - std::log2(static_cast<double>(weights[token]));
}

double BitsOf(const TokenPredictor& model, std::span<const uint32_t> tokens) {
  const Vocabulary& vocabulary = model.vocabulary();
  const auto session = model.Begin({1, kPositions, 1});
  const int lane = 0;
  std::vector<uint32_t> rows(kPositions);
  std::vector<uint32_t> weights(size_t{kPositions} * vocabulary.size());
  uint32_t before = vocabulary.begin_row();
  double bits = 0;
  for (size_t begin = 0; begin < tokens.size(); begin += kPositions) {
    const size_t count = std::min<size_t>(kPositions, tokens.size() - begin);
    for (size_t i = 0; i < count; ++i) {
      rows[i] = before;
      before = vocabulary.row(tokens[begin + i]);
    }
    const Status status =
        session->Step({&lane, 1}, static_cast<int>(count), rows.data(), weights.data());
    if (!status.ok()) std::abort();
    for (size_t i = 0; i < count; ++i) {
      bits += BitsOf(&weights[i * vocabulary.size()], vocabulary.size(), tokens[begin + i]);
    }
  }
  return bits;
}

int Fail(const std::string& what) {
  std::fprintf(stderr, "token_bits: %s\n", what.c_str());
  return 1;
}

struct Contexts {
  int context = 0;  // 0: the model's
  int drop = 0;     // 0: the model's, or an eighth of another context
  bool is_disjoint = false;
};

// The same of stretches that fill a context each, if so wanted.
double BitsOf(const TransformerPredictor& model, const Contexts& contexts,
              std::span<const uint32_t> tokens) {
  const size_t stretch = contexts.is_disjoint ? model.shape().context : SIZE_MAX;
  double bits = 0;
  for (size_t begin = 0; begin < tokens.size();) {
    const size_t count = std::min(stretch, tokens.size() - begin);
    bits += BitsOf(model, tokens.subspan(begin, count));
    begin += count;
  }
  return bits;
}

int Measure(const std::string& model_path, const Contexts& contexts,
            const std::vector<std::string>& files) {
  const std::optional<Bytes> bytes = Read(model_path);
  if (!bytes) return Fail(model_path + " cannot be read");
  Result<ModelFile> file = ParseModelFile(*bytes);
  if (!file.ok()) return Fail(file.status().message());
  auto* const network = std::get_if<TransformerNetwork>(&file.value().network);
  if (network == nullptr) return Fail("not a model of tokens");
  TransformerShape& shape = network->weights.shape;
  if (contexts.context != 0) {
    shape.context = static_cast<uint16_t>(contexts.context);
    shape.drop = static_cast<uint16_t>(contexts.context / 8);
  }
  if (contexts.drop != 0) shape.drop = static_cast<uint16_t>(contexts.drop);
  const Status fits = CheckShape(shape);
  if (!fits.ok()) return Fail(fits.message());
  const TransformerPredictor model(file.value());
  Segmenter segmenter(model.vocabulary());
  std::puts("text,bytes,tokens,bits_per_byte");
  for (const std::string& argument : files) {
    const size_t colon = argument.rfind(':');
    std::optional<Bytes> text = Read(argument.substr(0, colon));
    if (!text || text->empty()) return Fail(argument + " cannot be read");
    if (colon != std::string::npos) {
      text->resize(std::min<size_t>(text->size(), std::stoul(argument.substr(colon + 1))));
    }
    std::vector<uint32_t> tokens;
    segmenter.Segment(*text, tokens);
    std::printf("%s,%zu,%zu,%.5f\n", argument.c_str(), text->size(), tokens.size(),
                BitsOf(model, contexts, tokens) / static_cast<double>(text->size()));
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace lmz::bench

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  lmz::bench::Contexts contexts;
  for (; arguments.size() > 2; arguments.erase(arguments.begin())) {
    if (arguments[0] == "--disjoint") {
      contexts.is_disjoint = true;
      continue;
    }
    int* const number = arguments[0] == "--context" ? &contexts.context
                        : arguments[0] == "--drop"  ? &contexts.drop
                                                    : nullptr;
    if (number == nullptr) break;
    arguments.erase(arguments.begin());
    *number = std::atoi(arguments[0].c_str());
  }
  if (arguments.size() < 2 || arguments[0].starts_with("--")) {
    std::fputs(
        "usage: token_bits [--context N] [--drop N] [--disjoint] MODEL.lmm FILE[:COUNT]...\n",
        stderr);
    return 2;
  }
  return lmz::bench::Measure(arguments[0], contexts, {arguments.begin() + 1, arguments.end()});
}
