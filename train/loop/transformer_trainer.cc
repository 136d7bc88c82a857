#include "train/loop/transformer_trainer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numbers>

#include "train/loop/muon.h"
#include "train/network/device.h"

namespace lmz::train {

namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.98, kEpsilon = 1e-8;
constexpr int64_t kStepsBetweenLooks = 8;  // at clock and limits

using Clock = std::chrono::steady_clock;

}  // namespace

TransformerTrainer::TransformerTrainer(const TransformerOptions& options, const at::Device& device,
                                       const Corpus& corpus)
    : options_(options),
      device_(device),
      data_checksum_(ChecksumOf(corpus)),
      network_(options.size, device, options.seed, options.is_rounded),
      sampler_(options.seed, static_cast<int64_t>(corpus.training.size()), options.batch,
               /*jump_share=*/1),
      training_(ToDevice(corpus.training, device)),
      validation_(ToDevice(corpus.validation, device)),
      loss_sum_(at::zeros({}, training_.options().dtype(at::kFloat))) {
  for (const at::Tensor& value : network_.matrices()) {
    const at::Tensor zeros = at::zeros_like(value).set_requires_grad(false);
    trained_.push_back({value, zeros, options.optimizer.muon ? at::Tensor() : zeros.clone(), true});
  }
  for (const at::Tensor& value : network_.others()) {
    const at::Tensor zeros = at::zeros_like(value).set_requires_grad(false);
    trained_.push_back({value, zeros, zeros.clone(), false});
  }
}

// uint8 [places][steps]; the data are a ring.
at::Tensor TransformerTrainer::Stretches(const at::Tensor& data,
                                         const std::vector<int64_t>& places) const {
  const auto count = static_cast<int64_t>(places.size());
  const at::Tensor begins = at::empty({count, 1}, at::kLong);
  std::memcpy(begins.data_ptr(), places.data(), places.size() * sizeof(int64_t));
  const at::Tensor steps = at::arange(options_.batch.steps, data.options().dtype(at::kLong));
  return data.index({(begins.to(device_) + steps).remainder(data.numel())});
}

void TransformerTrainer::Step() {
  sampler_.Next();
  const at::Tensor bytes = Stretches(training_, sampler_.positions());
  const at::Tensor loss = network_.Loss(bytes, device_.is_cuda() && options_.is_bfloat16);
  (loss / bytes.numel()).backward();
  loss_sum_.add_(loss.detach());
  ++loss_steps_;
  ++progress_.step;
  Update(options_.schedule.RateAt(ShareDone(), progress_.step));
  progress_.seen += bytes.numel();
}

// AdamW, and Muon for the layers' matrices on demand (sources: optimizer.h).
void TransformerTrainer::Update(double rate) {
  const at::NoGradGuard no_gradients;
  at::Tensor square = at::zeros({}, loss_sum_.options());
  for (const Trained& t : trained_) square.add_(t.value.grad().square().sum());
  const at::Tensor shrink = (options_.optimizer.clip / (square.sqrt() + 1e-12)).clamp_max(1);
  const auto step = static_cast<double>(progress_.step);
  const at::ScalarType element = device_.is_cuda() ? at::kBFloat16 : at::kFloat;
  for (Trained& t : trained_) {
    at::Tensor& gradient = t.value.mutable_grad();
    const double decay = t.decays ? options_.optimizer.weight_decay : 0;
    at::Tensor update;
    if (t.square.defined()) {
      gradient.mul_(shrink);
      t.mean.lerp_(gradient, 1 - kBeta1);
      t.square.lerp_(gradient.square(), 1 - kBeta2);
      const at::Tensor root = (t.square / (1 - std::pow(kBeta2, step))).sqrt_().add_(kEpsilon);
      update = t.mean / (1 - std::pow(kBeta1, step)) / root;
    } else {
      update = MuonUpdate(gradient, t.mean, element);
    }
    t.value.sub_(at::add(update, t.value, decay) * rate);
    gradient = at::Tensor();
  }
}

double TransformerTrainer::ShareDone() const {
  return std::max(static_cast<double>(progress_.seen) / static_cast<double>(options_.most_bytes),
                  progress_.seconds / options_.most_seconds);
}

int64_t TransformerTrainer::validation_stride() const {
  return options_.batch.steps;
}

int64_t TransformerTrainer::validation_stretches() const {
  return std::max<int64_t>(1, validation_.numel() / validation_stride());
}

