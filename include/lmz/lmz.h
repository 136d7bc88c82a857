/* lmz: lossless compression. The C interface (C99). docs/library.md is its guide.
 *
 * Conventions:
 * 1. Sizes are in bytes. A buffer of size 0 may be NULL; so may `error`, everywhere.
 * 2. Functions that can fail return an lmz_code and, when `error` is not NULL, describe the failure
 *    there; on success `error` is set to LMZ_OK and an empty text. Every one may give
 *    LMZ_INVALID_ARGUMENT (a NULL where none may be, a number out of range) and LMZ_OUT_OF_MEMORY.
 *    The others give 0 or an empty text for an object that is NULL.
 * 3. An object comes from a function that stores it through its first argument (NULL on failure)
 *    and goes with the function NAME_free, to which NULL may be given. It keeps what it was given
 *    alive or as a copy, unless its functions say otherwise.
 * 4. Distinct objects may be used at the same time in different threads; one object by one thread
 *    at a time. A model is never changed: any number of threads and objects may share one.
 * 5. Only LMZ_THREADS starts threads. Nothing is printed, no environment is read, no exception
 *    leaves the library. No files are read but those of models, see lmz_model_library.
 * 6. Growth: settings are numbers of lmz_option, set one by one, so that new ones change no layout.
 *    Numbers of codes, options and directives never change; new ones may be added.
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

/* ---- Errors ---- */

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

/* ---- Whole buffers ---- */

/* Levels: 0 without a model, 1 to 5 with ever larger ones; see lmz_model_of_level. */
#define LMZ_MIN_LEVEL 0
#define LMZ_MAX_LEVEL 5
#define LMZ_DEFAULT_LEVEL 3

/* The largest size that lmz_compress gives for `src_size` bytes: src_size + src_size / 10000 + 72.
 * It also bounds other ways to compress with blocks of 512 KiB and more, when nothing is flushed.
 * 0 when that is above SIZE_MAX. */
LMZ_API size_t lmz_compress_bound(size_t src_size);

/* Compresses `src` at `level` into one frame in `dst` and stores its size in `*dst_size`. Errors:
 * LMZ_LIMIT when `dst_capacity` is too small (lmz_compress_bound always suffices),
 * LMZ_MODEL_MISSING when the level's model is not installed, as lmz_model_of_level. On failure
 * `*dst_size` is 0 and the content of `dst` is unspecified. */
LMZ_API lmz_code lmz_compress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                              size_t src_size, int level, lmz_error* error);

/* Stores in `*content_size` how many bytes lmz_decompress gives for `src`, which holds one frame or
 * several. Reads the structure only, so damage inside the compressed bytes goes unseen. Do not
 * trust the number further than the origin of `src`. Errors: LMZ_NOT_LMZ, LMZ_TRUNCATED,
 * LMZ_DAMAGED, LMZ_NEWER_VERSION. */
LMZ_API lmz_code lmz_content_size(const void* src, size_t src_size, uint64_t* content_size,
                                  lmz_error* error);

/* Decompresses all frames in `src` to `dst` and stores the size in `*dst_size`. Errors: as
 * lmz_content_size, LMZ_LIMIT when `dst_capacity` is too small, LMZ_MODEL_MISSING when a block
 * needs a model that is neither built in nor installed. On failure `*dst_size` is 0 and the content
 * of `dst` is unspecified. */
LMZ_API lmz_code lmz_decompress(void* dst, size_t dst_capacity, size_t* dst_size, const void* src,
                                size_t src_size, lmz_error* error);

/* ---- Models ---- */

typedef struct lmz_model lmz_model;

/* The name of the built-in model `index`, counted from 0; NULL behind the last. Static storage. */
LMZ_API const char* lmz_built_in_name(size_t index);

/* Loads the built-in model `name`. What all handles of it share is loaded once, and kept. Errors:
 * LMZ_MODEL_MISSING. */
LMZ_API lmz_code lmz_model_built_in(lmz_model** model, const char* name, lmz_error* error);

