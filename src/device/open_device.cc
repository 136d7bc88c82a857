#include "device/open_device.h"

#include <charconv>
#include <string_view>

#include "device/auto_device.h"
#include "device/cuda_device.h"

namespace lmz {

Result<DeviceChoice> ParseDevice(const std::string& name) {
  using Kind = DeviceChoice::Kind;
  if (name == "cpu") return DeviceChoice{};
  if (name == "auto") return DeviceChoice{.kind = Kind::kAuto};
  if (name == "cuda") return DeviceChoice{.kind = Kind::kCuda};
  constexpr std::string_view kNumbered = "cuda:";
  if (name.starts_with(kNumbered)) {
    DeviceChoice choice = {.kind = Kind::kCuda};
    const char* const end = name.data() + name.size();
    const auto [rest, error] = std::from_chars(name.data() + kNumbered.size(), end, choice.number);
    if (error == std::errc() && rest == end && choice.number >= 0) return choice;
  }
  return Status(Code::kInvalidArgument,
                "'" + name + "' is not a device; there are cpu, auto, cuda and cuda:N");
}

Result<std::shared_ptr<Device>> OpenDevice(const DeviceChoice& choice) {
  if (choice.kind == DeviceChoice::Kind::kCpu) return std::shared_ptr<Device>();
  if (choice.kind == DeviceChoice::Kind::kAuto) return AutoDevice();
  return OpenCuda(choice.number);
}

}  // namespace lmz
