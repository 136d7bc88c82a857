#include "model/file/network_section.h"

#include <array>
#include <cstring>

#include "model/file/archives.h"

namespace lmz {

namespace {

enum Architecture : uint16_t { kGlr = 1, kTransformer = 2 };

// The yes-or-no members of the shape, by their bit in the file.
constexpr std::array<bool TransformerShape::*, 4> kFlags = {
    &TransformerShape::has_biases, &TransformerShape::has_head_norms,
    &TransformerShape::has_output_norms, &TransformerShape::has_own_head};

Status Damaged(const std::string& what) {
  return Status(Code::kModelDamaged, what);
}

// Shows each member of the shape that the file has as a number.
template <class Shape, class Visit>
Status VisitShape(Shape& shape, Visit number) {
  for (auto* member : {&shape.width, &shape.layers, &shape.heads, &shape.kv_heads, &shape.head_size,
                       &shape.hidden}) {
    LMZ_TRY(number(*member));
  }
  LMZ_TRY(number(shape.tokens));
  for (auto* member : {&shape.context, &shape.drop}) LMZ_TRY(number(*member));
  for (auto* member : {&shape.sinks, &shape.rotations}) LMZ_TRY(number(*member));
  return OkStatus();
}

template <class Archive, class Weights>
Status VisitWeights(Archive& archive, Weights& weights) {
  if constexpr (std::is_same_v<std::remove_const_t<Weights>, GlrWeights>) {
    return VisitGlr(archive, weights);
  } else {
    return VisitTransformer(archive, weights);
  }
}

// Reads everything behind the shape, which is valid.
template <class Weights>
Status ReadWeights(ByteReader& in, Weights& weights) {
  SizeArchive expected;
  LMZ_TRY(VisitWeights(expected, weights));
  if (expected.size() != in.remaining()) {
    return Damaged("its shape needs " + std::to_string(expected.size()) + " bytes, but there are " +
                   std::to_string(in.remaining()));
  }
  ReadArchive archive(in);
  return VisitWeights(archive, weights);
}

Result<NetworkWeights> ReadGlr(ByteReader& in) {
  GlrWeights glr;
  for (uint16_t* dimension :
       {&glr.shape.width, &glr.shape.layers, &glr.shape.state, &glr.shape.hidden}) {
    LMZ_ASSIGN(const uint64_t value, in.Le(2));
    *dimension = static_cast<uint16_t>(value);
  }
  LMZ_TRY(CheckShape(glr.shape));
  // At most 64 empty layers are made before the size is known to be right.
  glr.layers.resize(glr.shape.layers);
  LMZ_TRY(ReadWeights(in, glr));
  return NetworkWeights(std::move(glr));
}

Result<NetworkWeights> ReadTransformer(ByteReader& in) {
  TransformerWeights weights;
  TransformerShape& shape = weights.shape;
  LMZ_TRY(VisitShape(shape, [&in](auto& member) -> Status {
    LMZ_ASSIGN(const uint64_t value, in.Le(sizeof(member)));
    member = static_cast<std::remove_reference_t<decltype(member)>>(value);
    return OkStatus();
  }));
  LMZ_ASSIGN(const uint8_t activation, in.U8());
  LMZ_ASSIGN(const uint8_t flags, in.U8());
  shape.activation = Activation{activation};
  for (size_t i = 0; i < kFlags.size(); ++i) shape.*kFlags[i] = (flags >> i & 1) != 0;
  if (flags >> kFlags.size() != 0) return Damaged("there are flags that mean nothing");
  LMZ_TRY(CheckShape(shape));
  // At most 128 empty layers are made before the size is known to be right.
  weights.layers.resize(shape.layers);
  weights.phases.resize(shape.rotations);
  LMZ_TRY(ReadWeights(in, weights));
  return NetworkWeights(std::move(weights));
}

// Takes the matrices from a source.
class StreamingArchive {
 public:
  StreamingArchive(MatrixSource& matrices, Sink& out)
      : matrices_(matrices), out_(out), numbers_(out) {}
  template <class T>
  Status Number(const T& value, int64_t low, int64_t high) {
    return numbers_.Number(value, low, high);
  }
  template <class T>
  Status Array(const std::vector<T>& values, size_t size, int64_t low, int64_t high) {
    return numbers_.Array(values, size, low, high);
  }
  Status Matrix(const ScaledMatrix& place, size_t rows, size_t columns) {
    LMZ_ASSIGN(const ScaledMatrix scales, matrices_.Scales(place, rows, columns));
    place_ = &place;
    return VisitMatrix(*this, scales, rows, columns);
  }
  Status View(std::span<const int8_t> /*empty*/, size_t size) {
    LMZ_TRY(numbers_.Flush());
    CheckedSink checked(out_);
    LMZ_TRY(matrices_.WriteWeights(*place_, checked));
    if (checked.size() == size) return OkStatus();
    return Status(Code::kInvalidArgument, "a matrix of the network has the wrong size");
  }
  Status Flush() { return numbers_.Flush(); }

