#!/usr/bin/env python3
"""usage: tests/integration/large_test.py --lmz PROGRAM [--folder FOLDER] [--tar]

Large files at level 0.

Round trip of a sparse file of 6 GB with text at both ends and around 4 GiB; with --tar also of
3 GB that repeat members of text and random bytes. Prints memory and CPU time of each run and fails
when content differs, when the restored sparse file has no holes, or above --memory MiB.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile

GB = 10**9
TEXT = b"beyond four GiB, every offset still counts. " * 2000


def make_sparse(path, size):
    with path.open("wb") as stream:
        for offset in [0, 2**32 - 1000, 2**32 + 10**6, size - len(TEXT)]:
            if 0 <= offset <= size - len(TEXT):
                stream.seek(offset)
                stream.write(TEXT)


def make_tar_like(path, size):
    source = random.Random(7)
    members = []
    for number in range(8):
        words = [source.randbytes(source.randint(2, 8)).hex() for _ in range(500)]
        text = " ".join(source.choices(words, k=2_000)).encode()
        header = f"member {number}".encode().ljust(512, b"\0")
        members.append(header + text + source.randbytes(20_000))
    with path.open("wb") as stream:
        while stream.tell() < size:
            stream.write(source.choice(members))


def run(what, arguments, limit_mib):
    process = subprocess.Popen(arguments)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    mib = usage.ru_maxrss / 1024
    print(f"{what}: {mib:.0f} MiB, {usage.ru_utime + usage.ru_stime:.0f} s of CPU", flush=True)
    if process.returncode != 0:
        sys.exit(f"{what}: exit code {process.returncode}")
    if mib > limit_mib:
        sys.exit(f"{what}: more than {limit_mib} MiB")


def round_trip(lmz, folder, path, limit_mib):
    packed, back = folder / "packed.lmz", folder / "back"
    run(f"{path.name}, compress", [lmz, "-0", "-q", str(path), "-o", str(packed)], limit_mib)
    run(f"{path.name}, restore", [lmz, "-dq", str(packed), "-o", str(back)], limit_mib)
    print(f"{path.name}: {path.stat().st_size} bytes to {packed.stat().st_size}", flush=True)
    subprocess.run(["cmp", str(path), str(back)], check=True)
    blocks = back.stat().st_blocks
    for made in [packed, back, path]:
        made.unlink()
    return blocks * 512


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lmz", default=os.environ.get("LMZ"), help="the program")
    parser.add_argument("--folder", help="where the files go; removed at the end")
    parser.add_argument("--size", type=int, default=6 * GB, help="bytes of the sparse file")
    parser.add_argument("--tar", action="store_true", help="also 3 GB of repeats")
    parser.add_argument("--tar-size", type=int, default=3 * GB, help="bytes of the repeats")
    parser.add_argument("--memory", type=int, default=1024, help="MiB that no run may exceed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lmz-large-", dir=options.folder) as name:
        folder = pathlib.Path(name)
        make_sparse(folder / "sparse", options.size)
        used = round_trip(options.lmz, folder, folder / "sparse", options.memory)
        if used > 64 << 20:
            sys.exit(f"the restored sparse file takes {used} bytes on the disk: it has no holes")
        if options.tar:
            make_tar_like(folder / "repeats", options.tar_size)
            round_trip(options.lmz, folder, folder / "repeats", options.memory)


if __name__ == "__main__":
    main()
