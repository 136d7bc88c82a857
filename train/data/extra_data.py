#!/usr/bin/env python3
"""usage: train/data/extra_data.py OUT [--cache FOLDER] [--part I/N]

Makes training documents of many kinds from Debian packages, as train/data/sources/ lists them:
OUT/kinds/KIND/FORM.PACKAGE has documents of one kind from one package, each ended by a zero byte,
and OUT/packages/FORM.PACKAGE.json its version, licences and sizes. apt-get, which needs deb-src
entries, downloads packages into --cache; they are deleted when they have been read. A package whose
kinds are all full is left out, and one that is done is not done again, so that a run can be
continued. --part takes every Nth package and the Nth part of what a kind may have. The same
packages give the same documents.
"""
import argparse
import collections
import concurrent.futures
import fnmatch
import hashlib
import heapq
import json
import pathlib
import re
import shutil
import tarfile

import archives
import documents
import languages

SOURCES = pathlib.Path(__file__).parent / "sources"
BATCH = 6
MOST_OF_A_FILE = 64 << 20
# What is read per byte that the mix takes: duplicates and overlaps with test data go later.
SURPLUS = 1.6
NO_TEXT = re.compile(r"/changelog|/copyright|/NEWS|/AUTHORS", re.I)

Wanted = collections.namedtuple("Wanted", "kind most patterns")


def read_kinds():
    """Bytes at most of each kind in the mix."""
    lines = (SOURCES / "kinds.txt").read_text().splitlines()
    return {kind: float(most) * 1e6 for kind, most in
            (line.split() for line in lines if not line.startswith("#"))}


def most_of(kind, kinds):
    """Bytes at most of a kind; languages without a line of their own share one."""
    return kinds[kind] if kind in kinds else kinds["text_other"]


def read_sources():
    """{(form, package): [Wanted]} in an order that mixes the lines of all lists."""
    found = {}
    for path in sorted(SOURCES.glob("*.txt")):
        if path.name == "kinds.txt":
            continue
        for line in path.read_text().splitlines():
            if line.startswith("#"):
                continue
            left, packages = line.split("::")
            kind, most, form, *patterns = left.split()
            matcher = re.compile("|".join(map(fnmatch.translate, patterns)))
            for place, package in enumerate(packages.split()):
                wanted = Wanted(kind, float(most) * 1e6, matcher)
                found.setdefault((form, package), (place, []))[1].append(wanted)
    order = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return {key: wanted for key, (_, wanted) in order}


class Picker:
    """Keeps documents, those whose keys are lowest, up to a number of bytes."""

    def __init__(self, most):
        self.most, self.size, self.heap = most, 0, []

    def wants(self, key):
        """Whether a document with this key would be kept."""
        return self.size < self.most or inverted(key) > self.heap[0][0]

    def add(self, key, kind, text):
        """Takes a document, and drops those with the highest keys where there are too many."""
        heapq.heappush(self.heap, (inverted(key), kind, text))
        self.size += len(text)
        while self.heap and self.size - len(self.heap[0][2]) >= self.most:
            self.size -= len(heapq.heappop(self.heap)[2])

    def documents(self):
        """(kind, text) of what was kept, in the order of the keys."""
        return [(kind, text) for _, kind, text in sorted(self.heap, reverse=True)]


def inverted(key):
    """What sorts the other way round than `key`."""
    return bytes(255 - byte for byte in key)


def pick(pickers, wanted, name, key, read):
    """Offers a file to those pickers that want it."""
    matching = [index for index, want in enumerate(wanted)
                if want.patterns.match(name) and pickers[index].wants(key)]
    data = read() if matching else b""
    for index in matching:
        kind = kind_of(wanted[index], name, data)
        made = documents.documents_of(name, data, kind, key) if kind else []
        for number, (made_kind, text) in enumerate(made):
            own = hashlib.sha256(key + bytes([number % 256])).digest() if number else key
            if pickers[index].wants(own):
                pickers[index].add(own, made_kind, text)


def kind_of(wanted, name, data):
    """The kind of a file, or None where it is in no known foreign language but should be."""
    if wanted.kind.startswith(("text", "dict", "docs")) and NO_TEXT.search(name):
        return None
    if wanted.kind != "text":
        return wanted.kind
    language = languages.language_of(name, data)
    return f"text_{language}" if language else None


