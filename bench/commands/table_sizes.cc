#include "bench/commands/table_sizes.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <mutex>
#include <numeric>

#include "bench/coders/network_alone.h"
#include "bench/coders/tokens_alone.h"
#include "bench/measure/input.h"
#include "bench/measure/parallel.h"
#include "bench/report/environment.h"

namespace lmz::bench {

namespace {

// Remembers sizes in the journal by what was measured; used from several threads.
class Recorder {
 public:
  Recorder(Journal& journal, size_t jobs) : journal_(journal), jobs_(jobs) {}

  // The size behind `key`, measured when the journal does not have it.
  Result<uint64_t> Size(const std::vector<std::string>& key,
                        const std::function<Result<uint64_t>()>& measure) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = journal_.Find(key); known && known->size() == 1) {
        ++done_;
        return static_cast<uint64_t>((*known)[0]);
      }
    }
    LMZ_ASSIGN(const uint64_t size, measure());
    const std::lock_guard lock(mutex_);
    LMZ_TRY(journal_.Add(key, {static_cast<double>(size)}));
    std::fprintf(stderr, "%zu of %zu: %s, %s, %s: %llu bytes\n", ++done_, jobs_, key[0].c_str(),
                 key[1].c_str(), key[3].c_str(), static_cast<unsigned long long>(size));
    return size;
  }

 private:
  Journal& journal_;
  const size_t jobs_;
  size_t done_ = 0;
  std::mutex mutex_;
};

uint64_t Sum(const std::vector<uint64_t>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
}

Result<uint64_t> WholeSize(const Coder& coder, const DataSet& set) {
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizes(coder, set.whole, 1));
  return Sum(sizes);
}

Result<uint64_t> SizeOfChunks(const Coder& coder, const DataSet& set, int threads) {
  LMZ_ASSIGN(const uint64_t header, HeaderSize(coder, set.chunks[0]));
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizes(coder, set.chunks, threads));
  const std::optional<uint64_t> size = ChunkedSize(sizes, header);
  if (!size) {
    return Status(Code::kInternal, coder.name() + ": " + set.name +
                                       ": the chunks are smaller than headers of " +
                                       std::to_string(header) + " bytes each");
  }
  return *size;
}

Result<uint64_t> SizeAlone(const Predictor& network, const DataSet& set, int threads) {
  std::vector<ByteSpan> chunks;
  for (const Signal& chunk : set.chunks) chunks.push_back(chunk.bytes);
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedSizesAlone(network, chunks, threads));
  return Sum(sizes);
}

// How a model of tokens is measured without the mixer.
struct TokenWay {
  const char* suffix;  // of the row's name
  bool is_halved = false;
  size_t likeliest = 0;  // no more tokens than these have a code; 0: all
};

constexpr TokenWay kTokenWays[] = {{.suffix = " alone"},
                                   {.suffix = " alone, halved", .is_halved = true},
                                   {.suffix = " alone, 100 likeliest", .likeliest = 100}};

// The paper clears the highest bit of text instead, which is no code.
bool Goes(const TokenWay& way, const DataSet& set) {
  return !set.chunks.empty() && !(way.is_halved && set.name == "text");
}

Result<uint64_t> SizeOfTokens(const TokenPredictor& model, const TokenWay& way,
                              const std::vector<Signal>& signals, int threads) {
  std::vector<Bytes> halved;
  std::vector<ByteSpan> chunks;
  uint64_t lost_bits = 0;
  for (const Signal& signal : signals) {
    if (way.is_halved) halved.push_back(Halved(signal.bytes));
    if (way.is_halved) lost_bits += signal.bytes.size();
    chunks.push_back(signal.bytes);
  }
  std::copy(halved.begin(), halved.end(), chunks.begin());
  if (way.likeliest != 0) return SizeOfLikeliest(model, chunks, way.likeliest, threads);
  LMZ_ASSIGN(const std::vector<uint64_t> sizes, VerifiedTokenSizesAlone(model, chunks, threads));
  return Sum(sizes) + (lost_bits + 7) / 8;
}

bool TakesAll(const Coder& coder, const std::vector<Signal>& signals) {
  for (const Signal& signal : signals) {
    if (!coder.Takes(signal)) return false;
  }
  return !signals.empty();
}

struct Job {
  size_t row;
  size_t set;
};

// Rows of a coder and of a network alone, nothing measured yet.
TableRow EmptyRow(const Coder& coder, size_t sets) {
  return {coder.name(),
          coder.version(),
          coder.revision(),
          coder.model_size(),
          coder.parameters(),
          std::vector<std::optional<CodedSize>>(sets),
          std::vector<std::optional<CodedSize>>(sets)};
}

TableRow EmptyRow(const BenchModel& model, size_t sets, const char* suffix = " alone") {
  return {"network " + model.name + suffix,
          LmzVersion() + " " + model.id,
          1,
          model.file_size,
          model.parameters,
          std::vector<std::optional<CodedSize>>(sets),
          std::vector<std::optional<CodedSize>>(sets)};
}

