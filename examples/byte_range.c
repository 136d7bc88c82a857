/* usage: byte_range FILE.lmz OFFSET SIZE
 *
 * Writes a part of the content; only the blocks that hold it are read and decoded. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <stdlib.h>

static int ReadAt(void* user, uint64_t offset, void* buffer, size_t size) {
  FILE* file = user;
  return fseek(file, (long)offset, SEEK_SET) != 0 || fread(buffer, 1, size, file) != size;
}

int main(int argc, char** argv) {
  static char part[1 << 16];
  lmz_range_reader* reader = NULL;
  lmz_error error = {LMZ_IO, "usage: byte_range FILE.lmz OFFSET SIZE"};
  FILE* file = argc == 4 ? fopen(argv[1], "rb") : NULL;
  int result = 1;
  if (file != NULL && fseek(file, 0, SEEK_END) == 0 &&
      lmz_range_open(&reader, ReadAt, file, (uint64_t)ftell(file), NULL, &error) == LMZ_OK) {
    uint64_t offset = strtoull(argv[2], NULL, 10);
    uint64_t left = strtoull(argv[3], NULL, 10);
    size_t size = 1;
    while (left != 0 && size != 0) {
      const size_t wanted = left < sizeof part ? (size_t)left : sizeof part;
      if (lmz_range_read(reader, offset, part, wanted, &size, &error) != LMZ_OK) break;
      if (fwrite(part, 1, size, stdout) != size) break;
      offset += size;
      left -= size;
    }
    result = left == 0 || size == 0 ? 0 : 1;
  }
  if (result != 0) fprintf(stderr, "byte_range: %s\n", error.text);
  lmz_range_reader_free(reader);
  if (file != NULL) fclose(file);
  return result;
}
