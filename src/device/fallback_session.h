// A session that may lose its device.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "model/predictor.h"

namespace lmz {

// What a device does for a session. Calls for distinct lanes may come from distinct threads, as
// those of a Session.
class RemoteLanes {
 public:
  RemoteLanes() = default;
  RemoteLanes(const RemoteLanes&) = delete;
  RemoteLanes& operator=(const RemoteLanes&) = delete;
  virtual ~RemoteLanes() = default;

  // As Session::StepAhead; kIo when the device fails.
  virtual Status Step(int first, int count, int times, const uint8_t* last_bytes,
                      uint32_t* opinions) = 0;
  virtual void Reset(int lane) = 0;
};

// Remembers which bytes its lanes have read. When the device fails, it begins anew on the CPU,
// reads them again, and goes on there: nobody notices but by the time.
class FallbackSession final : public Session {
 public:
  // `predictor` outlives this. `failed` is told of a failure, perhaps by several threads.
  FallbackSession(std::unique_ptr<RemoteLanes> remote, const Predictor& predictor,
                  const SessionSize& size, std::function<void(const Status&)> failed);

  using Session::Step;
  // A step in parts is done in its last one.
  Status Step(int worker, int first, int count, StepPart part, const uint8_t* last_bytes,
              uint32_t* opinions) override;
  Status StepAhead(int worker, int first, int count, int times, const uint8_t* last_bytes,
                   uint32_t* opinions) override;
  void Reset(int lane) override;
  // Reads all that `other` has read, and goes on on the CPU.
  void CopyFrom(const Session& other) override;

 private:
  Session& Local();
  Status CatchUp(Session& local, int worker, int lane);

  std::unique_ptr<RemoteLanes> remote_;
  const Predictor& predictor_;
  const SessionSize size_;
  const std::function<void(const Status&)> failed_;
  std::vector<Bytes> read_;        // [lane]: what it has read
  std::vector<uint8_t> is_local_;  // [lane]
  std::mutex mutex_;
  std::unique_ptr<Session> local_;  // made under mutex_
};

}  // namespace lmz
