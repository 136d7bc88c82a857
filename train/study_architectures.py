#!/usr/bin/env python3
"""usage: train/study_architectures.py DATA --seconds N [--rows 128] [--steps 512] [--only NAME,..]

Trains variants of the gated linear recurrent network, each for N seconds on the file DATA, and
prints a table of their bits per byte on its last 2 MiB. --bytes stops all at equal bytes seen.
Every variant has about the multiply-accumulates per byte of the first. Needs PyTorch. What wins
here has to win in the compressor too before the integer engine follows.
"""
import argparse
import math
import time

import torch
from torch import nn
from torch.nn import functional as F

HELD_OUT = 2 << 20
MOST_DISTANCE = 1 << 20

# width, layers, hidden, and what is different
VARIANTS = {
    "first": dict(d=96, layers=8, hidden=288),
    "convolution": dict(d=96, layers=8, hidden=288, taps=4),
    "no-shift": dict(d=96, layers=8, hidden=288, taps=1),
    "attention": dict(d=96, layers=8, hidden=240, window=32),
    "expected-byte": dict(d=96, layers=8, hidden=288, expected=True),
    "shared": dict(d=96, layers=8, hidden=288, shared=2),
    "factored": dict(d=112, layers=8, hidden=256, rank=40),
    "wide-output": dict(d=96, layers=7, hidden=288, output=288),
}


def scan(forget, update):
    """state[t] = forget[t] * state[t - 1] + update[t] along dimension 1, by doubling."""
    step = 1
    while step < forget.shape[1]:
        before = F.pad(update, (0, 0, step, 0))[:, : forget.shape[1]]
        update = update + forget * before
        forget = forget * F.pad(forget, (0, 0, step, 0), value=1.0)[:, : forget.shape[1]]
        step *= 2
    return update


def norm(x, weight):
    return x * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-5).to(x.dtype) * weight


class Linear(nn.Module):
    """A matrix, or with `rank` the product of two."""

    def __init__(self, inputs, outputs, scale=1.0, rank=0):
        super().__init__()
        sizes = [(rank, inputs), (outputs, rank)] if rank else [(outputs, inputs)]
        self.parts = nn.ParameterList(
            nn.Parameter(torch.randn(o, i) * scale / math.sqrt(3 * i)) for o, i in sizes)

    def forward(self, x):
        for part in self.parts:
            x = F.linear(x, part)
        return x


class Projections(nn.Module):
    def __init__(self, d, rank):
        super().__init__()
        self.parts = nn.ModuleList(Linear(d, d, rank=rank) for _ in range(3))


class Shift(nn.Module):
    """Each of `count` inputs: a mix of this byte's and the last one's, or of the last `taps`."""

    def __init__(self, d, count, taps):
        super().__init__()
        weights = torch.zeros(count, taps, d)
        if taps > 1:
            weights[:, 1] = torch.rand(count, d) * 0.5
        weights[:, 0] = 1 - weights[:, 1:].sum(1)
        self.weights = nn.Parameter(weights)

    def forward(self, x):
        length = x.shape[1]
        earlier = [F.pad(x, (0, 0, t, 0))[:, :length] for t in range(self.weights.shape[1])]
        return [sum(e * w for e, w in zip(earlier, one)) for one in self.weights]


