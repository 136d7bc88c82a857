#!/usr/bin/env python3
"""usage: train/data/cap_kinds.py IN OUT --packages FOLDER --table FILE [--list FILE]

Limits each kind of training document to what train/data/sources/kinds.txt allows: IN/KIND are files
of documents that end with zero bytes; OUT/KIND has as many of them as fit, in the order of their
hashes. --packages is the folder of records that extra_data.py wrote; --table becomes a table in CSV
of documents and bytes by kind, with the share that xz leaves of a sample and the commonest
licences; --list, one of the packages with their licences, kinds and bytes.
"""
import argparse
import collections
import csv
import hashlib
import json
import lzma
import pathlib

import extra_data

SAMPLE = 512 << 10
LICENCES_OF_A_KIND = 4
# Where debian/copyright is in another package or archive.
UNSTATED = "free, as all of Debian main; not stated in this archive"


def capped(documents, most):
    """Documents of up to `most` bytes, in the order of their hashes."""
    kept, size = [], 0
    for document in sorted(documents, key=lambda text: hashlib.blake2b(text).digest()):
        if size + len(document) + 1 <= most:
            kept.append(document + b"\0")
            size += len(document) + 1
    return kept


def read_records(folder):
    """What extra_data.py recorded of each package that gave documents, by name."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    return sorted((record for record in records if record["kinds"]),
                  key=lambda record: (record["package"], record["form"]))


def short_names(record):
    """The licences of a package, without sentences that stand where their names should."""
    return [name for name in record["licences"] if len(name.split()) <= 4 and len(name) <= 40]


def summary_of(records, kind):
    """(packages, documents, bytes, licences) of a kind as read from packages."""
    counts, licences = [0, 0, 0], collections.Counter()
    for record in records:
        if kind in record["kinds"]:
            documents, size = record["kinds"][kind]
            counts = [counts[0] + 1, counts[1] + documents, counts[2] + size]
            for licence in short_names(record)[:12]:
                licences[licence] += size
    return counts, [name for name, _ in licences.most_common(LICENCES_OF_A_KIND)]


def write_table(path, rows):
    with open(path, "w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def package_rows(records):
    yield "package", "form", "bytes read", "kinds", "licences"
    for record in records:
        sizes = record["kinds"]
        names = "; ".join(short_names(record)[:12])
        yield (record["package"], record["form"], sum(size for _, size in sizes.values()),
               " ".join(sorted(sizes)), names or UNSTATED)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--packages", type=pathlib.Path, required=True)
    parser.add_argument("--table", type=pathlib.Path, required=True)
    parser.add_argument("--list", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    kinds, records = extra_data.read_kinds(), read_records(arguments.packages)
    rows = [("kind", "packages", "documents read", "bytes read", "bytes without duplicates",
             "documents in the mix", "bytes in the mix", "xz", "licences")]
    for path in sorted(arguments.source.iterdir()):
        content = path.read_bytes()
        kept = capped([part for part in content.split(b"\0") if part],
                      extra_data.most_of(path.name, kinds))
        mixed = b"".join(kept)
        (arguments.out / path.name).write_bytes(mixed)
        counts, licences = summary_of(records, path.name)
        sample = mixed[:SAMPLE]
        share = len(lzma.compress(sample, preset=4)) / max(len(sample), 1)
        rows.append((path.name, *counts, len(content), len(kept), len(mixed), f"{share:.3f}",
                     "; ".join(licence[:40] for licence in licences)))
        print(*rows[-1][:8])
    write_table(arguments.table, rows)
    if arguments.list:
        write_table(arguments.list, package_rows(records))


if __name__ == "__main__":
    main()
