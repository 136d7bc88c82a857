#!/usr/bin/env python3
"""usage: bench/kinds_of_media.py --lmz LMZ [--levels 0,1,3] [--only WORD] [--no-peers] [--csv FILE]
                               [--files FOLDER]

Codes the media files that people have, one of each kind, made of the corpora, and prints a table of
sizes beside those of `xz -9e`, `zpaq -m5` and, for sound, `wavpack -hh`. Exit status 1 where a
level of lmz makes more bytes than the best of these, or where a file does not come back.
"""

import functools
import pathlib
import subprocess
import sys

import corpora
import peers_table
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
    sizes = [peers_table.xz_size(path), peers_table.zpaq_size(path), None]
    if plain is not None:
        wave, packed = path.with_suffix(".plain.wav"), path.with_suffix(".wv")
        wave.write_bytes(plain)
        subprocess.run(["wavpack", "-hh", "-q", "-y", wave, "-o", packed], check=True)
        sizes[2] = packed.stat().st_size
    return sizes


def files(folder, only):
    recordings, photograph = material(folder)
    for name, make in SOUNDS.items():
        if only in name:
            yield name, *make(recordings)
    for name, make in PICTURES.items():
        if only in name:
            yield name, make(photograph), None


def write_files(corpora_folder, only, folder):
    for name, content, plain in files(corpora_folder, only):
        path = folder / name
        path.write_bytes(content)
        yield path, functools.partial(peers, path, plain)


def main():
    parser = peers_table.parser(__doc__, "0,1,3")
    parser.add_argument("--corpora", default=corpora.default_corpora())
    arguments = parser.parse_args()
    kinds, worse = peers_table.print_table(
        arguments, ["xz", "zpaq", "wavpack"],
        functools.partial(write_files, arguments.corpora, arguments.only), lambda best: best)
    print(f"{kinds} kinds, {worse} larger than the best of the others")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
