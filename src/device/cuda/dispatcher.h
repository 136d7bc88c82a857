// Gathers the steps that threads ask for and hands them to a GPU, many at a time.
//
// A thread that asks for a step sleeps until it is done. One thread of the dispatcher launches what
// has gathered, and watches words in pinned memory that the kernels set: a launch per batch is the
// only call of the driver. Launches go to many streams, so that they run side by side: while some
// lanes are stepped, the threads of others mix and code, and ask for the next batch.
#pragma once

#include <cuda_runtime.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "device/cuda/network.h"

namespace lmz::cuda {

// One step, or several ahead. Its memory is pinned but for `states`.
struct Request {
  const Network* network = nullptr;
  char* states = nullptr;  // of the first lane
  int count = 1;           // lanes
  int times = 1;
  const uint8_t* last_bytes = nullptr;  // [times][count]
  uint32_t* opinions = nullptr;         // [times][count][256]
  const uint8_t* fresh = nullptr;       // [count]: not 0 where a lane is new
  volatile uint32_t* done = nullptr;    // [kMaxTilesOfRequest]: of the dispatcher

  // Of the dispatcher.
  int tiles = 0;
  int stream = 0;
  std::atomic<uint32_t> state = 0;
};

// With 8 lanes each.
constexpr int kMaxTilesOfRequest = 32;

class Dispatcher {
 public:
  // `device` is the number of the GPU, which stays in use by it.
  Dispatcher(int device, int multiprocessors);
  // Nobody waits for a request any more.
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Does what is asked and waits for it; false when the device fails, then and ever after.
  // Thread-safe.
  bool Run(Request& request);

  // Why it failed.
  std::string failure();

 private:
  static constexpr int kStreams = 32;

  void Work();
  void Launch(std::vector<Request*>& batch);
  void LaunchTiles(const Network& network, const TileList& tiles, int count, TileShape shape,
                   int stream);
  int FreeStream();
  bool Collect();
  void CheckStreams();
  void Fail(cudaError_t error);

  const int device_;
  const int multiprocessors_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Request*> pending_;  // guarded by mutex_
  std::string failure_;            // guarded by mutex_
  bool is_closing_ = false;        // guarded by mutex_
  std::atomic<bool> has_failed_ = false;

  // Of its thread:
  std::vector<Request*> running_;
  cudaStream_t streams_[kStreams] = {};
  int users_[kStreams] = {};  // requests in flight
  int next_stream_ = 0;
  int lanes_running_ = 0;
  uint32_t ticket_ = 0;

  std::thread thread_;
};

}  // namespace lmz::cuda
