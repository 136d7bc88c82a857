#!/usr/bin/env python3
"""usage: train/data/dumps.py OUT PATH...

Converts the plain encyclopedia text among training documents (PATHs: files of documents that end
with zero bytes) to pages of a MediaWiki export in the 2006 layout of enwik8
(https://www.mediawiki.org/wiki/Help:Export), and writes them to OUT, with titles, revisions, links,
headings, lists, images, categories and entities where such pages have them. Links and names are
invented: a model learns their form from them.
"""
import hashlib
import multiprocessing
import pathlib
import random
import re
import sys

import kinds

NAME = re.compile(r"(?<=[a-z,;(] )[A-Z][a-z]+(?: (?:of (?:the )?|de |van )?[A-Z][a-z]+)*")
YEAR = re.compile(r"\b1[0-9]{3}s?\b|\b20[0-2][0-9]\b")
DAY = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|"
                 r"November|December) [1-3]?[0-9]\b")
NOUN = re.compile(r"(?<=[a-z] )[a-z]{6,}(?: [a-z]{6,})?(?=[ ,.;])")
ARTICLE = re.compile(r'<doc [^>]*title="([^"]*)">\n*')
QUOTED = re.compile(r'"([A-Z][^"]{2,40})"')
LANGUAGES = ("bg", "ca", "cs", "da", "de", "eo", "es", "et", "fi", "fr", "he", "hu", "it", "ja",
             "ko", "nl", "no", "pl", "pt", "ro", "ru", "sl", "sv", "tr", "zh")
COMMENTS = ("typo", "copyedit", "+interwiki", "rv vandalism", "/* History */",
            "/* External links */", "link", "disambiguation", "/* See also */",
            "robot  Adding: de", "spelling", "wikify", "minor edit")
TOPICS = ("disambiguation", "history", "person", "country", "city")
SIDES = ("right", "left", "right|250px", "right|200px", "left|180px")


def is_encyclopedia(document):
    head = document[:16384]
    is_marked = b'<doc id="' in head or b"</doc>" in head
    return len(document) > 2000 and kinds.kind(document) == "english" and (
        is_marked or (head.count(b"\n") * 200 < len(head) and b"<" not in head))


def articles(document):
    """Pairs of title (or None) and lines: as an extractor marks them, or cut where it is long."""
    text = document.decode("utf-8", "replace").replace("</doc>", "")
    start, *marked = ARTICLE.split(text)
    lines = [line for line in start.split("\n")[1:] if line]
    while lines:
        count = random.Random(len(lines)).choice((8, 20, 50))
        yield None, lines[:count]
        lines = lines[count:]
    for title, text in zip(marked[::2], marked[1::2]):
        yield title, [line for line in text.split("\n") if line and line != title]


def linked(text, chance, share, seen):
    """`text` with links: each name at its first mention, with a chance of `share`."""
    def link(match):
        name = match[0]
        if name in seen or chance.random() > share:
            return name
        seen.add(name)
        kind = chance.random()
        if kind < 0.75:
            return f"[[{name}]]"
        if kind < 0.85 and name.endswith("s"):
            return f"[[{name[:-1]}]]s"
        if kind < 0.92:
            return f"[[{name} ({chance.choice(TOPICS)})|{name}]]"
        return f"[[{name}|{name.split()[-1]}]]"
    for pattern in (DAY, NAME, YEAR):
        text = pattern.sub(link, text)

    def rarely_linked(match):
        return link(match) if chance.random() < 0.06 else match[0]
    return NOUN.sub(rarely_linked, text)


def escaped(text):
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


