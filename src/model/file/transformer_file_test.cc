// Model files of transformers: what is written is read again, and nothing else is accepted.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "model/model_file.h"
#include "model/model_summary.h"
#include "tests/reference/models/random_transformer.h"

namespace lmz {
namespace {

constexpr size_t kIdSize = 16;

// A shape with everything that a shape can have.
TransformerShape FullShape() {
  TransformerShape shape = ToyShape();
  shape.rotations = 2;
  shape.has_biases = shape.has_head_norms = shape.has_output_norms = shape.has_own_head = true;
  shape.activation = Activation::kGelu;
  return shape;
}

Bytes FileOf(const TransformerShape& shape) {
  const RandomTransformerModel model = RandomTransformer(shape, 1, Wildness::kExtreme);
  return WriteModelFile(model.file).value();
}

Bytes Sealed(Bytes file) {
  file.resize(file.size() - kIdSize);
  const Hash128 id = Checksum128(file);
  file.insert(file.end(), id.begin(), id.end());
  return file;
}

size_t SectionAt(const Bytes& file, const char* tag) {
  return static_cast<size_t>(std::search(file.begin(), file.end(), tag, tag + 4) - file.begin());
}

Code Parse(const Bytes& file) {
  return ParseModelFile(file).status().code();
}

TEST(TransformerFileTest, RoundTrip) {
  for (const TransformerShape& shape : {ToyShape(), FullShape()}) {
    const Bytes file = FileOf(shape);
    const Result<ModelFile> read = ParseModelFile(file);
    ASSERT_TRUE(read.ok()) << read.status().message();
    const TransformerNetwork* network = read.value().transformer();
    ASSERT_NE(network, nullptr);
    EXPECT_EQ(network->weights.shape, shape);
    EXPECT_EQ(WriteModelFile(read.value()).value(), file);
    // Matrices are views of the file.
    const auto* begin = reinterpret_cast<const uint8_t*>(network->weights.embedding.weights.data());
    EXPECT_TRUE(begin > file.data() && begin < file.data() + file.size());
  }
}

// Counts the numbers of a network that training finds.
class NumberCount {
 public:
  template <class T>
  Status Number(const T&, int64_t, int64_t) {
    return OkStatus();
  }
  template <class T>
  Status Array(const std::vector<T>& array, size_t, int64_t low, int64_t) {
    if (low < 0) count += array.size();
    return OkStatus();
  }
  Status Matrix(const ScaledMatrix& matrix, size_t, size_t) {
    count += matrix.weights.size();
    return OkStatus();
  }
  uint64_t count = 0;
};

TEST(TransformerFileTest, EveryTrainedNumberIsAParameter) {
  for (const TransformerShape& shape : {ToyShape(), FullShape()}) {
    const RandomTransformerModel model = RandomTransformer(shape, 1, Wildness::kTame);
    NumberCount numbers;
    ASSERT_TRUE(VisitTransformer(numbers, model.file.transformer()->weights).ok());
    EXPECT_EQ(CountParameters(shape), numbers.count);
  }
}

TEST(TransformerFileTest, SummariesTellTheShape) {
  const Bytes file = FileOf(ToyShape());
  const ModelSummary summary = DescribeModel(file).value();
  EXPECT_EQ(
      summary.network,
      "transformer, 2 layers of width 32, 4 heads of 16 (2 with keys of their own), hidden 48, "
      "context 32");
  EXPECT_EQ(summary.parameters, CountParameters(ToyShape()));
  EXPECT_GE(summary.tokens, 256u);
}

TEST(TransformerFileTest, ShapesHaveBounds) {
  const auto is_valid = [](const std::function<void(TransformerShape&)>& change) {
    TransformerShape shape = ToyShape();
    change(shape);
    return CheckShape(shape).ok();
  };
  using S = TransformerShape;
  EXPECT_TRUE(is_valid([](S&) {}));
  EXPECT_TRUE(is_valid([](S& s) { s.heads = s.kv_heads = 64, s.head_size = 256; }));
  EXPECT_TRUE(is_valid([](S& s) { s.width = 8192, s.hidden = 16384, s.layers = 128; }));
  EXPECT_TRUE(is_valid([](S& s) { s.context = 4096, s.drop = 4087, s.sinks = 8; }));
  EXPECT_TRUE(is_valid([](S& s) { s.sinks = 0, s.drop = 31; }));
  const std::function<void(S&)> wrong[] = {
      [](S& s) { s.width = 0; },
      [](S& s) { s.width = 24; },
      [](S& s) { s.width = 8208; },
      [](S& s) { s.layers = 0; },
      [](S& s) { s.layers = 129; },
      [](S& s) { s.heads = 3; },
      [](S& s) { s.heads = 0; },
      [](S& s) { s.kv_heads = 0; },
      [](S& s) { s.heads = s.kv_heads = 130; },
      [](S& s) { s.heads = s.kv_heads = 128, s.head_size = 144; },
      [](S& s) { s.head_size = 272; },
      [](S& s) { s.head_size = 8; },
      [](S& s) { s.hidden = 16400; },
      [](S& s) { s.tokens = 0; },
      [](S& s) { s.tokens = (1 << 20) + 1; },
      [](S& s) { s.context = 15; },
      [](S& s) { s.context = 4097; },
      [](S& s) { s.drop = 0; },
      [](S& s) { s.drop = 30; },
      [](S& s) { s.sinks = 9; },
      [](S& s) { s.context = 16, s.sinks = 8, s.drop = 1; },
      [](S& s) { s.rotations = 0; },
      [](S& s) { s.rotations = 3; },
      [](S& s) { s.activation = Activation{2}; }};
  for (size_t i = 0; i < std::size(wrong); ++i) EXPECT_FALSE(is_valid(wrong[i])) << i;
}

TEST(TransformerFileTest, EveryTruncationIsRefused) {
  const Bytes file = FileOf(ToyShape());
  for (size_t size = 0; size < file.size(); size += size < 400 ? 1 : 37) {
    Bytes shorter(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(Parse(shorter), Code::kModelDamaged) << size;
    if (size > 64) {
      ASSERT_EQ(Parse(Sealed(shorter)), Code::kModelDamaged) << size;
    }
  }
}

TEST(TransformerFileTest, EveryChangeBehindTheChecksumIsRefusedOrWrittenAgain) {
  const Bytes original = FileOf(FullShape());
  int accepted = 0;
  for (size_t i = 0; i < original.size() - kIdSize; i += i < 400 ? 1 : 41) {
    for (const uint8_t change : Bytes{0x01, 0x80}) {
      Bytes file = original;
      file[i] ^= change;
      file = Sealed(file);
      const Result<ModelFile> model = ParseModelFile(file);
      if (!model.ok()) continue;
      ++accepted;
      ASSERT_EQ(WriteModelFile(model.value()).value(), file) << i;
    }
  }
  EXPECT_GT(accepted, 100);
}

TEST(TransformerFileTest, NumbersOutOfRangeAreRefused) {
  Bytes file = FileOf(ToyShape());
  const size_t weights_at = SectionAt(file, "NETW") + 12 + 26;
  const auto refused = [&](size_t at, uint8_t value) {
    Bytes changed = file;
    changed[at] = value;
    return Parse(Sealed(changed)) == Code::kModelDamaged;
  };
  EXPECT_TRUE(refused(weights_at + 1, 0x3F)) << "a scale below 2^14";
  EXPECT_TRUE(refused(weights_at + 2, static_cast<uint8_t>(-65))) << "its exponent";
  const size_t embedding_at = weights_at + 12 + 4 * 8;
  EXPECT_TRUE(refused(embedding_at, 3)) << "planes";
  EXPECT_TRUE(refused(embedding_at + 3, 0x80)) << "a negative scale of a row";
  EXPECT_TRUE(refused(embedding_at + 2 + 2 * 300, 0x80)) << "-128";
  EXPECT_TRUE(refused(weights_at - 1, 0x10)) << "a flag that means nothing";
}

TEST(TransformerFileTest, AVocabularyBelongsToATransformer) {
  Bytes file = FileOf(ToyShape());
  const size_t at = SectionAt(file, "VOCA");
  Bytes without(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at + kIdSize));
  EXPECT_EQ(ParseModelFile(Sealed(without)).status().message(),
            "model file: the vocabulary is missing");
  Bytes twice(file.begin(), file.end() - kIdSize);
  twice.insert(twice.end(), file.begin() + static_cast<std::ptrdiff_t>(at), file.end());
  EXPECT_EQ(Parse(Sealed(twice)), Code::kModelDamaged);
  Bytes bytes = WriteModelFile(RandomModel({16, 1, 16, 16}, 1, Wildness::kTame)).value();
  bytes.resize(bytes.size() - kIdSize);
  bytes.insert(bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at), file.end());
  EXPECT_EQ(ParseModelFile(Sealed(bytes)).status().message(),
            "model file: a network of bytes has no vocabulary");
}

// Gives the matrices of another model, row by row.
class CopiedMatrices final : public MatrixSource {
 public:
  CopiedMatrices(const TransformerWeights& places, const TransformerWeights& from) {
    const auto pair = [this](const ScaledMatrix& place, const ScaledMatrix& matrix) {
      matrices_[&place] = &matrix;
    };
    pair(places.embedding, from.embedding);
    pair(places.head, from.head);
    for (size_t i = 0; i < places.layers.size(); ++i) {
      for (ScaledMatrix TransformerLayer::*member :
           {&TransformerLayer::query, &TransformerLayer::key, &TransformerLayer::value,
            &TransformerLayer::output, &TransformerLayer::gate, &TransformerLayer::up,
            &TransformerLayer::down}) {
        pair(places.layers[i].*member, from.layers[i].*member);
      }
    }
  }
  Result<ScaledMatrix> Scales(const ScaledMatrix& place, size_t, size_t) override {
    ScaledMatrix scales = *matrices_.at(&place);
    scales.weights = {};
    return scales;
  }
  Status WriteWeights(const ScaledMatrix& place, Sink& out) override {
    const auto weights = matrices_.at(&place)->weights;
    const ByteSpan bytes(reinterpret_cast<const uint8_t*>(weights.data()), weights.size());
    for (size_t at = 0; at < bytes.size(); at += 16) LMZ_TRY(out.Write(bytes.subspan(at, 16)));
    for (int i = 0; i < too_many; ++i) LMZ_TRY(out.Write(Bytes{last}));
    return OkStatus();
  }
  int too_many = 0;
  uint8_t last = 0;

