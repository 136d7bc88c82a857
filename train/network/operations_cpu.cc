#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "train/network/operations.h"

namespace lmz::train {

namespace {

constexpr int kBlocks = 16;
constexpr int kByteCount = 256;

const float* Floats(const void* p) {
  return static_cast<const float*>(p);
}
float* Floats(void* p) {
  return static_cast<float*>(p);
}

float Sigmoid(float z) {
  return 1.0f / (1.0f + std::exp(-z));
}

float Dot(const float* a, const float* b, int size) {
  float sum = 0;
  for (int i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

float InverseRms(const float* x, int width) {
  return 1.0f / std::sqrt(Dot(x, x, width) / static_cast<float>(width) + kNormEpsilon);
}

// f(i) for i in 0 .. count - 1, on several threads.
template <class F>
void ForEach(int64_t count, const F& f) {
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i);
  });
}

// f(row, block) for every row; rows of one block come one after the other.
template <class F>
void ForEachRow(int rows, int blocks, const F& f) {
  ForEach(blocks, [&](int64_t block) {
    for (int64_t row = block; row < rows; row += blocks) f(row, block);
  });
}

void DoGatherBytes(const GatherBytes& a, void*) {
  const int length = a.batch.steps + 1;
  for (int64_t row = 0; row < a.batch.rows; ++row) {
    for (int i = 0; i < length; ++i) {
      a.window[row * length + i] = a.data[(a.position[row] + a.size - 1 + i) % a.size];
    }
    if (a.fresh[row] != 0) a.window[row * length] = 0;
  }
}

void DoEmbed(const Embed& a, void*) {
  ForEach(a.batch.rows, [&](int64_t row) {
    for (int64_t t = 0; t < a.batch.steps; ++t) {
      const float* from = a.table + a.window[row * (a.batch.steps + 1) + t] * a.width;
      std::copy(from, from + a.width, Floats(a.out) + (row * a.batch.steps + t) * a.width);
    }
  });
}

void DoOneHot(const OneHot& a, void*) {
  const int64_t count = int64_t{a.batch.rows} * a.batch.steps;
  std::fill(Floats(a.out), Floats(a.out) + count * kByteCount, 0.0f);
  for (int64_t i = 0; i < count; ++i) {
    Floats(a.out)[i * kByteCount + a.window[i + i / a.batch.steps]] = 1;
  }
}

void DoSumRows(const SumRows& a, void*) {
  for (int column = 0; column < a.columns; ++column) {
    float sum = 0;
    for (int64_t row = 0; row < a.rows; ++row) sum += a.partials[row * a.columns + column];
    (column < a.split ? a.first[column] : a.second[column - a.split]) = sum;
  }
}

void DoNormShift(const NormShift& a, void*) {
  const int64_t size = int64_t{a.batch.rows} * a.batch.steps * a.width;
  const int width = a.width;
  ForEach(a.batch.rows, [&](int64_t row) {
    std::vector<float> x(static_cast<size_t>(width)), n(x), p(x);
    if (a.mixes > 0) std::copy_n(Floats(a.previous) + row * width, width, p.begin());
    for (int64_t t = 0; t < a.batch.steps; ++t) {
      const int64_t at = (row * a.batch.steps + t) * width;
      std::copy_n(Floats(a.x) + at, width, x.begin());
      if (a.addend != nullptr) {
        for (int i = 0; i < width; ++i) x[static_cast<size_t>(i)] += Floats(a.addend)[at + i];
        std::copy(x.begin(), x.end(), Floats(a.sum) + at);
      }
      const float scale = InverseRms(x.data(), width);
      for (int i = 0; i < width; ++i) {
        const auto k = static_cast<size_t>(i);
        n[k] = x[k] * scale * a.weight[i];
        float* out = Floats(a.out) + at + i;
        if (a.mixes == 0) *out = n[k];
        for (int m = 0; m < a.mixes; ++m) {
          out[m * size] = n[k] + (p[k] - n[k]) * a.mix[m * width + i];
        }
      }
      p.swap(n);
    }
    if (a.mixes > 0) std::copy(p.begin(), p.end(), Floats(a.last) + row * width);
  });
}

// The steps of one row in descending order.
void NormShiftBackwardRow(const NormShiftBackward& a, int64_t row, float* partials) {
  const int64_t size = int64_t{a.batch.rows} * a.batch.steps * a.width;
  const int width = a.width;
  std::vector<float> later(static_cast<size_t>(width), 0.0f), before(later), dn(later);
  for (int64_t t = a.batch.steps - 1; t >= 0; --t) {
    const int64_t at = (row * a.batch.steps + t) * width;
    const float* x = Floats(a.x) + at;
    const float scale = InverseRms(x, width);
    if (t > 0) {
      const float before_scale = InverseRms(x - width, width);
      for (int i = 0; i < width; ++i) {
        before[static_cast<size_t>(i)] = x[i - width] * before_scale * a.weight[i];
      }
    } else if (a.mixes > 0) {
      std::copy_n(Floats(a.previous) + row * width, width, before.begin());
    }
    for (int i = 0; i < width; ++i) {
      const auto k = static_cast<size_t>(i);
      const float n = x[i] * scale * a.weight[i];
      const float* g = Floats(a.out_gradient) + at + i;
      dn[k] = a.mixes == 0 ? *g : later[k];
      later[k] = 0;
      for (int m = 0; m < a.mixes; ++m) {
        const float shifted = g[m * size] * a.mix[m * width + i];
        dn[k] += g[m * size] - shifted;
        later[k] += shifted;
        partials[(1 + m) * width + i] += g[m * size] * (before[k] - n);
      }
      partials[i] += dn[k] * x[i] * scale;
      dn[k] *= a.weight[i];
    }
    const float along =
        Dot(dn.data(), x, width) * scale * scale * scale / static_cast<float>(width);
    float* dx = Floats(a.x_gradient) + at;
    for (int i = 0; i < width; ++i) {
      dx[i] = (a.add ? dx[i] : 0) + dn[static_cast<size_t>(i)] * scale - x[i] * along;
    }
  }
}

void DoNormShiftBackward(const NormShiftBackward& a, void*) {
  const int64_t size = int64_t{1 + a.mixes} * a.width;
  std::fill(a.partials, a.partials + a.blocks * size, 0.0f);
  ForEachRow(a.batch.rows, a.blocks, [&](int64_t row, int64_t block) {
    NormShiftBackwardRow(a, row, a.partials + block * size);
  });
}

void DoScan(const Scan& a, void*) {
  const int width = a.width;
  ForEach(a.batch.rows, [&](int64_t row) {
    float* end = a.end + row * width;
    std::copy_n(a.start + row * width, width, end);
    for (int64_t t = 0; t < a.batch.steps; ++t) {
      const int64_t at = (row * a.batch.steps + t) * width;
      for (int i = 0; i < width; ++i) {
        const float u = Sigmoid(-(Floats(a.forget)[at + i] + a.bias[i]));
        end[i] += u * (Floats(a.value)[at + i] - end[i]);
        Floats(a.state)[at + i] = end[i];
      }
    }
  });
}

void DoScanBackward(const ScanBackward& a, void*) {
  const int width = a.width;
  ForEach(a.batch.rows, [&](int64_t row) {
    std::vector<float> later(static_cast<size_t>(width), 0.0f);
    float* bias_sum = a.partials + row * width;
    std::fill(bias_sum, bias_sum + width, 0.0f);
    for (int64_t t = a.batch.steps - 1; t >= 0; --t) {
      const int64_t at = (row * a.batch.steps + t) * width;
      const float* before = t > 0 ? Floats(a.state) + at - width : a.start + row * width;
      for (int i = 0; i < width; ++i) {
        const auto k = static_cast<size_t>(i);
        const float u = Sigmoid(-(Floats(a.forget)[at + i] + a.bias[i]));
        const float total = Floats(a.state_gradient)[at + i] + later[k];
        const float dz = total * (before[i] - Floats(a.value)[at + i]) * u * (1 - u);
        Floats(a.value_gradient)[at + i] = total * u;
        Floats(a.forget_gradient)[at + i] = dz;
        bias_sum[i] += dz;
        later[k] = total * (1 - u);
      }
    }
  });
}

void DoNormGate(const NormGate& a, void*) {
  ForEach(int64_t{a.batch.rows} * a.batch.steps, [&](int64_t position) {
    const int64_t at = position * a.width;
    const float* state = Floats(a.state) + at;
    const float* gate = Floats(a.gate) + at;
    const float scale = InverseRms(state, a.width);
    for (int i = 0; i < a.width; ++i) {
      Floats(a.out)[at + i] = state[i] * scale * a.weight[i] * gate[i] * Sigmoid(gate[i]);
    }
  });
}

void DoNormGateBackward(const NormGateBackward& a, void*) {
  const int width = a.width;
  std::fill(a.partials, a.partials + int64_t{a.blocks} * width, 0.0f);
  ForEachRow(a.batch.rows, a.blocks, [&](int64_t row, int64_t block) {
    std::vector<float> weighted(static_cast<size_t>(width));
    float* weight_sum = a.partials + block * width;
    for (int64_t t = 0; t < a.batch.steps; ++t) {
      const int64_t at = (row * a.batch.steps + t) * width;
      const float* state = Floats(a.state) + at;
      const float scale = InverseRms(state, width);
      for (int i = 0; i < width; ++i) {
        const float gate = Floats(a.gate)[at + i], g = Floats(a.out_gradient)[at + i];
        const float sigmoid = Sigmoid(gate), silu = gate * sigmoid, normal = state[i] * scale;
        Floats(a.gate_gradient)[at + i] =
            g * normal * a.weight[i] * (sigmoid + silu - silu * sigmoid);
        weight_sum[i] += g * silu * normal;
        weighted[static_cast<size_t>(i)] = g * silu * a.weight[i];
      }
      const float along =
          Dot(weighted.data(), state, width) * scale * scale * scale / static_cast<float>(width);
      for (int i = 0; i < width; ++i) {
        Floats(a.state_gradient)[at + i] =
            weighted[static_cast<size_t>(i)] * scale - state[i] * along;
      }
    }
  });
}

void DoSquaredRelu(void* x, int64_t size, void*) {
  float* values = Floats(x);
  for (int64_t i = 0; i < size; ++i) {
    const float positive = std::max(0.0f, values[i]);
    values[i] = positive * positive;
  }
}

void DoSquaredReluBackward(const void* square, void* gradient, int64_t size, void*) {
  for (int64_t i = 0; i < size; ++i) Floats(gradient)[i] *= 2 * std::sqrt(Floats(square)[i]);
}

// Softmax of one position in place; the loss in nats.
float Softmax(float* logits, const float* bias, int target) {
  for (int i = 0; i < kByteCount; ++i) logits[i] += bias[i];
  const float largest = *std::max_element(logits, logits + kByteCount);
  const float chosen = logits[target];
  float total = 0;
  for (int i = 0; i < kByteCount; ++i) total += logits[i] = std::exp(logits[i] - largest);
  for (int i = 0; i < kByteCount; ++i) logits[i] /= total;
  return largest + std::log(total) - chosen;
}

void DoLoss(const Loss& a, void*) {
  std::fill(a.loss_partials, a.loss_partials + a.blocks, 0.0f);
  if (a.gradient) std::fill(a.bias_partials, a.bias_partials + a.blocks * kByteCount, 0.0f);
  const float share = 1.0f / static_cast<float>(int64_t{a.batch.rows} * a.batch.steps);
  ForEachRow(a.batch.rows, a.blocks, [&](int64_t row, int64_t block) {
    for (int64_t t = 0; t < a.batch.steps; ++t) {
      float* logits = Floats(a.logits) + (row * a.batch.steps + t) * kByteCount;
      const int target = a.window[row * (a.batch.steps + 1) + t + 1];
      a.loss_partials[block] += Softmax(logits, a.bias, target);
      if (!a.gradient) continue;
      logits[target] -= 1;
      for (int i = 0; i < kByteCount; ++i) {
        logits[i] *= share;
        a.bias_partials[block * kByteCount + i] += logits[i];
      }
    }
  });
}

void DoAdamW(const AdamW& a, void*) {
  const float scale = std::min(1.0f, a.clip / (a.norm[0] + 1e-6f));
  for (int64_t i = 0; i < a.size; ++i) {
    const float gradient = a.gradient[i] * scale;
    a.mean[i] += (1 - a.beta1) * (gradient - a.mean[i]);
    a.square[i] += (1 - a.beta2) * (gradient * gradient - a.square[i]);
    const float step = a.mean[i] / a.rate[1] / (std::sqrt(a.square[i] / a.rate[2]) + a.epsilon);
    a.value[i] -= a.rate[0] * (step + a.weight_decay * a.value[i]);
  }
}

}  // namespace

const Operations& CpuOperations() {
  static constexpr Operations kTable = {
      DoGatherBytes, DoEmbed,
      DoOneHot,      DoSumRows,
      DoNormShift,   DoNormShiftBackward,
      DoScan,        DoScanBackward,
      DoNormGate,    DoNormGateBackward,
      DoSquaredRelu, DoSquaredReluBackward,
      DoLoss,        DoAdamW,
      kBlocks,
  };
  return kTable;
}

}  // namespace lmz::train
