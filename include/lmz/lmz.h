/* lmz: lossless compression. The C interface (C99).
 *
 * Conventions:
 * 1. Sizes are in bytes. A buffer of size 0 may be NULL.
 * 2. Functions that can fail return an lmz_code and, when `error` is not NULL, describe the failure
 *    there; on success `error` is set to LMZ_OK and an empty text.
 * 3. Nothing is kept between calls, no thread is started, nothing is printed. Calls may run at the
 *    same time in different threads as long as they write to different memory.
 * 4. Numbers of error codes never change; new ones may be added.
 */
#ifndef LMZ_LMZ_H_
#define LMZ_LMZ_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LMZ_API __attribute__((visibility("default")))
#else
#define LMZ_API
#endif

#define LMZ_VERSION_MAJOR 0
#define LMZ_VERSION_MINOR 1
#define LMZ_VERSION_PATCH 0
#define LMZ_VERSION_NUMBER (LMZ_VERSION_MAJOR * 10000 + LMZ_VERSION_MINOR * 100 + LMZ_VERSION_PATCH)

/* The version of the library in use, which may differ from that of this header: as
 * LMZ_VERSION_NUMBER, and as text such as "0.1.0" (static storage). */
LMZ_API uint32_t lmz_version_number(void);
LMZ_API const char* lmz_version_string(void);

/* docs/spec/errors.md explains each code. */
typedef enum lmz_code {
  LMZ_OK = 0,
  LMZ_INVALID_ARGUMENT = 1,
  LMZ_IO = 2,
  LMZ_OUT_OF_MEMORY = 3,
  LMZ_INTERNAL = 4,
  LMZ_NOT_LMZ = 5,
  LMZ_TRUNCATED = 6,
  LMZ_DAMAGED = 7,
  LMZ_NEWER_VERSION = 8,
  LMZ_LIMIT = 9,
  LMZ_MODEL_MISSING = 10,
  LMZ_MODEL_DAMAGED = 11,
  LMZ_CANCELLED = 12
} lmz_code;

/* A short lower-case name such as "damaged"; "unknown" for other numbers, which a newer
 * library may give. Static storage. */
LMZ_API const char* lmz_code_name(int code);

/* A failure in words: what, where, what to do. One sentence, cut to fit, always terminated. */
typedef struct lmz_error {
  lmz_code code;
  char text[252];
} lmz_error;

/* The largest size that lmz_compress gives for `src_size` bytes: src_size + src_size / 10000 + 64.
 * 0 when that is above SIZE_MAX. */
LMZ_API size_t lmz_compress_bound(size_t src_size);

/* Compresses `src` at level 0 (without a model) into one frame in `dst` and stores its size in
 * `*dst_size`. Errors: LMZ_LIMIT
 * when `dst_capacity` is too small (lmz_compress_bound always suffices), LMZ_OUT_OF_MEMORY,
 * LMZ_INVALID_ARGUMENT. On failure `*dst_size` is 0 and the content of `dst` is unspecified. */
LMZ_API lmz_code lmz_compress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                              size_t src_size, lmz_error* error);

/* Stores in `*content_size` how many bytes lmz_decompress gives for `src`, which holds one frame or
 * several. Reads the structure only, so damage inside the compressed bytes goes unseen. Do not
 * trust the number further than the origin of `src`. Errors: LMZ_NOT_LMZ, LMZ_TRUNCATED,
 * LMZ_DAMAGED, LMZ_NEWER_VERSION, LMZ_OUT_OF_MEMORY, LMZ_INVALID_ARGUMENT. */
LMZ_API lmz_code lmz_content_size(const void* src, size_t src_size, uint64_t* content_size,
                                  lmz_error* error);

/* Decompresses all frames in `src` to `dst` and stores the size in `*dst_size`. Errors: as
 * lmz_content_size, and LMZ_LIMIT when `dst_capacity` is too small. On failure `*dst_size` is 0 and
 * the content of `dst` is unspecified. */
LMZ_API lmz_code lmz_decompress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                                size_t src_size, lmz_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LMZ_LMZ_H_ */