 private:
  std::map<const ScaledMatrix*, const ScaledMatrix*> matrices_;
};

TEST(TransformerFileTest, MatricesMayComeFromASource) {
  const RandomTransformerModel model = RandomTransformer(FullShape(), 1, Wildness::kExtreme);
  ModelFile hollow = model.file;
  auto& weights = std::get<TransformerNetwork>(hollow.network).weights;
  weights.embedding = weights.head = {};
  for (TransformerLayer& layer : weights.layers) {
    layer.query = layer.key = layer.value = layer.output = layer.gate = layer.up = layer.down = {};
  }
  CopiedMatrices matrices(weights, model.file.transformer()->weights);
  Bytes file;
  MemorySink sink(file);
  const Result<ModelId> id = WriteModelFile(hollow, sink, &matrices);
  ASSERT_TRUE(id.ok()) << id.status().message();
  EXPECT_EQ(file, WriteModelFile(model.file).value());
  EXPECT_EQ(ParseModelFile(file).value().id, id.value());
  EXPECT_EQ(WriteModelFile(hollow).status().code(), Code::kInvalidArgument) << "without the source";
  matrices.too_many = 1;
  EXPECT_EQ(WriteModelFile(hollow, sink, &matrices).status().message(),
            "a matrix of the network has the wrong size");
  matrices.last = 0x80;
  EXPECT_EQ(WriteModelFile(hollow, sink, &matrices).status().message(),
            "a weight of the network is out of range");
}

}  // namespace
}  // namespace lmz
