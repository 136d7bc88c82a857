"""Message catalogues of gettext, and pages of HTML, as text in one language.

A catalogue repeats each English message beside its translation. Where the translation alone is
wanted, its messages are joined: short ones as lines, long ones as paragraphs.
"""
import html
import re

FIELD = re.compile(rb'^msgstr(?:\[\d\])? ((?:"[^\n]*"\n?)(?:^"[^\n]*"\n?)*)', re.M)
STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(rb'\\(["\\nt])')
UNESCAPED = {b"n": b"\n", b"t": b"\t", b'"': b'"', b"\\": b"\\"}
DROPPED = re.compile(r"<(script|style|head|nav)\b.*?</\1>|<!--.*?-->", re.S | re.I)
BLOCK = re.compile(r"</?(?:p|div|h[1-6]|li|ul|ol|tr|table|br|dt|dd|dl|pre|hr|section|title|para|"
                   r"listitem|item|entry|row|note|sect\d|steps?|desc)\b[^>]*>", re.I)
TAG = re.compile(r"<[^>]*>")


def translations(catalogue):
    """The translated messages of a .po file (bytes) as text, each message once."""
    messages = []
    for match in FIELD.finditer(catalogue):
        text = b"".join(STRING.findall(match[1]))
        text = ESCAPE.sub(lambda escape: UNESCAPED[escape[1]], text).strip(b"\n")
        if text:
            messages.append(text)
    if messages and b"Content-Type:" in messages[0]:
        del messages[0]
    messages = list(dict.fromkeys(messages))
    long = sum(len(message) > 100 for message in messages) * 3 > len(messages)
    return (b"\n\n" if long else b"\n").join(messages) + b"\n"


def plain_text(page):
    """The text of a page of HTML or of similar markup (bytes in UTF-8), block by block."""
    text = DROPPED.sub("", page.decode("utf-8", "replace"))
    text = TAG.sub("", BLOCK.sub("\n", re.sub(r"\s*\n\s*", " ", text)))
    lines = (line.strip() for line in html.unescape(text).split("\n"))
    return "\n".join(line for line in lines if line).encode() + b"\n"
