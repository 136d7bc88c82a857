"""The networks that train/study/study_architectures.py compares: the gated linear recurrent network
and its variants, in PyTorch.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

# What a network with second inputs knows at most of the bytes before: as much as of a file of this
# size. Expectations begin anew every so many bytes.
HISTORY = 1 << 16
RUNS = 8
NOTHING_EXPECTED = 256 * RUNS

# Width, layers, hidden, and what is different. All have about the multiply-accumulates per byte of
# the first (Network.multiplies).
VARIANTS = {
    "first": dict(d=96, layers=8, hidden=288),
    "convolution": dict(d=96, layers=8, hidden=288, taps=4),
    "no-shift": dict(d=96, layers=8, hidden=288, taps=1),
    "attention": dict(d=96, layers=8, hidden=256, window=32),
    "expected-byte": dict(d=96, layers=8, hidden=288, orders=(5,)),
    "expected-orders": dict(d=96, layers=8, hidden=288, orders=(1, 2, 3, 5)),
    "shared": dict(d=96, layers=8, hidden=288, shared=2),
    "factored": dict(d=112, layers=8, hidden=240, rank=40),
    "wide-output": dict(d=96, layers=7, hidden=288, output=288),
}


CHUNK = 32


def scan(forget, update):
    """state[t] = forget[t] * state[t - 1] + update[t] along dimension 1: doubling within chunks,
    then the same over their ends."""
    rows, length, d = forget.shape
    forget, update = (F.pad(x, (0, 0, 0, -length % CHUNK)).reshape(rows, -1, CHUNK, d)
                      for x in (forget, update))
    step = 1
    while step < CHUNK:
        update = update + forget * F.pad(update, (0, 0, step, 0))[:, :, :CHUNK]
        forget = forget * F.pad(forget, (0, 0, step, 0), value=1.0)[:, :, :CHUNK]
        step *= 2
    if update.shape[1] > 1:
        ends = scan(forget[:, :, -1], update[:, :, -1])
        update = update + forget * F.pad(ends, (0, 0, 1, 0))[:, :-1, None]
    return update.reshape(rows, -1, d)[:, :length]


class Scan(torch.autograd.Function):
    """scan() whose gradient is one scan backwards."""

    @staticmethod
    def forward(ctx, forget, update):
        state = scan(forget, update)
        ctx.save_for_backward(forget, state)
        return state

    @staticmethod
    def backward(ctx, gradient):
        forget, state = ctx.saved_tensors
        later = F.pad(forget, (0, 0, 0, 1))[:, 1:]
        total = scan(later.flip(1), gradient.flip(1)).flip(1)
        return total * F.pad(state, (0, 0, 1, 0))[:, :-1], total


def norm(x, weight):
    return x * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-5).to(x.dtype) * weight


class Linear(nn.Module):
    """A matrix, or with `rank` the product of two."""

    def __init__(self, inputs, outputs, scale=1.0, rank=0):
        super().__init__()
        def matrix(rows, columns):
            return nn.Parameter(torch.randn(rows, columns) * scale / math.sqrt(3 * columns))

        self.narrow = matrix(rank, inputs) if rank else None
        self.weight = matrix(outputs, rank or inputs)

    def forward(self, x):
        if self.narrow is not None:
            x = F.linear(x, self.narrow)
        return F.linear(x, self.weight)


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
        x = F.pad(x, (0, 0, 0, -t % w))
        q, k, v = self.inputs(x).reshape(b, -1, w, 3, self.size).unbind(3)
        both = [torch.cat([F.pad(z, (0, 0, 0, 0, 1, 0))[:, :-1], z], 2) for z in (k, v)]
        scores = q @ both[0].transpose(-1, -2) / math.sqrt(self.size)
        at = torch.arange(w, device=x.device)
        distance = at[:, None] + w - torch.arange(2 * w, device=x.device)[None]
        seen = (distance >= 0) & (distance < w)
        scores = scores + self.place[distance.clamp(0, w - 1)].to(x.dtype)
        chances = scores.masked_fill(~seen, -1e4).softmax(-1)
        return self.output((chances @ both[1]).reshape(b, -1, self.size)[:, :t])


class Layer(nn.Module):
    def __init__(self, d, hidden, layers, projections, taps, window):
        super().__init__()
        self.norms = nn.Parameter(torch.ones(4, d))
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
        state = Scan.apply(forget, (1 - forget) * value.float()).to(x.dtype)
        x = x + self.output(norm(state, self.norms[1]) * F.silu(gate))
        if self.attention is not None:
            x = x + self.attention(norm(x, self.norms[3]))
        return x + self.down(F.relu(self.up(self.hidden_shift(norm(x, self.norms[2]))[0])).square())


class Expected(nn.Module):
    """A second input: what the last bytes were followed by before (expected_bytes), for each order:
    a vector for the byte, scaled by how often in a row."""

    def __init__(self, d, orders):
        super().__init__()
        self.bytes = nn.ModuleList(nn.Embedding(257, d) for _ in orders)
        self.scales = nn.Parameter(torch.ones(len(orders), RUNS, d))

    def forward(self, expected):
        each = expected.long().unbind(-1)
        return sum(b(e // RUNS) * scale[e % RUNS]
                   for e, b, scale in zip(each, self.bytes, self.scales))


class Network(nn.Module):
    """From inputs [row][byte] to logits [row][byte][value] of each next byte."""

    def __init__(self, d, layers, hidden, taps=2, window=0, orders=(), shared=1, rank=0, output=0):
        super().__init__()
        self.orders = orders
        self.embedding = nn.Embedding(256, d)
        self.expected = Expected(d, orders) if orders else None
        projections = [Projections(d, rank) for _ in range(-(-layers // shared))]
        self.layers = nn.ModuleList(
            Layer(d, hidden, layers, projections[i // shared], taps, window if i % 2 else 0)
            for i in range(layers))
        self.norm = nn.Parameter(torch.ones(d))
        self.widen = Linear(d, output) if output else None
        self.head = nn.Linear(output or d, 256)

    def forward(self, inputs, expected, layers=None):
        """`expected` is [row][byte][order], of the bytes to predict. `layers` may be these layers,
        compiled."""
        x = self.embedding(inputs.long())
        if self.expected is not None:
            x = x + self.expected(expected)
        for layer in layers or self.layers:
            x = layer(x)
        x = norm(x, self.norm)
        if self.widen is not None:
            x = F.relu(self.widen(x)).square()
        return self.head(x)

    def multiplies(self):
        """Multiply-accumulates per byte, less elementwise ones."""
        total = self.head.weight.numel()
        for part in [*self.layers, *([self.widen] if self.widen else [])]:
            total += sum(p.numel() for m in part.modules() if isinstance(m, Linear)
                         for p in m.parameters())
            total += sum(2 * m.window * m.size for m in part.modules() if isinstance(m, Attention))
        return total


def expected_in_block(rows, order):
    """expected_bytes of one order for [row][byte], each row with a history of its own."""
    key = torch.arange(len(rows), device=rows.device)[:, None].expand(rows.shape)
    for back in range(1, order + 1):
        key = key * 257 + F.pad(rows[:, :-back].long() + 1, (back, 0))
    key, places = torch.sort(key.flatten(), stable=True)
    followers = rows.flatten()[places].long()
    is_known = torch.zeros_like(key, dtype=torch.bool)
    is_known[1:] = key[1:] == key[:-1]
    is_same = is_known.clone()
    is_same[1:] &= followers[1:] == followers[:-1]
    starts = (~is_same).nonzero().flatten()
    run = torch.arange(len(key), device=rows.device) - starts[(~is_same).cumsum(0) - 1]
    told = followers * RUNS + run.clamp(max=RUNS - 1)
    expected = torch.full_like(key, NOTHING_EXPECTED)
    expected[places[1:]] = torch.where(is_known[1:], told[:-1], expected[1:])
    return expected.reshape(rows.shape).to(torch.int16)


def expected_bytes(data, orders):
    """[t][order]: the byte that followed when the `order` bytes before t were last seen, times
    RUNS, plus how many times more in a row it had; or NOTHING_EXPECTED."""
    parts = []
    for part in data.split(256 * HISTORY):
        history = min(HISTORY, len(part))
        rows = F.pad(part, (0, -len(part) % history)).reshape(-1, history)
        each = [expected_in_block(rows, order).flatten()[: len(part)] for order in orders]
        parts.append(torch.stack(each, 1) if each else part.new_zeros(len(part), 0).short())
    return torch.cat(parts)
