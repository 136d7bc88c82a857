#!/usr/bin/env python3
"""usage: train/data/make_packs.py OUT --packs N [--take MB] PATH...

Shuffles training documents into N packs, OUT-1.bz3 to OUT-N.bz3, each a random sample of the whole,
to move training data to another machine in parts or to train on a part of it. PATHs are files of
documents that end with zero bytes, such files compressed by bzip3 (.bz3), and directories of them;
a PATH named twice counts twice. --take keeps that many megabytes (uncompressed) of the whole. The
same documents give the same packs. Requires bzip3.
"""
import argparse
import hashlib
import pathlib
import subprocess
import sys


def files_of(paths):
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        elif path.is_file():
            yield path
        else:
            sys.exit(f"make_packs: no such file or directory: {path}")


def content(path):
    if path.suffix != ".bz3":
        return path.read_bytes()
    return subprocess.run(["bzip3", "-d", "-c", path], check=True, capture_output=True).stdout


def documents(paths):
    """(key, document); the key depends on the document and on how often it came before."""
    seen = {}
    for path in files_of(paths):
        for document in content(path).split(b"\0"):
            if not document:
                continue
            digest = hashlib.blake2b(document, digest_size=16).digest()
            copies = seen[digest] = seen.get(digest, -1) + 1
            yield hashlib.blake2b(digest + bytes([copies % 256]), digest_size=16).digest(), document


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--packs", type=int, default=1)
    parser.add_argument("--take", type=float, default=float("inf"), metavar="MB")
    arguments = parser.parse_args()

    chosen, size = [], 0
    for _, document in sorted(documents(arguments.paths)):
        if size >= arguments.take * 1e6:
            break
        chosen.append(document + b"\0")
        size += len(document) + 1
    for index in range(arguments.packs):
        name = f"{arguments.out}-{index + 1}.bz3"
        pack = b"".join(chosen[index::arguments.packs])
        with open(name, "wb") as out:
            subprocess.run(["bzip3", "-e", "-c", "-b", "64"], input=pack, stdout=out, check=True)
        packed = pathlib.Path(name).stat().st_size
        print(f"{name}: {len(pack)} bytes of documents, {packed} compressed")


if __name__ == "__main__":
    main()
