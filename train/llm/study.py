#!/usr/bin/env python3
"""What a pretrained language model in GGUF predicts of texts: the numbers of docs/models.md.

usage: study.py contexts GGUF TEXT..                 bits per byte by the rule of context
       study.py rounding GGUF TEXT..                 what an engine's roundings cost, one by one
       study.py folding GGUF --calibrate TEXT TEXT.. the same where weights were changed before
       study.py layers GGUF TEXT..                   where one plane of activations costs most
       study.py trie GGUF [--dump FOLDER] TEXT..      the trie's code against the token code
       study.py lanes GGUF TEXT..                    what 1 to 16 lanes cost

TEXT is FILE or FILE:COUNT for its first COUNT bytes. Prints CSV: a line for each choice, a column
for each text; with --match REGEX only the choices whose name it finds. Needs numpy and PyTorch;
runs on a CUDA device where there is one.
"""
import argparse
import pathlib
import re
import sys
import time

import numpy as np
import torch

import folding
import plans
from gguf import Gguf
from lanes import Context, bits_of_lanes, bits_with_reset, run
from network import Network, Shape
from rounding import Rounding
from trie import Trie, decision_bits, decision_weights
from vocabulary import Vocabulary

STAND_IN = b"\xef"  # the token that the network reads where a byte has none
TEXT_START = {"llama": 0, "gemma3": 2}  # <|endoftext|> of SmolLM2, <bos> of Gemma
CONTEXTS = {
    "512, step 128": Context(512, 128, 4),
    "1024, step 256": Context(1024, 256, 4),
    "1024, step 256, 1 sink": Context(1024, 256, 1),
    "1024, step 256, no sinks": Context(1024, 256, 0),
    "1024, step 128": Context(1024, 128, 4),
    "2048, step 256": Context(2048, 256, 4),
    "2048, step 512": Context(2048, 512, 4),
    "4096, step 1024": Context(4096, 1024, 4),
    "8192, step 2048": Context(8192, 2048, 4),
}
RESETS = {"1024, reset keeps 256": (1024, 256), "1024, reset keeps 512": (1024, 512),
          "2048, reset keeps 512": (2048, 512), "1024, reset keeps none": (1024, 0)}
LANES = (1, 2, 4, 8, 16)


class Text:
    def __init__(self, argument, vocabulary):
        file, _, count = argument.partition(":")
        self.name = pathlib.Path(file).name
        self.data = pathlib.Path(file).read_bytes()[:int(count) if count else None]
        self.tokens = np.array(vocabulary.segment(self.data))


class Study:
    def __init__(self, arguments, **options):
        gguf = Gguf(arguments.gguf)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.vocabulary = Vocabulary(gguf.metadata)
        self.network = Network(gguf, self.device, **options)
        self.stand_in = self.vocabulary.numbers[STAND_IN]
        self.first = TEXT_START[self.network.shape.architecture]
        self.gguf = gguf
        self.match = re.compile(arguments.match)
        self.texts = [Text(t, self.vocabulary) for t in arguments.texts]

    def header(self, what):
        print(what, *(f"{t.name} ({len(t.data)} bytes {len(t.tokens)} tokens)" for t in self.texts),
              sep=",")

    def bits(self, context=Context(), first=None):
        """Bits per byte of each text, a lane each."""
        costs = bits_of_lanes(self.network, [t.tokens for t in self.texts], context,
                              self.first if first is None else first, self.stand_in)
        return [c.sum() / len(t.data) for c, t in zip(costs, self.texts)]

    def line(self, name, values, digits=4):
        """Prints what values() gives, if the name is wanted."""
        if self.match.search(name):
            print(f'"{name}"', *(f"{v:.{digits}f}" for v in values()), sep=",", flush=True)


def contexts(arguments):
    study = Study(arguments)
    study.header("context")
    for name, context in CONTEXTS.items():
        study.line(name, lambda: study.bits(context))
    other = study.vocabulary.bos if study.vocabulary.bos != study.first else 1
    study.line(f"1024, step 256, begins with token {other}", lambda: study.bits(first=other))
    for name, (window, overlap) in RESETS.items():
        study.line(name, lambda: [
            bits_with_reset(study.network, t.tokens, window, overlap, study.first).sum()
            / len(t.data) for t in study.texts])
    study.network.shape.neighbours = not study.network.shape.neighbours
    study.line("1024, step 256, the other layout of the rotation", study.bits)


