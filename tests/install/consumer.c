/* Compresses a text and restores it through the installed C interface: at level 0, or at the level
 * that is the argument, in one call and by a stream. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[4096], restored[sizeof text], packed[sizeof text + 128];

static int fail(const char* what) {
  fprintf(stderr, "%s\n", what);
  return 1;
}

/* The size of `packed` once the object and the call have made the same of `size` bytes of text; 0:
 * that failed. */
static size_t compress(size_t size, int level, lmz_error* error) {
  char again[sizeof packed];
  size_t packed_size = 0, again_size = 0;
  lmz_compressor* compressor = NULL;
  if (lmz_compress(packed, sizeof packed, &packed_size, text, size, level, error) != LMZ_OK ||
      lmz_compressor_create(&compressor, error) != LMZ_OK) {
    return 0;
  }
  if (lmz_compressor_set(compressor, LMZ_LEVEL, (uint64_t)level, error) == LMZ_OK) {
    lmz_compressor_run(compressor, again, sizeof again, &again_size, text, size, error);
  }
  lmz_compressor_free(compressor);
  return again_size == packed_size && memcmp(again, packed, packed_size) == 0 ? packed_size : 0;
}

int main(int count, char** arguments) {
  const int level = count > 1 ? atoi(arguments[1]) : 0;
  const size_t size = level == 0 ? sizeof text : 200; /* models are slow */
  size_t packed_size, restored_size, i;
  lmz_model* model = NULL;
  lmz_error error;
  for (i = 0; i < sizeof text; ++i) text[i] = "installed "[i % 10];
  if (level != 0 && lmz_model_of_level(&model, level, &error) != LMZ_OK) return fail(error.text);
  lmz_model_free(model);
  packed_size = compress(size, level, &error);
  if (packed_size == 0) return fail(error.text);
  if (lmz_decompress(restored, sizeof restored, &restored_size, packed, packed_size, &error) !=
      LMZ_OK) {
    return fail(error.text);
  }
  if (restored_size != size || memcmp(text, restored, size) != 0) return fail("not restored");
  if (packed_size >= size / 2) return fail("not compressed");
  return strcmp(lmz_version_string(), "0.1.0") == 0 ? 0 : fail("another version");
}
