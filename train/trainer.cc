#include "trainer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numbers>

#include "base/checksum.h"

namespace lmz {

namespace {

constexpr int64_t kStepsBetweenLooks = 16;  // at clock and limits

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

at::Tensor ToDevice(ByteSpan bytes, const at::Device& device) {
  const at::Tensor host = at::empty({static_cast<int64_t>(bytes.size())}, at::kByte);
  std::memcpy(host.data_ptr(), bytes.data(), bytes.size());
  return host.to(device);
}

std::string TimeText(double seconds) {
  if (!std::isfinite(seconds)) return "no limit";
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  char text[48];
  std::snprintf(text, sizeof text, "%lld:%02lld left", static_cast<long long>(whole / 60),
                static_cast<long long>(whole % 60));
  return text;
}

std::string Line(const Progress& progress, double training_bits, double validation_bits,
                 double rate, double share_done) {
  char text[160];
  std::snprintf(text, sizeof text,
                "step %lld  %.1f MB seen  train %.4f  valid %.4f bits/byte  %.2f MB/s  %s",
                static_cast<long long>(progress.step), static_cast<double>(progress.seen) / 1e6,
                training_bits, validation_bits, rate / 1e6,
                TimeText(share_done > 0 ? progress.seconds * (1 - share_done) / share_done
                                        : std::numeric_limits<double>::infinity())
                    .c_str());
  return text;
}

uint64_t CorpusChecksum(const Corpus& corpus) {
  return Checksum64(corpus.training) ^ Checksum64(corpus.validation) << 1;
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, const at::Device& device, const Corpus& corpus)
    : options_(options),
      device_(device),
      data_checksum_(CorpusChecksum(corpus)),
      parameters_(options.shape, device,
                  device.is_cuda() && options.bfloat16 ? at::kBFloat16 : at::kFloat,
                  options.rounding),
      network_(parameters_, options.batch),
      optimizer_(parameters_, options.optimizer),
      sampler_(options.seed, static_cast<int64_t>(corpus.training.size()), options.batch,
               options.jump_share),
      training_(ToDevice(corpus.training, device)),
      validation_(ToDevice(corpus.validation, device)),
      positions_(at::zeros({options.batch.rows}, training_.options().dtype(at::kLong))),
      fresh_(at::zeros({options.batch.rows}, training_.options())),
      loss_sum_(at::zeros({1}, training_.options().dtype(at::kFloat))),
      replay_(device, [this] { EnqueueStep(); }) {
  parameters_.Initialize(options.seed);
}

void Trainer::Step() {
  sampler_.Next();
  Upload();
  ++progress_.step;
  optimizer_.Prepare(options_.schedule.RateAt(ShareDone(), progress_.step), progress_.step);
  replay_.Run();
  progress_.seen += int64_t{options_.batch.rows} * options_.batch.steps;
  ++loss_steps_;
}

void Trainer::Upload() {
  const auto rows = static_cast<size_t>(options_.batch.rows);
  const at::Tensor positions = at::empty({options_.batch.rows}, at::kLong);
  const at::Tensor fresh = at::empty({options_.batch.rows}, at::kByte);
  std::memcpy(positions.data_ptr(), sampler_.positions().data(), rows * sizeof(int64_t));
  std::memcpy(fresh.data_ptr(), sampler_.fresh().data(), rows);
  positions_.copy_(positions, /*non_blocking=*/true);
  fresh_.copy_(fresh, /*non_blocking=*/true);
}

void Trainer::EnqueueStep() {
  const at::Tensor keep = (fresh_ == 0).to(at::kFloat);
  at::mul_out(network_.start().state, network_.end().state, keep.view({1, -1, 1}));
  at::mul_out(network_.start().normals, network_.end().normals,
              keep.view({1, 1, -1, 1}).to(network_.end().normals.scalar_type()));
  OperationsFor(device_, network_.end().normals.scalar_type())
      .gather_bytes({options_.batch, training_.data_ptr<uint8_t>(), training_.numel(),
                     positions_.data_ptr<int64_t>(), fresh_.data_ptr<uint8_t>(),
                     network_.window().data_ptr<uint8_t>()},
                    CurrentStream(device_));
  network_.Run(/*gradient=*/true);
  optimizer_.Update();
  loss_sum_.add_(network_.loss());
}

double Trainer::LossBits() {
  const double nats = loss_sum_.item<float>();
  const auto bytes = static_cast<double>(loss_steps_ * options_.batch.rows * options_.batch.steps);
  loss_sum_.zero_();
  loss_steps_ = 0;
  return nats / bytes * std::numbers::log2e;
}

int64_t Trainer::validation_stride() const {
  return std::max<int64_t>(1, validation_.numel() / options_.batch.rows);
}

int64_t Trainer::validation_segments() const {
  return std::max<int64_t>(1, validation_stride() / options_.batch.steps);
}

double Trainer::ValidationBits(int64_t most_segments) {
  const at::Tensor state = network_.end().state.clone(), normals = network_.end().normals.clone();
  const at::Tensor zero = at::zeros_like(fresh_), one = at::ones_like(fresh_);
  const int64_t segments = std::min(validation_segments(), most_segments);
  at::Tensor position = at::arange(options_.batch.rows, positions_.options()) * validation_stride();
  network_.end().Zero();
  double nats = 0;
  for (int64_t segment = 0; segment < segments; ++segment) {
    network_.start().state.copy_(network_.end().state);
    network_.start().normals.copy_(network_.end().normals);
    OperationsFor(device_, normals.scalar_type())
        .gather_bytes(
            {options_.batch, validation_.data_ptr<uint8_t>(), validation_.numel(),
             position.data_ptr<int64_t>(), (segment == 0 ? one : zero).data_ptr<uint8_t>(),
             network_.window().data_ptr<uint8_t>()},
            CurrentStream(device_));
    network_.Run(/*gradient=*/false);
    nats += network_.loss().item<float>();
    position += options_.batch.steps;
  }
  network_.end().state.copy_(state);
  network_.end().normals.copy_(normals);
  const auto bytes = static_cast<double>(segments * options_.batch.rows * options_.batch.steps);
  return nats / bytes * std::numbers::log2e;
}

double Trainer::ShareDone() const {
  return std::max(static_cast<double>(progress_.seen) / static_cast<double>(options_.most_bytes),
                  progress_.seconds / options_.most_seconds);
}

Status Trainer::Run(const volatile std::sig_atomic_t* stop,
                    const std::function<void(const std::string&)>& report,
                    const std::function<Status()>& improved) {
  const double earlier = progress_.seconds;
  const Clock::time_point start = Clock::now();
  double reported = earlier, validated = earlier, saved = earlier, bits = std::nan("");
  int64_t reported_seen = progress_.seen;
  while (ShareDone() < 1 && *stop == 0) {
    Step();
    if (progress_.step % kStepsBetweenLooks != 0) {
      if (device_.is_cuda()) continue;
    } else {
      Synchronize(device_);
    }
    progress_.seconds = earlier + SecondsSince(start);
    if (progress_.seconds - reported < options_.report_seconds) continue;
    const double training_bits = LossBits();
    if (!std::isfinite(training_bits)) {
      return Status(Code::kInternal, "the loss is not a number at step " +
                                         std::to_string(progress_.step) +
                                         ": go on from an earlier checkpoint or begin anew, with "
                                         "a lower --rate");
    }
    const double rate =
        static_cast<double>(progress_.seen - reported_seen) / (progress_.seconds - reported);
    if (std::isnan(bits) || progress_.seconds - validated >= options_.validate_seconds) {
      LMZ_TRY(Validate(improved, bits));
      validated = progress_.seconds;
    }
    report(Line(progress_, training_bits, bits, rate, ShareDone()));
    if (progress_.seconds - saved >= options_.checkpoint_seconds) {
      LMZ_TRY(Save());
      saved = progress_.seconds;
    }
    progress_.seconds = earlier + SecondsSince(start);
    reported = progress_.seconds;
    reported_seen = progress_.seen;
    if (options_.patience > 0 && progress_.validations_since_best >= options_.patience) break;
  }
  Synchronize(device_);
  progress_.seconds = earlier + SecondsSince(start);
  LMZ_TRY(Validate(improved, bits));
  report(Line(progress_, loss_steps_ > 0 ? LossBits() : std::nan(""), bits,
              static_cast<double>(progress_.seen) / progress_.seconds, ShareDone()));
  return Save();
}

Status Trainer::Validate(const std::function<Status()>& improved, double& bits) {
  bits = ValidationBits();
  if (bits < progress_.best_bits) {
    progress_.best_bits = bits;
    progress_.validations_since_best = 0;
    return improved();
  }
  ++progress_.validations_since_best;
  return OkStatus();
}

Bytes Trainer::Identity() const {
  Bytes identity;
  ByteWriter out(identity);
  out.U64(data_checksum_);
  for (const int value :
       {int{options_.shape.width}, int{options_.shape.layers}, int{options_.shape.state},
        int{options_.shape.hidden}, options_.batch.rows, options_.batch.steps,
        options_.optimizer.muon ? 1 : 0, device_.is_cuda() ? 1 : 0}) {
    out.U32(static_cast<uint32_t>(value));
  }
  return identity;
}

Checkpoint Trainer::State() {
  Checkpoint state;
  state.identity = Identity();
  state.tensors = {parameters_.values(), optimizer_.mean(), optimizer_.square(),
                   network_.end().state, network_.end().normals};
  ByteWriter out(state.counters);
  out.U64(static_cast<uint64_t>(progress_.step));
  out.U64(static_cast<uint64_t>(progress_.seen));
  out.U64(std::bit_cast<uint64_t>(progress_.seconds));
  out.U64(std::bit_cast<uint64_t>(progress_.best_bits));
  out.U64(static_cast<uint64_t>(progress_.validations_since_best));
  sampler_.Save(out);
  return state;
}

Status Trainer::Save() {
  return options_.checkpoint.empty() ? OkStatus() : SaveCheckpoint(options_.checkpoint, State());
}

Status Trainer::Resume() {
  Checkpoint state = State();
  LMZ_TRY(LoadCheckpoint(options_.checkpoint, state));
  parameters_.RefreshCopy();
  ByteReader in(state.counters);
  LMZ_ASSIGN(const uint64_t step, in.U64());
  LMZ_ASSIGN(const uint64_t seen, in.U64());
  LMZ_ASSIGN(const uint64_t seconds, in.U64());
  LMZ_ASSIGN(const uint64_t best, in.U64());
  LMZ_ASSIGN(const uint64_t since, in.U64());
  progress_ = {static_cast<int64_t>(step), static_cast<int64_t>(seen),
               std::bit_cast<double>(seconds), std::bit_cast<double>(best),
               static_cast<int64_t>(since)};
  return sampler_.Load(in);
}

}  // namespace lmz
