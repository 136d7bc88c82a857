/* Compresses a text and restores it through the installed C interface. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char text[4096], restored[sizeof text], packed[sizeof text + 128];
  size_t packed_size, restored_size, i;
  lmz_error error;
  for (i = 0; i < sizeof text; ++i) text[i] = "installed "[i % 10];
  if (lmz_compress(packed, sizeof packed, &packed_size, text, sizeof text, 0, &error) != LMZ_OK ||
      lmz_decompress(restored, sizeof restored, &restored_size, packed, packed_size, &error) !=
          LMZ_OK) {
    fprintf(stderr, "%s\n", error.text);
    return 1;
  }
  if (restored_size != sizeof text || memcmp(text, restored, sizeof text) != 0) return 1;
  if (packed_size >= sizeof text / 10) return 1;
  return strcmp(lmz_version_string(), "0.1.0") == 0 ? 0 : 1;
}
