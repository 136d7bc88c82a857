#!/usr/bin/env python3
"""Feeds what study.py trie --dump wrote to hybrid_bits, and codes the decisions that a token ends.

usage: hybrid.py GGUF FILE:COUNT DUMP.npy HYBRID_BITS

hybrid_bits codes the bytes' bits with the mixer of the text codec, the trie's chances as its
opinion. The decisions "the token ends here" it does not know; they are coded here, by the model
alone and mixed (EndMixer). Prints the bytes of each, and what the model needs alone.
"""
import collections
import math
import pathlib
import subprocess
import sys

import numpy as np

from gguf import Gguf
from trie import END, Trie
from vocabulary import Vocabulary

FORCED = 32.0  # bits by which a bit is sure that the vocabulary leaves no choice
LEAST = 1 / 65536


def stretch(p):
    return math.log(p / (1 - p))


def squash(x):
    return min(1 - LEAST, max(LEAST, 1 / (1 + math.exp(-x))))


class EndMixer:
    """Logistic mixing of the model's chance that a token ends with counters for the bytes of the
    token so far, those with the token before, the last three bytes, and what a match saw."""

    RATE = 0.02
    SHORTEST_MATCH = 6

    def __init__(self):
        self.counters = collections.defaultdict(lambda: [0.5, 0])
        self.weights = collections.defaultdict(lambda: np.array([1.0, 0.1, 0.1, 0.1, 0.2, 0.0]))
        self.last = {}  # the last bytes -> where they were
        self.ended = {}  # place -> whether a token ended there
        self.match, self.length = None, 0

    def move_to(self, data, at):
        """`at` bytes of data are known now, one more than before."""
        if self.match is not None and data[self.match] == data[at - 1]:
            self.match, self.length = self.match + 1, self.length + 1
        else:
            self.match, self.length = None, 0
        key = data[max(0, at - self.SHORTEST_MATCH):at]
        if self.match is None and key in self.last:
            self.match, self.length = self.last[key], self.SHORTEST_MATCH
        self.last[key] = at

    def code(self, logit, contexts, at, ends):
        """Bits of the decision at the place `at`."""
        seen = self.ended.get(self.match) if self.match is not None else None
        grade = 0 if seen is None else min(15, self.length.bit_length() + 1) * 2 + seen
        counters = [self.counters[c] for c in (*contexts, ("match", grade))]
        inputs = np.array([logit, *(stretch(min(0.999, max(0.001, c[0]))) for c in counters), 0.3])
        weights = self.weights[grade]
        chance = squash(float(weights @ inputs))
        weights += self.RATE * (ends - chance) * inputs
        for counter in counters:
            counter[1] = min(counter[1] + 1, 60)
            counter[0] += (ends - counter[0]) / (counter[1] + 0.5)
        self.ended[at] = ends
        return -math.log2(chance if ends else 1 - chance)


def byte_logits(data, odds):
    """(n, 8) odds of ones in bits -> (n, 256) logits in 1/1024 bits with these along the path."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8)[:, None], axis=1).astype(bool)
    toward = np.where(bits, odds, -odds)
    own, other = -np.logaddexp2(0, -toward), -np.logaddexp2(0, toward)
    before = np.concatenate([np.zeros((len(bits), 1)), np.cumsum(own, 1)], 1)
    # By the first bit that differs; the chance of that side is spread over its values.
    levels = np.concatenate([before[:, :8] + other - np.arange(7, -1, -1), before[:, 8:]], 1)
    first = np.array([8] + [8 - x.bit_length() for x in range(1, 256)])
    values = np.frombuffer(data, np.uint8)[:, None] ^ np.arange(256, dtype=np.uint8)
    chosen = np.take_along_axis(levels, first[values], 1)
    return np.round(chosen * 1024).clip(-32768, 32767).astype("<i2")


def end_bits(data, tokens, spelled, decisions, trie, odds):
    """Bits of all End decisions, mixed. `decisions`: token place, decision, side."""
    mixer, total, known = EndMixer(), 0.0, 0
    starts = np.concatenate([[0], np.cumsum([len(s) for s in spelled])])
    for (place, decision, side), odd in zip(decisions, odds):
        if trie.kind[decision] != END:
            continue
        at = int(starts[place] + trie.depth[decision])
        while known < at:
            known += 1
            mixer.move_to(data, known)
        prefix = data[starts[place]:at]
        before = tokens[place - 1] if place else -1
        recent = ("order 3", data[max(0, at - 3):at], len(prefix))
        contexts = (prefix, (prefix, before), recent)
        total += mixer.code(-odd * math.log(2), contexts, at, 1 - int(side))
    return total


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    gguf, argument, dump, program = sys.argv[1:]
    vocabulary = Vocabulary(Gguf(gguf).metadata)
    trie = Trie(vocabulary)
    file, _, count = argument.partition(":")
    data = pathlib.Path(file).read_bytes()[:int(count) if count else None]
    tokens = vocabulary.segment(data)
    spelled = [vocabulary.spell([t]) for t in tokens]
    places, decisions, sides = trie.paths(tokens)
    odds = np.load(dump) / 1024.0
    if len(odds) != len(decisions):
        sys.exit(f"{dump} has {len(odds)} decisions, {argument} {len(decisions)}")
    starts = np.concatenate([[0], np.cumsum([len(s) for s in spelled])])
    kinds = trie.kind[decisions]
    alone = np.logaddexp2(0, np.where(sides == 1, -odds, odds))
    bits = np.unpackbits(np.frombuffer(data, np.uint8)[:, None], axis=1)
    byte_odds = np.where(bits, FORCED, -FORCED)
    inside = kinds != END
    byte_odds[(starts[places] + trie.depth[decisions])[inside], kinds[inside]] = odds[inside]
    cut = pathlib.Path(dump).with_suffix(".bytes")
    cut.write_bytes(data)
    run = subprocess.run([program, cut], input=byte_logits(data, byte_odds).tobytes(), check=True,
                         capture_output=True)
    end_alone = alone[~inside].sum() / 8
    end_mixed = end_bits(data, tokens, spelled, zip(places, decisions, sides), trie, odds) / 8
    model, hybrid = alone.sum() / 8, int(run.stdout.split()[-1]) + end_mixed
    print(f"{pathlib.Path(file).name},{len(data)} bytes,model alone {model:.0f},"
          f"its End decisions {end_alone:.0f},mixed {end_mixed:.0f},"
          f"hybrid_bits says: {run.stdout.decode().strip()},hybrid with End {hybrid:.0f},"
          f"{100 * (hybrid / model - 1):+.2f} %")


if __name__ == "__main__":
    main()
