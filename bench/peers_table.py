"""A table of sizes of lmz beside those of other programs, a row for each kind of file."""

import argparse
import concurrent.futures
import csv
import pathlib
import subprocess
import tempfile
import time


def xz_size(path):
    return len(subprocess.run(["xz", "-9e", "-c", path], stdout=subprocess.PIPE,
                              check=True).stdout)


def zpaq_size(path):
    archive = path.with_suffix(".zpaq")
    archive.unlink(missing_ok=True)
    subprocess.run(["zpaq", "add", archive, path, "-m5", "-t1"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    size = archive.stat().st_size
    archive.unlink()
    return size


def lmz_size(lmz, level, path):
    """The size, None where the file does not come back, and the seconds that coding takes."""
    begin = time.perf_counter()
    code = subprocess.run([lmz, f"-{level}", "-T1", "-c", path], stdout=subprocess.PIPE,
                          check=True).stdout
    seconds = time.perf_counter() - begin
    back = subprocess.run([lmz, "-d", "-c"], input=code, stdout=subprocess.PIPE,
                          check=True).stdout
    return (len(code) if back == path.read_bytes() else None), seconds


def parser(usage, levels):
    """For the options that all such tables have."""
    options = argparse.ArgumentParser(usage=usage)
    options.add_argument("--lmz", required=True)
    options.add_argument("--levels", default=levels)
    options.add_argument("--only", default="")
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--csv")
    options.add_argument("--files", help="keep the files in this folder")
    return options


def print_table(arguments, peers, write_files, limit):
    """Prints the table and returns how many kinds there are, and how many of them are worse.

    `peers` are the names of the other programs. `write_files(folder)` gives for each kind its path
    and a function that returns the peers' sizes, None for one that does not know such files. A
    kind is worse where a level takes more than limit(size of the best peer), or does not come back.
    """
    levels = [int(level) for level in arguments.levels.split(",")]
    sizes_heads = [*peers, *(f"level {level}" for level in levels)]
    print(f"{'kind':26}{'raw':>9}" +
          "".join(f"{head:>9}" for head in [*sizes_heads, "best", "ms/KB"]))
    rows, worse = [], 0
    with tempfile.TemporaryDirectory() as temporary, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        folder = pathlib.Path(arguments.files or temporary)
        folder.mkdir(parents=True, exist_ok=True)

        def measure(written):
            path, peer_sizes = written
            others = [None] * len(peers) if arguments.no_peers else peer_sizes()
            return (path.name, path.stat().st_size, others,
                    [lmz_size(arguments.lmz, level, path) for level in levels])

        for name, raw, others, coded in pool.map(measure, write_files(folder)):
            sizes = [size for size, _ in coded]
            best = min((size for size in others if size is not None), default=raw + raw // 8)
            is_worse = any(size is None or size > limit(best) for size in sizes)
            worse += is_worse
            ratio = "-" if sizes[0] is None else f"{100 * sizes[0] / best - 100:+.1f}%"
            print(f"{name:26}{raw:9}" +
                  "".join(f"{'-' if size is None else size:>9}" for size in [*others, *sizes]) +
                  f"{ratio:>9}{1e6 * coded[0][1] / raw:9.2f}" + ("  worse" if is_worse else ""),
                  flush=True)
            rows.append([name, raw, *others, *sizes])
    if arguments.csv:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([["kind", "raw", *sizes_heads], *rows])
    return len(rows), worse
