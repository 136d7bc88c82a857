#include "mix/context_mixer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/hash.h"

namespace lmz {

namespace {

constexpr unsigned kContexts = ContextSet::kContexts;
// The inputs that no kernel sets: the last eight that are used.
constexpr unsigned kTail = mixer_inputs::kMatch;
static_assert(mixer_inputs::kCount == kTail + 8 && mixer_inputs::kCount <= Mixer::kInputs);
static_assert(MixerStart::kInputs <= Mixer::kInputs);
static_assert(kContexts == kMixerContexts);
static_assert(mixer_inputs::kExtra + mixer_inputs::kMaxExtra <= Mixer::kInputs);

constexpr uint32_t kMinMatchLength = 6;
constexpr uint32_t kMatchClasses = 32;
constexpr uint32_t kMatchByteContexts = 1 << 14;
constexpr unsigned kExpectations = 3;  // nothing expected, a zero, a one

// Sets of each layer that there are without an opinion, and how many rows an opinion's own set has.
constexpr size_t kSharedFirstSets = 5;
constexpr size_t kSeenSet = 4;  // the one of the first layer that is picked by what was seen
constexpr size_t kSharedFinalSets = 2;
constexpr uint32_t kTrustRows = 32 * 8;

// Rows of the mixer's sets, in the order of Mixer::Contexts in Predict: each opinion brings one set
// to each layer. Sets picked by a whole byte learn what is local: each lane has its own rows.
std::vector<uint32_t> FirstRows(int lanes, size_t opinions) {
  const uint32_t local = 256 * static_cast<uint32_t>(lanes);
  std::vector<uint32_t> rows = {local, local, 8 * 8, local, 17 * 8};
  rows.insert(rows.end(), opinions, kTrustRows);
  return rows;
}

std::vector<uint32_t> FinalRows(size_t opinions) {
  std::vector<uint32_t> rows = {256, 8 * 8};
  rows.insert(rows.end(), opinions, kTrustRows);
  return rows;
}

// From 1/65536 in a model file to the mixer's 1/32768, within +-1.
std::array<Mixer::Row, MixerStart::kSets> FromModel(const MixerStart& start) {
  std::array<Mixer::Row, MixerStart::kSets> rows{};
  for (size_t set = 0; set < rows.size(); ++set) {
    for (size_t i = 0; i < MixerStart::kInputs; ++i) {
      const int32_t halved = (start.weights[set][i] + 1) >> 1;
      rows[set][i] = static_cast<int16_t>(std::clamp(halved, -32767, 32767));
    }
  }
  return rows;
}

// What the rows of each set begin as; those that no set needs are ignored.
std::vector<Mixer::Row> InitialRows(const ContextMixer::Start& start) {
  const auto of_model = FromModel(start.weights);
  std::vector<Mixer::Row> rows(of_model.begin(), of_model.end());
  for (Mixer::Row& row : rows)
    std::fill(row.begin() + mixer_inputs::kExtra, row.end(), start.extra);
  rows.resize(Mixer::kMaxSets, rows.back());
  return rows;
}

uint32_t MatchClass(uint32_t length) {
  if (length < 16) return length;
  if (length < 32) return 16 + ((length - 16) >> 2);
  if (length < 64) return 20 + ((length - 32) >> 3);
  return std::min<uint32_t>(kMatchClasses - 1, 24 + ((length - 64) >> 5));
}

// Coarser: picks mixer weights.
uint32_t MatchGrade(uint32_t length) {
  if (length == 0) return 0;
  if (length < kMinMatchLength) return 6;
  if (length < 8) return 1;
  if (length < 16) return 2;
  if (length < 32) return 3;
  return length < 400 ? 4 : 5;
}

uint32_t MapContexts(uint64_t raw_size) {
  return static_cast<uint32_t>(
      std::clamp(std::bit_ceil(raw_size), uint64_t{1} << 10, uint64_t{1} << 12));
}

DualRate FromCounts(int zeros, int ones) {
  return DualRate(65535 * (2 * ones + 1) / (2 * (zeros + ones) + 2));
}

std::vector<uint32_t> MakeHistoryMap() {
  // All contexts begin alike.
  std::array<uint32_t, kExpectations * 256> of_context;
  for (unsigned i = 0; i < of_context.size(); ++i) {
    const unsigned expectation = i / 256;
    of_context[i] = FromCounts(kBitHistory.zeros[i % 256] + (expectation == 1 ? 1 : 0),
                               kBitHistory.ones[i % 256] + (expectation == 2 ? 1 : 0))
                        .bits();
  }
  std::vector<uint32_t> map;
  map.reserve(kContexts * of_context.size());
  for (unsigned context = 0; context < kContexts; ++context) {
    map.insert(map.end(), of_context.begin(), of_context.end());
  }
  return map;
}

}  // namespace

ContextMixer::Lane::Lane(const uint8_t* block, uint32_t begin, Profile profile,
                         const RecordShape& shape, uint32_t index, MatchTable& match_table,
                         const MixerKernels& kernels)
    : kernels_(&kernels),
      block_(block),
      index_(index),
      begin_(begin),
      position_(begin),
      contexts_(block + begin, profile, shape, index),
      match_(block, begin, kMinMatchLength, match_table) {}

ContextMixer::Start ContextMixer::Untrained(size_t opinions) {
  Start start = {.opinions = opinions, .weights = {}};
  for (auto& set : start.weights.weights) {
    set.fill(65536 * (opinions == 0 ? 5 : 3) / 100);
    for (size_t i = 0; i < opinions; ++i) {
      set[mixer_inputs::kOpinions[i][0]] = 65536 * 50 / 100 / static_cast<int32_t>(opinions);
    }
  }
  return start;
}

ContextMixer::Start ContextMixer::For(std::span<const Predictor* const> models) {
  Start start = Untrained(models.size());
  if (models.empty() || models[0]->mixer_start() == nullptr) return start;
  start.weights = *models[0]->mixer_start();
  return start;
}

void ContextMixer::CopyFrom(const ContextMixer& other) {
  contexts_.CopyFrom(other.contexts_);
  match_table_.CopyFrom(other.match_table_);
  mixer_.CopyFrom(other.mixer_);
  history_map_ = other.history_map_;
  match_length_map_ = other.match_length_map_;
  match_byte_map_ = other.match_byte_map_;
  order1_map_ = other.order1_map_;
  order2_map_ = other.order2_map_;
}

MixerStart ContextMixer::MeanWeights(const Start& start) const {
  MixerStart mean = start.weights;
  const std::vector<Mixer::Row> rows = mixer_.MeanRows(FromModel(start.weights));
  for (size_t set = 0; set < rows.size(); ++set) {
    for (size_t i = 0; i < MixerStart::kInputs; ++i) mean.weights[set][i] = 2 * rows[set][i];
  }
  return mean;
}

Result<ContextMixer> ContextMixer::Make(uint64_t raw_size, int lanes, const Start& start,
                                        const MixerKernels& kernels) {
  LMZ_ASSIGN(ContextTable contexts, ContextTable::Make(raw_size, kernels));
  LMZ_ASSIGN(MatchTable matches, MatchTable::Make(raw_size));
  return ContextMixer(raw_size, lanes, start, std::move(contexts), std::move(matches), kernels);
}

ContextMixer::ContextMixer(uint64_t raw_size, int lanes, const Start& start, ContextTable contexts,
                           MatchTable matches, const MixerKernels& kernels)
    : opinions_(start.opinions),
      kernels_(kernels),
      steps_(AllNodeSteps()),
      contexts_(std::move(contexts)),
      match_table_(std::move(matches)),
      mixer_(kernels, FirstRows(lanes, start.opinions), FinalRows(start.opinions),
             InitialRows(start)),
      history_map_(MakeHistoryMap()),
      match_length_map_(kMatchClasses * 2),
      match_byte_map_(2 * kMatchByteContexts),
      order1_map_(MapContexts(raw_size)),
      order2_map_(MapContexts(raw_size)),
      map_mask_(MapContexts(raw_size) - 1) {}

uint64_t ContextMixer::MemoryFor(uint64_t raw_size, int lanes, Profile profile) {
  constexpr uint64_t kMaps = uint64_t{2} << 20;
  constexpr uint64_t kWeights = 3 * 256 * Mixer::kInputs * sizeof(int16_t);
  const uint64_t lane =
      kWeights + sizeof(Lane) + (profile == Profile::kBinary ? StrideDetector::kMemory : 0);
  return ContextTable::MemoryFor(raw_size) + MatchTable::MemoryFor(raw_size) + kMaps +
         static_cast<uint64_t>(lanes) * lane;
}

void ContextMixer::EnterHalf(Lane& lane) {
  lane.half_node_ = 1;
  if (lane.node_ != 1) return contexts_.EnterSecond(lane.node_, lane.view_);
  contexts_.EnterFirst(lane.contexts_.hashes(), lane.view_);
  // Most of the time the second half is known before its first bit comes.
  const uint8_t guess =
      lane.match_.length() >= kMinMatchLength ? lane.match_.expected_byte() : lane.view_.Guess();
  contexts_.PrefetchSecond(guess >> 4 | 16u, lane.view_);
}

// Returns the length of the match that is still possible, 0 for none.
uint32_t ContextMixer::FillMatchInputs(Lane& lane, int bit_index, Mixer::Eight& tail) {
  bit_match_length_ = nullptr;
  if (!lane.is_match_alive_) return 0;
  const unsigned expected = lane.match_.expected_byte();
  const unsigned expected_bit = expected >> bit_index & 1;
  const unsigned c1 = static_cast<unsigned>(lane.contexts_.recent() & 0xFF);
  bit_match_length_ = &match_length_map_[MatchClass(lane.match_.length()) * 2 + expected_bit];
  const uint32_t byte_context = HashBits(expected << 8 | c1, 14);
  bit_match_byte_ = &match_byte_map_[byte_context << 1 | expected_bit];
  const int p_q16 = bit_match_length_->p_q16();
  tail[0] = static_cast<int16_t>(Stretch(p_q16));
  tail[1] = static_cast<int16_t>((p_q16 - 32768) >> 5);
  tail[2] = static_cast<int16_t>(Stretch(bit_match_byte_->p_q16()));
  return lane.match_.length();
}

// Returns the opinion's logit in steps of half a nat, 0 .. 31.
uint32_t ContextMixer::FillOpinionInputs(const Lane& lane, size_t number, Mixer::Eight& tail) {
  const int logit_q8 = lane.opinions_[number].LogitQ8(lane.node_);
  const auto [logit_input, probability_input] = mixer_inputs::kOpinions[number];
  tail[logit_input - kTail] = static_cast<int16_t>(logit_q8);
  tail[probability_input - kTail] = static_cast<int16_t>((Squash(logit_q8) - 32768) >> 4);
  return static_cast<uint32_t>(std::clamp((logit_q8 + 2048) >> 7, 0, 31));
}

void ContextMixer::EnterMaps(const Lane& lane) {
  const uint32_t recent = static_cast<uint32_t>(lane.contexts_.recent());
  const uint32_t order1 = HashBits((recent & 0xFF) << 8 | lane.node_, 13);
  const uint32_t order2 = HashBits((recent & 0xFFFF) << 8 | lane.node_, 17);
  order1_map_.Enter(order1 & map_mask_);
  order2_map_.Enter(order2 & map_mask_);
}

uint32_t ContextMixer::Refine(int logit_q8) {
  const int refined1 = order1_map_.Predict(logit_q8);
  const int refined2 = order2_map_.Predict(logit_q8);
  const int p_q16 = (Squash(logit_q8) + refined1 + 2 * refined2) / 4;
  return static_cast<uint32_t>(std::clamp(p_q16, 1, 65535));
}

// Where the half has been entered. Inlined: it is the innermost loop.
[[gnu::always_inline]] inline uint32_t ContextMixer::PredictHere(Lane& lane) {
  EnterMaps(lane);
  const unsigned node_bits = 31 - static_cast<unsigned>(__builtin_clz(lane.node_));
  const uint32_t bit_index = 7 - node_bits;
  const uint64_t recent = lane.contexts_.recent();
  const uint32_t c1 = recent & 0xFF;
  const uint32_t c2 = recent >> 8 & 0xFF;
  const uint32_t local = lane.index_ * 256;
  Mixer::Eight tail = {};
  const uint32_t grade = MatchGrade(FillMatchInputs(lane, static_cast<int>(bit_index), tail));
  tail[mixer_inputs::kBias - kTail] = 256;
  Mixer::Contexts contexts = {
      {local + lane.node_, local + c1, grade * 8 + bit_index, local + c2, 0},
      {lane.node_, grade * 8 + bit_index}};
  for (size_t i = 0; i < opinions_; ++i) {
    const uint32_t trust = FillOpinionInputs(lane, i, tail) * 8 + bit_index;
    contexts.first[kSharedFirstSets + i] = trust;
    contexts.final[kSharedFinalSets + i] = trust;
  }
  mixer_.SetInputs(kTail, tail);
  const uint32_t seen = static_cast<uint32_t>(
      kernels_.gather(lane.view_.slots(), static_cast<int>(lane.half_node_), history_map_.data(),
                      lane.view_.last_bytes(), lane.node_, static_cast<int>(bit_index),
                      &context_bit_, mixer_.inputs()));
  contexts.first[kSeenSet] = seen * 8 + bit_index;
  return Refine(mixer_.Predict(contexts));
}

uint32_t ContextMixer::Predict(Lane& lane) {
  if (lane.node_ == 1 || (lane.node_ & ~15u) == 16) {
    if (lane.node_ == 1) lane.is_match_alive_ = lane.match_.length() > 0;
    EnterHalf(lane);
  }
  return PredictHere(lane);
}

uint32_t ContextMixer::Peek(Lane& lane, uint32_t node) {
  const int bits = static_cast<int>(std::bit_width(node)) - 1;
  lane.node_ = lane.half_node_ = node;
  if (bits >= 4) {
    lane.half_node_ = (node & ((1u << (bits - 4)) - 1)) | 1u << (bits - 4);
    contexts_.PeekSecond(node >> (bits - 4), lane.view_);
  } else if (node == 1) {
    contexts_.PeekFirst(lane.contexts_.hashes(), lane.view_);
  } else {
    ContextTable::ReturnToFirst(lane.view_);
  }
  lane.is_match_alive_ =
      lane.match_.length() > 0 && (lane.match_.expected_byte() | 256u) >> (8 - bits) == node;
  const uint32_t p1_q16 = PredictHere(lane);
  lane.node_ = lane.half_node_ = 1;
  return p1_q16;
}

// With the bit behind `node` an eighth of it. (Inlined, since GCC 12 drops calls of functions that
// do nothing but prefetch.)
[[gnu::always_inline]] inline void ContextMixer::PrefetchAwaited(uint32_t node) const {
  const size_t bit_index = static_cast<size_t>(std::bit_width(node)) - 1;
  constexpr size_t kAtOnce = kContexts / 8;
  const ContextTable::Hashes& hashes = awaited_->contexts_.hashes();
  for (size_t i = 0; i < kAtOnce; ++i) contexts_.PrefetchFirst(hashes[kAtOnce * bit_index + i]);
  const uint32_t local = awaited_->index_ * 256;
  const uint64_t recent = awaited_->contexts_.recent();
  if (bit_index == 1) mixer_.PrefetchFirst(0, local + 1);
  if (bit_index == 2) mixer_.PrefetchFirst(1, local + (recent & 0xFF));
  if (bit_index == 3) mixer_.PrefetchFirst(3, local + (recent >> 8 & 0xFF));
}

// Asks for the memory of what comes next, which arrives while this bit is learned.
void ContextMixer::Foresee(Lane& lane, uint32_t next_node) {
  if (next_node >= 256) {
    lane.contexts_.UpdateByte(static_cast<uint8_t>(next_node), lane.position_ + 1 - lane.begin_);
    if (awaited_ == nullptr) contexts_.PrefetchFirst(lane.contexts_.hashes());
  } else if ((next_node & ~15u) == 16) {
    contexts_.PrefetchSecond(next_node, lane.view_);
  }
}

void ContextMixer::Update(Lane& lane, int bit) {
  if (awaited_ != nullptr) PrefetchAwaited(lane.node_);
  Foresee(lane, lane.node_ << 1 | static_cast<uint32_t>(bit));
  mixer_.Update(bit);
  order1_map_.Update(bit);
  order2_map_.Update(bit);
  const unsigned b = static_cast<unsigned>(bit);
  kernels_.learn(lane.view_.slots(), static_cast<int>(lane.half_node_), history_map_.data(),
                 &context_bit_, bit, &steps_);
  if (bit_match_length_ != nullptr) {
    bit_match_length_->Update<6, 8>(bit);
    bit_match_byte_->Update<4, 6>(bit);
    const unsigned node_bits = 31 - static_cast<unsigned>(__builtin_clz(lane.node_));
    if ((lane.match_.expected_byte() >> (7 - node_bits) & 1) != b) lane.is_match_alive_ = false;
  }
  lane.node_ = lane.node_ << 1 | b;
  lane.half_node_ = lane.half_node_ << 1 | b;
}

void ContextMixer::UpdateByte(Lane& lane) {
  const uint8_t byte = lane.block_[lane.position_++];
  contexts_.Leave(byte, lane.view_);
  lane.match_.UpdateByte(match_table_, lane.position_);
  lane.node_ = 1;
}

}  // namespace lmz