def read_package(form, package, folder, wanted):
    """(version, licences, documents by kind) of a downloaded package."""
    version, paths = archives.archives_of(form, package, folder)
    if not paths:
        return "", [], {}
    licences, pickers = [], [Picker(want.most) for want in wanted]
    for path in paths:
        for name, size, read in archives.members(path):
            if archives.is_copyright(name, package):
                licences = archives.licences_of(read().decode("utf-8", "replace"))
                continue
            if 200 <= size <= MOST_OF_A_FILE:
                key = hashlib.sha256(f"{package}/{name}".encode("utf-8", "replace")).digest()
                pick(pickers, wanted, name, key, read)
    found = {}
    for picker in pickers:
        for kind, text in picker.documents():
            found.setdefault(kind, {})[text] = None
    return version, licences, found


def write_package(out, form, package, result):
    """Writes the documents and the record of a package; returns bytes by kind."""
    version, licences, found = result
    record = {"package": package, "form": form, "version": version, "licences": licences,
              "kinds": {}}
    for kind, texts in found.items():
        folder = out / "kinds" / kind
        folder.mkdir(parents=True, exist_ok=True)
        content = b"".join(text + b"\0" for text in texts)
        (folder / f"{form}.{package}").write_bytes(content)
        record["kinds"][kind] = [len(texts), len(content)]
    (out / "packages" / f"{form}.{package}.json").write_text(json.dumps(record))
    return {kind: size for kind, (_, size) in record["kinds"].items()}


def take(out, form, package, folder, wanted):
    """Reads and writes a downloaded package; returns bytes by kind, none if it is not there."""
    try:
        result = read_package(form, package, folder, wanted)
    except (tarfile.TarError, EOFError, OSError) as error:
        print(f"{form} {package}: {error}", flush=True)
        return {}
    if not result[0]:
        print(f"{form} {package}: not downloaded", flush=True)
        return {}
    sizes = write_package(out, form, package, result)
    print(form, package, *(f"{kind}: {size}" for kind, size in sizes.items()), flush=True)
    return sizes


def is_full(wanted, sizes, kinds, parts):
    """Whether nothing that a package could add would be taken."""
    share = SURPLUS / parts
    return all(want.kind != "text" and sizes[want.kind] >= share * most_of(want.kind, kinds)
               for want in wanted)


def batches(todo):
    """Lists of up to BATCH packages of one form."""
    waiting = {}
    for form, package in todo:
        waiting.setdefault(form, []).append(package)
        if len(waiting[form]) == BATCH:
            yield form, waiting.pop(form)
    yield from waiting.items()


def run(out, cache, part, parts):
    sources, kinds, sizes = read_sources(), read_kinds(), collections.Counter()
    todo = [key for key in list(sources)[part::parts]]

    def prepare(number, form, packages):
        left = [package for package in packages
                if not (out / "packages" / f"{form}.{package}.json").exists()
                and not is_full(sources[form, package], sizes, kinds, parts)]
        if left:
            archives.download(form, left, cache / str(number))
        return form, packages, cache / str(number)

    with concurrent.futures.ThreadPoolExecutor(1) as background:
        plan = list(enumerate(batches(todo)))
        ready = [background.submit(prepare, number, *batch) for number, batch in plan[:2]]
        for number in range(len(plan)):
            form, packages, folder = ready.pop(0).result()
            for package in packages:
                record = out / "packages" / f"{form}.{package}.json"
                if record.exists():
                    done = json.loads(record.read_text())["kinds"]
                    sizes.update({kind: size for kind, (_, size) in done.items()})
                elif not is_full(sources[form, package], sizes, kinds, parts):
                    sizes.update(take(out, form, package, folder, sources[form, package]))
            shutil.rmtree(folder, ignore_errors=True)
            if number + 2 < len(plan):
                ready.append(background.submit(prepare, number + 2, *plan[number + 2][1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("build/packages"))
    parser.add_argument("--part", default="0/1", metavar="I/N")
    arguments = parser.parse_args()
    part, parts = map(int, arguments.part.split("/"))
    (arguments.out / "packages").mkdir(parents=True, exist_ok=True)
    run(arguments.out, arguments.cache / f"part{part}", part, parts)


if __name__ == "__main__":
    main()