def paragraph(line, chance, seen, spaced, names):
    if len(line) < 60 and line.endswith(".") and "," not in line:
        marks = "=" * chance.choice((2, 2, 2, 3))
        title = f" {line[:-1]} " if spaced else line[:-1]
        more = f"\n{{{{main|{chance.choice(names)}}}}}" if chance.random() < 0.1 else ""
        return f"{marks}{title}{marks}{more}"

    def slanted(match):
        return f"''{match[1]}''" if chance.random() < 0.4 else match[0]
    line = linked(QUOTED.sub(slanted, line), chance, 0.45, seen)
    if chance.random() < 0.06:
        line = "* " + re.sub(r"(?<=\.) (?=[A-Z\[])", "\n* ", line)
    elif chance.random() < 0.06:
        side, name = chance.choice(SIDES), chance.choice(names)
        file = f"{name.replace(' ', '_')}.{chance.choice(('jpg', 'png'))}"
        line = f"[[Image:{file}|thumb|{side}|{name}]]\n{line}"
    return line


def ending(title, chance, names):
    def some(most):
        return [chance.choice(names) for _ in range(chance.randrange(1, most))]

    def site(name):
        host = f"{name.lower().replace(' ', '')}.{chance.choice(('com', 'org', 'net'))}"
        return f"* [http://www.{host}/ {name}]"
    parts = []
    if chance.random() < 0.6:
        parts.append("==See also==\n" + "\n".join(f"*[[{name}]]" for name in some(6)))
    if chance.random() < 0.7:
        sites = [site(name) for name in some(5)]
        parts.append("==External links==\n" + "\n".join(sites))
    parts.append("\n".join(f"[[Category:{name}]]" for name in some(5)))
    if chance.random() < 0.7:
        tongues = [tongue for tongue in LANGUAGES if chance.random() < 0.4]
        parts.append("\n".join(f"[[{tongue}:{title}]]" for tongue in tongues))
    return "\n\n".join(parts)


def page(title, text, chance):
    title = escaped(title.strip() or "History")
    address = ".".join(str(chance.randrange(256)) for _ in range(4))
    named = [(name, chance.randrange(10, 999999)) for name in
             (title.split()[-1], f"{title[:3].strip()}Bot")]
    user = chance.choice([f"<ip>{address}</ip>"] + [
        f"<username>{name}</username>\n        <id>{number}</id>" for name, number in named])
    minor = "\n      <minor />" if chance.random() < 0.4 else ""
    comment = ""
    if chance.random() < 0.7:
        comment = f"\n      <comment>{chance.choice(COMMENTS)}</comment>"
    time = "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(
        chance.choice((2002, 2004, 2005, 2005, 2006, 2006, 2008)), chance.randrange(1, 13),
        chance.randrange(1, 29), chance.randrange(24), chance.randrange(60), chance.randrange(60))
    return f"""  <page>
    <title>{title}</title>
    <id>{chance.randrange(10, 99999)}</id>
    <revision>
      <id>{chance.randrange(10**6, 10**8)}</id>
      <timestamp>{time}</timestamp>
      <contributor>
        {user}
      </contributor>{minor}{comment}
      <text xml:space="preserve">{text}</text>
    </revision>
  </page>
"""


def dressed(document):
    if not is_encyclopedia(document):
        return None
    chance = random.Random(hashlib.blake2b(document, digest_size=8).digest())
    pages = []
    for title, lines in articles(document):
        names = NAME.findall(" ".join(lines)) or ["History"]
        title = title or chance.choice(names)
        seen, spaced = set(), chance.random() < 0.5
        body = "\n\n".join(paragraph(line, chance, seen, spaced, names) for line in lines)
        body = body.replace(title, f"'''{title}'''", 1)
        text = escaped(f"{body}\n\n{ending(title, chance, names)}")
        pages.append(page(title, text, chance))
        if chance.random() < 0.3:
            other = chance.choice(names).title().replace(" ", "")
            pages.append(page(other, f"#REDIRECT [[{title}]]", chance))
    return "".join(pages).encode() + b"\0"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with open(sys.argv[1], "wb") as out, multiprocessing.Pool() as pool:
        for path in sys.argv[2:]:
            for text in pool.imap(dressed, pathlib.Path(path).read_bytes().split(b"\0"), 16):
                out.write(text or b"")
        print(f"{sys.argv[1]}: {out.tell()} bytes")


if __name__ == "__main__":
    main()
