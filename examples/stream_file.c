/* usage: stream_file c|d < INPUT > OUTPUT
 *
 * Compresses or decompresses in bounded memory, whatever the size. */
#include <lmz/lmz.h>
#include <stdio.h>
#include <string.h>

enum { kBufferSize = 1 << 16 };

/* What both directions look like from here. */
typedef lmz_code (*step_function)(void* coder, lmz_buffers* buffers, int directive, int* is_done,
                                  lmz_error* error);

static lmz_code Compress(void* coder, lmz_buffers* buffers, int directive, int* is_done,
                         lmz_error* error) {
  return lmz_compressor_step(coder, buffers, directive, is_done, error);
}

static lmz_code Decompress(void* coder, lmz_buffers* buffers, int directive, int* is_done,
                           lmz_error* error) {
  return lmz_decompressor_step(coder, buffers, directive, is_done, error);
}

static int Fail(const char* text) {
  fprintf(stderr, "stream_file: %s\n", text);
  return 1;
}

static int Pump(step_function step, void* coder) {
  static char in[kBufferSize], out[kBufferSize];
  int directive = LMZ_RUN;
  while (directive != LMZ_END) {
    lmz_buffers buffers = {in, 0, NULL, 0};
    int is_done = 0;
    buffers.avail_in = fread(in, 1, sizeof in, stdin);
    if (ferror(stdin)) return Fail("reading failed");
    if (feof(stdin)) directive = LMZ_END;
    while (!is_done) {
      lmz_error error;
      size_t size;
      buffers.next_out = out;
      buffers.avail_out = sizeof out;
      if (step(coder, &buffers, directive, &is_done, &error) != LMZ_OK) return Fail(error.text);
      size = sizeof out - buffers.avail_out;
      if (fwrite(out, 1, size, stdout) != size) return Fail("writing failed");
    }
  }
  return fflush(stdout) == 0 ? 0 : Fail("writing failed");
}

int main(int argc, char** argv) {
  lmz_compressor* compressor = NULL;
  lmz_decompressor* decompressor = NULL;
  lmz_error error;
  int result;
  if (argc != 2 || strchr("cd", argv[1][0]) == NULL) return Fail("say c or d");
  if (argv[1][0] == 'c') {
    if (lmz_compressor_create(&compressor, &error) != LMZ_OK ||
        lmz_compressor_set(compressor, LMZ_LEVEL, 0, &error) != LMZ_OK) {
      return Fail(error.text);
    }
    result = Pump(Compress, compressor);
  } else {
    if (lmz_decompressor_create(&decompressor, &error) != LMZ_OK ||
        lmz_decompressor_set(decompressor, LMZ_MEMORY_LIMIT, (uint64_t)1 << 30, &error) != LMZ_OK) {
      return Fail(error.text);
    }
    result = Pump(Decompress, decompressor);
  }
  lmz_compressor_free(compressor);
  lmz_decompressor_free(decompressor);
  return result;
}