/* Loads the model of `level`, 1 to LMZ_MAX_LEVEL. Those of levels 1 to 3 are built in; that of
 * level 4 is the file large.lmm in the folder of installed models, share/lmz/models of the prefix,
 * that of level 5 llm.lmm: a language model, which takes far more time and memory than the others.
 * The prefix is derived from the location of the shared library or, with the static library, of the
 * program. Shared as in lmz_model_built_in. Errors: LMZ_MODEL_MISSING, with the path where the file
 * must be installed; as lmz_model_load_file. */
LMZ_API lmz_code lmz_model_of_level(lmz_model** model, int level, lmz_error* error);

/* Loads a model from the bytes of its file, which are not needed afterwards. Errors:
 * LMZ_MODEL_DAMAGED, LMZ_NEWER_VERSION. */
LMZ_API lmz_code lmz_model_load(lmz_model** model, const void* file, size_t file_size,
                                lmz_error* error);

/* Loads a model from the file `path`. Errors: as lmz_model_load, LMZ_IO. */
LMZ_API lmz_code lmz_model_load_file(lmz_model** model, const char* path, lmz_error* error);

/* Objects that were given the model keep what they need of it. */
LMZ_API void lmz_model_free(lmz_model* model);

/* The name in the model's file; lives as long as the handle. */
LMZ_API const char* lmz_model_name(const lmz_model* model);

/* Copies the 16 bytes by which files name the model, unless it is built in. */
LMZ_API void lmz_model_id(const lmz_model* model, uint8_t id[16]);

/* How many numbers its training found: weights, norms, mixes and biases. */
LMZ_API uint64_t lmz_model_parameters(const lmz_model* model);

/* Finds models: the built-in ones, and the files NAME.lmm in its folders. All functions that are
 * given no library use one with the built-in models and the folder of installed models.
 *
 * Files are read only for models that are not built in: for a level the file named after its model;
 * for an id in compressed data the last 16 bytes of each file until one matches, then that file. A
 * model is loaded once and stays loaded as long as its library or an object that was given the
 * library exists. Folders need not be trusted: a file is checked completely before it is used, and
 * files that are not models are skipped. Several threads may use one library at the same time, but
 * not while a folder is being added. */
typedef struct lmz_model_library lmz_model_library;

/* A library with the built-in models and no folder. */
LMZ_API lmz_code lmz_model_library_create(lmz_model_library** library, lmz_error* error);
LMZ_API void lmz_model_library_free(lmz_model_library* library);

/* Adds the folder `path`, to be searched after those added before. It need not exist; a relative
 * path is resolved when a model is needed. NULL adds the folder of installed models. */
LMZ_API lmz_code lmz_model_library_add_folder(lmz_model_library* library, const char* path,
                                              lmz_error* error);

/* Loads the model of `level` as lmz_model_of_level does, but searches the folders of `library`. */
LMZ_API lmz_code lmz_model_from_library(lmz_model** model, const lmz_model_library* library,
                                        int level, lmz_error* error);

/* ---- Settings ---- */

typedef enum lmz_option {
  LMZ_LEVEL = 1,        /* compressor: 0 to 5; replaces the model. Default: LMZ_DEFAULT_LEVEL */
  LMZ_THREADS = 2,      /* both: 1 to 256, the calling one included. Default: 1 */
  LMZ_BLOCK_SIZE = 3,   /* compressor: 65536 to 2^28 bytes. Default: 2^24; with a larger
                         * LMZ_CONTENT_SIZE up to 2^26, where the content repeats over long
                         * distances */
  LMZ_CONTENT_SIZE = 4, /* compressor: bytes of each frame's content, which its header then tells;
                         * another number of them is LMZ_INVALID_ARGUMENT. Default: not known */
  LMZ_MEMORY_LIMIT = 5, /* decompressor: bytes for one block, else LMZ_LIMIT. Default: none */
  LMZ_OUTPUT_LIMIT = 6, /* decompressor: bytes of each input's content, else LMZ_LIMIT. Default:
                         * none */
  LMZ_FRAME_SIZE = 7,   /* compressor: bytes of content, 65536 and more, after which a frame ends
                         * and another one begins; each is what its part alone would become.
                         * LMZ_CONTENT_SIZE is then that of all of them. Default: one frame */
  LMZ_ONE_FRAME = 8,    /* decompressor: 1 if an input ends with its first frame, see
                         * lmz_decompressor_end. Default: 0 */
  LMZ_WIDE = 9          /* compressor: 1 for text in 64 lanes and, unless LMZ_BLOCK_SIZE says
                         * otherwise, blocks of 3840 KiB: larger output, for machines that step
                         * thousands of lanes at once, such as GPUs. Default: 0 */
} lmz_option;

