// What bytes look like.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lmz {

// A name in ContentName for each.
enum class Content : uint8_t {
  kText,        // prose, source code
  kStructured,  // JSON, XML, CSV, logs: text with repeating structure
  kExecutable,  // x86 machine code
  kTable,       // fixed-size binary records or samples
  kBinary,      // other binary data
  kCompressed,  // already compressed, but a little redundancy may remain
  kRandom,      // nothing to gain
  kImage,       // rows of pixels
  kAudio,       // samples of uncompressed audio
};

// By number of Content.
inline constexpr std::array kContentNames = {"text",   "structured text", "executable",
                                             "table",  "binary",          "compressed",
                                             "random", "image",           "audio"};

inline const char* ContentName(Content content) {
  const auto number = static_cast<size_t>(content);
  return number < kContentNames.size() ? kContentNames[number] : "unknown";
}

// How many bytes look like what.
class ContentVotes {
 public:
  uint64_t& operator[](Content content) { return votes_[static_cast<size_t>(content)]; }
  uint64_t operator[](Content content) const { return votes_[static_cast<size_t>(content)]; }

  void Add(const ContentVotes& other) {
    for (size_t i = 0; i < votes_.size(); ++i) votes_[i] += other.votes_[i];
  }
  uint64_t Sum() const {
    uint64_t sum = 0;
    for (const uint64_t vote : votes_) sum += vote;
    return sum;
  }
  // The first of those with the most votes.
  Content Majority() const {
    size_t most = 0;
    for (size_t i = 1; i < votes_.size(); ++i) most = votes_[i] > votes_[most] ? i : most;
    return static_cast<Content>(most);
  }

 private:
  std::array<uint64_t, kContentNames.size()> votes_{};
};

}  // namespace lmz
