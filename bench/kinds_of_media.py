#!/usr/bin/env python3
"""usage: bench/kinds_of_media.py --lmz LMZ [--levels 0,1,3] [--only WORD] [--no-peers] [--csv FILE]
                               [--files FOLDER]

Codes the media files that people have, one of each kind, made of the corpora, and prints a table of
sizes beside those of `xz -9e`, `zpaq -m5` and, for sound, `wavpack -hh`. Exit status 1 where a
level of lmz makes more bytes than the best of these, or where a file does not come back.
"""

import argparse
import concurrent.futures
import csv
import pathlib
import subprocess
import sys
import tempfile

import corpora
from kinds_of_pictures import PICTURES, Photograph
from kinds_of_sound import SOUNDS, Recordings


def decoded(flac):
    """The 16-bit samples of a FLAC file."""
    raw = subprocess.run(["flac", "-d", "-s", "-c", "--force-raw-format", "--endian=little",
                          "--sign=signed", flac], stdout=subprocess.PIPE, check=True).stdout
    return [int.from_bytes(raw[i : i + 2], "little", signed=True) for i in range(0, len(raw), 2)]


def material(folder):
    audio = pathlib.Path(folder) / "audio"
    photo = pathlib.Path(folder) / "image" / "kodim07.png"
    recordings = Recordings(decoded(audio / "103-1240-0000.flac")[20_000:120_000],
                            decoded(audio / "mehackit_robot4.flac")[88_200:148_200])
    return recordings, Photograph(corpora.read("image/kodim07.ppm", photo), 200, 120, 241, 160)


def peers(path, plain):
    """The sizes that xz, zpaq and wavpack make, None where there is no `plain` WAV file."""
    archive = path.with_suffix(".zpaq")
    subprocess.run(["zpaq", "add", archive, path, "-m5", "-t1"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    xz = subprocess.run(["xz", "-9e", "-c", path], stdout=subprocess.PIPE, check=True).stdout
    sizes = [len(xz), archive.stat().st_size, None]
    if plain is not None:
        wave, packed = path.with_suffix(".plain.wav"), path.with_suffix(".wv")
        wave.write_bytes(plain)
        subprocess.run(["wavpack", "-hh", "-q", "-y", wave, "-o", packed], check=True)
        sizes[2] = packed.stat().st_size
    return sizes


def lmz_size(lmz, level, path):
    """None where the file does not come back."""
    packed = path.with_suffix(f".{level}.lmz")
    with open(packed, "wb") as out:
        subprocess.run([lmz, f"-{level}", "-T1", "-c", path], stdout=out, check=True)
    back = subprocess.run([lmz, "-dc", packed], stdout=subprocess.PIPE, check=True).stdout
    return packed.stat().st_size if back == path.read_bytes() else None


def files(folder, only):
    recordings, photograph = material(folder)
    for name, make in SOUNDS.items():
        if only in name:
            yield name, *make(recordings)
    for name, make in PICTURES.items():
        if only in name:
            yield name, make(photograph), None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lmz", required=True)
    parser.add_argument("--levels", default="0,1,3")
    parser.add_argument("--only", default="")
    parser.add_argument("--corpora", default=corpora.default_corpora())
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--csv")
    parser.add_argument("--files", help="keep the files in this folder")
    arguments = parser.parse_args()
    levels = [int(level) for level in arguments.levels.split(",")]
    rows, bad = [], 0
    heads = ["xz", "zpaq", "wavpack", *(f"level {level}" for level in levels)]
    print(f"{'kind':26}{'raw':>9}" + "".join(f"{head:>9}" for head in heads))
    with tempfile.TemporaryDirectory() as temporary, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        folder = pathlib.Path(arguments.files or temporary)

        def measure(made):
            name, content, plain = made
            path = folder / name
            path.write_bytes(content)
            others = [None] * 3 if arguments.no_peers else peers(path, plain)
            return [name, len(content), *others,
                    *(lmz_size(arguments.lmz, level, path) for level in levels)]
        for row in pool.map(measure, files(arguments.corpora, arguments.only)):
            name, raw, *sizes = row
            best = min((size for size in sizes[:3] if size is not None), default=raw + raw // 8)
            is_bad = any(size is None or size > best for size in sizes[3:])
            bad += is_bad
            print(f"{name:26}{raw:9}" + "".join(f"{'-' if size is None else size:>9}"
                                                for size in sizes)
                  + ("  worse" if is_bad else ""), flush=True)
            rows.append(row)
    if arguments.csv:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([["kind", "raw", *heads], *rows])
    print(f"{len(rows)} kinds, {bad} larger than the best of the others")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
