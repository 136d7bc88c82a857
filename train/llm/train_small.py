#!/usr/bin/env python3
"""usage: train/llm/train_small.py DATA OUT --merges MERGES --judge FILE.. [options] RUN..

Trains small transformers (small_network.py) on the file DATA, documents that end with zero bytes,
all on equally many bytes, and writes OUT/RUN.gguf, from which lmz-convert makes a model file. A
RUN is SHAPE or SHAPE/TOKENS, where TOKENS is the size of the vocabulary: that many tokens of MERGES
(bpe.py); without it, bytes. SHAPE@RATE has another learning rate than 1e-2. Every row of a batch
is a stretch of about 2,048 bytes at a random place, whatever the vocabulary, and begins with the
token that begins texts.

Prints, as CSV in the order of ending, parameters with and without the embedding, bytes per token,
and bits per byte of the judged FILEs in chunks of 2,048 bytes, each from an empty context. Runs
train at once, at most --at-once of them. Requires PyTorch; --compile needs Triton.
"""
import argparse
import math
import multiprocessing
import pathlib
import sys
import time
import traceback

import numpy as np
import torch
from torch.nn import functional as F

from bpe import BYTES, Merges
from small_network import SHAPES, SmallNetwork, write_gguf

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "study"))
from muon import Muon  # noqa: E402

CHUNK = 2048  # bytes
WARMUP_STEPS = 100
RATE = 1e-2
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def encode_part(arguments):
    merges, part = arguments
    return np.array(merges.encode(part), np.uint16)


