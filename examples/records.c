/* Many small records, each coded alone after a sample of them was learnt. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <string.h>

static int MakeRecord(char* record, size_t capacity, int number) {
  return snprintf(record, capacity, "{\"id\": %d, \"user\": \"user%d\", \"active\": true}",
                  number * 7919, number % 17);
}

int main(void) {
  static char sample[LMZ_MAX_SAMPLE_SIZE];
  char record[100], code[sizeof record + LMZ_RECORD_FRAMING], restored[sizeof record];
  size_t sample_size = 0, total = 0, coded_total = 0;
  lmz_record_coder* coder;
  lmz_error error;
  int i;
  for (i = 0; i < 200; ++i) {
    sample_size += (size_t)MakeRecord(sample + sample_size, sizeof sample - sample_size, i);
  }
  if (lmz_record_coder_create(&coder, NULL, sample, sample_size, &error) != LMZ_OK) goto failed;
  for (i = 1000; i < 1100; ++i) {
    const size_t size = (size_t)MakeRecord(record, sizeof record, i);
    size_t code_size, restored_size;
    if (lmz_record_encode(coder, code, sizeof code, &code_size, record, size, &error) != LMZ_OK ||
        lmz_record_decode(coder, restored, sizeof restored, &restored_size, code, code_size,
                          &error) != LMZ_OK) {
      goto failed;
    }
    if (restored_size != size || memcmp(record, restored, size) != 0) return 1;
    total += size;
    coded_total += code_size;
  }
  printf("100 records of %zu bytes became %zu\n", total, coded_total);
  lmz_record_coder_free(coder);
  return 0;
failed:
  fprintf(stderr, "%s\n", error.text);
  lmz_record_coder_free(coder);
  return 1;
}
