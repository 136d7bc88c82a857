#include "train/loop/trainer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numbers>

#include "train/loop/compact_floats.h"

namespace lmz::train {

namespace {

constexpr int64_t kStepsBetweenLooks = 16;  // at clock and limits

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, const at::Device& device, const Corpus& corpus,
                 const ProcessGroup& group, Parameters* teacher)
    : options_(options),
      device_(device),
      group_(group),
      data_checksum_(ChecksumOf(corpus)),
      parameters_(options.shape, device,
                  device.is_cuda() && options.bfloat16 ? at::kBFloat16 : at::kFloat,
                  options.rounding),
      network_(parameters_, options.batch),
      teacher_(teacher == nullptr ? nullptr
                                  : std::make_unique<GlrNetwork>(*teacher, options.batch)),
      optimizer_(parameters_, options.optimizer),
      sampler_(options.seed, static_cast<int64_t>(corpus.training.size()),
               {static_cast<int>(AllRows()), options.batch.steps}, options.jump_share),
      training_(ToDevice(corpus.training, device)),
      validation_(ToDevice(corpus.validation, device)),
      positions_(at::zeros({options.batch.rows}, training_.options().dtype(at::kLong))),
      fresh_(at::zeros({options.batch.rows}, training_.options())),
      loss_sum_(at::zeros({1}, training_.options().dtype(at::kFloat))),
      gradient_(device, [this] { EnqueueGradient(); }),
      update_(device, [this] { EnqueueUpdate(); }) {
  parameters_.Initialize(options.seed);
  if (options.average_steps > 0) {
    average_ = at::zeros_like(parameters_.values());
    average_share_ = at::zeros({1}, average_.options());
  }
}

void Trainer::Step() {
  sampler_.Next();
  Upload();
  ++progress_.step;
  optimizer_.Prepare(options_.schedule.RateAt(ShareDone(), progress_.step), progress_.step);
  gradient_.Run();
  if (group_.size() > 1) group_.Sum(parameters_.gradients());
  update_.Run();
  progress_.seen += AllRows() * options_.batch.steps;
  ++loss_steps_;
}

void Trainer::Upload() {
  const auto rows = static_cast<size_t>(options_.batch.rows);
  const size_t first = rows * static_cast<size_t>(group_.rank());
  const at::Tensor positions = at::empty({options_.batch.rows}, at::kLong);
  const at::Tensor fresh = at::empty({options_.batch.rows}, at::kByte);
  std::memcpy(positions.data_ptr(), &sampler_.positions()[first], rows * sizeof(int64_t));
  std::memcpy(fresh.data_ptr(), &sampler_.fresh()[first], rows);
  positions_.copy_(positions, /*non_blocking=*/true);
  fresh_.copy_(fresh, /*non_blocking=*/true);
  if (!average_.defined()) return;
  // An average of all steps at first, then one that forgets.
  const auto count =
      static_cast<double>(std::min<int64_t>(progress_.step + 1, options_.average_steps));
  average_share_.copy_(at::full({1}, 1 / count, at::kFloat), /*non_blocking=*/true);
}

void Trainer::EnqueueGradient() {
  if (teacher_ != nullptr) {
    EnqueueStart(*teacher_);
    teacher_->RunAsTeacher();
  }
  EnqueueStart(network_);
  network_.Run(/*gradient=*/true, teacher_.get(), options_.teacher_share);
  loss_sum_.add_(network_.loss());
}

// The bytes of the step, and the state where the last one ended or, in fresh rows, none.
void Trainer::EnqueueStart(GlrNetwork& network) {
  const at::Tensor keep = (fresh_ == 0).to(at::kFloat);
  const at::ScalarType element = network.end().normals.scalar_type();
  at::mul_out(network.start().state, network.end().state, keep.view({1, -1, 1}));
  at::mul_out(network.start().normals, network.end().normals, keep.view({1, 1, -1, 1}).to(element));
  OperationsFor(device_, element)
      .gather_bytes({options_.batch, training_.data_ptr<uint8_t>(), training_.numel(),
                     positions_.data_ptr<int64_t>(), fresh_.data_ptr<uint8_t>(),
                     network.window().data_ptr<uint8_t>()},
                    CurrentStream(device_));
}

void Trainer::EnqueueUpdate() {
  if (group_.size() > 1) parameters_.gradients().div_(group_.size());
  optimizer_.Update();
  if (average_.defined()) average_.add_((parameters_.values() - average_) * average_share_);
}

void Trainer::SwapAverage() {
  if (!average_.defined()) return;
  const at::Tensor values = parameters_.values().clone();
  parameters_.values().copy_(average_);
  average_.copy_(values);
  parameters_.RefreshCopy();
}

// The sum over the processes.
double Trainer::Sum(double number) const {
  if (group_.size() == 1) return number;
  const at::Tensor sum = at::full({1}, number, at::kDouble).to(device_);
  group_.Sum(sum);
  return sum.item<double>();
}

// All processes go by the first one's clock, and stop when one of them is to.
void Trainer::Agree(double seconds, bool stop) {
  progress_.seconds = Sum(group_.rank() == 0 ? seconds : 0);
  stopping_ = Sum(stop ? 1 : 0) > 0;
}

double Trainer::LossBits() {
  const double nats = Sum(loss_sum_.item<float>());
  const auto bytes = static_cast<double>(loss_steps_ * AllRows() * options_.batch.steps);
  loss_sum_.zero_();
  loss_steps_ = 0;
  return nats / bytes * std::numbers::log2e;
}

int64_t Trainer::validation_stride() const {
  return std::max<int64_t>(1, validation_.numel() / AllRows());
}

int64_t Trainer::validation_segments() const {
  return std::max<int64_t>(1, validation_stride() / options_.batch.steps);
}

double Trainer::ValidationBits(int64_t most_segments) {
  const at::Tensor state = network_.end().state.clone(), normals = network_.end().normals.clone();
  const at::Tensor zero = at::zeros_like(fresh_), one = at::ones_like(fresh_);
  const int64_t segments = std::min(validation_segments(), most_segments);
  const int64_t first = int64_t{group_.rank()} * options_.batch.rows;
  at::Tensor position =
      at::arange(first, first + options_.batch.rows, positions_.options()) * validation_stride();
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
  const auto bytes = static_cast<double>(segments * AllRows() * options_.batch.steps);
  return Sum(nats) / bytes * std::numbers::log2e;
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
  const auto agree = [&] { Agree(earlier + SecondsSince(start), *stop != 0); };
  agree();
  double reported = earlier, validated = earlier, saved = earlier;
  double bits = std::nan(""), training_bits = std::nan("");
  int64_t reported_seen = progress_.seen;
  while (ShareDone() < 1 && !stopping_) {
    Step();
    if (progress_.step % kStepsBetweenLooks != 0) {
      if (device_.is_cuda()) continue;
    } else {
      Synchronize(device_);
    }
    agree();
    if (progress_.seconds - reported < options_.report_seconds) continue;
    training_bits = LossBits();
    if (!std::isfinite(training_bits)) return NotANumber();
    const double rate =
        static_cast<double>(progress_.seen - reported_seen) / (progress_.seconds - reported);
    if (std::isnan(bits) || progress_.seconds - validated >= options_.validate_seconds) {
      LMZ_TRY(Validate(improved, bits));
      validated = progress_.seconds;
    }
    if (group_.rank() == 0) report(ProgressLine(progress_, training_bits, bits, rate, ShareDone()));
    if (progress_.seconds - saved >= options_.checkpoint_seconds) {
      LMZ_TRY(Save());
      saved = progress_.seconds;
    }
    agree();
    reported = progress_.seconds;
    reported_seen = progress_.seen;
    if (options_.patience > 0 && progress_.validations_since_best >= options_.patience) break;
  }
  Synchronize(device_);
  agree();
  if (loss_steps_ > 0) {
    training_bits = LossBits();
    if (!std::isfinite(training_bits)) return NotANumber();
  }
  LMZ_TRY(Validate(improved, bits));
  if (group_.rank() == 0) {
    report(ProgressLine(progress_, training_bits, bits,
                        static_cast<double>(progress_.seen) / progress_.seconds, ShareDone()));
  }
  LMZ_TRY(Save());
  SwapAverage();
  return OkStatus();
}

Status Trainer::NotANumber() const {
  return Status(Code::kInternal, "the loss is not a number at step " +
                                     std::to_string(progress_.step) +
                                     ": resume from an earlier checkpoint or start again with a "
                                     "lower --rate");
}

Status Trainer::Validate(const std::function<Status()>& improved, double& bits) {
  SwapAverage();
  bits = ValidationBits();
  Status status = OkStatus();
  if (bits < progress_.best_bits) {
    progress_.best_bits = bits;
    progress_.validations_since_best = 0;
    status = improved();
  } else {
    ++progress_.validations_since_best;
  }
  SwapAverage();
  return status;
}

Bytes Trainer::Identity() const {
  Bytes identity;
  ByteWriter out(identity);
  out.U64(options_.changing_data ? 0 : data_checksum_);
  for (const int value :
       {int{options_.shape.width}, int{options_.shape.layers}, int{options_.shape.state},
        int{options_.shape.hidden}, static_cast<int>(AllRows()), options_.batch.steps,
        options_.optimizer.muon ? 1 : 0, device_.is_cuda() ? 1 : 0, options_.average_steps,
        options_.compact ? 1 : 0, teacher_ != nullptr ? 1 : 0}) {
    out.U32(static_cast<uint32_t>(value));
  }
  return identity;
}

Bytes Trainer::Counters() const {
  Bytes counters;
  ByteWriter out(counters);
  out.U64(static_cast<uint64_t>(progress_.step));
  out.U64(static_cast<uint64_t>(progress_.seen));
  out.U64(std::bit_cast<uint64_t>(progress_.seconds));
  out.U64(std::bit_cast<uint64_t>(progress_.best_bits));
  out.U64(static_cast<uint64_t>(progress_.validations_since_best));
  sampler_.Save(out);
  return counters;
}

Status Trainer::LoadCounters(ByteSpan counters) {
  ByteReader in(counters);
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

// What each process of the group carries for its rows, of all rows.
at::Tensor Trainer::AllRowsOf(const at::Tensor& carried, int64_t dimension) const {
  if (group_.size() == 1) return carried;
  std::vector<int64_t> sizes = carried.sizes().vec();
  const int64_t rows = sizes[static_cast<size_t>(dimension)];
  sizes[static_cast<size_t>(dimension)] = AllRows();
  const at::Tensor all = at::zeros(sizes, carried.options());
  all.narrow(dimension, group_.rank() * rows, rows).copy_(carried);
  group_.Sum(all);  // of which all but one are zero
  return all;
}

// What checkpoints hold of the rows' states.
std::vector<const Carry*> Trainer::Carries() const {
  if (options_.compact) return {};
  if (teacher_ == nullptr) return {&network_.end()};
  return {&network_.end(), &teacher_->end()};
}

Checkpoint Trainer::State() const {
  Checkpoint state;
  state.identity = Identity();
  state.counters = Counters();
  const auto floats = [&](const at::Tensor& t) { return options_.compact ? PackTo24Bits(t) : t; };
  const auto moments = [&](const at::Tensor& t) {
    return options_.compact ? t.to(at::kBFloat16) : t;
  };
  state.tensors = {floats(parameters_.values()), moments(optimizer_.mean()),
                   moments(optimizer_.square())};
  if (average_.defined()) state.tensors.push_back(floats(average_));
  for (const Carry* carry : Carries()) {
    state.tensors.push_back(AllRowsOf(carry->state, 1));
    state.tensors.push_back(AllRowsOf(carry->normals, 2));
  }
  return state;
}

// Makes the state one that the checkpoint can hold, so that going on and going on from the
// checkpoint are the same.
void Trainer::RoundForCheckpoint() {
  parameters_.values().copy_(RoundTo24Bits(parameters_.values()));
  parameters_.RefreshCopy();
  for (const at::Tensor& moment : {optimizer_.mean(), optimizer_.square()}) {
    moment.copy_(moment.to(at::kBFloat16));
  }
  if (average_.defined()) average_.copy_(RoundTo24Bits(average_));
  network_.end().Zero();
  if (teacher_ != nullptr) teacher_->end().Zero();
}

Status Trainer::Save() {
  if (options_.checkpoint.empty()) return OkStatus();
  if (options_.compact) RoundForCheckpoint();
  const Checkpoint state = State();
  return group_.rank() == 0 ? SaveCheckpoint(options_.checkpoint, state) : OkStatus();
}

Status Trainer::Resume() {
  Checkpoint state = State();
  LMZ_TRY(LoadCheckpoint(options_.checkpoint, state));
  auto next = state.tensors.begin();
  const auto floats = [&](const at::Tensor& to) {
    to.copy_(options_.compact ? UnpackFrom24Bits(*next) : *next);
    ++next;
  };
  floats(parameters_.values());
  optimizer_.mean().copy_(*next++);
  optimizer_.square().copy_(*next++);
  if (average_.defined()) floats(average_);
  const int64_t rows = options_.batch.rows, first = group_.rank() * rows;
  for (const Carry* carry : Carries()) {
    carry->state.copy_((*next++).narrow(1, first, rows));
    carry->normals.copy_((*next++).narrow(2, first, rows));
  }
  parameters_.RefreshCopy();
  return LoadCounters(state.counters);
}

}  // namespace lmz::train
