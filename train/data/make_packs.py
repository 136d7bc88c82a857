#!/usr/bin/env python3
"""usage: train/data/make_packs.py OUT --packs N [--take MB] PATH...

Shuffles training documents into N packs, OUT-1.bz3 to OUT-N.bz3, each a random sample of the whole,
to move training data to another machine in parts or to train on a part of it. PATHs are files of
documents that end with zero bytes, such files compressed by bzip3 (.bz3), and directories of them;
a PATH named twice counts twice. Which pack a document is in depends on its hash alone. Within a
pack, documents stay in the order of PATHs, since bzip3 makes less of those that resemble their
neighbours; the trainer reads from random places. --take keeps that many megabytes (uncompressed) of
the whole. The same documents give the same packs. Requires bzip3.
"""
import argparse
import hashlib
import multiprocessing.pool
import pathlib
import subprocess
import sys

BLOCK_MIB = 64


def files_of(paths):
    """The files that paths name: files, and all that is in directories, sorted."""
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
            digest = hashlib.blake2b(document, digest_size=8).digest()
            copies = seen[digest] = seen.get(digest, -1) + 1
            key = hashlib.blake2b(digest + bytes([copies % 256]), digest_size=8).digest()
            yield int.from_bytes(key, "big"), document


def spread(paths, names, share):
    """Writes a share of all documents to the files `names`, one after the other by their keys."""
    files = [open(name, "wb") for name in names]
    for key, document in documents(paths):
        if (key >> 32) < share * 2**32:
            files[key % len(files)].write(document + b"\0")
    for file in files:
        file.close()


def compress(name):
    """Replaces a file by NAME.bz3; returns a line about it."""
    pack = pathlib.Path(f"{name}.bz3")
    with open(pack, "wb") as out:
        command = ["bzip3", "-e", "-c", "-b", str(BLOCK_MIB), name]
        subprocess.run(command, stdout=out, check=True)
    size = name.stat().st_size
    name.unlink()
    return f"{pack}: {size} bytes of documents, {pack.stat().st_size} compressed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--packs", type=int, default=1)
    parser.add_argument("--take", type=float, metavar="MB")
    arguments = parser.parse_args()

    share = 1.0
    if arguments.take:
        total = sum(len(document) + 1 for _, document in documents(arguments.paths))
        share = min(1.0, arguments.take * 1e6 / total)
    names = [pathlib.Path(f"{arguments.out}-{index + 1}") for index in range(arguments.packs)]
    spread(arguments.paths, names, share)
    with multiprocessing.pool.ThreadPool() as pool:
        for line in pool.imap(compress, names):
            print(line, flush=True)


if __name__ == "__main__":
    main()
