// What a launch of the step kernel takes, and the launch itself.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>

namespace lmz::cuda {

#ifdef __CUDACC__
#define LMZ_CUDA_BOTH __host__ __device__
#else
#define LMZ_CUDA_BOTH
#endif

constexpr int kUnit = 32;  // columns of a tile of weights

LMZ_CUDA_BOTH constexpr int WholeUnits(int size) {
  return (size + kUnit - 1) / kUnit * kUnit;
}

// The MLP has at most so many numbers for each one of the longest vector, in whole units of 64.
constexpr int kHiddenShare = 4;

constexpr int kMaxLayers = 64;
// Of a launch: all arguments together fit in 4 KB.
constexpr int kMaxTiles = 32;

// Where what a step reads lies: everything of one layer behind `layer * layer_size`, in bytes. Of a
// matrix its row scales come first, then its weights in the order of StepKernel.
struct NetworkView {
  int width, layers, state, hidden;

  const char* layer_data;
  int64_t layer_size;
  struct Offsets {
    int64_t input_norm, state_norm, hidden_norm;
    int64_t mix[3], hidden_mix, forget_bias;
    int64_t value, forget, gate, output, up, down;
  } at;

  // The numbers that differ from layer to layer. A narrowed sum times its scale has `base` fraction
  // bits more than the input.
  enum Matrix { kValue, kForget, kGate, kOutput, kUp, kDown, kMatrices };
  enum Norm { kInput, kState, kHidden, kNorms };
  int16_t base[kMaxLayers][kMatrices];
  int8_t sum_shift[kMaxLayers][kMatrices];
  int8_t fraction[kMaxLayers][kNorms];
  uint64_t residual_epsilon, state_epsilon;

  const int16_t* embedding;
  const int16_t* final_norm;
  const char* head;  // as a matrix of a layer
  const int32_t* head_bias;
  int head_base, head_shift, final_fraction;

  const uint16_t* sigmoid_below;  // [4096]: Sigmoid(-z)
  const uint32_t* exp2;           // [1024]
};

// Some lanes that one block of threads steps.
struct Tile {
  char* states;               // of its first lane
  const uint8_t* last_bytes;  // of its first lane, then `stride` bytes a step
  uint32_t* opinions;         // [256] for its first lane, then stride * 256 a step
  uint32_t* done;             // becomes `ticket` when all is written; may be null
  uint64_t fresh;             // bits of lanes that are new
  uint32_t ticket;
  int16_t count;  // lanes
  int16_t stride;
  int32_t times;
  int32_t opinions_stride;  // of opinions, in steps' place of stride * 256 when not negative
};

struct TileList {
  Tile tile[kMaxTiles];
};
static_assert(sizeof(NetworkView) + sizeof(TileList) <= 4096);

// How a block of threads is shaped.
struct TileShape {
  int lanes;  // 8, 16 or 32
  int warps;
  int blocks_together;  // on one multiprocessor
};

// Bytes of a lane's state: for each layer Q14 numbers [state], the vectors before [2][width].
inline int64_t StateSize(const NetworkView& network) {
  return int64_t{network.layers} * (4 * network.state + 4 * network.width);
}

// All that there are, from the smallest on.
inline constexpr TileShape kTileShapes[] = {{8, 8, 2}, {16, 8, 2}, {32, 8, 2}};

// The smallest of at least so many lanes, at most 32.
inline TileShape ShapeOf(int lanes) {
  TileShape found = {};
  for (const TileShape& shape : kTileShapes) {
    found = shape;
    if (shape.lanes >= lanes) break;
  }
  return found;
}

// Strides of rows in shared memory, of which eight times 16 bytes hit all banks once.
struct SharedLayout {
  int residual;   // numbers of 32 bits
  int quantized;  // bytes
  int gate;       // numbers of 16 bits
  int hidden;     // bytes: numbers of 16 bits, then in their place quantised ones
  int logits;     // numbers of 32 bits
  // Where each begins, in bytes; the last is the size of all.
  int quantized_at, more_at, gate_at, scales_at, size;

  LMZ_CUDA_BOTH SharedLayout(const NetworkView& network, int lanes) {
    const int widest = network.width > network.state ? network.width : network.state;
    residual = network.width + 4;
    quantized = WholeUnits(widest) + 16;
    gate = network.state + 4;
    hidden = 2 * WholeUnits(network.hidden) + 16;
    logits = 256 + 4;
    quantized_at = lanes * residual * 4;
    more_at = quantized_at + lanes * quantized;
    gate_at = more_at + 2 * lanes * quantized;
    int more = 2 * quantized + gate * 2;
    more = more > hidden ? more : hidden;
    more = more > logits * 4 ? more : logits * 4;
    scales_at = more_at + (lanes * more + 15) / 16 * 16;
    size = scales_at + 3 * lanes * 4 + 16;
  }
};

// Shared memory that a block takes, in bytes.
inline size_t SharedSize(const NetworkView& network, int lanes) {
  return static_cast<size_t>(SharedLayout(network, lanes).size);
}

// Whether there is a kernel for this network at all.
bool IsKnownShape(const NetworkView& network);

// Once per device before the first launch: lets the kernels for it take the shared memory.
cudaError_t PrepareStep(const NetworkView& network, int shared_limit);

// Starts `count` (1 .. kMaxTiles) tiles of at most `shape.lanes` lanes each.
cudaError_t LaunchStep(const NetworkView& network, const TileList& tiles, int count,
                       TileShape shape, cudaStream_t stream);

// Once per device: the tables of fixed_point.cuh, [256], [256], [128].
cudaError_t SetUniformTables(const uint16_t* root_seeds, const uint8_t* factors,
                             const int32_t* mantissas);

}  // namespace lmz::cuda
