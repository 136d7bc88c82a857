#!/usr/bin/env python3
"""usage: bench/domains.py FILES.csv [--corpora DIR] [--build build/release] [--train build/train]
                        [--research MODEL.lmm]

Prints bits per byte by domain as Markdown, for the held-out files and three English texts: those of
`lmz -0` to `-4` (from FILES.csv, written by `lmz-bench files --csv`) and those of each network
alone (model_bits, eight lanes). --research adds a column for another model in the place of base, in
the same codec and without its name in the file, decompressed and compared, and a column that
compares base with it, with the mean over the held-out files. Takes about twelve minutes of CPU
time.
"""
import argparse
import concurrent.futures
import csv
import itertools
import pathlib
import re
import subprocess

import corpora
import models
import ratio

TEXTS = ["canterbury/alice29.txt", "enwik5", "enwik6"]


def coded_sizes(path):
    """{(file, peer): bytes} of a table that lmz-bench files wrote."""
    with open(path, newline="") as lines:
        # The first lines say where the numbers come from.
        table = csv.DictReader(itertools.dropwhile(lambda line: line.startswith("#"), lines))
        return {(row["file"], row["peer"]): int(row["coded_size"]) for row in table}


def bits_alone(tool, path, model):
    out = subprocess.run([tool, model, "--lanes", "8", path], check=True, capture_output=True,
                         text=True).stdout
    return float(re.search(r"bytes, ([\d.]+) bits", out)[1])


def size_by(lmz, path, model):
    """Of a file's code by a model without a number, but for what names the model there: its id, a
    byte and its name (src/codec/text/spec.md)."""
    info = subprocess.run([lmz, "--model-info", model], check=True, capture_output=True, text=True)
    card = dict(line.split(None, 1) for line in info.stdout.splitlines()[:2])
    code = ratio.coded(lmz, ["--model", model], path.read_bytes())
    named = bytes.fromhex(card["Id"]) in code
    return len(code) - (17 + len(card["Name"]) if named else 0)


def columns(path, sizes, arguments):
    """The numbers of a row: without a model, then with and alone for each, then the other base."""
    of = 8 / path.stat().st_size
    tool = arguments.train / "train/model_bits"
    numbers = [sizes[path.name, "lmz -0"] * of]
    for level in range(1, 5):
        numbers.append(sizes[path.name, f"lmz -{level}"] * of)
        numbers.append(bits_alone(tool, path, models.path(level)))
    if arguments.research:
        numbers.append(size_by(arguments.build / "cli/lmz", path, arguments.research) * of)
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=pathlib.Path)
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    parser.add_argument("--build", type=pathlib.Path, default=corpora.ROOT / "build/release")
    parser.add_argument("--train", type=pathlib.Path, default=corpora.ROOT / "build/train")
    parser.add_argument("--research")
    arguments = parser.parse_args()
    held_out = sorted((arguments.corpora / "valid").iterdir())
    paths = held_out + [arguments.corpora / "text" / name for name in TEXTS]
    sizes = coded_sizes(arguments.files)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda path: columns(path, sizes, arguments), paths))
    heads = ["file", "bytes", "level 0"]
    for name in models.NAMES:
        heads += [name, "alone"]
    if arguments.research:
        heads += ["other", "base vs. other"]
    print("| " + " | ".join(heads) + " |\n|---|" + "---:|" * (len(heads) - 1))
    base = 1 + 2 * models.NAMES.index("base")
    changes = []
    for path, numbers in zip(paths, rows):
        cells = [path.name, f"{path.stat().st_size:,}"] + [f"{number:.3f}" for number in numbers]
        if arguments.research:
            changes.append(100 * (numbers[base] / numbers[-1] - 1))
            cells.append(f"{changes[-1]:+.1f} %")
        print("| " + " | ".join(cells) + " |")
    if arguments.research:
        mean = sum(changes[:len(held_out)]) / len(held_out)
        print(f"\nMean of base vs. other over the held-out files: {mean:+.2f} %.")


if __name__ == "__main__":
    main()
