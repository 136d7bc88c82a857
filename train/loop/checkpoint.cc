#include "train/loop/checkpoint.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "base/checksum.h"
#include "train/data/file.h"

namespace lmz::train {

namespace {

constexpr uint64_t kMagic = 0x32746b636d7a6c7fu;  // and the version

Status Other(const std::string& path) {
  return Status(Code::kInvalidArgument, path +
                                            " was written with other data, network, batch or "
                                            "options: use the same ones or start again");
}

Result<Bytes> TakePart(ByteReader& in) {
  LMZ_ASSIGN(const uint64_t size, in.U64());
  LMZ_ASSIGN(const ByteSpan part, in.Take(size));
  return Bytes(part.begin(), part.end());
}

void PutPart(ByteWriter& out, ByteSpan part) {
  out.U64(part.size());
  out.Append(part);
}

}  // namespace

Status SaveCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  Bytes file;
  ByteWriter out(file);
  out.U64(kMagic);
  PutPart(out, checkpoint.identity);
  PutPart(out, checkpoint.counters);
  for (const at::Tensor& tensor : checkpoint.tensors) {
    const at::Tensor host = tensor.cpu().contiguous();
    PutPart(out, {static_cast<const uint8_t*>(host.data_ptr()), host.nbytes()});
  }
  out.U64(Checksum64(file));
  return WriteWholeFile(path, file);
}

Status LoadCheckpoint(const std::string& path, Checkpoint& checkpoint) {
  LMZ_ASSIGN(const Bytes file, ReadWholeFile(path));
  const Status damaged(Code::kDamaged, path + " is not a checkpoint or is damaged");
  if (file.size() < 16 || LoadLe64(file.data()) != kMagic) return damaged;
  const ByteSpan body = ByteSpan(file).first(file.size() - 8);
  if (LoadLe64(file.data() + body.size()) != Checksum64(body)) return damaged;
  ByteReader in(body.subspan(8));
  LMZ_ASSIGN(const Bytes identity, TakePart(in));
  if (identity != checkpoint.identity) return Other(path);
  LMZ_ASSIGN(checkpoint.counters, TakePart(in));
  std::vector<at::Tensor> hosts;
  for (const at::Tensor& tensor : checkpoint.tensors) {
    LMZ_ASSIGN(const Bytes part, TakePart(in));
    if (part.size() != tensor.nbytes()) return Other(path);
    hosts.push_back(at::empty(tensor.sizes(), tensor.options().device(at::kCPU)));
    std::memcpy(hosts.back().data_ptr(), part.data(), part.size());
  }
  if (in.remaining() != 0) return Other(path);
  for (size_t i = 0; i < hosts.size(); ++i) checkpoint.tensors[i].copy_(hosts[i]);
  return OkStatus();
}

}  // namespace lmz::train
