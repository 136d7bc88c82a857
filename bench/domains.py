#!/usr/bin/env python3
"""usage: bench/domains.py [--corpora DIR] [--build build/release] [--train build/train]
                        [--research MODEL.lmm]

Bits per byte by domain, as Markdown: the held-out files and three English texts, as `lmz -0` to
`-4` code them and as each network would need alone (model_bits, eight lanes). With --research, a
model file that stands for another base: its size in the same codec, and base against it, with the
mean over the held-out files. Codes are restored and compared. Takes about half an hour of one
processor.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys

import corpora

MODELS = ["tiny", "small", "base", "large"]
# A model that has no number is named in the code, by its id and name. That is left out of the
# comparison.
REFERENCE_BYTES = 21
TEXTS = ["canterbury/alice29.txt", "enwik5", "enwik6"]


def model_path(name):
    return str(corpora.ROOT / "models" / f"{name}.lmm")


class Coder:
    def __init__(self, arguments):
        self.lmz = arguments.build / "cli/lmz"
        self.model_bits = arguments.train / "train/model_bits"

    def bits(self, path, options):
        """Bits per byte of the code of a file, which must come back."""
        raw = path.read_bytes()
        code = subprocess.run([self.lmz, *options, "-c", path], check=True, capture_output=True)
        find = options if options[0] == "--model" else []
        back = subprocess.run([self.lmz, *find, "-dc"], input=code.stdout, check=True,
                              capture_output=True)
        if back.stdout != raw:
            sys.exit(f"domains: {path} was not restored")
        return 8 * len(code.stdout) / len(raw)

    def alone(self, path, model):
        out = subprocess.run([self.model_bits, model, "--lanes", "8", path], check=True,
                             capture_output=True, text=True).stdout
        return float(re.search(r"bytes, ([\d.]+) bits", out)[1])


def columns(coder, path, research):
    """The numbers of a row: without a model, then with and alone for each, then the other base."""
    numbers = [coder.bits(path, ["-0"])]
    for level, name in enumerate(MODELS, 1):
        options = ["--model", model_path(name)] if name == "large" else [f"-{level}"]
        numbers += [coder.bits(path, options), coder.alone(path, model_path(name))]
    if research:
        raw_size = path.stat().st_size
        numbers.append(coder.bits(path, ["--model", research]) - 8 * REFERENCE_BYTES / raw_size)
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    parser.add_argument("--build", type=pathlib.Path, default=corpora.ROOT / "build/release")
    parser.add_argument("--train", type=pathlib.Path, default=corpora.ROOT / "build/train")
    parser.add_argument("--research")
    arguments = parser.parse_args()
    held_out = sorted((arguments.corpora / "valid").iterdir())
    paths = held_out + [arguments.corpora / "text" / name for name in TEXTS]
    coder = Coder(arguments)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda path: columns(coder, path, arguments.research), paths))
    heads = ["file", "bytes", "level 0"]
    for name in MODELS:
        heads += [name, "alone"]
    if arguments.research:
        heads += ["other", "base against it"]
    print("| " + " | ".join(heads) + " |\n|---|" + "---:|" * (len(heads) - 1))
    base = 1 + 2 * MODELS.index("base")
    changes = []
    for path, numbers in zip(paths, rows):
        cells = [path.name, f"{path.stat().st_size:,}"] + [f"{number:.3f}" for number in numbers]
        if arguments.research:
            changes.append(100 * (numbers[base] / numbers[-1] - 1))
            cells.append(f"{changes[-1]:+.1f} %")
        print("| " + " | ".join(cells) + " |")
    if arguments.research:
        mean = sum(changes[:len(held_out)]) / len(held_out)
        print(f"\nMean of base against the other over the held-out files: {mean:+.2f} %.")


if __name__ == "__main__":
    main()
