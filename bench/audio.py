#!/usr/bin/env python3
"""Measures lmz on the audio corpus beside flac -8, as a Markdown table on standard output.

usage: audio.py [--lmz LMZ] [--corpora DIR]

Every file is restored and compared. Speeds are those of the whole program, in KB of WAV a second
of processor time. flac is counted as it writes by default and, in brackets, without padding and
seek table. Exit status 1 when a file is above the latter.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile

import corpora


def processor_time():
    """Seconds that all children so far have spent."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(arguments, data):
    """What a program makes of `data`, and its seconds."""
    before = processor_time()
    out = subprocess.run(arguments, input=data, capture_output=True, check=True).stdout
    return out, processor_time() - before


def flac_size(path, options):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out.flac")
        subprocess.run(["flac", "-8", "--silent", *options, "-o", out, path], check=True)
        return out.stat().st_size


def measure(lmz, path):
    raw = path.read_bytes()
    coded, encoding = run([lmz, "-T", "1", "-c"], raw)
    restored, decoding = run([lmz, "-T", "1", "-d", "-c"], coded)
    if restored != raw:
        raise ValueError(f"{path}: not restored")
    return {"raw": len(raw), "flac": flac_size(path, []),
            "bare": flac_size(path, ["--no-padding", "--no-seektable"]), "lmz": len(coded),
            "encoding": encoding, "decoding": decoding}


def line(name, row):
    speeds = [round(row["raw"] / row[key] / 1000) for key in ("encoding", "decoding")]
    gain = 100 - 100 * row["lmz"] / row["flac"]
    bare_gain = 100 - 100 * row["lmz"] / row["bare"]
    return (f"| {name} | {row['raw']:,} | {row['flac']:,} ({row['bare']:,}) | {row['lmz']:,} "
            f"| {gain:.1f} % ({bare_gain:.1f} %) | {speeds[0]} | {speeds[1]} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lmz", type=pathlib.Path,
                        default=corpora.ROOT / "build" / "release" / "cli" / "lmz")
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    arguments = parser.parse_args()
    rows = {name: measure(arguments.lmz.resolve(), path)
            for name, path in corpora.audio_files(arguments.corpora).items()}
    print("| file | WAV | flac -8 (bare) | lmz | below flac (bare) | coding KB/s | decoding KB/s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, row in rows.items():
        print(line(name.removeprefix("audio/"), row))
    if rows:
        keys = next(iter(rows.values())).keys()
        print(line("**total**", {key: sum(row[key] for row in rows.values()) for key in keys}))
    return 1 if any(row["lmz"] > row["bare"] for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
