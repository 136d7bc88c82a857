/* One buffer to another and back. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  const char text[] = "A text, a text, and once more a text: what repeats itself becomes short.";
  const size_t capacity = lmz_compress_bound(sizeof text);
  void* code = malloc(capacity);
  char restored[sizeof text];
  size_t code_size, restored_size;
  lmz_error error;
  if (code == NULL) return 1;
  if (lmz_compress(code, capacity, &code_size, text, sizeof text, 1, &error) != LMZ_OK ||
      lmz_decompress(restored, sizeof restored, &restored_size, code, code_size, &error) !=
          LMZ_OK) {
    fprintf(stderr, "%s\n", error.text);
    free(code);
    return 1;
  }
  printf("%zu bytes became %zu\n", restored_size, code_size);
  free(code);
  return restored_size == sizeof text && memcmp(restored, text, sizeof text) == 0 ? 0 : 1;
}
