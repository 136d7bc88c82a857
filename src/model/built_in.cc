#include "model/built_in.h"

// The assembler puts the files into the object as they are; LMZ_MODEL_FOLDER is set by the build.
asm(R"(
  .section .rodata
  .balign 64
lmz_model_base:
  .incbin ")" LMZ_MODEL_FOLDER R"(/base.lmm"
lmz_model_base_end:
  .byte 0
  .previous
)");

extern "C" {
extern const uint8_t lmz_model_base[] __attribute__((visibility("hidden")));
extern const uint8_t lmz_model_base_end[] __attribute__((visibility("hidden")));
}

namespace lmz {

ByteSpan BuiltInBase() {
  return ByteSpan(lmz_model_base, lmz_model_base_end);
}

}  // namespace lmz
