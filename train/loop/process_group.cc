#include "train/loop/process_group.h"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef LMZ_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef LMZ_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace lmz::train {

namespace {

constexpr std::chrono::milliseconds kMeetingTime = std::chrono::minutes(5);

// The number in a variable of the environment, or `otherwise` where it is not set.
Result<int> NumberFrom(const char* name, int otherwise, int most) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return otherwise;
  int number = 0;
  const char* const end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, number);
  if (error == std::errc() && rest == end && number >= 0 && number <= most) return number;
  return Status(Code::kInvalidArgument, std::string(name) + " is " + text +
                                            ", which is not a number from 0 to " +
                                            std::to_string(most));
}

}  // namespace

Result<GroupPlace> GroupPlaceFromEnvironment() {
  constexpr int kMostProcesses = 1 << 16, kMostPort = 65535;
  GroupPlace place;
  LMZ_ASSIGN(place.size, NumberFrom("WORLD_SIZE", 1, kMostProcesses));
  if (place.size <= 1) return GroupPlace();
  LMZ_ASSIGN(place.rank, NumberFrom("RANK", -1, place.size - 1));
  LMZ_ASSIGN(place.local_rank, NumberFrom("LOCAL_RANK", place.rank, kMostProcesses));
  LMZ_ASSIGN(place.port, NumberFrom("MASTER_PORT", -1, kMostPort));
  const char* const address = std::getenv("MASTER_ADDR");
  if (place.rank < 0 || place.port < 0 || address == nullptr) {
    return Status(Code::kInvalidArgument,
                  "WORLD_SIZE is set, so RANK, MASTER_ADDR and MASTER_PORT must be too");
  }
  place.address = address;
  return place;
}

struct ProcessGroup::Backend {
#ifdef LMZ_GLOO
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#endif
#ifdef LMZ_NCCL
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif

  // False where this program was built without the means for `device`.
  bool Connect(const c10::intrusive_ptr<c10d::Store>& store, const GroupPlace& place,
               const at::Device& device) {
#ifdef LMZ_NCCL
    if (device.is_cuda()) {
      nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.size);
      return true;
    }
#endif
#ifdef LMZ_GLOO
    if (device.is_cpu()) {
      const auto options = c10d::ProcessGroupGloo::Options::create();
      options->timeout = kMeetingTime;
      const bool loopback = place.address == "localhost" || place.address.starts_with("127.");
      options->devices.push_back(
          loopback ? c10d::ProcessGroupGloo::createDeviceForHostname(place.address)
                   : c10d::ProcessGroupGloo::createDefaultDevice());
      gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.size, options);
      return true;
    }
#endif
    static_cast<void>(store);
    static_cast<void>(place);
    static_cast<void>(device);
    return false;
  }
};

ProcessGroup::ProcessGroup() = default;
ProcessGroup::~ProcessGroup() = default;
ProcessGroup::ProcessGroup(ProcessGroup&&) noexcept = default;

Result<ProcessGroup> ProcessGroup::Join(const GroupPlace& place, const at::Device& device) {
  ProcessGroup group;
  if (place.size == 1) return group;
  try {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(place.port);
    options.isServer = place.rank == 0;
    options.numWorkers = static_cast<size_t>(place.size);
    options.timeout = kMeetingTime;
    const auto store = c10::make_intrusive<c10d::TCPStore>(place.address, options);
    auto backend = std::make_unique<Backend>();
    if (!backend->Connect(store, place, device)) {
      return Status(Code::kInvalidArgument,
                    "this lmz-train was built without communication between processes on " +
                        device.str() + ": train with one process");
    }
    group.backend_ = std::move(backend);
    group.rank_ = place.rank;
    group.size_ = place.size;
    // The first exchange makes the connections; later ones then take the time they need.
    group.Sum(at::zeros({1}, at::TensorOptions().device(device).dtype(at::kFloat)));
    return group;
  } catch (const std::exception& error) {
    return Status(Code::kIo, "cannot connect the processes at " + place.address + ":" +
                                 std::to_string(place.port) + ": " + error.what());
  }
}

void ProcessGroup::Sum(at::Tensor tensor) const {
  if (size_ == 1) return;
  std::vector<at::Tensor> tensors = {std::move(tensor)};
#ifdef LMZ_NCCL
  if (backend_->nccl) backend_->nccl->allreduce(tensors)->wait();
#endif
#ifdef LMZ_GLOO
  if (backend_->gloo) backend_->gloo->allreduce(tensors)->wait();
#endif
}

}  // namespace lmz::train