// What a size is remembered by.
std::vector<std::string> KeyOf(const TableRow& row, const char* way, const DataSet& set,
                               const std::string& hash) {
  return {row.coder, way, KeptVersion(row.version, row.revision), set.name, hash};
}

// Of one model of tokens.
size_t CountTokenSizes(const std::vector<DataSet>& sets) {
  size_t count = 0;
  for (const TokenWay& way : kTokenWays) {
    for (const DataSet& set : sets) count += Goes(way, set) ? 2 : 0;
  }
  return count;
}

// The rows of models of tokens without the mixer.
Status AddTokenRows(const std::vector<DataSet>& sets, const std::vector<std::string>& hashes,
                    const std::vector<BenchModel>& models, int threads, Recorder& recorder,
                    std::vector<TableRow>& rows) {
  for (const BenchModel& model : models) {
    const TokenPredictor* const tokens = model.model->as_token_predictor();
    if (tokens == nullptr) continue;
    for (const TokenWay& way : kTokenWays) {
      TableRow row = EmptyRow(model, sets.size(), way.suffix);
      for (size_t s = 0; s < sets.size(); ++s) {
        if (!Goes(way, sets[s])) continue;
        const auto measure = [&](const char* name, const std::vector<Signal>& signals) {
          return recorder.Size(KeyOf(row, name, sets[s], hashes[s]),
                               [&] { return SizeOfTokens(*tokens, way, signals, threads); });
        };
        LMZ_ASSIGN(const uint64_t whole, measure("whole", {{.bytes = sets[s].bytes}}));
        LMZ_ASSIGN(const uint64_t chunked, measure("chunks", sets[s].chunks));
        row.whole[s] = {sets[s].bytes.size(), whole};
        row.chunked[s] = {sets[s].bytes.size(), chunked};
      }
      rows.push_back(std::move(row));
    }
  }
  return OkStatus();
}

}  // namespace

Result<std::vector<TableRow>> MeasureTable(const std::vector<DataSet>& sets, const Coders& coders,
                                           const std::vector<BenchModel>& models, int threads,
                                           Journal& journal) {
  std::vector<TableRow> rows;
  std::vector<Job> whole, chunked;
  for (const auto& coder : coders) {
    for (size_t s = 0; s < sets.size(); ++s) {
      if (TakesAll(*coder, sets[s].whole)) whole.push_back({rows.size(), s});
      if (TakesAll(*coder, sets[s].chunks)) chunked.push_back({rows.size(), s});
    }
    rows.push_back(EmptyRow(*coder, sets.size()));
  }
  std::vector<std::string> hashes;
  for (const DataSet& set : sets) hashes.push_back(KeptHash(set));
  const auto with_chunks =
      std::count_if(sets.begin(), sets.end(), [](auto& set) { return !set.chunks.empty(); });
  size_t alone = 0;
  for (const BenchModel& model : models) {
    alone += model.network == nullptr ? CountTokenSizes(sets) : static_cast<size_t>(with_chunks);
  }
  Recorder recorder(journal, whole.size() + chunked.size() + alone);
  const auto key = [&](const TableRow& row, const char* way, size_t s) {
    return KeyOf(row, way, sets[s], hashes[s]);
  };

  LMZ_TRY(ForEach(whole.size(), threads, [&](size_t i) -> Status {
    TableRow& row = rows[whole[i].row];
    const size_t s = whole[i].set;
    LMZ_ASSIGN(const uint64_t size, recorder.Size(key(row, "whole", s), [&] {
      return WholeSize(*coders[whole[i].row], sets[s]);
    }));
    row.whole[s] = {sets[s].bytes.size(), size};
    return OkStatus();
  }));
  for (const Job& job : chunked) {
    TableRow& row = rows[job.row];
    LMZ_ASSIGN(const uint64_t size, recorder.Size(key(row, "chunks", job.set), [&] {
      return SizeOfChunks(*coders[job.row], sets[job.set], threads);
    }));
    row.chunked[job.set] = {sets[job.set].bytes.size(), size};
  }
  for (const BenchModel& model : models) {
    if (model.network == nullptr) continue;
    TableRow row = EmptyRow(model, sets.size());
    for (size_t s = 0; s < sets.size(); ++s) {
      if (sets[s].chunks.empty()) continue;
      LMZ_ASSIGN(const uint64_t size, recorder.Size(key(row, "chunks", s), [&] {
        return SizeAlone(*model.network, sets[s], threads);
      }));
      row.chunked[s] = {sets[s].bytes.size(), size};
    }
    rows.push_back(std::move(row));
  }
  LMZ_TRY(AddTokenRows(sets, hashes, models, threads, recorder, rows));
  return rows;
}

}  // namespace lmz::bench
