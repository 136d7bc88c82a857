#!/usr/bin/env python3
"""usage: train/data/english.py OUT PATH...

Selects the English prose among training documents (PATHs: files of documents that end with zero
bytes). Writes OUT/prose, these documents unchanged, and OUT/plain, those with markup (novels in TEI
or HTML) converted to plain text: without tags, and with the line wrapping, indentation and quotes
of text files, in two styles per document that vary between documents. Train on OUT/plain in
addition to PATHs to cover prose without markup; add OUT/prose to weight the mix towards English.
"""
import hashlib
import html
import multiprocessing
import pathlib
import re
import sys
import textwrap

PARAGRAPH = re.compile(r"<(?:p|head|l|title|h[1-6])\b[^>]*>(.*?)</(?:p|head|l|title|h[1-6])>", re.S)
TAG = re.compile(r"<[^>]*>")
STRAIGHT = {0x2018: "'", 0x2019: "'", 0x2014: "--", 0x2013: "-", 0x2026: "...", 0xA0: " "}
# What opens and closes speech, by document.
QUOTES = [('"', '"')] * 3 + [("`", "'")]


def has_markup(document):
    return document.count(b"</p>") * 2500 > len(document) and b"href" not in document[:32768]


def is_english(document):
    head = document[:32768]
    words = sum(head.count(word) for word in (b" the ", b" and ", b" of ", b" to "))
    marks = sum(head.count(mark) for mark in b"<>{};=|\\_#/*")
    most = 0.06 if has_markup(document) else 0.03
    return len(document) > 400 and words > 0.012 * len(head) and marks < most * len(head)


def quoted(text, opening, closing):
    """Curly double quotes, and straight ones by turns, become `opening` and `closing`."""
    text = text.translate({**STRAIGHT, 0x201C: opening, 0x201D: closing})
    if opening != '"':
        text = re.sub(r'"([^"]*)"', rf"{opening}\1{closing}", text)
    return text


def plain(document, way):
    choice = hashlib.blake2b(document, digest_size=8, salt=bytes([way])).digest()
    width = 56 + choice[0] % 23
    indent = ("", "", "  ", "     ")[choice[1] % 4]
    gap = "\n" if indent and choice[2] % 3 == 0 else "\n\n"
    opening, closing = QUOTES[choice[3] % len(QUOTES)]
    paragraphs = []
    for match in PARAGRAPH.finditer(document.decode("utf-8", "replace")):
        text = " ".join(html.unescape(TAG.sub("", match[1])).split())
        text = quoted(text, opening, closing)
        if choice[4] % 3 == 0:
            text = re.sub(r"([.!?]['\"]?) (?=[A-Z`\"'])", r"\1  ", text)
        paragraphs.append("\n".join(textwrap.wrap(text, width, initial_indent=indent)))
    result = gap.join(p for p in paragraphs if p) + "\n"
    if choice[5] % 4 == 0:
        result = result.replace("\n", "\r\n")
    return result.encode("utf-8")


def sorted_out(document):
    if not is_english(document):
        return None
    return document, [plain(document, way) for way in range(2)] if has_markup(document) else []


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.splitlines()[0])
    out = pathlib.Path(sys.argv[1])
    out.mkdir(exist_ok=True)
    with (open(out / "prose", "wb") as prose, open(out / "plain", "wb") as plain_out,
          multiprocessing.Pool() as pool):
        for path in sys.argv[2:]:
            documents = pathlib.Path(path).read_bytes().split(b"\0")
            for both in pool.imap(sorted_out, documents, 16):
                if both:
                    prose.write(both[0] + b"\0")
                    plain_out.writelines(text + b"\0" for text in both[1] if len(text) > 400)
    for name in ("prose", "plain"):
        print(f"{out / name}: {(out / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
