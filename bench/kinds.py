#!/usr/bin/env python3
"""usage: bench/kinds.py --lmz LMZ [--levels 0,1,2,3] [--size 20000] [--only WORD] [--csv FILE]

Codes more than a hundred kinds of generated data at every level and prints a table of sizes. Exit
status 1 when a level makes a file more than 0.1 % and 16 bytes larger than the level below it does,
or, of the kinds built to fool samples, more than 2 % and 16 bytes larger. The data depend on
nothing but the generators (kinds_of_*.py), samples/ and --size.
"""

import argparse
import concurrent.futures
import csv
import pathlib
import random
import subprocess
import sys
import tempfile

import kinds_of_records  # noqa: F401, fills KINDS
import kinds_of_text  # noqa: F401
from kind import KINDS


def code(lmz, level, path):
    done = subprocess.run([lmz, f"-{level}", "-T1", "-c", path], stdout=subprocess.PIPE, check=True)
    return len(done.stdout)


def is_broken(name, size, below):
    share = 50 if name.startswith("fool_") else 1000
    return size > below + below // share + 16


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lmz", required=True)
    parser.add_argument("--levels", default="0,1,2,3")
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--csv")
    arguments = parser.parse_args()
    levels = [int(level) for level in arguments.levels.split(",")]
    names = [name for name in KINDS if arguments.only in name]
    broken = 0
    rows = []
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for name in names:
            path = pathlib.Path(folder, name)
            path.write_bytes(KINDS[name](random.Random(name), arguments.size))
        print(f"{'kind':26}{'raw':>8}" + "".join(f"{f'level {n}':>10}" for n in levels))
        sizes = {name: [pool.submit(code, arguments.lmz, level, pathlib.Path(folder, name))
                        for level in levels] for name in names}
        for name in names:
            row = [size.result() for size in sizes[name]]
            bad = [size for below, size in zip(row, row[1:]) if is_broken(name, size, below)]
            broken += bool(bad)
            raw = pathlib.Path(folder, name).stat().st_size
            print(f"{name:26}{raw:8}" + "".join(f"{size:10}" for size in row)
                  + ("  larger than the level below" if bad else ""), flush=True)
            rows.append([name, raw, *row])
    if arguments.csv:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([["kind", "raw", *levels], *rows])
    print(f"{len(names)} kinds, {broken} larger at a level than at the one below")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
