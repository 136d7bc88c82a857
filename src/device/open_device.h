// Devices by the names that users give them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "model/device.h"

namespace lmz {

// What a name asks for.
struct DeviceChoice {
  enum class Kind : uint8_t { kCpu, kAuto, kCuda };
  Kind kind = Kind::kCpu;
  int number = -1;  // of a GPU; -1: all
};

// "cpu", "auto", "cuda" or "cuda:N". Errors: kInvalidArgument.
Result<DeviceChoice> ParseDevice(const std::string& name);

// The device; null: the CPU. "auto" is AutoDevice. Errors, for "cuda" alone: kIo.
Result<std::shared_ptr<Device>> OpenDevice(const DeviceChoice& choice);

}  // namespace lmz
