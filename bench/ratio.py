#!/usr/bin/env python3
"""Compares the coded size of every corpus file with bench/ratio.csv, so that a change is a diff.

usage: ratio.py --lmz LMZ [--corpora DIR] [--quick] [--update]

Every file is restored and compared too. Files that are not here are left out; the sample in the
repository always is. --quick leaves out what takes longest. With --update the rows of the files
that are here are rewritten. Exit status 1 when a size differs, a row is missing or a file is not
restored.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys

import corpora

TABLE = corpora.ROOT / "bench" / "ratio.csv"
# In the table -> options of lmz.
LEVELS = {str(level): [f"-{level}"] for level in range(5)}

# The levels with a model are slow, so only some files are measured at them, at level 4 fewer still;
# pixels and samples are the same at every level.
MODEL_FILES = {
    "samples/opticks.txt", "text/canterbury/alice29.txt", "text/canterbury/cp.html",
    "text/canterbury/fields.c", "text/canterbury/grammar.lsp", "text/canterbury/sum",
    "text/canterbury/xargs.1", "text/calgary/geo", "text/calgary/paper1", "text/calgary/progc",
    "text/enwik5", "text/enwik6", "valid/json",
}
LARGE_FILES = {"text/canterbury/fields.c", "text/canterbury/xargs.1"}

# With --quick: no larger files at the levels with a model, no longer recordings, and one picture of
# each source, both as pixels and as a PNG file.
QUICK_MODEL_SIZE = 64 << 10
QUICK_SOUND_SIZE = 120 << 10  # of the file, which most have as FLAC
QUICK_PICTURES = {"kodim23", "1418519"}


def is_measured(name, level):
    return level == "0" or name in (LARGE_FILES if level == "4" else MODEL_FILES)


def is_quick(name, level, size):
    if name.startswith("image/"):
        return pathlib.PurePosixPath(name).stem in QUICK_PICTURES
    if name.startswith("audio/"):
        return size <= QUICK_SOUND_SIZE
    return level == "0" or size <= QUICK_MODEL_SIZE


def coded(lmz, options, raw):
    """The code of `raw` by lmz with these options, once it has been restored."""
    def run(arguments, data):
        return subprocess.run([lmz, *arguments], input=data, capture_output=True, check=True).stdout

    code = run([*options, "-c"], raw)
    if run([*options, "-d", "-c"], code) != raw:
        raise ValueError(f"{len(raw)} bytes were not restored")
    return code


def sizes(lmz, options, raw):
    """The sizes of `raw` before and after lmz with these options, once it has been restored."""
    return len(raw), len(coded(lmz, options, raw))


def cells(files, quick):
    """The (file, level) that are measured; the slowest first, so that no core waits at the end."""
    found = []
    for name, path in files.items():
        size = path.stat().st_size
        found += [(level, size, name) for level in LEVELS
                  if is_measured(name, level) and (not quick or is_quick(name, level, size))]
    return [(name, level) for level, size, name in sorted(found, reverse=True)]


def measure(lmz, files, jobs):
    """{(file, level): row} for the cells `jobs`; as many at once as there are cores."""

    def row(job):
        name, level = job
        raw_size, size = sizes(lmz, LEVELS[level], corpora.read(name, files[name]))
        return {"file": name, "level": level, "raw_size": str(raw_size), "coded_size": str(size)}

    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return dict(zip(jobs, pool.map(row, jobs)))


def differences(expected, measured):
    """One line for each measured row that the table does not hold."""
    for key, row in measured.items():
        known = expected.get(key)
        name = f"{row['file']} ({row['level']})"
        if known is None:
            yield f"{name}: {row['coded_size']} bytes, not in the table"
        elif known["raw_size"] != row["raw_size"]:
            yield f"{name}: another file, {row['raw_size']} bytes instead of {known['raw_size']}"
        elif known["coded_size"] != row["coded_size"]:
            change = int(row["coded_size"]) - int(known["coded_size"])
            yield f"{name}: {row['coded_size']} bytes instead of {known['coded_size']} ({change:+})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lmz", required=True, help="the program to measure")
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    parser.add_argument("--quick", action="store_true", help="leave out what takes longest")
    parser.add_argument("--update", action="store_true", help="rewrite the table")
    arguments = parser.parse_args()

    files = (corpora.files(arguments.corpora) | corpora.images(arguments.corpora) |
             corpora.pictures(arguments.corpora) | corpora.audio_files(arguments.corpora))
    expected = {(row["file"], row["level"]): row for row in corpora.read_table(TABLE)}
    jobs = cells(files, arguments.quick)
    measured = measure(arguments.lmz, files, jobs)
    changes = list(differences(expected, measured))
    print("\n".join(changes) or "no size differs from bench/ratio.csv")
    left_out = len(cells(files, False)) - len(jobs)
    absent = len(set(expected) - set(measured)) - left_out
    print(f"{len(measured)} sizes compared, {left_out} left out by --quick, "
          f"{absent} skipped because their files are missing")
    if arguments.update:
        merged = {key: row for key, row in {**expected, **measured}.items() if key[1] in LEVELS}
        corpora.write_table(TABLE, [merged[key] for key in sorted(merged)])
        return 0
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
