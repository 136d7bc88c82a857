/* The header compiles as C99 and the shared library does what it says, as a C program sees it. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition)                                            \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                    \
    }                                                                \
  } while (0)

static void RoundTrip(const unsigned char* raw, size_t raw_size) {
  const size_t capacity = lmz_compress_bound(raw_size);
  unsigned char* coded = malloc(capacity);
  unsigned char* back = malloc(raw_size + 1);
  size_t coded_size = 0;
  size_t back_size = 0;
  uint64_t content_size = 1;
  lmz_error error;
  EXPECT(lmz_compress(coded, capacity, &coded_size, raw, raw_size, 0, &error) == LMZ_OK);
  EXPECT(error.code == LMZ_OK && error.text[0] == '\0');
  EXPECT(coded_size > 0 && coded_size <= capacity);
  EXPECT(lmz_content_size(coded, coded_size, &content_size, NULL) == LMZ_OK);
  EXPECT(content_size == raw_size);
  EXPECT(lmz_decompress(back, raw_size, &back_size, coded, coded_size, &error) == LMZ_OK);
  EXPECT(back_size == raw_size);
  EXPECT(raw_size == 0 || memcmp(back, raw, raw_size) == 0);

  EXPECT(lmz_decompress(back, raw_size, &back_size, coded, coded_size - 1, &error) ==
         LMZ_TRUNCATED);
  EXPECT(error.code == LMZ_TRUNCATED && error.text[0] != '\0' && back_size == 0);
  EXPECT(lmz_content_size(coded, coded_size - 1, &content_size, NULL) == LMZ_TRUNCATED);
  EXPECT(lmz_compress(coded, coded_size - 1, &coded_size, raw, raw_size, 0, &error) == LMZ_LIMIT);
  EXPECT(coded_size == 0);
  free(coded);
  free(back);
}

static void SmallBuffer(void) {
  const char text[] = "0123456789";
  unsigned char coded[128];
  unsigned char back[sizeof(text)];
  size_t coded_size = 0;
  size_t back_size = 0;
  EXPECT(lmz_compress(coded, sizeof(coded), &coded_size, text, sizeof(text), 0, NULL) == LMZ_OK);
  EXPECT(lmz_decompress(back, sizeof(text) - 1, &back_size, coded, coded_size, NULL) == LMZ_LIMIT);
  EXPECT(lmz_decompress(back, sizeof(text), &back_size, coded, coded_size, NULL) == LMZ_OK);
}

static void Misuse(void) {
  unsigned char byte = 0;
  size_t size = 0;
  lmz_error error;
  EXPECT(lmz_compress(&byte, 1, NULL, &byte, 1, 0, &error) == LMZ_INVALID_ARGUMENT);
  EXPECT(lmz_compress(NULL, 1, &size, &byte, 1, 0, NULL) == LMZ_INVALID_ARGUMENT);
  EXPECT(lmz_decompress(&byte, 1, &size, NULL, 1, NULL) == LMZ_INVALID_ARGUMENT);
  EXPECT(lmz_content_size(&byte, 1, NULL, NULL) == LMZ_INVALID_ARGUMENT);
  EXPECT(lmz_decompress(&byte, 1, &size, &byte, 1, NULL) == LMZ_NOT_LMZ);
  EXPECT(lmz_decompress(&byte, 1, &size, NULL, 0, NULL) == LMZ_TRUNCATED);
  EXPECT(lmz_compress_bound((size_t)-1) == 0);
}

int main(void) {
  size_t i;
  unsigned char* raw = malloc(200000);
  EXPECT(lmz_version_number() == LMZ_VERSION_NUMBER);
  EXPECT(strcmp(lmz_version_string(), LMZ_PROJECT_VERSION) == 0);
  EXPECT(strcmp(lmz_code_name(LMZ_DAMAGED), "damaged") == 0);
  EXPECT(strcmp(lmz_code_name(99), "unknown") == 0);
  for (i = 0; i < 200000; ++i) raw[i] = (unsigned char)(i * i % 251);
  RoundTrip(NULL, 0);
  RoundTrip(raw, 1);
  RoundTrip(raw, 1000);
  RoundTrip(raw, 200000);
  SmallBuffer();
  Misuse();
  free(raw);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
