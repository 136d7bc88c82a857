// A second kind of predictor, to show what no user of the interface may assume: its memory is text
// that grows, it has no matrices and no kernels, and its opinions come from counting.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "model/library.h"
#include "model/predictor.h"
#include "tests/random.h"

namespace lmz::testing {

// Expects what followed the last byte where it stood earlier among the lane's last bytes.
class FollowerModel final : public Predictor {
 public:
  static constexpr size_t kMemory = 1000;  // bytes that each lane looks back

  FollowerModel()
      : Predictor(Checksum128(ToBytes("follower")), {"follower", "Apache-2.0", ""}, 0, {}) {}

  uint64_t SessionMemory(const SessionSize& size) const override {
    return sizeof(FollowerSession) +
           static_cast<uint64_t>(size.lanes) * (sizeof(std::string) + 2 * kMemory);
  }

  int PartsFor(int threads) const override { return threads; }

  std::unique_ptr<Session> Begin(const SessionSize& size) const override {
    return std::make_unique<FollowerSession>(size.lanes);
  }

 private:
  class FollowerSession final : public Session {
   public:
    explicit FollowerSession(int lanes) : texts_(static_cast<size_t>(lanes)) {}

    using Session::Step;
    Status Step(int /*worker*/, int first, int count, StepPart part, const uint8_t* last_bytes,
                uint32_t* opinions) override {
      if (part.index > 0) return OkStatus();  // all is done in the first one
      for (int i = 0; i < count; ++i) {
        std::string& text = texts_[static_cast<size_t>(first + i)];
        if (text.size() == kMemory) text.erase(0, kMemory / 2);
        const char last = static_cast<char>(last_bytes[i]);
        uint32_t* opinion = opinions + ptrdiff_t{i} * kByteValues;
        std::fill(opinion, opinion + kByteValues, 1u);
        for (size_t at = 0; at + 1 < text.size(); ++at) {
          if (text[at] == last) opinion[static_cast<uint8_t>(text[at + 1])] += 1000;
        }
        text += last;
      }
      return OkStatus();
    }

    void Reset(int lane) override { texts_[static_cast<size_t>(lane)].clear(); }

    void CopyFrom(const Session& other) override {
      const auto& texts = static_cast<const FollowerSession&>(other).texts_;
      for (size_t i = 0; i < texts_.size(); ++i) texts_[i].assign(texts[i]);
    }

   private:
    std::vector<std::string> texts_;  // [lane]
  };
};

inline const SharedPredictor& Follower() {
  static const SharedPredictor model = std::make_shared<const FollowerModel>();
  return model;
}

// For whoever decodes.
inline const std::shared_ptr<const ModelLibrary>& FollowerModels() {
  static const std::shared_ptr<const ModelLibrary> models = [] {
    const auto library = std::make_shared<ModelLibrary>();
    library->Add(Follower());
    return library;
  }();
  return models;
}

}  // namespace lmz::testing