def encode(merges, data, processes):
    """All of `data` as tokens of the largest vocabulary."""
    size = max(1, -(-len(data) // (4 * processes)))
    parts = [(merges, data[i:i + size]) for i in range(0, len(data), size)]
    with multiprocessing.Pool(processes) as pool:
        return np.concatenate(pool.map(encode_part, parts, chunksize=1))


def with_fewer(tokens, merges, size):
    """The same text in the vocabulary of the first `size` tokens."""
    parts = merges.parts(size)
    counts = np.array([len(part) for part in parts])
    begins = np.concatenate([[0], counts.cumsum()[:-1]])
    flat = np.concatenate([np.array(part, np.uint16) for part in parts])
    lengths = counts[tokens]
    ends = lengths.cumsum()
    places = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    return flat[np.repeat(begins[tokens], lengths) + places]


class Run:
    """One network at work."""

    def __init__(self, name, arguments):
        self.name, self.arguments = name, arguments
        shape, _, rate = name.partition("@")
        shape, _, tokens = shape.partition("/")
        self.rate = float(rate) if rate else RATE
        self.size = int(tokens) if tokens else BYTES
        everything = Merges.read(arguments.merges)
        self.merges = Merges(everything.merges[:self.size - BYTES])
        if self.size == BYTES:
            tokens = np.fromfile(arguments.data, np.uint8)
        else:
            tokens = np.load(pathlib.Path(arguments.out) / "tokens.npy")
            tokens = with_fewer(tokens, everything, self.size)
        self.bytes_per_token = arguments.data_size / len(tokens)
        self.tokens = torch.from_numpy(tokens.astype(np.int32)).to(DEVICE)
        self.count = -(-round(CHUNK / self.bytes_per_token) // 64) * 64
        torch.manual_seed(1)
        self.network = SmallNetwork(SHAPES[shape], self.size).to(DEVICE)
        self.optimizer = Muon(*self.network.parts())
        self.generator = torch.Generator(device=DEVICE).manual_seed(1)
        self.layers = None
        self.steps = 0

    def compile(self):
        """Compiles a layer, which is then the same for all."""
        self.layers = [torch.compile(layer, dynamic=False) for layer in self.network.layers]
        start = {key: value.clone() for key, value in self.network.state_dict().items()}
        for _ in range(3):
            self.step(0.0)
        self.network.load_state_dict(start)
        self.optimizer = Muon(*self.network.parts())
        self.steps = 0

    def loss(self, inputs, targets):
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=DEVICE == "cuda"):
            logits = self.network(inputs, self.layers)
        return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())

    def step(self, rate):
        rows = self.arguments.rows
        places = torch.randint(0, len(self.tokens) - self.count, (rows, 1),
                               generator=self.generator, device=DEVICE)
        targets = self.tokens[places + torch.arange(self.count, device=DEVICE)].long()
        inputs = F.pad(targets[:, :-1], (1, 0), value=self.size)
        loss = self.loss(inputs, targets)
        loss.backward()
        self.optimizer.step(rate)
        self.steps += 1
        return loss

    def seen(self):
        return self.steps * self.arguments.rows * self.count * self.bytes_per_token

    def train(self):
        """Until all is seen, or the time is over."""
        start = time.time()
        share = 0.0
        while share < 1:
            warm = min(1.0, (self.steps + 1) / WARMUP_STEPS)
            loss = self.step(self.rate * warm * (0.02 + 0.49 * (1 + math.cos(math.pi * share))))
            if self.steps % 64 == 0:
                if not math.isfinite(loss.item()):
                    raise ArithmeticError(f"the loss is not a number at step {self.steps}")
            share = max(self.seen() / self.arguments.bytes,
                        (time.time() - start) / self.arguments.seconds)
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        return time.time() - start

    @torch.no_grad()
    def bits(self, data):
        """Bits per byte in chunks, each alone."""
        chunks = [self.merges.encode(data[i:i + CHUNK]) for i in range(0, len(data), CHUNK)]
        chunks.sort(key=len)
        bits = 0.0
        for i in range(0, len(chunks), 16):
            some = chunks[i:i + 16]
            longest = max(map(len, some))
            targets = torch.full((len(some), longest), -100, device=DEVICE)
            for row, chunk in zip(targets, some):
                row[:len(chunk)] = torch.tensor(chunk, device=DEVICE)
            inputs = F.pad(targets[:, :-1].clamp(min=0), (1, 0), value=self.size)
            logits = self.network(inputs)
            bits += F.cross_entropy(logits.flatten(0, 1), targets.flatten(),
                                    reduction="sum").item() / math.log(2)
        return bits / len(data)


def work(name, arguments, turns, earlier, later, rows):
    """The process of one run, which trains when it is its turn and `earlier` ones have begun."""
    try:
        torch.set_num_threads(arguments.threads)
        run = Run(name, arguments)
        if arguments.compile:
            try:
                run.compile()
            except Exception as error:  # whatever it is: it can be trained without
                print(name, "not compiled:", str(error)[:300], file=sys.stderr, flush=True)
                run = Run(name, arguments)
        earlier.wait()
        with turns:
            later.set()
            seconds = run.train()
        file = pathlib.Path(arguments.out) / (name.replace("/", "-") + ".gguf")
        write_gguf(file, run.network, run.merges, run.count, file.stem.lower())
        bits = [run.bits(pathlib.Path(path).read_bytes()) for path in arguments.judge]
        body, all_parts = run.network.shape.body(), run.network.parameters()
        rows.put([name, sum(p.numel() for p in all_parts), body, f"{run.bytes_per_token:.3f}",
                  f"{run.seen() / 1e6:.1f}", f"{seconds:.0f}", *(f"{b:.4f}" for b in bits)])
    except Exception:  # the others go on
        traceback.print_exc()
        rows.put([name, "failed"])
    finally:
        later.set()


def main():
    start = time.time()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--merges", required=True)
    parser.add_argument("--judge", action="append", default=[], metavar="FILE")
    parser.add_argument("--bytes", type=float, default=300e6)
    parser.add_argument("--seconds", type=float, default=math.inf, help="for one run at most")
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    data = arguments.data.read_bytes()
    arguments.data_size = len(data)
    tokens = arguments.out / "tokens.npy"
    if not tokens.exists():
        np.save(tokens, encode(Merges.read(arguments.merges), data, multiprocessing.cpu_count()))
        print(f"tokenised after {time.time() - start:.0f} s", file=sys.stderr, flush=True)
    del data
    context = multiprocessing.get_context("spawn")
    turns, rows = context.Semaphore(arguments.at_once), context.Queue()
    begun = [context.Event() for _ in range(len(arguments.runs) + 1)]
    begun[0].set()
    processes = [context.Process(target=work, args=(name, arguments, turns, *events, rows))
                 for name, *events in zip(arguments.runs, begun, begun[1:])]
    names = [pathlib.Path(path).name for path in arguments.judge]
    print(",".join(["run", "parameters", "of_layers", "bytes_per_token", "mb_seen", "seconds",
                    *names]), flush=True)
    for process in processes:
        process.start()
    for _ in processes:
        print(",".join(map(str, rows.get())), flush=True)
    for process in processes:
        process.join()


if __name__ == "__main__":
    main()
