// What liblmz_cuda.so exports for transformers: the functions of abi.h of the same names.
#pragma once

#include "device/cuda/abi.h"

namespace lmz::cuda {

lmz_cuda_token_network* LoadTokens(lmz_cuda_device* device, const lmz_cuda_transformer* weights,
                                   char* error);
void UnloadTokens(lmz_cuda_token_network* network);
lmz_cuda_token_session* BeginTokens(lmz_cuda_token_network* network, int32_t lanes,
                                    int32_t positions, char* error);
void EndTokens(lmz_cuda_token_session* session);
uint32_t* TokensMemory(lmz_cuda_token_session* session);
int32_t StepTokens(lmz_cuda_token_session* session, const int32_t* lanes, int32_t count,
                   int32_t positions, const uint32_t* tokens, uint32_t* weights, char* error);

}  // namespace lmz::cuda
