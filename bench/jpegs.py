#!/usr/bin/env python3
"""usage: bench/jpegs.py --lmz LMZ [--levels 0,1] [--get] [--peers] [--sample N] IMAGES FOLDER

JPEG files as people have them: the pictures in IMAGES (PNG), by libjpeg's cjpeg at quality 50, 75,
90 and 95, without and with subsampled colours, baseline and progressive. With --get FOLDER is
filled first. Codes each file at every level, restores it, compares, and prints a table of sizes in
Markdown, a row for each kind; with --peers also those of the programs for JPEG files that are in
PATH: cjxl (libjxl), packJPG, paq8px. With --sample only N pictures, the first by name. Below the
table: by how much files are smaller in the mean, and the speed, processor time of the program with
one thread, its start included. Exit status 1 when a file does not come back.
"""

import argparse
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import png

QUALITIES = (50, 75, 90, 95)
SAMPLINGS = {"4:2:0": "2x2", "4:4:4": "1x1"}
WAYS = {"baseline": [], "progressive": ["-progressive"]}


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, **options).stdout


def cpu_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def name_of(picture, quality, factors, way):
    return f"{picture}-{quality}-{factors}-{way}.jpg"


def get(images, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for image in sorted(images.glob("*.png")):
        pixels = png.to_pnm(image.read_bytes())
        for quality in QUALITIES:
            for factors in SAMPLINGS.values():
                for way, options in WAYS.items():
                    coded = run("cjpeg", "-quality", str(quality), "-sample", factors, *options,
                                input=pixels)
                    (folder / name_of(image.stem, quality, factors, way)).write_bytes(coded)


# Size of what a peer makes of a file; the peer works in `folder`.
def jxl_size(path, folder):
    run("cjxl", "--lossless_jpeg=1", "-e", "9", "--num_threads=0", path, folder / "a.jxl",
        stderr=subprocess.DEVNULL)
    return (folder / "a.jxl").stat().st_size


def packjpg_size(path, folder):
    shutil.copy(path, folder / "a.jpg")
    run("packJPG", "-np", "-o", "a.jpg", cwd=folder, stderr=subprocess.DEVNULL)
    return (folder / "a.pjg").stat().st_size


def paq_size(path, folder):
    shutil.copy(path, folder / "a.jpg")
    run("paq8px", "-8", "a.jpg", "a.paq", cwd=folder, stderr=subprocess.DEVNULL)
    (made,) = folder.glob("a.paq*")
    return made.stat().st_size


PEERS = {"cjxl": ("`cjxl --lossless_jpeg=1 -e 9`", jxl_size),
         "packJPG": ("packJPG", packjpg_size),
         "paq8px": ("`paq8px -8`", paq_size)}


class Level:
    """What lmz makes of files at a level."""

    def __init__(self, lmz, level):
        self.lmz, self.level = lmz, level
        self.raw_size = self.gain = self.files = 0
        self.times = [0.0, 0.0]

    def size(self, path):
        raw = path.read_bytes()
        begin = cpu_time()
        coded = run(self.lmz, f"-{self.level}", "-T1", "-c", path)
        middle = cpu_time()
        back = run(self.lmz, "-d", "-T1", "-c", input=coded)
        self.times[0] += middle - begin
        self.times[1] += cpu_time() - middle
        if back != raw:
            raise ValueError(f"{path} does not come back from level {self.level}")
        self.raw_size += len(raw)
        self.files += 1
        self.gain += 100 - 100 * len(coded) / len(raw)
        return len(coded)

    def line(self):
        speeds = [self.raw_size / 1e6 / time for time in self.times]
        return (f"Level {self.level}: in the mean a file is {self.gain / self.files:.1f} % smaller;"
                f" coded at {speeds[0]:.2f} MB/s, decoded at {speeds[1]:.2f} MB/s.")


def cells(sizes):
    """A size, then the others with their share of it less."""
    raw = sizes[0]
    return [f"{raw:,}"] + [f"{size:,} (-{100 - 100 * size / raw:.1f} %)" for size in sizes[1:]]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lmz", required=True)
    parser.add_argument("--levels", default="0,1")
    parser.add_argument("--get", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.get:
        get(arguments.images, arguments.folder)
    pictures = sorted(path.stem for path in arguments.images.glob("*.png"))
    if arguments.sample:
        pictures = pictures[:arguments.sample]
    peers = [peer for name, peer in PEERS.items() if arguments.peers and shutil.which(name)]
    levels = [Level(arguments.lmz, level) for level in arguments.levels.split(",")]
    columns = ["JPEG files", "raw"] + [label for label, _ in peers]
    columns += [f"`lmz -{level.level}`" for level in levels]
    print("| " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * (len(columns) - 1))
    all_sizes = []
    for way in WAYS:
        for sampling, factors in SAMPLINGS.items():
            for quality in QUALITIES:
                sums = []
                for picture in pictures:
                    path = arguments.folder / name_of(picture, quality, factors, way)
                    with tempfile.TemporaryDirectory() as scratch:
                        sizes = [path.stat().st_size]
                        for _, measure in peers:
                            sizes.append(measure(path, pathlib.Path(scratch)))
                    sums.append(sizes + [level.size(path) for level in levels])
                all_sizes += sums
                kind = f"{way}, quality {quality}, {sampling}"
                print("| " + " | ".join([kind] + cells([sum(c) for c in zip(*sums)])) + " |",
                      flush=True)
    print("| all | " + " | ".join(cells([sum(c) for c in zip(*all_sizes)])) + " |")
    print()
    for level in levels:
        print(level.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
