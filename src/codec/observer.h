// Sees how blocks are coded and decoded, for those who explain a file. The library never has one of
// its own, and without one a decoder runs the lines that it always runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "mix/observe/observed_decoder.h"

namespace lmz {

class Model;  // model/model.h

// A stretch of a payload: a block, or what a codec leaves to another one.
struct CodedPart {
  const char* codec = "";
  uint8_t filters = 0;
  uint64_t raw_size = 0;
  uint64_t coded_size = 0;
};

// What the items of an arithmetic code are.
struct CodeShape {
  enum class Kind : uint8_t { kOther, kBytes, kPixels, kSamples, kBlocks };
  struct Plane {
    uint32_t width = 0;
    uint32_t height = 0;
  };

  Kind kind = Kind::kOther;
  const char* name = "";             // of kOther: what is coded
  uint64_t items = 0;                // of all codes together; 0 of kOther
  std::vector<Plane> planes = {};    // of pixels and blocks: one behind the other, row by row
  uint32_t channels = 1;             // of samples: those of one moment stand together
  int value_bits = 8;                // of pixels and samples
  bool is_signed = false;            // samples are
  std::vector<uint64_t> lanes = {};  // of bytes: where each lane begins, coded in turn
  bool goes_on = false;              // with the items of the code before it
};

// One try at a block or a sample of it, by the planner.
struct Trial {
  enum class Stage : uint8_t { kCharset, kProfile, kSample, kHalf, kBlock };
  enum class Outcome : uint8_t { kCoded, kStopped, kLeftOut };

  Stage stage = Stage::kBlock;
  std::string contestant;  // the codec, and what it was told
  uint64_t raw_size = 0;   // of what was coded
  Outcome outcome = Outcome::kCoded;
  uint64_t coded_size = 0;  // when it was coded
};

// Called from one thread at a time: `threads` of the resources is 1.
class BlockObserver {
 public:
  virtual ~BlockObserver() = default;

  // Decoding. Parts are one inside the other; what is told between Begin and End is within.
  virtual void BeginPart(const CodedPart& part) = 0;
  virtual void EndPart(ByteSpan raw) = 0;
  // The part names this model in `size` bytes.
  virtual void NameModel(const Model& model, uint64_t size) = 0;
  // An arithmetic code of `size` bytes; lives as long as this.
  virtual CodeObserver& AddCode(const CodeShape& shape, uint64_t size) = 0;
  // The codec `inside` has a stream of `data_size` bytes in a file of the kind `what`; `before` is
  // what stands between the stream before it and this one.
  virtual void FindStream(const char* what, ByteSpan before, uint64_t data_size) = 0;

  // Encoding: the next block of the file, and what is tried for it and for what is within.
  virtual void BeginBlock() = 0;
  virtual void Try(const Trial& trial) = 0;
};

}  // namespace lmz
