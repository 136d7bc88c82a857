"""Files of packages as training documents: unpacked, in UTF-8, cut to size, without junk."""
import bz2
import gzip
import lzma
import re

import catalogues

MOST_OF_A_DOCUMENT = 96 << 10
LEAST_OF_A_DOCUMENT = 200
# One piece of a file of up to this size, two of one up to twice this size.
FILE_OF_A_PIECE = 12 * MOST_OF_A_DOCUMENT
UNPACKERS = {".gz": gzip.decompress, ".dz": gzip.decompress, ".xz": lzma.decompress,
             ".bz2": bz2.decompress}
CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]+)|coding: *([A-Za-z0-9_-]+)")
BASE64 = re.compile(rb"[A-Za-z0-9+/=]{58,}|[0-9a-fA-F]{48,}")
# What a notebook shows that is no text.
PICTURE = re.compile(
    rb'"(image/[a-z+]+|application/[a-z.+]+)": *(?:"[^"]{200,}"|\[[^\]]{200,}\])')
PAGE = re.compile(r"\.(html?|xml|page|docbook)(\.[a-z-]+)?$", re.I)
CONTROL = bytes(range(1, 9)) + bytes(range(14, 27)) + bytes(range(28, 32))
LICENCE_WORD = re.compile(rb"copyright|licen[cs]e|warranty|all rights reserved", re.I)
# A comment that begins a file: lines that begin with a mark, or up to a closing mark.
HEADER = re.compile(
    rb"\A(?:#![^\n]*\n)?\s*(?:/\*.*?\*/|<!--.*?-->|\(\*.*?\*\)|\{-.*?-\}|\{.*?\}"
    rb"|(?:[ \t]*(?:#|//|;|%|!|--|\"|'|dnl |C |c |\*|\\ |\.\\\")[^\n]*\n)+)", re.S)
# What a document of a kind must have, where paths alone do not tell.
SIGNS = {
    "mail": re.compile(
        rb"^(?:From |Received: |Message-I[dD]: |Return-Path: |Subject: |Path: )", re.M),
    "chat": re.compile(rb"^\W*\d\d:\d\d.*[<*]|^:\S+ [A-Z0-9]+ |^<\S+> ", re.M),
    "subtitle": re.compile(rb"-->|^Dialogue: |^\[\d\d:\d\d", re.M),
    "diff": re.compile(rb"^(?:--- |\+\+\+ |@@ |diff |Index: )", re.M),
    "notebook": re.compile(rb'"cell_type"'),
}
FREE_OF_LINES = ("json", "xml", "dict", "notebook", "geo", "bio", "csv", "html", "model")


def unpacked(name, data):
    """The bytes of a file, decompressed when its name says that it is compressed."""
    for suffix, unpack in UNPACKERS.items():
        if name.endswith(suffix):
            try:
                return unpack(data)
            except (OSError, EOFError, lzma.LZMAError, ValueError):
                return b""
    return data


def in_utf8(data):
    """The text in UTF-8 without a byte order mark, or nothing where its encoding is not known."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "ignore").encode("utf-8", "ignore")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        named = CHARSET.search(data[:4096])
    try:
        return data.decode((named[1] or named[2]).decode()).encode() if named else b""
    except (LookupError, UnicodeError):
        return b""


def without_licence(data):
    """The text without a comment at its beginning that states a licence."""
    header = HEADER.match(data[:16384])
    if header and LICENCE_WORD.search(header[0]):
        first_line = data[: data.find(b"\n") + 1] if data.startswith(b"#!") else b""
        return first_line + data[header.end():].lstrip(b"\n")
    return data


def is_junk(data, kind):
    """Whether a text is binary, coded, minified, of another kind, or repeats one line."""
    if b"\0" in data or len(data) < LEAST_OF_A_DOCUMENT:
        return True
    if kind in SIGNS and not SIGNS[kind].search(data[:16384]):
        return True
    head = data[: 64 << 10]
    if len(head.translate(None, CONTROL)) < 0.999 * len(head):
        return True
    if sum(map(len, BASE64.findall(head))) > 0.1 * len(head):
        return True
    lines = head.split(b"\n")
    if kind not in FREE_OF_LINES and not kind.startswith("text") and len(head) > 300 * len(lines):
        return True
    return len(lines) > 20 and len(set(lines)) * 8 < len(lines)


def pieces(data, key, whole):
    """Pieces of whole lines: all of them, or some at places that depend on `key`."""
    if len(data) <= MOST_OF_A_DOCUMENT:
        return [data]
    if whole:
        count = -(-len(data) // MOST_OF_A_DOCUMENT)
        starts = [index * len(data) // count for index in range(count)]
    else:
        count = 1 + len(data) // FILE_OF_A_PIECE
        room = max(0, len(data) // count - MOST_OF_A_DOCUMENT)
        first = int.from_bytes(key[:8], "little") % (room + 1)
        starts = [index * len(data) // count + first for index in range(count)]
    result = []
    for start in starts:
        piece = data[start : start + MOST_OF_A_DOCUMENT]
        begin, end = piece.find(b"\n") if start else -1, piece.rfind(b"\n")
        cut = piece[begin + 1 : end + 1] if begin < end else piece
        result.append(cut.decode("utf-8", "ignore").encode())
    return result


def dressed(name, data, kind, key):
    """(kind, text) of a file: catalogues and pages turn into text by a choice of `key`."""
    if name.endswith(".po"):
        if kind != "po" and key[8] % 5 == 0:
            return "po", data
        return kind, catalogues.translations(data)
    if kind.startswith("text") and PAGE.search(name):
        return kind, data if key[8] % 4 == 0 else catalogues.plain_text(data)
    if kind == "notebook":
        return kind, PICTURE.sub(rb'"\1": ""', data)
    if not kind.startswith(("dict", "docs")) and key[9] % 8:
        return kind, without_licence(data)
    return kind, data


def documents_of(name, data, kind, key):
    """(kind, document) for each document made of a file; `key` is the hash of its name."""
    data = in_utf8(unpacked(name, data))
    if len(data) < LEAST_OF_A_DOCUMENT or b"\0" in data:
        return []
    kind, data = dressed(name, data, kind, key)
    whole = kind.startswith(("text", "dict", "docs", "notebook"))
    made = []
    for piece in pieces(data, key, whole):
        if key[10] % 32 == 0 and b"\r" not in piece:
            piece = piece.replace(b"\n", b"\r\n")
        if not is_junk(piece, kind):
            made.append((kind, piece))
    return made
