#include "model/transformer/thread_team.h"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "cpu/pause.h"

namespace lmz {

namespace {

using namespace std::chrono_literals;

// How long a worker looks for the next job before it sleeps: longer than what lies between two jobs
// of a step.
constexpr int kLooks = 4000;
// Who waits longer than this and than some pieces take waits for a thread that does not run.
constexpr auto kStall = 200us;
constexpr auto kLeastAlone = 5ms;
constexpr auto kMostAlone = 640ms;

constexpr uint64_t JobOf(uint64_t left) {
  return left >> 32;
}
constexpr uint32_t CountOf(uint64_t left) {
  return static_cast<uint32_t>(left);
}

}  // namespace

int ThreadTeam::Pieces::Next() {
  if (team_ == nullptr) return taken_ < alone_ ? taken_++ : -1;
  if (first_ >= 0) return std::exchange(first_, -1);
  uint64_t left = team_->left_.load(std::memory_order_acquire);
  while (JobOf(left) == job_ && CountOf(left) > 0) {
    if (team_->left_.compare_exchange_weak(left, left - 1, std::memory_order_acq_rel)) {
      ++taken_;
      return team_->count_ - static_cast<int>(CountOf(left));
    }
  }
  return -1;
}

ThreadTeam::ThreadTeam(int wanted) : alone_for_(kLeastAlone) {
  for (int i = 1; i < wanted; ++i) {
    try {
      threads_.emplace_back([this, i] { Serve(i); });
    } catch (const std::system_error&) {
      break;
    } catch (const std::bad_alloc&) {
      break;
    }
  }
}

ThreadTeam::~ThreadTeam() {
  is_closing_ = true;
  ++calls_;
  calls_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadTeam::RunCall(int count, const Call& call) {
  const Clock::time_point begin = threads_.empty() ? Clock::time_point{} : Clock::now();
  if (threads_.empty() || count < 2 || begin < alone_until_) {
    Pieces pieces(nullptr, 0, count);
    return call.call(call.work, 0, pieces);
  }
  const auto job = static_cast<uint32_t>(JobOf(left_.load(std::memory_order_relaxed)) + 1);
  call_ = call;
  count_ = count;
  done_.store(0, std::memory_order_relaxed);
  // Sequentially consistent together with WaitForWork: either a worker that falls asleep sees the
  // job, or this sees the sleeper.
  left_.store(uint64_t{job} << 32 | static_cast<uint32_t>(count));
  if (sleepers_.load() > 0) {
    ++calls_;
    calls_.notify_all();
  }
  Pieces pieces(this, job, 0);
  call.call(call.work, 0, pieces);
  if (done_.fetch_add(pieces.taken_, std::memory_order_acq_rel) + pieces.taken_ < count) {
    WaitForOthers(count, (Clock::now() - begin) / std::max(1, pieces.taken_));
  }
}

// Until all pieces are done, of which one took the caller `piece_time`.
void ThreadTeam::WaitForOthers(int count, Clock::duration piece_time) {
  for (int i = 0; i < kLooks / 4; ++i) {
    if (done_.load(std::memory_order_acquire) == count) return;
    Pause();
  }
  const Clock::time_point begin = Clock::now();
  for (int done = done_.load(std::memory_order_acquire); done < count;
       done = done_.load(std::memory_order_acquire)) {
    done_.wait(done, std::memory_order_acquire);
  }
  const Clock::time_point end = Clock::now();
  if (end - begin < std::max<Clock::duration>(kStall, 4 * piece_time)) return;
  // Soon after the last time: longer.
  const bool again = end - alone_until_ < 4 * alone_for_;
  alone_for_ =
      again ? std::min<Clock::duration>(2 * alone_for_, kMostAlone) : Clock::duration(kLeastAlone);
  alone_until_ = end + alone_for_;
}

// False when the team closes.
bool ThreadTeam::WaitForWork(uint32_t last_job) {
  const auto has_work = [&] {
    const uint64_t left = left_.load();
    return CountOf(left) > 0 && JobOf(left) != last_job;
  };
  for (int i = 0; i < kLooks; ++i) {
    if (has_work()) return true;
    Pause();
  }
  while (true) {
    const uint32_t calls = calls_.load();
    ++sleepers_;
    const bool is_awake = has_work() || is_closing_.load();
    if (!is_awake) calls_.wait(calls);
    --sleepers_;
    if (is_closing_.load()) return false;
    if (has_work()) return true;
  }
}

void ThreadTeam::Serve(int worker) {
  uint32_t last_job = 0;
  while (WaitForWork(last_job)) {
    last_job = static_cast<uint32_t>(JobOf(left_.load(std::memory_order_acquire)));
    Pieces pieces(this, last_job, 0);
    // With a piece in hand the job cannot end, so that what belongs to it may be read.
    pieces.first_ = pieces.Next();
    if (pieces.first_ < 0) continue;
    const int count = count_;
    call_.call(call_.work, worker, pieces);
    if (done_.fetch_add(pieces.taken_, std::memory_order_acq_rel) + pieces.taken_ == count) {
      done_.notify_one();
    }
  }
}

}  // namespace lmz