/* Called after each block and within long ones with the bytes done so far in this frame or input,
 * perhaps from a thread that LMZ_THREADS started, but never by two at a time. Within a block they
 * are estimates; `coded_bytes` may shrink at its end. Another answer than 0 stops the work with
 * LMZ_CANCELLED. Must not use the object that calls it. */
typedef int (*lmz_progress)(void* user, uint64_t raw_bytes, uint64_t coded_bytes);

/* ---- Devices ---- */

/* Where models run. Bytes do not depend on it. */
typedef struct lmz_device lmz_device;

/* The device with that name: "cpu"; "cuda", all NVIDIA GPUs, to which blocks are dealt out;
 * "cuda:N", the GPU with the number N, from 0 on; "auto", all GPUs there are for what they are
 * quicker at (docs/cli.md), else the CPU. GPUs need liblmz_cuda.so beside the library. Errors:
 * LMZ_INVALID_ARGUMENT for another name, LMZ_IO where the GPU is not there. */
LMZ_API lmz_code lmz_device_open(lmz_device** device, const char* name, lmz_error* error);
LMZ_API void lmz_device_free(lmz_device* device);

/* LMZ_IO, and in `error` what went wrong, when the device failed or had no memory, so that the CPU
 * did some of its work; LMZ_OK when nothing did. Any thread may call it. */
LMZ_API lmz_code lmz_device_failure(const lmz_device* device, lmz_error* error);

/* ---- Streams ---- */

/* What a step may take and fill. A step moves the pointers behind what it used and lowers the
 * sizes; the buffers are the caller's and are not kept. */
typedef struct lmz_buffers {
  const void* next_in;
  size_t avail_in;
  void* next_out;
  size_t avail_out;
} lmz_buffers;

typedef enum lmz_directive {
  LMZ_RUN = 0,   /* take the input; output comes when there is enough of it */
  LMZ_FLUSH = 1, /* and give all output that belongs to the input so far */
  LMZ_END = 2    /* and the input ends here */
} lmz_directive;

typedef struct lmz_compressor lmz_compressor;

LMZ_API lmz_code lmz_compressor_create(lmz_compressor** compressor, lmz_error* error);
LMZ_API void lmz_compressor_free(lmz_compressor* compressor);

/* Settings hold until they are changed, and take effect where the next frame begins; while one is
 * being written they are refused with LMZ_INVALID_ARGUMENT. lmz_compressor_set may also give
 * LMZ_MODEL_MISSING. A model takes the place of the level; NULL is level 0. `progress` may be NULL;
 * `user` must live as long as it is called. */
LMZ_API lmz_code lmz_compressor_set(lmz_compressor* compressor, int option, uint64_t value,
                                    lmz_error* error);
LMZ_API lmz_code lmz_compressor_set_model(lmz_compressor* compressor, const lmz_model* model,
                                          lmz_error* error);
LMZ_API lmz_code lmz_compressor_set_progress(lmz_compressor* compressor, lmz_progress progress,
                                             void* user, lmz_error* error);

/* Codes text on `device`, which may be shared and freed; NULL, the default, is the CPU. With
 * another device 4 blocks for each of LMZ_THREADS and 4 more are in work, about 200 MB each, of
 * which some wait for the device. */
LMZ_API lmz_code lmz_compressor_set_device(lmz_compressor* compressor, const lmz_device* device,
                                           lmz_error* error);

/* Compresses any number of bytes of the current frame. Sets `*is_done` to 1 when all input is taken
 * and the directive is carried out, and to 0 when the output ran out of room: then repeat the call
 * with the same directive and more room (after LMZ_END also without input).
 *   LMZ_FLUSH ends the current block: all input so far can be decoded from all output so far.
 *     Flushing costs ratio; between two flushes nothing is written twice.
 *   LMZ_END ends the frame; when it is done, the next call begins another one.
 * Holds about one block of input and its output; at most three blocks of input, since up to a block
 * can wait for what follows it, and with n > 1 threads at most 2 n + 3. Errors: LMZ_CANCELLED,
 * LMZ_INVALID_ARGUMENT for input that contradicts LMZ_CONTENT_SIZE. After an error every step gives
 * it again until lmz_compressor_reset; `*is_done` is 0 then. */