 private:
  class CheckedSink final : public Sink {
   public:
    explicit CheckedSink(Sink& out) : out_(out) {}
    Status Write(ByteSpan bytes) override {
      if (!bytes.empty() && std::memchr(bytes.data(), 0x80, bytes.size()) != nullptr) {
        return Status(Code::kInvalidArgument, "a weight of the network is out of range");
      }
      size_ += bytes.size();
      return out_.Write(bytes);
    }
    uint64_t size() const { return size_; }

   private:
    Sink& out_;
    uint64_t size_ = 0;
  };

  MatrixSource& matrices_;
  Sink& out_;
  WriteArchive numbers_;
  const ScaledMatrix* place_ = nullptr;
};

constexpr size_t kGlrHeaderSize = 10;
constexpr size_t kTransformerHeaderSize = 26;

}  // namespace

Result<NetworkWeights> ReadNetwork(ByteSpan payload) {
  ByteReader in(payload);
  LMZ_ASSIGN(const uint64_t architecture, in.Le(2));
  if (architecture == kGlr) return ReadGlr(in);
  if (architecture == kTransformer) return ReadTransformer(in);
  return Status(Code::kNewerVersion, "architecture " + std::to_string(architecture) +
                                         " is not known to this version of lmz");
}

Result<uint64_t> NetworkSize(const GlrWeights& weights) {
  if (!CheckShape(weights.shape).ok() || weights.layers.size() != weights.shape.layers) {
    return Status(Code::kInvalidArgument, "the network's dimensions are out of range");
  }
  SizeArchive size;
  LMZ_TRY(VisitGlr(size, weights));
  return kGlrHeaderSize + size.size();
}

Result<uint64_t> NetworkSize(const TransformerWeights& weights) {
  const TransformerShape& shape = weights.shape;
  if (!CheckShape(shape).ok() || weights.layers.size() != shape.layers ||
      weights.phases.size() != shape.rotations) {
    return Status(Code::kInvalidArgument, "the network's dimensions are out of range");
  }
  SizeArchive size;
  LMZ_TRY(VisitTransformer(size, weights));
  return kTransformerHeaderSize + size.size();
}

Status WriteNetwork(const GlrWeights& weights, Sink& out) {
  Bytes header;
  ByteWriter writer(header);
  writer.Le(kGlr, 2);
  for (const uint16_t dimension :
       {weights.shape.width, weights.shape.layers, weights.shape.state, weights.shape.hidden}) {
    writer.Le(dimension, 2);
  }
  LMZ_TRY(out.Write(header));
  WriteArchive archive(out);
  LMZ_TRY(VisitGlr(archive, weights));
  return archive.Flush();
}

Status WriteNetwork(const TransformerWeights& weights, MatrixSource* matrices, Sink& out) {
  Bytes header;
  ByteWriter writer(header);
  writer.Le(kTransformer, 2);
  LMZ_TRY(VisitShape(weights.shape, [&writer](const auto& member) {
    writer.Le(member, sizeof(member));
    return OkStatus();
  }));
  writer.U8(static_cast<uint8_t>(weights.shape.activation));
  int flags = 0;
  for (size_t i = 0; i < kFlags.size(); ++i) flags |= (weights.shape.*kFlags[i] ? 1 : 0) << i;
  writer.U8(static_cast<uint8_t>(flags));
  LMZ_TRY(out.Write(header));
  if (matrices != nullptr) {
    StreamingArchive archive(*matrices, out);
    LMZ_TRY(VisitTransformer(archive, weights));
    return archive.Flush();
  }
  WriteArchive archive(out);
  LMZ_TRY(VisitTransformer(archive, weights));
  return archive.Flush();
}

}  // namespace lmz
