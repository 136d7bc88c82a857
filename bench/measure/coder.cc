#include "bench/measure/coder.h"

#include <algorithm>

#include "bench/measure/parallel.h"

namespace lmz::bench {

std::string KeptVersion(const std::string& version, int revision) {
  return revision == 1 ? version : version + ", revision " + std::to_string(revision);
}

Result<uint64_t> VerifiedSize(const Coder& coder, const Signal& signal) {
  if (const auto known = coder.KnownSize(signal)) return *known;
  const Result<Bytes> code = coder.Encode(signal);
  if (!code.ok()) return code.status().At(coder.name());
  const Result<Bytes> restored = coder.Decode(code.value(), signal.bytes.size());
  if (!restored.ok()) return restored.status().At(coder.name());
  const Bytes& bytes = restored.value();
  if (bytes.size() < signal.bytes.size() ||
      !std::equal(signal.bytes.begin(), signal.bytes.end(), bytes.begin())) {
    return Status(Code::kDamaged, coder.name() + ": " + std::to_string(signal.bytes.size()) +
                                      " bytes were not restored; no number of it counts");
  }
  coder.Remember(signal, code.value());
  return code.value().size();
}

Result<uint64_t> HeaderSize(const Coder& coder, const Signal& like) {
  const Bytes zeros(static_cast<size_t>(like.channels * (like.bits / 8)));
  Signal one = like;
  one.bytes = zeros;
  one.width = one.height = 1;
  return VerifiedSize(coder, one);
}

Result<std::vector<uint64_t>> VerifiedSizes(const Coder& coder, const std::vector<Signal>& signals,
                                            int threads) {
  std::vector<uint64_t> sizes(signals.size());
  LMZ_TRY(ForEach(signals.size(), threads, [&](size_t i) -> Status {
    LMZ_ASSIGN(sizes[i], VerifiedSize(coder, signals[i]));
    return OkStatus();
  }));
  return sizes;
}

}  // namespace lmz::bench