LMZ_API lmz_code lmz_compressor_step(lmz_compressor* compressor, lmz_buffers* buffers,
                                     int directive, int* is_done, lmz_error* error);

/* Drops the current frame and its error, if any; keeps the settings. */
LMZ_API void lmz_compressor_reset(lmz_compressor* compressor);

/* lmz_compress with the settings of `compressor`, which must not be within a frame. Errors: as
 * lmz_compress and lmz_compressor_step. */
LMZ_API lmz_code lmz_compressor_run(lmz_compressor* compressor, void* dst, size_t dst_capacity,
                                    size_t* dst_size, const void* src, size_t src_size,
                                    lmz_error* error);

typedef struct lmz_decompressor lmz_decompressor;

LMZ_API lmz_code lmz_decompressor_create(lmz_decompressor** decompressor, lmz_error* error);
LMZ_API void lmz_decompressor_free(lmz_decompressor* decompressor);

/* As for the compressor. Models that blocks name are found among those added and in the library,
 * which is copied: folders added to it later do not count. NULL, the default: the built-in and the
 * installed models. */
LMZ_API lmz_code lmz_decompressor_set(lmz_decompressor* decompressor, int option, uint64_t value,
                                      lmz_error* error);
LMZ_API lmz_code lmz_decompressor_add_model(lmz_decompressor* decompressor, const lmz_model* model,
                                            lmz_error* error);
LMZ_API lmz_code lmz_decompressor_set_library(lmz_decompressor* decompressor,
                                              const lmz_model_library* library, lmz_error* error);
LMZ_API lmz_code lmz_decompressor_set_device(lmz_decompressor* decompressor,
                                             const lmz_device* device, lmz_error* error);
LMZ_API lmz_code lmz_decompressor_set_progress(lmz_decompressor* decompressor,
                                               lmz_progress progress, void* user, lmz_error* error);

/* Decompresses any number of bytes of an input, which may hold several frames. `*is_done` as in
 * lmz_compressor_step.
 *   LMZ_RUN with one thread gives every block as soon as its last byte is there; with more, blocks
 *     may stay in work until LMZ_FLUSH.
 *   LMZ_END says that no more input comes, which is LMZ_TRUNCATED within a frame or before the
 *     first one. When it is done, the next call begins another input.
 * Output is checked before it is given, so what came before an error is right. Holds one block and
 * its output. Errors: as lmz_decompress, LMZ_LIMIT for the two limits, LMZ_CANCELLED; sticky as in
 * lmz_compressor_step. */
LMZ_API lmz_code lmz_decompressor_step(lmz_decompressor* decompressor, lmz_buffers* buffers,
                                       int directive, int* is_done, lmz_error* error);

/* With LMZ_ONE_FRAME: sets `*has_ended` to 1 when the frame has ended and its content was given,
 * which steps up to then report as done, taking no more input; else to 0. Then `*unused` are the
 * `*unused_size` bytes behind the frame that steps have taken, which precede what is left in their
 * buffers; they stay until the next call with this object. The next step begins another input. */
LMZ_API lmz_code lmz_decompressor_end(lmz_decompressor* decompressor, int* has_ended,
                                      const void** unused, size_t* unused_size, lmz_error* error);

LMZ_API void lmz_decompressor_reset(lmz_decompressor* decompressor);

/* lmz_decompress with the settings of `decompressor`, which must not be within an input. Errors: as
 * lmz_decompress and lmz_decompressor_step. */
LMZ_API lmz_code lmz_decompressor_run(lmz_decompressor* decompressor, void* dst,
                                      size_t dst_capacity, size_t* dst_size, const void* src,
                                      size_t src_size, lmz_error* error);

/* ---- Byte ranges ---- */

/* Reads `size` bytes at `offset` of an input into `buffer`; 0 on success, anything else becomes
 * LMZ_IO. Never asked for bytes behind the end. */
typedef int (*lmz_read_at)(void* user, uint64_t offset, void* buffer, size_t size);

