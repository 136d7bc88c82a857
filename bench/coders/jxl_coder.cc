#include "bench/coders/jxl_coder.h"

#include <jxl/decode.h>
#include <jxl/decode_cxx.h>
#include <jxl/encode.h>
#include <jxl/encode_cxx.h>

#include "bench/measure/picture.h"

namespace lmz::bench {

namespace {

Status Failed() {
  return Status(Code::kIo, "libjxl failed");
}

JxlPixelFormat PixelFormat(int channels) {
  return {static_cast<uint32_t>(channels), JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
}

class Jxl final : public Coder {
 public:
  std::string name() const override { return "JPEG XL -e 9"; }
  std::string version() const override {
    const uint32_t v = JxlEncoderVersion();
    return "libjxl " + std::to_string(v / 1000000) + "." + std::to_string(v / 1000 % 1000) + "." +
           std::to_string(v % 1000);
  }
  bool Takes(const Signal& signal) const override { return IsPicture(signal); }

  Result<Bytes> Encode(const Signal& signal) const override {
    const Picture picture = AsPicture(signal);
    const JxlEncoderPtr encoder = JxlEncoderMake(nullptr);
    if (!Describe(encoder.get(), picture)) return Failed();
    JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
    const JxlPixelFormat format = PixelFormat(picture.channels);
    if (JxlEncoderSetFrameLossless(settings, JXL_TRUE) != JXL_ENC_SUCCESS ||
        JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, 9) !=
            JXL_ENC_SUCCESS ||
        JxlEncoderAddImageFrame(settings, &format, picture.pixels.data(), picture.pixels.size()) !=
            JXL_ENC_SUCCESS) {
      return Failed();
    }
    JxlEncoderCloseInput(encoder.get());
    return Output(encoder.get(), picture.pixels.size());
  }

  Result<Bytes> Decode(ByteSpan code, uint64_t /*raw_size*/) const override {
    const JxlDecoderPtr decoder = JxlDecoderMake(nullptr);
    JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE);
    JxlDecoderSetInput(decoder.get(), code.data(), code.size());
    JxlDecoderCloseInput(decoder.get());
    Bytes pixels;
    for (;;) {
      const JxlDecoderStatus status = JxlDecoderProcessInput(decoder.get());
      if (status == JXL_DEC_FULL_IMAGE || status == JXL_DEC_SUCCESS) return pixels;
      if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER) {
        JxlBasicInfo info;
        if (JxlDecoderGetBasicInfo(decoder.get(), &info) != JXL_DEC_SUCCESS) return Failed();
        pixels.resize(size_t{info.xsize} * info.ysize * info.num_color_channels);
        const JxlPixelFormat format = PixelFormat(static_cast<int>(info.num_color_channels));
        JxlDecoderSetImageOutBuffer(decoder.get(), &format, pixels.data(), pixels.size());
      } else if (status != JXL_DEC_BASIC_INFO) {
        return Failed();
      }
    }
  }

 private:
  static bool Describe(JxlEncoder* encoder, const Picture& picture) {
    JxlBasicInfo info;
    JxlEncoderInitBasicInfo(&info);
    info.xsize = picture.width;
    info.ysize = picture.height;
    info.bits_per_sample = 8;
    info.num_color_channels = static_cast<uint32_t>(picture.channels);
    info.uses_original_profile = JXL_TRUE;
    if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) return false;
    JxlColorEncoding color;
    JxlColorEncodingSetToSRGB(&color, picture.channels == 1 ? JXL_TRUE : JXL_FALSE);
    return JxlEncoderSetColorEncoding(encoder, &color) == JXL_ENC_SUCCESS;
  }

  static Result<Bytes> Output(JxlEncoder* encoder, size_t raw_size) {
    Bytes code(raw_size / 2 + 1024);
    size_t used = 0;
    for (;;) {
      uint8_t* next = code.data() + used;
      size_t room = code.size() - used;
      const JxlEncoderStatus status = JxlEncoderProcessOutput(encoder, &next, &room);
      used = code.size() - room;
      if (status == JXL_ENC_SUCCESS) break;
      if (status != JXL_ENC_NEED_MORE_OUTPUT) return Failed();
      code.resize(2 * code.size());
    }
    code.resize(used);
    return code;
  }
};

}  // namespace

std::unique_ptr<Coder> MakeJxlCoder() {
  return std::make_unique<Jxl>();
}

}  // namespace lmz::bench
