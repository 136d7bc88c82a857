#!/usr/bin/env python3
"""usage: train/data/kinds.py OUT PATH...

Classifies training documents (PATHs: files of documents that end with zero bytes) and writes
OUT/german, OUT/french, OUT/chinese, OUT/wiki (MediaWiki markup), OUT/json and OUT/code; English and
unclassified documents are not written. lmz-train counts a file twice that is named twice, so these
files can raise the weight of rare kinds in a mix.
"""
import pathlib
import sys

SAMPLE = 16384
WORDS = {
    "english": (b" the ", b" and ", b" of ", b" to ", b" in ", b" is "),
    "german": (b" und ", b" der ", b" die ", b" nicht ", b" das ", b" ist "),
    "french": (b" et ", b" la ", b" les ", b" que ", b" des ", b" est "),
    "spanish": (b" y ", b" la ", b" los ", b" que ", b" el ", b" es "),
}
MARKS = b"{};=|\\_#/*"


def kind(document):
    head = document[:SAMPLE]
    if sum(0xE3 <= byte <= 0xE9 for byte in head) > 0.12 * len(head):
        return "chinese"
    if head.count(b"[[") * 400 > len(head) and head.count(b"|") and (
            head.count(b"''") * 800 > len(head) or head.count(b"{{") * 800 > len(head)):
        return "wiki"
    if head.lstrip()[:1] in (b"{", b"[") and head.count(b'"') * 60 > len(head):
        return "json"
    marks = sum(head.count(mark) for mark in MARKS)
    words = {language: sum(map(head.count, common)) for language, common in WORDS.items()}
    language = max(words, key=words.get)
    if words[language] > 0.008 * len(head) and marks < 0.03 * len(head):
        return language
    is_markup = head.count(b"<") * 100 > len(head)
    return "code" if marks > 0.02 * len(head) and not is_markup else "other"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    found = {name: [] for name in ("german", "french", "chinese", "wiki", "json", "code")}
    for path in sys.argv[2:]:
        for document in pathlib.Path(path).read_bytes().split(b"\0"):
            if document:
                found.get(kind(document), []).append(document + b"\0")
    for name, documents in found.items():
        (out / name).write_bytes(b"".join(documents))
        print(f"{out / name}: {len(documents)} documents, {sum(map(len, documents))} bytes")


if __name__ == "__main__":
    main()