typedef struct lmz_range_reader lmz_range_reader;

/* Opens an input of `size` bytes for reading parts of its content; `read` and `user` must stay
 * valid until it is freed. Reads the indexes from the end; only where a frame has none (contents
 * below 64 KiB have none) all headers are read instead, from the first one on. `settings` may be
 * NULL: threads, memory limit, models and progress are copied from it. Errors: as lmz_content_size,
 * LMZ_IO, LMZ_LIMIT. */
LMZ_API lmz_code lmz_range_open(lmz_range_reader** reader, lmz_read_at read, void* user,
                                uint64_t size, const lmz_decompressor* settings, lmz_error* error);
/* The same for an input in memory, which must stay until the reader is freed. */
LMZ_API lmz_code lmz_range_open_memory(lmz_range_reader** reader, const void* src, size_t src_size,
                                       const lmz_decompressor* settings, lmz_error* error);
LMZ_API void lmz_range_reader_free(lmz_range_reader* reader);

/* Bytes of the whole content, as the indexes say. */
LMZ_API uint64_t lmz_range_content_size(const lmz_range_reader* reader);

/* A block, the smallest part that is decoded alone. */
typedef struct lmz_block {
  uint64_t content_offset;
  uint64_t content_size;
  uint64_t coded_offset; /* in the input */
  uint64_t coded_size;   /* with its header */
} lmz_block;

LMZ_API uint64_t lmz_range_block_count(const lmz_range_reader* reader);

/* Stores where the block `index` lies, counted from 0 in the order of the content. */
LMZ_API lmz_code lmz_range_block(const lmz_range_reader* reader, uint64_t index, lmz_block* block,
                                 lmz_error* error);

/* Stores the content's bytes from `offset` on in `dst`, and their number in `*dst_size`: less than
 * `dst_capacity` only at the end of the content. Decodes the blocks that hold them and keeps the
 * last one. Errors: as lmz_decompress, LMZ_IO, LMZ_LIMIT for the memory limit, LMZ_CANCELLED; then
 * `*dst_size` is 0. */
LMZ_API lmz_code lmz_range_read(lmz_range_reader* reader, uint64_t offset, void* dst,
                                size_t dst_capacity, size_t* dst_size, lmz_error* error);

/* ---- Small records ---- */

#define LMZ_MAX_RECORD_SIZE 16383 /* bytes */
#define LMZ_MAX_SAMPLE_SIZE 65536 /* bytes */
#define LMZ_RECORD_FRAMING 4      /* bytes that a record may grow by, at most */

typedef struct lmz_record_coder lmz_record_coder;

/* A coder for many small records, each coded alone. `model` may be NULL: faster, larger. `sample`,
 * records like those to come, is learnt now (of a longer one the last LMZ_MAX_SAMPLE_SIZE bytes);
 * who decodes needs the same model and sample. */
LMZ_API lmz_code lmz_record_coder_create(lmz_record_coder** coder, const lmz_model* model,
                                         const void* sample, size_t sample_size, lmz_error* error);
LMZ_API void lmz_record_coder_free(lmz_record_coder* coder);

/* Codes `src`, at most LMZ_MAX_RECORD_SIZE bytes, into `dst`, which has room for src_size +
 * LMZ_RECORD_FRAMING bytes, and stores the code's size, which the caller keeps, in `*dst_size`.
 * Allocates nothing. On failure `*dst_size` is 0. */
LMZ_API lmz_code lmz_record_encode(lmz_record_coder* coder, void* dst, size_t dst_capacity,
                                   size_t* dst_size, const void* src, size_t src_size,
                                   lmz_error* error);

/* Restores the record whose whole code is `src`. Allocates nothing unless it fails. A check of 16
 * or 24 bits guards against accidents, not against forgery. Errors: LMZ_TRUNCATED or LMZ_DAMAGED,
 * also for another model or sample; LMZ_LIMIT when `dst_capacity` is too small. On failure
 * `*dst_size` is 0. */
LMZ_API lmz_code lmz_record_decode(lmz_record_coder* coder, void* dst, size_t dst_capacity,
                                   size_t* dst_size, const void* src, size_t src_size,
                                   lmz_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LMZ_LMZ_H_ */