double TransformerTrainer::ValidationBits(int64_t most_stretches) {
  const at::NoGradGuard no_gradients;
  const int64_t stretches = std::min(validation_stretches(), most_stretches);
  double nats = 0;
  for (int64_t begin = 0; begin < stretches; begin += options_.batch.rows) {
    std::vector<int64_t> places;
    for (int64_t i = begin; i < std::min(begin + options_.batch.rows, stretches); ++i) {
      places.push_back(i * validation_stride());
    }
    const at::Tensor bytes = Stretches(validation_, places);
    nats += network_.Loss(bytes, device_.is_cuda() && options_.is_bfloat16).item<float>();
  }
  return nats / static_cast<double>(stretches * options_.batch.steps) * std::numbers::log2e;
}

Status TransformerTrainer::Run(const volatile std::sig_atomic_t* stop,
                               const std::function<void(const std::string&)>& report) {
  const double earlier = progress_.seconds;
  const Clock::time_point start = Clock::now();
  double reported = earlier, validated = earlier, saved = earlier, bits = std::nan("");
  int64_t reported_seen = progress_.seen;
  for (bool is_over = false; !is_over;) {
    if (ShareDone() < 1 && *stop == 0) Step();
    if (progress_.step % kStepsBetweenLooks == 0) Synchronize(device_);
    progress_.seconds = earlier + std::chrono::duration<double>(Clock::now() - start).count();
    is_over = ShareDone() >= 1 || *stop != 0;
    if (!is_over && progress_.seconds - reported < options_.report_seconds) continue;
    const double training_bits = loss_sum_.item<float>() /
                                 static_cast<double>(std::max<int64_t>(loss_steps_, 1)) /
                                 (options_.batch.rows * options_.batch.steps) * std::numbers::log2e;
    if (!std::isfinite(training_bits)) {
      return Status(Code::kInternal, "the loss is not a number at step " +
                                         std::to_string(progress_.step) +
                                         ": start again with a lower --rate");
    }
    loss_sum_.zero_();
    loss_steps_ = 0;
    const double rate = static_cast<double>(progress_.seen - reported_seen) /
                        std::max(progress_.seconds - reported, 1e-3);
    if (is_over || std::isnan(bits) || progress_.seconds - validated >= options_.validate_seconds) {
      bits = ValidationBits();
      validated = progress_.seconds;
    }
    report(ProgressLine(progress_, training_bits, bits, rate, ShareDone()));
    if (is_over || progress_.seconds - saved >= options_.checkpoint_seconds) {
      LMZ_TRY(Save());
      saved = progress_.seconds;
    }
    reported = progress_.seconds;
    reported_seen = progress_.seen;
  }
  return OkStatus();
}

Bytes TransformerTrainer::Identity() const {
  Bytes identity;
  ByteWriter out(identity);
  out.U64(data_checksum_);
  const TransformerSize& size = options_.size;
  for (const int value :
       {size.width, size.layers, size.heads, size.kv_heads, size.hidden, options_.batch.rows,
        options_.batch.steps, options_.optimizer.muon ? 1 : 0, options_.is_rounded ? 1 : 0,
        device_.is_cuda() ? 1 : 0}) {
    out.U32(static_cast<uint32_t>(value));
  }
  return identity;
}

Checkpoint TransformerTrainer::State() const {
  Checkpoint state;
  state.identity = Identity();
  ByteWriter out(state.counters);
  out.U64(static_cast<uint64_t>(progress_.step));
  out.U64(static_cast<uint64_t>(progress_.seen));
  out.U64(std::bit_cast<uint64_t>(progress_.seconds));
  sampler_.Save(out);
  for (const Trained& t : trained_) {
    state.tensors.push_back(t.value.detach());
    state.tensors.push_back(t.mean);
    if (t.square.defined()) state.tensors.push_back(t.square);
  }
  return state;
}

Status TransformerTrainer::Save() const {
  return options_.checkpoint.empty() ? OkStatus() : SaveCheckpoint(options_.checkpoint, State());
}

Status TransformerTrainer::Resume() {
  Checkpoint state = State();
  for (at::Tensor& tensor : state.tensors) tensor = tensor.clone();
  LMZ_TRY(LoadCheckpoint(options_.checkpoint, state));
  const at::NoGradGuard no_gradients;
  auto next = state.tensors.begin();
  for (Trained& t : trained_) {
    t.value.copy_(*next++);
    t.mean.copy_(*next++);
    if (t.square.defined()) t.square.copy_(*next++);
  }
  ByteReader in(state.counters);
  LMZ_ASSIGN(const uint64_t step, in.U64());
  LMZ_ASSIGN(const uint64_t seen, in.U64());
  LMZ_ASSIGN(const uint64_t seconds, in.U64());
  progress_.step = static_cast<int64_t>(step);
  progress_.seen = static_cast<int64_t>(seen);
  progress_.seconds = std::bit_cast<double>(seconds);
  return sampler_.Load(in);
}

}  // namespace lmz::train
