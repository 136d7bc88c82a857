#!/usr/bin/env python3
"""Measures lmz on the image corpus beside JPEG XL, as Markdown tables on standard output.

usage: image.py [--lmz LMZ] [--corpora DIR]

First the pixels, as PPM or PGM, against cjxl -e 9 -d 0 (program cjxl, package libjxl-tools); then the
PNG files as they are, against the codec `bytes` behind a byte in front that hides what they are. Every
file is restored and compared. Speeds are those of the whole program, in KB of pixels or of the file a
second of processor time. Exit status 1 when a total misses what is asked of it.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import audio
import corpora

# Below JPEG XL by at least so much, by the beginning of the files' names; the others are CID22's.
KODAK = "image/kodim"
TARGETS = {"Kodak": 0.15, "CID22": 0.08}
MIN_SPEED = 150  # KB/s


def jpeg_xl_size(pixels):
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder, "in.ppm"), pathlib.Path(folder, "out.jxl")
        source.write_bytes(pixels)
        subprocess.run(["cjxl", "-d", "0", "-e", "9", source, out], check=True,
                       capture_output=True)
        return out.stat().st_size


def measure(lmz, raw):
    coded, encoding = audio.run([lmz, "-0", "-T", "1", "-c"], raw)
    restored, decoding = audio.run([lmz, "-T", "1", "-d", "-c"], coded)
    if restored != raw:
        raise ValueError(f"{len(raw)} bytes were not restored")
    return {"raw": len(raw), "lmz": len(coded), "encoding": encoding, "decoding": decoding}


def total(rows):
    return {key: sum(row[key] for row in rows) for key in rows[0]}


def line(name, row, rival):
    speeds = [round(row["raw"] / row[key] / 1000) for key in ("encoding", "decoding")]
    gain = 100 - 100 * row["lmz"] / row[rival]
    return (f"| {name} | {row['raw']:,} | {row[rival]:,} | {row['lmz']:,} | {gain:.1f} % "
            f"| {speeds[0]} | {speeds[1]} |")


def table(title, unit, rival, rows):
    """Prints the rows by set and their totals; returns the totals."""
    print(f"| {title} | {unit} | {rival} | lmz | below it | coding KB/s | decoding KB/s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    totals = {}
    for name in TARGETS:
        members = {file: row for file, row in rows.items()
                   if file.startswith(KODAK) == (name == "Kodak")}
        for file, row in members.items():
            print(line(file.removeprefix("image/"), row, rival))
        if members:
            totals[name] = total(list(members.values()))
            print(line(f"**{name}, {len(members)} files**", totals[name], rival))
    print()
    return totals


def is_met(name, row):
    gain = 1 - row["lmz"] / row["cjxl -e 9"]
    speed = row["raw"] / max(row["encoding"], row["decoding"]) / 1000
    return gain >= TARGETS[name] and speed >= MIN_SPEED


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lmz", type=pathlib.Path,
                        default=corpora.ROOT / "build" / "release" / "cli" / "lmz")
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    arguments = parser.parse_args()
    lmz = arguments.lmz.resolve()

    pixels = {}
    for name, path in corpora.images(arguments.corpora).items():
        raw = corpora.read(name, path)
        pixels[name] = measure(lmz, raw) | {"cjxl -e 9": jpeg_xl_size(raw)}
    totals = table("pixels", "raw bytes", "cjxl -e 9", pixels)
    files = {}
    for name, path in corpora.pictures(arguments.corpora).items():
        raw = corpora.read(name, path)
        files[name] = measure(lmz, raw) | {"bytes": measure(lmz, b"\0" + raw[1:])["lmz"]}
    table("PNG files", "bytes as they are", "bytes", files)
    return 0 if all(is_met(name, row) for name, row in totals.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
