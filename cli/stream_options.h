// What the command line asks of the library's streams.
#pragma once

#include "cli/models.h"
#include "cli/options.h"
#include "stream/compress.h"

namespace lmz::cli {

// For compressing with `model` (null: none).
inline CompressOptions CompressOptionsOf(const Options& options, SharedModel model,
                                         std::shared_ptr<Device> device = nullptr) {
  CompressOptions compress;
  compress.model = std::move(model);
  compress.threads = options.threads;
  compress.device = std::move(device);
  compress.is_wide = options.wide;
  compress.block_size = options.block_size;
  compress.frame_size = options.frame_size;
  return compress;
}

// For decompressing with the models that there are.
inline DecompressOptions DecompressOptionsOf(const Options& options, const Models& models) {
  DecompressOptions decompress;
  decompress.models = models.known;
  decompress.threads = options.threads;
  decompress.device = models.device;
  decompress.memory_limit = options.memory_limit;
  decompress.output_limit = options.output_limit;
  return decompress;
}

}  // namespace lmz::cli
