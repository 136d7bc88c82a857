// Many small JSON records, each coded alone: RecordCoder with and without a model against zstd -19
// with a dictionary trained on the same sample. Prints a table in Markdown; every record is
// restored and compared. The records are made up by a fixed rule; the sample is of the same kind
// and comes first.
#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "bench/coders/lmz_coder.h"
#include "bench/report/environment.h"
#include "model/library.h"
#include "records/records.h"

namespace lmz::bench {
namespace {

constexpr int kSampleRecords = 1000;
constexpr int kRecords = 10000;

// An event as a web service logs it: about 300 bytes.
std::string MakeRecord(std::mt19937& random) {
  static constexpr const char* kActions[] = {"login",  "view_item", "add_to_cart",   "checkout",
                                             "search", "logout",    "update_profile"};
  static constexpr const char* kWords[] = {"red",   "blue",  "garden", "chair", "lamp",   "wooden",
                                           "steel", "table", "small",  "large", "kitchen"};
  static constexpr const char* kCities[] = {"Berlin", "Lyon", "Oslo", "Porto", "Graz", "Leeds"};
  const auto below = [&random](uint32_t limit) { return random() % limit; };
  std::string text = "{\"timestamp\":\"2024-0" + std::to_string(1 + below(9)) + "-1" +
                     std::to_string(below(10)) + "T" + std::to_string(10 + below(14)) + ":" +
                     std::to_string(10 + below(50)) + ":" + std::to_string(10 + below(50)) + "Z\"";
  text += ",\"session\":\"";
  for (int i = 0; i < 16; ++i) text += "0123456789abcdef"[below(16)];
  text += "\",\"user\":{\"id\":" + std::to_string(100000 + below(900000)) + ",\"city\":\"" +
          kCities[below(6)] + "\",\"returning\":" + (below(3) != 0 ? "true" : "false") + "}";
  text += std::string(",\"action\":\"") + kActions[below(7)] + "\",\"items\":[";
  for (size_t i = 0, count = 1 + below(3); i < count; ++i) {
    text += std::string(i == 0 ? "" : ",") + "{\"sku\":\"" + std::to_string(10000 + below(90000)) +
            "\",\"title\":\"" + kWords[below(11)] + " " + kWords[below(11)] +
            "\",\"price\":" + std::to_string(1 + below(300)) + "." +
            std::to_string(10 + below(90)) + "}";
  }
  return text + "],\"status\":" + (below(20) == 0 ? "500" : "200") +
         ",\"duration_ms\":" + std::to_string(below(2000)) + "}\n";
}

ByteSpan AsBytes(const std::string& text) {
  return ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

struct Totals {
  size_t bytes = 0;
  double encode_seconds = 0;
  double decode_seconds = 0;
};

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Both functions take a record or code and return what they made of it.
template <class Encode, class Decode>
bool Measure(const char* name, const std::vector<std::string>& records, Encode encode,
             Decode decode) {
  std::vector<Bytes> codes;
  Totals totals;
  double start = CpuSeconds();
  for (const std::string& record : records) codes.push_back(encode(AsBytes(record)));
  totals.encode_seconds = CpuSeconds() - start;
  start = CpuSeconds();
  for (size_t i = 0; i < records.size(); ++i) {
    const Bytes back = decode(codes[i], records[i].size());
    if (!std::equal(back.begin(), back.end(), AsBytes(records[i]).begin())) return false;
    totals.bytes += codes[i].size();
  }
  totals.decode_seconds = CpuSeconds() - start;
  const double count = static_cast<double>(records.size());
  std::printf("| %s | %.1f | %.0f | %.0f |\n", name, static_cast<double>(totals.bytes) / count,
              count / totals.encode_seconds, count / totals.decode_seconds);
  std::fflush(stdout);
  return true;
}

bool MeasureLmz(const char* name, const std::vector<std::string>& records, int level,
                const std::string& sample) {
  Result<RecordCoder> coder =
      RecordCoder::Make(ModelLibrary::Installed()->OfLevel(level).value(), AsBytes(sample));
  if (!coder.ok()) return false;
  Bytes room(RecordCoder::kMaxRecordSize + RecordCoder::kFraming);
  const auto encode = [&](ByteSpan record) {
    return Bytes(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(
                                                  coder.value().Encode(record, room).value()));
  };
  const auto decode = [&](ByteSpan code, size_t) {
    return Bytes(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(
                                                  coder.value().Decode(code, room).value()));
  };
  return Measure(name, records, encode, decode);
}

bool MeasureZstd(const std::vector<std::string>& records, const std::string& sample,
                 const std::vector<size_t>& sample_sizes) {
  Bytes dictionary(sample.size() / 4);
  const size_t size =
      ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), sample.data(),
                            sample_sizes.data(), static_cast<unsigned>(sample_sizes.size()));
  if (ZDICT_isError(size) != 0) return false;
  ZSTD_CDict* const compress = ZSTD_createCDict(dictionary.data(), size, 19);
  ZSTD_DDict* const decompress = ZSTD_createDDict(dictionary.data(), size);
  ZSTD_CCtx* const compressor = ZSTD_createCCtx();
  ZSTD_DCtx* const decompressor = ZSTD_createDCtx();
  const auto encode = [&](ByteSpan record) {
    Bytes code(ZSTD_compressBound(record.size()));
    code.resize(ZSTD_compress_usingCDict(compressor, code.data(), code.size(), record.data(),
                                         record.size(), compress));
    return code;
  };
  const auto decode = [&](ByteSpan code, size_t raw_size) {
    Bytes record(raw_size);
    ZSTD_decompress_usingDDict(decompressor, record.data(), record.size(), code.data(), code.size(),
                               decompress);
    return record;
  };
  const bool is_right = Measure("zstd -19, trained dictionary", records, encode, decode);
  ZSTD_freeCDict(compress);
  ZSTD_freeDDict(decompress);
  ZSTD_freeCCtx(compressor);
  ZSTD_freeDCtx(decompressor);
  return is_right;
}

int Run() {
  std::mt19937 random(1);
  std::string sample;
  std::vector<size_t> sample_sizes;
  for (int i = 0; i < kSampleRecords; ++i) {
    const std::string record = MakeRecord(random);
    sample += record;
    sample_sizes.push_back(record.size());
  }
  std::vector<std::string> records;
  std::string all = sample;
  for (int i = 0; i < kRecords; ++i) {
    records.push_back(MakeRecord(random));
    all += records.back();
  }
  const Result<BenchModel> model = LoadModelOfLevel(3);
  if (!model.ok()) {
    std::fprintf(stderr, "records_bench: %s\n", model.status().message().c_str());
    return 1;
  }
  std::printf("%s; %s, zstd %s; %s.\n", Machine(1).c_str(), LmzWithModels({model.value()}).c_str(),
              ZSTD_versionString(), DataOrigin("sample and records", AsBytes(all)).c_str());
  std::printf(
      "%d records of %.1f bytes on average; sample of %zu bytes; one thread, CPU "
      "time.\n\n| coder | bytes per record | records encoded per second | records decoded per "
      "second |\n"
      "|---|---:|---:|---:|\n",
      kRecords, static_cast<double>(all.size() - sample.size()) / kRecords, sample.size());
  const bool is_right = MeasureZstd(records, sample, sample_sizes) &&
                        MeasureLmz("lmz -0", records, 0, sample) &&
                        MeasureLmz("lmz -3", records, 3, sample);
  if (!is_right) std::fprintf(stderr, "records_bench: a record did not come back\n");
  return is_right ? 0 : 1;
}

}  // namespace
}  // namespace lmz::bench

int main() {
  return lmz::bench::Run();
}
