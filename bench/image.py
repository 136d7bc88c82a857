#!/usr/bin/env python3
"""Measures lmz on the image corpus beside JPEG XL; writes docs/benchmarks-image.md.

usage: image.py [--lmz LMZ] [--corpora DIR] [--dry-run]

First the pixels, as PPM or PGM, against cjxl -e 9 -d 0 (package libjxl-tools); then the PNG files
as they are, against the codec `bytes`, with another first byte that hides what they are. Every file
is restored and compared. Speeds are those of the whole program, in KB of pixels or of the file a
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


def cpu_model():
    """The processor's name as the system gives it."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.lower().startswith(("model name", "cpu model")):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def jpeg_xl_size(pixels):
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder, "in.ppm"), pathlib.Path(folder, "out.jxl")
        source.write_bytes(pixels)
        subprocess.run(["cjxl", "-d", "0", "-e", "9", source, out], check=True,
                       capture_output=True)
        return out.stat().st_size


def code(lmz, raw):
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


def totals_of(rows):
    """{set: (its files' rows, their total)}, without sets of which no file is here."""
    sets = {name: {file: row for file, row in rows.items()
                   if file.startswith(KODAK) == (name == "Kodak")} for name in TARGETS}
    return {name: (members, total(list(members.values())))
            for name, members in sets.items() if members}


def table(title, unit, rival, sets):
    lines = [f"| {title} | {unit} | {rival} | lmz | below it | coding KB/s | decoding KB/s |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for name, (members, sum_of_all) in sets.items():
        lines += [line(file.removeprefix("image/"), row, rival) for file, row in members.items()]
        lines.append(line(f"**{name}, {len(members)} files**", sum_of_all, rival))
    return "\n".join(lines)


def slowest(row):
    return row["raw"] / max(row["encoding"], row["decoding"]) / 1000


def is_met(name, row):
    gain = 1 - row["lmz"] / row["cjxl -e 9"]
    return gain >= TARGETS[name] and slowest(row) >= MIN_SPEED


def page(pixels, files):
    version = subprocess.run(["cjxl", "--version"], capture_output=True, text=True, check=True)
    targets = "\n".join(
        f"- {name}: {100 * (1 - row['lmz'] / row['cjxl -e 9']):.1f} % below cjxl -e 9 (at least "
        f"{100 * TARGETS[name]:.0f} %), {slowest(row):.0f} KB/s (at least {MIN_SPEED} KB/s): "
        f"{'reached' if is_met(name, row) else '**missed**'}"
        for name, (_, row) in pixels.items())
    return f"""# Benchmarks of images

Written by `bench/image.py`; no number here is typed by hand. Every size comes from a file that was
restored and compared. Speeds are those of the whole program with one thread, in KB of what was
coded a second of processor time.

Processor: {cpu_model()}. JPEG XL: {version.stdout.split(" [")[0].strip()}, `-d 0 -e 9`.

## Numbers to reach

{targets}

## Pixels

The images as PPM or PGM files.

{table("image", "raw bytes", "cjxl -e 9", pixels)}

## PNG files

The same images as they are, restored byte for byte. `bytes` is the codec for any bytes, with
another first byte that hides what the file is.

{table("file", "bytes as they are", "bytes", files)}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lmz", type=pathlib.Path,
                        default=corpora.ROOT / "build" / "release" / "cli" / "lmz")
    parser.add_argument("--corpora", type=pathlib.Path, default=corpora.default_corpora())
    parser.add_argument("--dry-run", action="store_true", help="print the page, write nothing")
    arguments = parser.parse_args()
    lmz = arguments.lmz.resolve()

    pixels, files = {}, {}
    for name, path in corpora.images(arguments.corpora).items():
        raw = corpora.read(name, path)
        pixels[name] = code(lmz, raw) | {"cjxl -e 9": jpeg_xl_size(raw)}
    for name, path in corpora.pictures(arguments.corpora).items():
        raw = corpora.read(name, path)
        files[name] = code(lmz, raw) | {"bytes": code(lmz, b"\0" + raw[1:])["lmz"]}
    if not pixels:
        print("the image corpus is not here", file=sys.stderr)
        return 1
    sets = totals_of(pixels)
    text = page(sets, totals_of(files))
    if arguments.dry_run:
        print(text)
    else:
        (corpora.ROOT / "docs" / "benchmarks-image.md").write_text(text, encoding="utf-8")
    return 0 if all(is_met(name, row) for name, (_, row) in sets.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
