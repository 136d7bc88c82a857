// The C boundary: devices.
#include "c_api/support.h"
#include "device/open_device.h"

using lmz::OkStatus;
using lmz::Status;

namespace {

template <class AnyCoder>
lmz_code SetDevice(AnyCoder* coder, const lmz_device* device, lmz_error* error) {
  return lmz::GuardSetting(coder, error, [&] {
    coder->options.device = device == nullptr ? nullptr : device->device;
    return OkStatus();
  });
}

}  // namespace

lmz_code lmz_device_open(lmz_device** device, const char* name, lmz_error* error) {
  return lmz::GuardCreate(device, error, [&]() -> lmz::Result<std::unique_ptr<lmz_device>> {
    LMZ_TRY(lmz::CheckPointer(name, "name"));
    LMZ_ASSIGN(const lmz::DeviceChoice choice, lmz::ParseDevice(name));
    auto opened = std::make_unique<lmz_device>();
    LMZ_ASSIGN(opened->device, lmz::OpenDevice(choice));
    return opened;
  });
}

void lmz_device_free(lmz_device* device) {
  delete device;
}

lmz_code lmz_device_failure(const lmz_device* device, lmz_error* error) {
  return lmz::Guard(error, [&]() -> Status {
    LMZ_TRY(lmz::CheckPointer(device, "device"));
    const std::string failure = device->device == nullptr ? "" : device->device->failure();
    return failure.empty() ? OkStatus() : Status(lmz::Code::kIo, "GPU: " + failure);
  });
}

lmz_code lmz_compressor_set_device(lmz_compressor* compressor, const lmz_device* device,
                                   lmz_error* error) {
  return SetDevice(compressor, device, error);
}

lmz_code lmz_decompressor_set_device(lmz_decompressor* decompressor, const lmz_device* device,
                                     lmz_error* error) {
  return SetDevice(decompressor, device, error);
}
