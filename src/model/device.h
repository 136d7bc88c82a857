// Where networks run other than on the CPU's cores, such as a GPU. It is asked for sessions as a
// predictor is, and gives the same opinions, so that nobody can tell from the bytes what ran where.
#pragma once

#include <memory>
#include <string>

#include "model/predictor.h"
#include "model/token/token_predictor.h"

namespace lmz {

class CpuShare;  // base/cpu_share.h

class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  // As predictor.Begin(size), which it falls back to for predictors that it does not know and where
  // it has no memory. A session whose device fails goes on on the CPU. Its steps leave `share`, if
  // that is not null, while they wait. `predictor` outlives this device or is known to it by the
  // same id. May throw std::bad_alloc. Thread-safe.
  virtual std::unique_ptr<Session> Begin(const Predictor& predictor, const SessionSize& size,
                                         CpuShare* share) = 0;

  // The same for models of tokens.
  virtual std::unique_ptr<TokenSession> BeginTokens(const TokenPredictor& predictor,
                                                    const TokenSessionSize& size, CpuShare* share) {
    (void)share;
    return predictor.Begin(size);
  }

  // Whether it should be asked for sessions of a model of so many parameters, in blocks of so many
  // lanes, of which there are about so many (UINT64_MAX: nobody knows). Thread-safe.
  virtual bool IsWorthIt(uint64_t parameters, int lanes, uint64_t blocks) = 0;

  // Blocks of text that should be coded at the same time to keep it busy beside `threads` threads.
  virtual int BlocksTogether(int threads) const = 0;

  // Such as "NVIDIA H200".
  virtual std::string name() const = 0;

  // What went wrong first, so that the CPU did the work: one line; empty: nothing. Thread-safe.
  virtual std::string failure() const = 0;
};

}  // namespace lmz
