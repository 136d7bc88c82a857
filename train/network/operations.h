// What the network does besides matrix products, as plain functions on raw memory: one table of
// them for the CPU (float), and one for CUDA devices (float or bfloat16).
//
// Shapes: a batch has `rows` sequences of `steps` bytes, N = rows * steps positions in all,
// position row * steps + step. "T" is the table's element type; pointers to T are written void*.
// Widths are multiples of 16, steps a multiple of 16. Sums over positions (gradients of small
// parameters) come as `partials`: one row of floats per block of positions, for the caller to add
// up; the division into blocks is fixed, so results can be repeated. Nothing is allocated; CUDA
// functions enqueue on `stream` and return at once.
#pragma once

#include <cstdint>

namespace lmz::train {

inline constexpr float kNormEpsilon = 1e-5f;
inline constexpr int kMaxWidth = 512;  // of the residual stream and of the state

struct BatchShape {
  int rows = 0;
  int steps = 0;
};

// window [rows][steps + 1]: the byte before position[row] of the data, which is read as a ring, and
// those from there on. Where fresh[row] is not 0 the first one is 0, as at the start of a lane.
struct GatherBytes {
  BatchShape batch;
  const uint8_t* data;
  int64_t size;
  const int64_t* position;
  const uint8_t* fresh;
  uint8_t* window;
};

// out [N][width] = table[byte].
struct Embed {
  BatchShape batch;
  int width;
  const uint8_t* window;
  const float* table;  // [256][width]
  void* out;
};

// out [N][256] = 1 where the column is the byte, else 0.
struct OneHot {
  BatchShape batch;
  const uint8_t* window;
  void* out;
};

// The columns' sums of partials [rows][columns]; the first `split` go to `first`, the others to
// `second`.
struct SumRows {
  int rows;
  int columns;
  int split;
  const float* partials;
  float* first;
  float* second;
};

// x += addend (if there is one, in place); n = weight * x over its root mean square;
// out[i] = n + (n of the previous step - n) * mix[i], or n itself where mixes is 0.
struct NormShift {
  BatchShape batch;
  int width;
  int mixes;           // 0, 1 or 3
  const void* x;       // [N][width]
  const void* addend;  // [N][width] or null
  void* sum;           // [N][width]: x + addend; unused without an addend
  const float* weight;
  const float* mix;      // [mixes][width]
  const void* previous;  // [rows][width]: n of the step before the first
  void* last;            // [rows][width]: n of the last step
  void* out;             // [max(1, mixes)][N][width]
};

// x here is what was normalised: the sum where there was an addend.
struct NormShiftBackward {
  BatchShape batch;
  int width;
  int mixes;
  int blocks;
  const void* x;
  const float* weight;
  const float* mix;
  const void* previous;
  const void* out_gradient;  // [max(1, mixes)][N][width]
  void* x_gradient;          // [N][width]
  bool add;                  // to x_gradient, or replace it
  float* partials;           // [blocks][1 + mixes][width]: weight, then mix
};

// u = 1 - sigmoid(forget + bias); state = state of the previous step + u * (value - that).
struct Scan {
  BatchShape batch;
  int width;
  const void* value;   // [N][width]
  const void* forget;  // [N][width]
  const float* bias;
  const float* start;  // [rows][width]
  float* end;          // [rows][width]
  void* state;         // [N][width]
};

struct ScanBackward {
  BatchShape batch;
  int width;
  const void* value;
  const void* forget;
  const float* bias;
  const float* start;
  const void* state;
  const void* state_gradient;  // [N][width]
  void* value_gradient;
  void* forget_gradient;
  float* partials;  // [rows][width]: bias
};

// out = weight * state over its root mean square * silu(gate).
struct NormGate {
  BatchShape batch;
  int width;
  const void* state;
  const void* gate;
  const float* weight;
  void* out;
};

struct NormGateBackward {
  BatchShape batch;
  int width;
  int blocks;
  const void* state;
  const void* gate;
  const float* weight;
  const void* out_gradient;
  void* state_gradient;
  void* gate_gradient;
  float* partials;  // [blocks][width]
};

// The cross-entropy of the bytes that follow, in nats. With `gradient`, logits are replaced by the
// gradient of the mean over all N.
struct Loss {
  BatchShape batch;
  int blocks;
  bool gradient;
  const uint8_t* window;
  const float* bias;     // [256]
  void* logits;          // [N][256], before the bias
  float* loss_partials;  // [blocks]
  float* bias_partials;  // [blocks][256]; used with `gradient` alone
};

// AdamW with the gradient scaled by min(1, clip / norm).
struct AdamW {
  int64_t size;
  float weight_decay;
  float beta1;
  float beta2;
  float epsilon;
  float clip;
  const float* rate;  // [3]: learning rate, 1 - beta1^step, 1 - beta2^step
  const float* norm;  // [1]: of the whole gradient
  const float* gradient;
  float* mean;
  float* square;
  float* value;
};

struct Operations {
  void (*gather_bytes)(const GatherBytes&, void* stream);
  void (*embed)(const Embed&, void* stream);
  void (*one_hot)(const OneHot&, void* stream);
  void (*sum_rows)(const SumRows&, void* stream);
  void (*norm_shift)(const NormShift&, void* stream);
  void (*norm_shift_backward)(const NormShiftBackward&, void* stream);
  void (*scan)(const Scan&, void* stream);
  void (*scan_backward)(const ScanBackward&, void* stream);
  void (*norm_gate)(const NormGate&, void* stream);
  void (*norm_gate_backward)(const NormGateBackward&, void* stream);
  void (*squared_relu)(void* x, int64_t size, void* stream);  // x = max(0, x)^2
  // gradient *= 2 * sqrt(square), where square is what squared_relu left.
  void (*squared_relu_backward)(const void* square, void* gradient, int64_t size, void* stream);
  void (*loss)(const Loss&, void* stream);
  void (*adamw)(const AdamW&, void* stream);
  int blocks;  // how many blocks of positions suit the device
};

const Operations& CpuOperations();
const Operations& CudaOperations(bool bfloat16);  // only in a build with CUDA

}  // namespace lmz::train
