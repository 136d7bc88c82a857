/* The boundary between the library and liblmz_cuda.so, which is loaded at run time: plain C, so
 * that the two need not come from one compiler. All of it may be called by any thread. Texts of
 * errors are written to `error`, at most LMZ_CUDA_ERROR_SIZE bytes with the NUL. */
#ifndef LMZ_DEVICE_CUDA_ABI_H_
#define LMZ_DEVICE_CUDA_ABI_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LMZ_CUDA_ABI_VERSION 2
#define LMZ_CUDA_ERROR_SIZE 256

/* As Int8Matrix (model/glr/weights.h). */
typedef struct lmz_cuda_matrix {
  int32_t rows, columns;
  int32_t sum_shift, scale_exponent;
  const int16_t* row_scale; /* [rows] */
  const int8_t* weights;    /* [rows][columns] */
} lmz_cuda_matrix;

typedef struct lmz_cuda_norm {
  int32_t fraction;
  uint64_t epsilon; /* in units of the squared input */
  const int16_t* weights;
} lmz_cuda_norm;

typedef struct lmz_cuda_layer {
  lmz_cuda_norm input_norm, state_norm, hidden_norm;
  const int16_t* mix[3];
  lmz_cuda_matrix value, forget, gate;
  const int16_t* forget_bias;
  const int16_t* hidden_mix;
  lmz_cuda_matrix output, up, down;
} lmz_cuda_layer;

/* A recurrent network and the tables of its arithmetic (model/glr/kernels/tables.h,
 * cpu/inverse_sqrt.h). */
typedef struct lmz_cuda_weights {
  int32_t width, layers, state, hidden;
  const int16_t* embedding;    /* [256][width] */
  const lmz_cuda_layer* layer; /* [layers] */
  lmz_cuda_norm final_norm;
  lmz_cuda_matrix head;
  const int32_t* head_bias;   /* [256] */
  const uint16_t* sigmoid;    /* [8192] */
  const uint32_t* exp2;       /* [1024] */
  const uint16_t* root_seeds; /* [256] */
  const uint8_t* factors;     /* [256] */
  const int32_t* mantissas;   /* [128] */
} lmz_cuda_weights;

/* mantissa * 2^-exponent. */
typedef struct lmz_cuda_scale {
  int32_t mantissa, exponent;
} lmz_cuda_scale;

/* As PiecedMatrix (model/transformer/bound_transformer.h). */
typedef struct lmz_cuda_token_matrix {
  int32_t rows, columns;
  int32_t planes, low_shift, scale_exponent;
  const int16_t* row_scale; /* [rows] */
  const int8_t* weights;    /* [rows][columns] */
} lmz_cuda_token_matrix;

/* Also of biases. */
typedef struct lmz_cuda_token_norm {
  int32_t fraction;
  const int16_t* weights; /* NULL: there is none */
} lmz_cuda_token_norm;

typedef struct lmz_cuda_token_layer {
  int32_t window, rotation;
  lmz_cuda_token_norm input_norm, hidden_norm, query_norm, key_norm, output_norm, down_norm;
  lmz_cuda_token_matrix projection[3]; /* query, key, value */
  lmz_cuda_token_norm bias[3];
  lmz_cuda_token_matrix output, gate, up, down;
} lmz_cuda_token_layer;

/* A transformer and the tables of its arithmetic (model/transformer/kernels/power_tables.h). */
typedef struct lmz_cuda_transformer {
  int32_t width, layers, heads, kv_heads, head_size, hidden;
  int32_t context, drop, sinks, rotations;
  int32_t attention_planes, is_gelu;
  lmz_cuda_scale epsilon, score_scale, embedding_scale;
  const uint32_t* phases[2]; /* [rotations][head_size / 2] */
  int32_t tokens;            /* rows of the embedding */
  int32_t embedding_exponent;
  const int8_t* embedding;            /* [tokens][width] */
  const int16_t* embedding_row_scale; /* [tokens] */
  const lmz_cuda_token_layer* layer;  /* [layers] */
  lmz_cuda_token_norm final_norm;
  lmz_cuda_token_matrix head; /* at least `token_count` rows */
  int32_t token_count;        /* of the vocabulary */
  int32_t virtual_count;
  const uint32_t* virtual_tokens; /* [virtual_count] */
  uint32_t virtual_weight;
  const uint16_t* sigmoid;     /* [8192] */
  const uint32_t* powers;      /* [1024] */
  const int32_t* logs;         /* [128]: of 127 .. 254 */
  const int32_t* quarter_sine; /* [1026] */
} lmz_cuda_transformer;

