#!/usr/bin/env python3
"""usage: bench/kinds_of_binaries.py --lmz LMZ --packages FOLDER [--levels 0] [--only WORD]
                                  [--no-peers] [--jobs N] [--csv FILE] [--files FOLDER]

Codes binary files, one of each kind, and prints a table of sizes beside those of `xz -9e`,
`zpaq -m5` and `bzip3` with one block. Half of the kinds come from Debian's packages, which
apt-get puts into the folder (binaries_of_packages.py), the others are generated (binaries_of_*.py).
Exit status 1 where a level of lmz makes a file more than 1 % larger than the best of the others, or
where a file does not come back.
"""

import argparse
import concurrent.futures
import csv
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import binaries_of_bits  # noqa: F401, fills MADE
import binaries_of_games  # noqa: F401
import binaries_of_numbers  # noqa: F401
import binaries_of_packages
from binary_kind import MADE


def coded_size(command, path):
    return len(subprocess.run([*command, path], stdout=subprocess.PIPE, check=True).stdout)


def peers(path):
    """The sizes that xz, zpaq and bzip3 make, which are kept beside the file."""
    kept = path.with_suffix(".peers")
    if kept.exists():
        return [int(size) for size in kept.read_text().split()]
    archive = path.with_suffix(".zpaq")
    archive.unlink(missing_ok=True)
    subprocess.run(["zpaq", "add", archive, path, "-m5", "-t1"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sizes = [coded_size(["xz", "-9e", "-c"], path), archive.stat().st_size,
             coded_size(["bzip3", "-e", "-c", "-b", "16"], path)]
    archive.unlink()
    kept.write_text(" ".join(map(str, sizes)))
    return sizes


def lmz_size(lmz, level, path):
    """The size, None where the file does not come back, and the seconds that coding takes."""
    begin = time.perf_counter()
    code = subprocess.run([lmz, f"-{level}", "-T1", "-c", path], stdout=subprocess.PIPE,
                          check=True).stdout
    seconds = time.perf_counter() - begin
    back = subprocess.run([lmz, "-d", "-c"], input=code, stdout=subprocess.PIPE,
                          check=True).stdout
    return (len(code) if back == path.read_bytes() else None), seconds


def write_files(folder, packages, only):
    """The names of the kinds, once each has its file in `folder`."""
    names = [name for name in [*binaries_of_packages.FILES, *MADE] if only in name]
    for name in names:
        path = folder / name
        if path.exists():
            continue
        if name in MADE:
            path.write_bytes(MADE[name](random.Random(name)))
        else:
            path.write_bytes(binaries_of_packages.read(packages, name))
    return names


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lmz", required=True)
    parser.add_argument("--packages", required=True, help="where the packages are unpacked")
    parser.add_argument("--levels", default="0")
    parser.add_argument("--only", default="")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--csv")
    parser.add_argument("--files", help="keep the files in this folder")
    arguments = parser.parse_args()
    levels = [int(level) for level in arguments.levels.split(",")]
    heads = ["xz", "zpaq", "bzip3", *(f"level {level}" for level in levels), "best", "ms/KB"]
    print(f"{'kind':26}{'raw':>9}" + "".join(f"{head:>9}" for head in heads))
    rows, bad = [], 0
    with tempfile.TemporaryDirectory() as temporary, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        folder = pathlib.Path(arguments.files or temporary)
        folder.mkdir(parents=True, exist_ok=True)

        def measure(name):
            path = folder / name
            others = [None] * 3 if arguments.no_peers else peers(path)
            return name, path.stat().st_size, others, [lmz_size(arguments.lmz, level, path)
                                                       for level in levels]

        names = write_files(folder, arguments.packages, arguments.only)
        for name, raw, others, coded in pool.map(measure, names):
            sizes = [size for size, _ in coded]
            best = min((size for size in others if size is not None), default=raw + raw // 8)
            is_bad = any(size is None or size > best + best // 100 for size in sizes)
            bad += is_bad
            ratio = "-" if sizes[0] is None else f"{100 * sizes[0] / best - 100:+.1f}%"
            print(f"{name:26}{raw:9}" +
                  "".join(f"{'-' if size is None else size:>9}" for size in [*others, *sizes]) +
                  f"{ratio:>9}{1e6 * coded[0][1] / raw:9.2f}" + ("  worse" if is_bad else ""),
                  flush=True)
            rows.append([name, raw, *others, *sizes])
    if arguments.csv:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([["kind", "raw", *heads[:-2]], *rows])
    print(f"{len(rows)} kinds, {bad} more than 1 % larger than the best of the others")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