def percent_more(study, plan, exact):
    study.network.round_with(Rounding(plan))
    return [100 * (b / e - 1) for b, e in zip(study.bits(), exact)]


def rounding(arguments, choices=None):
    study = Study(arguments)
    study.header("rounding: per cent more than float")
    exact = study.bits()
    study.line("float, bits per byte", lambda: exact)
    look = Rounding()
    look.largest = dict.fromkeys(("residual", "hidden", "activation"), 0.0)
    study.network.round_with(look)
    study.bits()
    print(f'"largest magnitude: {look.largest}"')
    for name, plan in (choices or {**plans.together(), **plans.single()}).items():
        study.line(name, lambda: percent_more(study, plan, exact), 3)


def layers(arguments):
    rounding(arguments, plans.by_layers(Shape(Gguf(arguments.gguf).metadata).layers))


def folded(arguments):
    study = Study(arguments)
    study.header("folding and rounding: per cent more than float")
    exact = study.bits()
    calibration = Text(arguments.calibrate, study.vocabulary).tokens
    for folding_name, steps in plans.FOLDINGS.items():
        study.network = Network(study.gguf, study.device)
        for step in steps:
            if step in ("rotate", "rotate everywhere"):
                folding.rotate(study.network, step == "rotate everywhere")
            else:
                channels = folding.largest_channels(study.network, calibration, study.first)
                folding.smooth(study.network, channels, *step)
        for name, plan in plans.folded().items():
            study.line(f"{folding_name}: {name}", lambda: percent_more(study, plan, exact), 3)


def trie(arguments):
    study = Study(arguments)
    tree = Trie(study.vocabulary)
    whole, coded, finer, count = (np.zeros(len(study.texts)) for _ in range(4))
    decisions = [[] for _ in study.texts]

    def consume(lane, _begin, logits, targets):
        zero, one, sides, _, bits = decision_weights(logits, targets, tree)
        whole[lane] += float(bits.sum())
        coded[lane] += float(decision_bits(zero, one, sides).sum())
        finer[lane] += float(decision_bits(zero, one, sides, 22).sum())
        count[lane] += len(sides)
        if arguments.dump:
            odds = (one.double().log2() - zero.double().log2()) * 1024
            decisions[lane].append(odds.round().clamp(-32767, 32767).short().cpu().numpy())

    study.header("code: bits per byte")
    study.line("softmax over all tokens", study.bits, 5)
    run(study.network, [t.tokens for t in study.texts], Context(), study.first, consume,
        study.stand_in)
    sizes = [len(t.data) for t in study.texts]
    study.line("whole weights of the trie's tokens", lambda: whole / sizes, 5)
    study.line("trie, probabilities of 16 bits", lambda: coded / sizes, 5)
    study.line("trie, probabilities of 22 bits", lambda: finer / sizes, 5)
    study.line("trie against whole weights, per cent", lambda: 100 * (coded / whole - 1), 4)
    study.line("decisions per byte", lambda: count / sizes, 3)
    for text, dump in zip(study.texts, decisions):
        if arguments.dump:
            np.save(pathlib.Path(arguments.dump) / f"{text.name}.npy", np.concatenate(dump))


def lanes(arguments):
    study = Study(arguments)
    study.header("lanes: bits per byte")
    pieces, owners = [], []
    for at, text in enumerate(study.texts):
        for count in LANES:
            ends = [len(text.data) * (i + 1) // count for i in range(count)]
            for begin, end in zip([0, *ends], ends):
                pieces.append(np.array(study.vocabulary.segment(text.data[begin:end])))
                owners.append((at, count))
    costs = bits_of_lanes(study.network, pieces, Context(), study.first, study.stand_in)
    for count in LANES:
        study.line(str(count), lambda: [
            sum(c.sum() for c, owner in zip(costs, owners) if owner == (at, count))
            / len(text.data) for at, text in enumerate(study.texts)])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, command in (("contexts", contexts), ("rounding", rounding), ("folding", folded),
                          ("layers", layers), ("trie", trie), ("lanes", lanes)):
        sub = commands.add_parser(name)
        sub.set_defaults(run=command)
        sub.add_argument("gguf")
        sub.add_argument("texts", nargs="+", metavar="TEXT")
        sub.add_argument("--match", default="", metavar="REGEX")
        if command is folded:
            sub.add_argument("--calibrate", required=True, metavar="TEXT")
        if command is trie:
            sub.add_argument("--dump", metavar="FOLDER")
    arguments = parser.parse_args()
    began = time.monotonic()
    arguments.run(arguments)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
