#include "model/built_in.h"

// The assembler puts a file into the object as it is; LMZ_MODEL_SOURCE_FOLDER is set by the build.
#define LMZ_BUILT_IN(function, name)                                  \
  asm("  .section .rodata\n"                                          \
      "  .balign 64\n"                                                \
      "lmz_model_" name                                               \
      ":\n"                                                           \
      "  .incbin \"" LMZ_MODEL_SOURCE_FOLDER "/" name                 \
      ".lmm\"\n"                                                      \
      "lmz_model_" name                                               \
      "_end:\n"                                                       \
      "  .byte 0\n"                                                   \
      "  .previous\n");                                               \
  extern const uint8_t function##_begin[] asm("lmz_model_" name)      \
      __attribute__((visibility("hidden")));                          \
  extern const uint8_t function##_end[] asm("lmz_model_" name "_end") \
      __attribute__((visibility("hidden")));                          \
  ByteSpan function() {                                               \
    return ByteSpan(function##_begin, function##_end);                \
  }

namespace lmz {

LMZ_BUILT_IN(BuiltInTiny, "tiny")
LMZ_BUILT_IN(BuiltInSmall, "small")
LMZ_BUILT_IN(BuiltInBase, "base")

}  // namespace lmz
