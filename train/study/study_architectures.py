#!/usr/bin/env python3
"""usage: train/study/study_architectures.py DATA --deadline N --judge HYBRID_BITS FILE.. [options]

Trains variants of the gated linear recurrent network (study_networks.py) on the file DATA, each in
its own process and all on the same number of bytes, as many as fit into N seconds. Prints a table
of bits per byte on the last 2 MiB of DATA and, for each FILE, the bytes that the network needs
alone and combined with the context mixer; the latter decides. HYBRID_BITS is the program of that
name. Rows are printed as they finish; those not finished after N seconds are dropped. NAME@2 is a
variant with another random seed, to estimate noise. Requires PyTorch. A winner here must also win
in the compressor before the integer engine implements it.
"""
import argparse
import math
import multiprocessing
import multiprocessing.connection
import pathlib
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import torch
from torch.nn import functional as F

from muon import Muon
from study_networks import VARIANTS, Linear, Network, expected_bytes

HELD_OUT = 2 << 20
MEASURED_SECONDS = 5.0  # for which all train at once to see how fast they are
JUDGE_SECONDS = 15.0  # kept free in front of the deadline
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Run:
    """One variant at work."""

    def __init__(self, name, arguments):
        self.arguments = arguments
        with open(arguments.data, "rb") as file:
            self.data = as_bytes(file.read())
        variant, _, seed = name.partition("@")
        self.seed = int(seed or 1)
        torch.manual_seed(self.seed)
        self.network = Network(**VARIANTS[variant]).to(DEVICE)
        self.start = {key: value.clone() for key, value in self.network.state_dict().items()}
        self.expected = expected_bytes(self.data, self.network.orders)
        self.layers = None
        self.begin()

    def begin(self):
        self.network.load_state_dict(self.start)
        inner = dict.fromkeys(p for m in self.network.modules() if isinstance(m, Linear)
                              for p in m.parameters())
        self.optimizer = Muon(inner, [p for p in self.network.parameters() if p not in inner])
        self.generator = torch.Generator(device=DEVICE).manual_seed(self.seed)
        self.steps = 0

    def compile(self, seconds):
        """Compiles a layer, which is then the same for all, if it can be done in so much time."""
        def stop(*_):
            raise TimeoutError(f"compiling took more than {seconds} s")

        signal.signal(signal.SIGALRM, stop)
        signal.alarm(seconds)
        try:
            self.layers = [torch.compile(layer, dynamic=False) for layer in self.network.layers]
            for _ in range(2):
                self.step(0.0)
            return "compiled"
        except Exception as error:  # whatever it is: it can be trained without
            self.layers = None
            return f"not compiled: {type(error).__name__}: {str(error)[:200]}"
        finally:
            signal.alarm(0)
            self.begin()

    def loss(self, places, layers=None):
        at = places[:, None] + torch.arange(self.arguments.steps + 1, device=DEVICE)
        window, expected = self.data[at], self.expected[at[:, 1:]]
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=DEVICE == "cuda"):
            logits = self.network(window[:, :-1], expected, layers)
        return F.cross_entropy(logits.float().flatten(0, 1), window[:, 1:].long().flatten())

    def step(self, rate):
        end = len(self.data) - HELD_OUT - self.arguments.steps - 1
        places = torch.randint(0, end, (self.arguments.rows,), generator=self.generator,
                               device=DEVICE)
        self.loss(places, self.layers).backward()
        self.optimizer.step(rate)
        self.steps += 1
        if DEVICE == "cuda" and self.steps % 8 == 0:
            torch.cuda.synchronize()

    def seen(self):
        return self.steps * self.arguments.rows * self.arguments.steps

    def measure(self, seconds):
        """Bytes per second."""
        start = time.monotonic()
        while time.monotonic() - start < seconds or self.steps % 8 != 0:
            self.step(1e-3)
        speed = self.seen() / (time.monotonic() - start)
        self.begin()
        return speed

    def train(self, size, seconds):
        """On `size` bytes; on fewer if `seconds` pass before."""
        start, share = time.monotonic(), 0.0
        while share < 1:
            self.step(2e-2 * min(1, (self.steps + 1) / 100)
                      * (0.02 + 0.49 * (1 + math.cos(math.pi * share))))
            share = max(self.seen() / size, (time.monotonic() - start) / seconds)
        return time.monotonic() - start

    @torch.no_grad()
    def bits(self):
        """Bits per byte on the data's end, which is not trained on."""
        rows = self.arguments.rows
        at = torch.arange(rows, device=DEVICE) * (HELD_OUT // rows) + len(self.data) - HELD_OUT
        parts = [self.loss(at + part * self.arguments.steps).item() for part in range(2)]
        return sum(parts) / len(parts) / math.log(2)

    @torch.no_grad()
    def predictions(self, piece):
        """For `hybrid_bits`."""
        data = as_bytes(piece)
        inputs = F.pad(data[:-1], (1, 0))
        logits = self.network(inputs[None], expected_bytes(data, self.network.orders)[None])[0]
        logits = logits - logits.max(-1, keepdim=True).values
        logits_q10 = (logits * (1024 / math.log(2))).round().clamp(min=-32768).to(torch.int16)
        result = bytearray(logits_q10.numel() * 2)
        torch.frombuffer(result, dtype=torch.int16).copy_(logits_q10.flatten())
        return result


def as_bytes(data):
    return torch.frombuffer(bytearray(data), dtype=torch.uint8).to(DEVICE)


def judge(tool, pieces, predict):
    """For each piece, the bytes for it alone and with the mixer, given `predict` of it."""
    def one(path, predictions):
        run = subprocess.run([tool, path], input=predictions, capture_output=True, check=True)
        return tuple(map(int, re.search(rb"alone (\d+), hybrid (\d+)", run.stdout).groups()))

    with ThreadPoolExecutor(len(pieces)) as pool:
        return list(pool.map(one, pieces, [predict(piece) for piece in pieces.values()]))


def row(cells, sizes):
    """A line of the table: alone all pieces together, with the mixer each and all."""
    hybrid = [size[1] for size in sizes]
    cells += [sum(size[0] for size in sizes), *hybrid, sum(hybrid)]
    return "| " + " | ".join(map(str, cells)) + " |"


def work(name, arguments, pieces, stop, channel):
    """The process of one variant: says "ready", then answers "measure" and "train"."""
    try:
        torch.set_num_threads(arguments.threads)
        run = Run(name, arguments)
        note = run.compile(arguments.compile) if arguments.compile else "not compiled"
        run.step(0.0)
        run.begin()
        channel.send(("ready", note))
        while True:
            order, size = channel.recv()
            if order == "measure":
                channel.send(("speed", run.measure(size)))
                continue
            seconds = run.train(size, max(1.0, stop - JUDGE_SECONDS - time.time()))
            bits = run.bits()
            sizes = judge(arguments.judge[0], pieces, lambda piece: run.predictions(piece))
            count = sum(p.numel() for p in run.network.parameters())
            cells = [name, count, run.network.multiplies(), f"{run.seen() / 1e6:.1f}",
                     f"{run.seen() / seconds / 1e6:.2f}", f"{bits:.4f}"]
            channel.send(("row", row(cells, sizes)))
            return
    except Exception as error:  # the others go on
        channel.send(("failed", f"{type(error).__name__}: {error}"))


def log(*words):
    print(*words, file=sys.stderr, flush=True)


class Study:
    """The processes of all variants, and what they say."""

    def __init__(self, names, arguments, pieces, stop):
        self.stop = stop
        self.processes, self.channels = {}, {}
        context = multiprocessing.get_context("spawn")
        for name in names:
            self.channels[name], theirs = context.Pipe()
            self.processes[name] = context.Process(
                target=work, args=(name, arguments, pieces, stop, theirs))
            self.processes[name].start()
            theirs.close()

    def listen(self, until):
        """What they say, as it comes: name, kind and answer, or about each second "silence". Who
        fails or has its row is gone."""
        while self.channels and time.time() < until:
            names = {channel: name for name, channel in self.channels.items()}
            heard = multiprocessing.connection.wait(list(names), 1.0)
            if not heard:
                yield "", "silence", None
            for channel in heard:
                try:
                    kind, answer = channel.recv()
                except (EOFError, OSError):
                    kind, answer = "failed", "the process ended"
                if kind in ("failed", "row"):
                    del self.channels[names[channel]]
                if kind != "row":
                    log(names[channel], kind, answer)
                yield names[channel], kind, answer

    def gather(self, kind, names, until):
        """The answers of this kind by name: of `names` as far as they live, or of those, at least
        one, that came in time."""
        answers = {}
        for name, its_kind, answer in self.listen(self.stop):
            if its_kind == kind:
                answers[name] = answer
            if set(names) & set(self.channels) <= set(answers) or (
                    answers and time.time() > until):
                break
        return answers

    def tell(self, names, order, size):
        for name in names:
            try:
                self.channels[name].send((order, size))
            except (KeyError, OSError) as error:  # listen() will tell of it
                log(name, "does not hear:", error)

    def size_that_fits(self, names):
        """Bytes for each, of which all that live can see as many in the time that is left."""
        self.tell(names, "measure", MEASURED_SECONDS)
        speeds = self.gather("speed", names, time.time() + 4 * MEASURED_SECONDS).values()
        if not speeds:
            sys.exit("no variant trains")
        seconds = sum(1 / speed for speed in speeds) / len(speeds)  # for a byte of one
        seconds *= len(self.channels) / len(speeds)
        return max(1.0, 0.9 * (self.stop - JUDGE_SECONDS - time.time())) / seconds

    def end(self):
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.join(5)


def study(arguments, pieces, stop):
    names = arguments.only.split(",")
    runs = Study(names, arguments, pieces, stop)
    try:
        mixer_alone = judge(arguments.judge[0], pieces, lambda piece: bytes(512 * len(piece)))
        head = ["run", "parameters", "multiplies", "MB seen", "MB/s", "bits", "alone",
                *(path.name for path in pieces), "together"]
        print("| " + " | ".join(head) + " |\n|---|" + "---:|" * (len(head) - 1))
        print(row(["no network", 0, 0, 0, "", "8.0000"], mixer_alone), flush=True)
        ready = runs.gather("ready", names, time.time() + 0.45 * (stop - time.time()))
        size = arguments.bytes or runs.size_that_fits(ready)
        log(f"{size / 1e6:.1f} MB for each")
        runs.tell(list(runs.channels), "train", size)
        for _, kind, answer in runs.listen(stop):
            if kind == "row":
                print(answer, flush=True)
        if runs.channels:
            log("no row for", *runs.channels)
    finally:
        runs.end()


def main():
    start = time.time()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--deadline", type=float, required=True, help="time limit in seconds")
    parser.add_argument("--judge", nargs="+", required=True, help="hybrid_bits, then files")
    parser.add_argument("--bytes", type=float, help="per variant (default: what fits)")
    parser.add_argument("--compile", type=int, default=0, help="seconds for compiling")
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--steps", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default=",".join([*VARIANTS, "first@2"]))
    arguments = parser.parse_args()
    pieces = {path: path.read_bytes() for path in map(pathlib.Path, arguments.judge[1:])}
    study(arguments, pieces, start + arguments.deadline)


if __name__ == "__main__":
    main()
