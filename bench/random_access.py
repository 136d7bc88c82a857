#!/usr/bin/env python3
"""What random access costs and brings, by block size; prints a Markdown table.

usage: random_access.py FILE LEVEL [LEVEL...]

Needs the Python package lmz on the path. For each block size: the compressed size, how much larger
it is than in one block, and the median processor time and the bytes read for 1 KiB at 20 random
places of the content, each with a reader of its own, so that the index is read anew.
"""

import io
import pathlib
import random
import statistics
import sys
import time

import lmz

BLOCK_SIZES = [65536, 131072, 262144, 524288, 1048576]
READS = 20
READ_SIZE = 1024


class CountingFile(io.BytesIO):
    """Counts the bytes that are read."""

    read_size = 0

    def read(self, size=-1):
        data = super().read(size)
        self.read_size += len(data)
        return data


def measure_reads(code, content):
    """Median seconds of processor time, and median bytes of `code`, for one read."""
    source = random.Random(1)
    seconds, sizes = [], []
    for _ in range(READS):
        offset = source.randrange(len(content) - READ_SIZE)
        file = CountingFile(code)
        start = time.process_time()
        data = lmz.RangeReader(file).read_at(offset, READ_SIZE)
        seconds.append(time.process_time() - start)
        sizes.append(file.read_size)
        if data != content[offset:offset + READ_SIZE]:
            raise AssertionError(f"wrong bytes at {offset}")
    return statistics.median(seconds), statistics.median(sizes)


def main():
    path = pathlib.Path(sys.argv[1])
    content = path.read_bytes()
    print("| file | level | block size | compressed | more | 1 KiB takes | reads |")
    print("|---|---|---|---|---|---|---|")
    for level in map(int, sys.argv[2:]):
        whole = len(lmz.compress(content, level))
        for size in [*(size for size in BLOCK_SIZES if size < len(content)), None]:
            code = lmz.compress(content, level, block_size=size)
            seconds, read_size = measure_reads(code, content)
            name = f"{size >> 10} KiB" if size else "one block"
            print(f"| {path.name} | {level} | {name} | {len(code):,} | "
                  f"{100 * (len(code) / whole - 1):.1f} % | {1000 * seconds:.0f} ms | "
                  f"{read_size:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