class Attention(nn.Module):
    """One head over the last `window` bytes."""

    def __init__(self, d, window, layers, size=32):
        super().__init__()
        self.window, self.size = window, size
        self.inputs = Linear(d, 3 * size)
        self.output = Linear(size, d, scale=1 / math.sqrt(layers))
        self.place = nn.Parameter(torch.zeros(window))

    def forward(self, x):
        b, t, _ = x.shape
        w = self.window
        q, k, v = self.inputs(x).reshape(b, t // w, w, 3, self.size).unbind(3)
        both = [torch.cat([F.pad(z, (0, 0, 0, 0, 1, 0))[:, :-1], z], 2) for z in (k, v)]
        scores = q @ both[0].transpose(-1, -2) / math.sqrt(self.size)
        at = torch.arange(w, device=x.device)
        distance = at[:, None] + w - torch.arange(2 * w, device=x.device)[None]
        seen = (distance >= 0) & (distance < w)
        scores = scores + self.place[distance.clamp(0, w - 1)].to(x.dtype)
        chances = scores.masked_fill(~seen, -1e4).softmax(-1)
        return self.output((chances @ both[1]).reshape(b, t, self.size))


class Layer(nn.Module):
    def __init__(self, d, hidden, layers, projections, taps, window):
        super().__init__()
        self.norms = nn.ParameterList(nn.Parameter(torch.ones(d)) for _ in range(4))
        self.shift, self.hidden_shift = Shift(d, 3, taps), Shift(d, 1, taps)
        self.projections = projections
        self.bias = nn.Parameter(torch.linspace(0, 6, d)[torch.randperm(d)])
        self.output = Linear(d, d, scale=0.9 / math.sqrt(2 * layers))
        self.up, self.down = Linear(d, hidden), Linear(hidden, d, scale=0.9 / math.sqrt(2 * layers))
        self.attention = Attention(d, window, layers) if window else None

    def forward(self, x):
        shifted = self.shift(norm(x, self.norms[0]))
        value, forget, gate = [p(s) for p, s in zip(self.projections.parts, shifted)]
        forget = torch.sigmoid(forget.float() + self.bias)
        state = scan(forget, (1 - forget) * value.float()).to(x.dtype)
        x = x + self.output(norm(state, self.norms[1]) * F.silu(gate))
        if self.attention is not None:
            x = x + self.attention(norm(x, self.norms[3]))
        return x + self.down(F.relu(self.up(self.hidden_shift(norm(x, self.norms[2]))[0])).square())


class Network(nn.Module):
    def __init__(self, d, layers, hidden, taps=2, window=0, expected=False, shared=1, rank=0,
                 output=0):
        super().__init__()
        self.embedding = nn.Embedding(256, d)
        self.expected = nn.Embedding(257, d) if expected else None
        projections = [Projections(d, rank) for _ in range(-(-layers // shared))]
        self.layers = nn.ModuleList(
            Layer(d, hidden, layers, projections[i // shared], taps, window if i % 2 else 0)
            for i in range(layers))
        self.norm = nn.Parameter(torch.ones(d))
        self.widen = Linear(d, output) if output else None
        self.head = nn.Linear(output or d, 256)

    def forward(self, window, expected):
        x = self.embedding(window[:, :-1])
        if self.expected is not None:
            x = x + self.expected(expected)
        for layer in self.layers:
            x = layer(x)
        x = norm(x, self.norm)
        if self.widen is not None:
            x = F.relu(self.widen(x)).square()
        return F.cross_entropy(self.head(x).float().flatten(0, 1), window[:, 1:].flatten())


def expected_bytes(data, order=5):
    """[t]: the byte that followed when the `order` bytes before t were last seen, or 256."""
    key = torch.zeros(len(data), dtype=torch.int64, device=data.device)
    for back in range(1, order + 1):
        key[back:] = key[back:] * 257 + data[:-back].long() + 1
    ordered, places = torch.sort(key, stable=True)
    same = (ordered[1:] == ordered[:-1]) & (places[1:] - places[:-1] < MOST_DISTANCE)
    result = torch.full((len(data),), 256, dtype=torch.int16, device=data.device)
    result[places[1:][same]] = data[places[:-1][same]].to(torch.int16)
    return result


def orthogonal(m):
    x = m / (m.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(5):
        square = x @ x.T
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.T if tall else x


class Muon:
    def __init__(self, network):
        inner = [p for n, p in network.named_parameters() if "parts" in n]
        self.inner = [(p, torch.zeros_like(p)) for p in inner]
        ids = {id(p) for p in inner}
        self.outer = torch.optim.AdamW([p for p in network.parameters() if id(p) not in ids],
                                       betas=(0.9, 0.98), weight_decay=0)

    @torch.no_grad()
    def step(self, rate):
        for group in self.outer.param_groups:
            group["lr"] = rate
        self.outer.step()
        for p, mean in self.inner:
            mean.mul_(0.95).add_(p.grad)
            update = orthogonal(p.grad + 0.95 * mean) * (0.2 * math.sqrt(max(p.shape)))
            p.sub_((update + 0.05 * p) * rate)
            p.grad = None
        self.outer.zero_grad()


def batch(data, expected, places, steps):
    at = places[:, None] + torch.arange(steps + 1, device=data.device)
    return data[at].long(), expected[at[:, 1:]].long()


def train(name, shape, data, expected, arguments, device):
    torch.manual_seed(1)
    network = Network(**shape).to(device)
    count = sum(p.numel() for p in network.parameters())
    optimizer = Muon(network)
    loss_of = torch.compile(network) if device == "cuda" else network
    end = len(data) - HELD_OUT

    def loss(places):
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            return loss_of(*batch(data, expected, places, arguments.steps))

    generator = torch.Generator(device=device).manual_seed(1)
    places = lambda: torch.randint(0, end - arguments.steps - 1, (arguments.rows,),
                                   generator=generator, device=device)
    loss(places()).backward()  # compiles
    network.zero_grad()
    start, step, share = time.monotonic(), 0, 0.0
    while share < 1:
        step += 1
        loss(places()).backward()
        optimizer.step(2e-2 * min(1, step / 100) * (0.02 + 0.49 * (1 + math.cos(math.pi * share))))
        if step % 8 == 0 and device == "cuda":
            torch.cuda.synchronize()
        share = max((time.monotonic() - start) / arguments.seconds,
                    step * arguments.rows * arguments.steps / arguments.bytes)
    seconds = time.monotonic() - start
    judged = [end + i * (HELD_OUT // arguments.rows) for i in range(arguments.rows)]
    with torch.no_grad():
        bits = [loss(torch.tensor(judged, device=device) + part * arguments.steps).item()
                for part in range(2)]
    seen = step * arguments.rows * arguments.steps
    print(f"| {name} | {shape} | {count} | {seen / 1e6:.1f} | {seen / seconds / 1e6:.2f} |"
          f" {sum(bits) / len(bits) / math.log(2):.4f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--bytes", type=float, default=math.inf)
    parser.add_argument("--rows", type=int, default=128)
    parser.add_argument("--steps", type=int, default=512)
    parser.add_argument("--only", default=",".join(VARIANTS))
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with open(arguments.data, "rb") as file:
        data = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).to(device)
    expected = expected_bytes(data)
    print("| run | shape | parameters | MB seen | MB/s | bits |\n|---|---|---:|---:|---:|---:|")
    for name in arguments.only.split(","):
        train(name, VARIANTS[name], data, expected, arguments, device)


if __name__ == "__main__":
    main()
