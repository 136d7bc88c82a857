#!/usr/bin/env python3
"""usage: train/data/hold_out.py IN OUT

Sets validation pieces aside. IN/KIND/PACKAGE are files of documents that end with zero bytes, as
extra_data.py and distinct write them. OUT/valid/KIND has up to 100,000 bytes of text from packages
that no training document of that kind comes from, OUT/train/KIND the documents of all others. A
kind whose packages are all too large loses single documents instead. Choices depend on names and
contents alone.
"""
import hashlib
import pathlib
import sys

MOST_OF_A_KIND = 100_000
MOST_OF_A_DOCUMENT = 12_000
MOST_OF_A_PACKAGE = 30_000
# The share of a kind that may leave it, in all and as one package.
SHARE, SHARE_OF_A_PACKAGE = 0.06, 0.03


def key(*parts):
    return hashlib.sha256(b"\0".join(parts)).digest()


def start_of(document):
    """The first lines of a document."""
    if len(document) <= MOST_OF_A_DOCUMENT:
        return document
    cut = document[:MOST_OF_A_DOCUMENT]
    return cut[: cut.rfind(b"\n") + 1] or cut.decode("utf-8", "ignore").encode()


def excerpt(documents, most):
    """Text of up to `most` bytes from the starts of documents, in the order of their hashes."""
    text = b""
    for document in sorted(documents, key=key):
        piece = start_of(document).rstrip(b"\n") + b"\n"
        if len(text) + len(piece) <= most:
            text += piece
    return text


def chosen_packages(kind, sizes):
    """The packages of a kind to hold out, by name; none when all are too large."""
    total, left, names = sum(sizes.values()), 0, []
    for name in sorted(sizes, key=lambda name: key(kind.encode(), name.encode())):
        fits = 500 <= sizes[name] <= SHARE_OF_A_PACKAGE * total
        if fits and left + sizes[name] <= SHARE * total and len(names) < 12:
            names.append(name)
            left += sizes[name]
    return names


def split(kind, packages):
    """(validation text, training documents) of a kind; `packages` maps names to documents."""
    sizes = {name: sum(map(len, documents)) for name, documents in packages.items()}
    most = min(MOST_OF_A_KIND, SHARE * sum(sizes.values()))
    held = set(chosen_packages(kind, sizes))
    text = b""
    for name in sorted(held):
        text += excerpt(packages[name], min(MOST_OF_A_PACKAGE, most - len(text)))
    training = [document for name, documents in packages.items() if name not in held
                for document in documents]
    if len(text) < most / 2:
        training.sort(key=key)
        while training and len(text) < most:
            text += start_of(training.pop()).rstrip(b"\n") + b"\n"
    return text, training


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, out = map(pathlib.Path, sys.argv[1:])
    for name in ("valid", "train"):
        (out / name).mkdir(parents=True, exist_ok=True)
    for folder in sorted(path for path in source.iterdir() if path.is_dir()):
        packages = {path.name: [part for part in path.read_bytes().split(b"\0") if part]
                    for path in sorted(folder.iterdir())}
        text, training = split(folder.name, packages)
        (out / "valid" / folder.name).write_bytes(text)
        (out / "train" / folder.name).write_bytes(b"".join(part + b"\0" for part in training))
        print(f"{folder.name}: {len(text)} bytes held out, {len(training)} documents left")


if __name__ == "__main__":
    main()
