#!/usr/bin/env python3
"""Counts folders, files, lines and includes of the C and C++ sources of revisions.

usage: count_structure.py REVISION...

An arrow leads from a folder to another one of which it includes a file; "in the library" are those
among the folders of src/, tests left out. Prints one column for each revision.
"""

import collections
import pathlib
import re
import subprocess
import sys

SOURCE = re.compile(r"\.(cc|h|c|cu|inc)$")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
# Where an include may be looked for, besides its own folder.
ROOTS = ["src", "", "include", "tests/reference"]


def git(*arguments, given=None):
    return subprocess.run(["git", *arguments], input=given, capture_output=True, check=True).stdout


def sources(revision):
    """{path: text} of all sources of a revision."""
    names = git("ls-tree", "-r", "--name-only", revision).decode().splitlines()
    names = [name for name in names if SOURCE.search(name)]
    asked = "".join(f"{revision}:{name}\n" for name in names).encode()
    stream = git("cat-file", "--batch", given=asked)
    texts, at = {}, 0
    for name in names:
        line_end = stream.index(b"\n", at)
        begin, size = line_end + 1, int(stream[at:line_end].split()[2])
        texts[name] = stream[begin:begin + size].decode("utf-8", "replace")
        at = begin + size + 1
    return texts


def folder(name):
    return str(pathlib.PurePosixPath(name).parent)


def includes(texts):
    """The (file, included file) of all includes of own files."""
    for name, text in texts.items():
        for included in INCLUDE.findall(text):
            places = [str(pathlib.PurePosixPath(root, included)) for root in [folder(name), *ROOTS]]
            found = next((place for place in places if place in texts), None)
            if found:
                yield name, found


def count(revision):
    """{what: number} of one revision."""
    texts = sources(revision)
    files = collections.Counter(folder(name) for name in texts)
    pairs = list(includes(texts))
    arrows = {(folder(a), folder(b)) for a, b in pairs} - {(f, f) for f in files}
    library = {(folder(a), folder(b)) for a, b in pairs
               if a.startswith("src/") and not a.endswith("_test.cc")} - {(f, f) for f in files}
    largest, most = files.most_common(1)[0]
    return {
        "folders with sources": len(files),
        "source files": len(texts),
        "lines": sum(text.count("\n") for text in texts.values()),
        "files in a folder, on average": f"{len(texts) / len(files):.1f}",
        "files in the largest folder": f"{most} ({largest})",
        "folders of more than 30 files": sum(number > 30 for number in files.values()),
        "lines of the longest file": max(text.count("\n") for text in texts.values()),
        "includes of own files": len(pairs),
        "arrows between folders": len(arrows),
        "arrows in the library": len(library),
    }


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    columns = [count(revision) for revision in sys.argv[1:]]
    print("| |", " | ".join(sys.argv[1:]), "|")
    print("|---" * (len(columns) + 1) + "|")
    for what in columns[0]:
        print("|", what, "|", " | ".join(str(column[what]) for column in columns), "|")


if __name__ == "__main__":
    main()