typedef struct lmz_cuda_device lmz_cuda_device;
typedef struct lmz_cuda_network lmz_cuda_network;
typedef struct lmz_cuda_session lmz_cuda_session;
typedef struct lmz_cuda_token_network lmz_cuda_token_network;
typedef struct lmz_cuda_token_session lmz_cuda_token_session;

typedef struct lmz_cuda_api {
  /* How many GPUs there are that can run it; 0 also where there is no driver. */
  int32_t (*count)(void);

  /* NULL on failure. A device outlives its networks, a network its sessions. */
  lmz_cuda_device* (*open)(int32_t number, char* error);
  void (*close)(lmz_cuda_device* device);
  const char* (*name)(const lmz_cuda_device* device);

  /* Copies the weights to the device. NULL also for a shape that the kernels do not know. */
  lmz_cuda_network* (*load)(lmz_cuda_device* device, const lmz_cuda_weights* weights, char* error);
  void (*unload)(lmz_cuda_network* network);

  /* As Predictor::Begin (model/predictor.h) with so many `lanes`, all new; a step is of at most
   * `lanes_per_step` lanes and `steps_ahead` steps. NULL without memory. */
  lmz_cuda_session* (*begin)(lmz_cuda_network* network, int32_t lanes, int32_t lanes_per_step,
                             int32_t steps_ahead, char* error);
  void (*end)(lmz_cuda_session* session);

  /* As Session::StepAhead, one step of a session at a time. Waits for the device. Returns 0, or
   * another number on failure: the device is of no more use then. */
  int32_t (*step)(lmz_cuda_session* session, int32_t first, int32_t count, int32_t times,
                  const uint8_t* last_bytes, uint32_t* opinions, char* error);
  void (*reset)(lmz_cuda_session* session, int32_t lane);

  /* For benchmarks: microseconds that `times` steps of `lanes` new lanes take with so many lanes
   * a block of threads (8, 16, 32; 0: as step chooses), with `last_bytes` [times][lanes]. The last
   * step's opinions, [lanes][256], are copied to `opinions` afterwards unless it is NULL. Negative
   * on failure. */
  int64_t (*measure)(lmz_cuda_network* network, int32_t lanes, int32_t times,
                     int32_t lanes_per_block, const uint8_t* last_bytes, uint32_t* opinions,
                     char* error);

  /* The same for transformers. */
  lmz_cuda_token_network* (*load_tokens)(lmz_cuda_device* device,
                                         const lmz_cuda_transformer* weights, char* error);
  void (*unload_tokens)(lmz_cuda_token_network* network);

  /* As TokenPredictor::Begin (model/token/token_predictor.h); a step is of at most `positions`
   * of each lane. NULL without memory. */
  lmz_cuda_token_session* (*begin_tokens)(lmz_cuda_token_network* network, int32_t lanes,
                                          int32_t positions, char* error);
  void (*end_tokens)(lmz_cuda_token_session* session);

  /* Memory of the session for the weights of a step of all its lanes and positions, to which they
   * come quickest. */
  uint32_t* (*tokens_memory)(lmz_cuda_token_session* session);

  /* As TokenSession::Step, one step of a session at a time. Waits for the device. Returns 0, or
   * another number on failure: the device is of no more use then. */
  int32_t (*step_tokens)(lmz_cuda_token_session* session, const int32_t* lanes, int32_t count,
                         int32_t positions, const uint32_t* tokens, uint32_t* weights, char* error);
} lmz_cuda_api;

/* The only name that the library exports; NULL for another version. */
typedef const lmz_cuda_api* (*lmz_cuda_get_api_function)(uint32_t version);
#define LMZ_CUDA_GET_API_NAME "lmz_cuda_get_api"

#ifdef __cplusplus
}
#endif

#endif
