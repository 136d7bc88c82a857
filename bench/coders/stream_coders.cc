// Coders of bytes: gzip, bzip2, LZMA2, zstd and brotli, each at its strongest usual level.
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "bench/measure/coder.h"

namespace lmz::bench {

namespace {

Status Failed(const char* what) {
  return Status(Code::kIo, std::string(what) + " failed");
}

// The file format of gzip, by zlib.
class Gzip final : public Coder {
 public:
  std::string name() const override { return "gzip -9"; }
  std::string version() const override { return std::string("zlib ") + zlibVersion(); }
  Result<Bytes> Encode(const Signal& signal) const override {
    z_stream stream = {};
    constexpr int kGzipWindow = 15 + 16;
    if (deflateInit2(&stream, 9, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
      return Failed("deflate");
    }
    Bytes code(deflateBound(&stream, signal.bytes.size()));
    stream.next_in = const_cast<Bytef*>(signal.bytes.data());
    stream.avail_in = static_cast<uInt>(signal.bytes.size());
    stream.next_out = code.data();
    stream.avail_out = static_cast<uInt>(code.size());
    const int result = deflate(&stream, Z_FINISH);
    code.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) return Failed("deflate");
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    z_stream stream = {};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return Failed("inflate");
    Bytes raw(raw_size);
    stream.next_in = const_cast<Bytef*>(code.data());
    stream.avail_in = static_cast<uInt>(code.size());
    stream.next_out = raw.data();
    stream.avail_out = static_cast<uInt>(raw.size());
    const int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    if (result != Z_STREAM_END || stream.total_out != raw_size) return Failed("inflate");
    return raw;
  }
};

class Bzip2 final : public Coder {
 public:
  std::string name() const override { return "bzip2 -9"; }
  std::string version() const override {
    const std::string text = BZ2_bzlibVersion();  // "1.0.8, 13-Jul-2019"
    return "libbz2 " + text.substr(0, text.find(','));
  }
  Result<Bytes> Encode(const Signal& signal) const override {
    auto size = static_cast<unsigned>(signal.bytes.size() + signal.bytes.size() / 100 + 600);
    Bytes code(size);
    char* in = reinterpret_cast<char*>(const_cast<uint8_t*>(signal.bytes.data()));
    if (BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(code.data()), &size, in,
                                 static_cast<unsigned>(signal.bytes.size()), 9, 0, 0) != BZ_OK) {
      return Failed("bzip2");
    }
    code.resize(size);
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    Bytes raw(raw_size);
    auto size = static_cast<unsigned>(raw_size);
    char* in = reinterpret_cast<char*>(const_cast<uint8_t*>(code.data()));
    if (BZ2_bzBuffToBuffDecompress(reinterpret_cast<char*>(raw.data()), &size, in,
                                   static_cast<unsigned>(code.size()), 0, 0) != BZ_OK) {
      return Failed("bunzip2");
    }
    raw.resize(size);
    return raw;
  }
};

// What xz -9e -T1 writes.
class Lzma2 final : public Coder {
 public:
  std::string name() const override { return "LZMA2 (xz -9e)"; }
  std::string version() const override { return std::string("liblzma ") + lzma_version_string(); }
  int revision() const override { return 2; }
  Result<Bytes> Encode(const Signal& signal) const override {
    Bytes code(lzma_stream_buffer_bound(signal.bytes.size()));
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_easy_encoder(&stream, 9 | LZMA_PRESET_EXTREME, LZMA_CHECK_CRC64) != LZMA_OK) {
      return Failed("xz");
    }
    stream.next_in = signal.bytes.data();
    stream.avail_in = signal.bytes.size();
    stream.next_out = code.data();
    stream.avail_out = code.size();
    const lzma_ret result = lzma_code(&stream, LZMA_FINISH);
    code.resize(stream.total_out);
    lzma_end(&stream);
    if (result != LZMA_STREAM_END) return Failed("xz");
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    Bytes raw(raw_size);
    uint64_t memory_limit = UINT64_MAX;
    size_t in = 0, out = 0;
    if (lzma_stream_buffer_decode(&memory_limit, 0, nullptr, code.data(), &in, code.size(),
                                  raw.data(), &out, raw.size()) != LZMA_OK) {
      return Failed("unxz");
    }
    raw.resize(out);
    return raw;
  }
};

class Zstd final : public Coder {
 public:
  explicit Zstd(int level) : level_(level) {}
  std::string name() const override {
    return level_ > 19 ? "zstd --ultra -" + std::to_string(level_)
                       : "zstd -" + std::to_string(level_);
  }
  std::string version() const override { return std::string("libzstd ") + ZSTD_versionString(); }
  Result<Bytes> Encode(const Signal& signal) const override {
    Bytes code(ZSTD_compressBound(signal.bytes.size()));
    const size_t size =
        ZSTD_compress(code.data(), code.size(), signal.bytes.data(), signal.bytes.size(), level_);
    if (ZSTD_isError(size) != 0) return Failed("zstd");
    code.resize(size);
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    Bytes raw(raw_size);
    const size_t size = ZSTD_decompress(raw.data(), raw.size(), code.data(), code.size());
    if (ZSTD_isError(size) != 0) return Failed("unzstd");
    raw.resize(size);
    return raw;
  }

 private:
  int level_;
};

class Brotli final : public Coder {
 public:
  std::string name() const override { return "brotli 11"; }
  std::string version() const override {
    const uint32_t v = BrotliEncoderVersion();
    return "libbrotli " + std::to_string(v >> 24) + "." + std::to_string(v >> 12 & 0xFFF) + "." +
           std::to_string(v & 0xFFF);
  }
  Result<Bytes> Encode(const Signal& signal) const override {
    size_t size = std::max<size_t>(BrotliEncoderMaxCompressedSize(signal.bytes.size()), 64);
    Bytes code(size);
    if (BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_GENERIC,
                              signal.bytes.size(), signal.bytes.data(), &size,
                              code.data()) == BROTLI_FALSE) {
      return Failed("brotli");
    }
    code.resize(size);
    return code;
  }
  Result<Bytes> Decode(ByteSpan code, uint64_t raw_size) const override {
    Bytes raw(raw_size);
    size_t size = raw_size;
    if (BrotliDecoderDecompress(code.size(), code.data(), &size, raw.data()) !=
        BROTLI_DECODER_RESULT_SUCCESS) {
      return Failed("brotli -d");
    }
    raw.resize(size);
    return raw;
  }
};

}  // namespace

void AddStreamCoders(Coders& coders) {
  coders.push_back(std::make_unique<Gzip>());
  coders.push_back(std::make_unique<Bzip2>());
  coders.push_back(std::make_unique<Lzma2>());
  coders.push_back(std::make_unique<Zstd>(19));
  coders.push_back(std::make_unique<Zstd>(22));
  coders.push_back(std::make_unique<Brotli>());
}

}  // namespace lmz::bench
