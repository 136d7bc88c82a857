#!/usr/bin/env python3
"""The files that are measured: the sample in the repository, always; the corpora when present.

usage: corpora.py FOLDER

Writes the pictures of the image corpus as PPM or PGM files into FOLDER/pictures, the recordings of
the audio corpus as WAV files into FOLDER/recordings.
"""

import csv
import os
import pathlib
import shutil
import subprocess
import sys

import png

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS_FOLDERS = ["text/canterbury", "text/calgary", "valid"]
CORPUS_FILES = ["text/enwik5", "text/enwik6"]


def default_corpora():
    """Where the corpora are looked for: $LMZ_CORPORA, or beside the repository."""
    return pathlib.Path(os.environ.get("LMZ_CORPORA") or ROOT.parent / "shared" / "corpora")


def files(corpora):
    """All measured files that exist, as a sorted {name: path}; names are the same everywhere."""
    found = {f"samples/{path.name}": path for path in (ROOT / "samples").glob("*.txt")}
    corpora = pathlib.Path(corpora)
    for name in CORPUS_FILES:
        if (corpora / name).is_file():
            found[name] = corpora / name
    for folder in CORPUS_FOLDERS:
        if (corpora / folder).is_dir():
            for path in (corpora / folder).iterdir():
                found[f"{folder}/{path.name}"] = path
    return dict(sorted(found.items()))


def pictures(corpora):
    """The PNG files of the image corpus, as a sorted {name: path}."""
    folder = pathlib.Path(corpora) / "image"
    found = folder.glob("*.png") if folder.is_dir() else []
    return dict(sorted((f"image/{path.name}", path) for path in found))


def images(corpora):
    """The same files by the names of their pixels as PPM or PGM."""
    return {str(pathlib.PurePosixPath(name).with_suffix(".ppm")): path
            for name, path in pictures(corpora).items()}


def read(name, path):
    """The bytes of a measured file; those of a PNG file under the name of its pixels are these."""
    content = path.read_bytes()
    is_pixels = path.suffix == ".png" and not name.endswith(".png")
    return png.to_pnm(content) if is_pixels else content


def audio_files(corpora):
    """The audio corpus as WAV, a sorted {name: path}. FLAC files are decoded into the build folder;
    where there is no flac program they are left out."""
    folder = pathlib.Path(corpora) / "audio"
    found = {f"audio/{path.name}": path for path in folder.glob("*.wav")}
    if shutil.which("flac"):
        decoded = ROOT / "build" / "corpora" / "audio"
        decoded.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.flac"):
            wav = decoded / f"{path.stem}.wav"
            if not wav.is_file():
                subprocess.run(["flac", "--silent", "--decode", "--force", "-o", wav, path],
                               check=True)
            found[f"audio/{wav.name}"] = wav
    return dict(sorted(found.items()))


def read_table(path):
    """The rows of a CSV file as dictionaries; none when there is no such file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_table(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder, corpora = pathlib.Path(sys.argv[1]), default_corpora()
    for name, found in [("pictures", images(corpora)), ("recordings", audio_files(corpora))]:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, path in found.items():
            (folder / name / pathlib.PurePosixPath(file).name).write_bytes(read(file, path))


if __name__ == "__main__":
    main()
