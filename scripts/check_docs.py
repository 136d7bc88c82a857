#!/usr/bin/env python3
"""Checks that every file, folder and heading that a document names exists.

usage: check_docs.py [ROOT]

Prints FILE:LINE for each path of the repository, link and anchor in a Markdown document that leads
nowhere; exit status 1 if there is one. A path may be given from the root, from src/ (as includes
are) or from the folder of the document, may contain * and **, and may have a component in capitals,
such as src/codec/NAME/, that stands for any name. Build folders are not looked into.
"""

import pathlib
import re
import sys

import cpp_source

TOPS = {"bench", "bindings", "cli", "cmake", "docs", "examples", "include", "models", "samples",
        "scripts", "src", "tests", "train"}
SOURCE_SUFFIXES = {".c", ".cc", ".h", ".hpp", ".inc", ".md", ".py", ".sh"}

LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]*)\)")
CODE = re.compile(r"`([^`\n]+)`")
WORD = re.compile(r"[\w.*/+-]+")
PLACEHOLDER = re.compile(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])")


def files(root):
    """All files of the project; build folders and hidden folders are left out."""
    for path in sorted(root.rglob("*")):
        folders = path.relative_to(root).parts[:-1]
        if path.is_file() and not any(name.startswith((".", "build")) for name in folders):
            yield path


def exists(root, folder, name):
    """Whether `name`, which may have patterns, is there from the root, src/ or `folder`. A module,
    such as codec/codec, may be named without its suffix."""
    pattern = PLACEHOLDER.sub("*", name).strip("/")
    for base in [root, root / "src", folder]:
        if (base / name).exists() or any(base.glob(pattern + ".*")):
            return True
        if "*" in pattern and any(base.glob(pattern)):
            return True
    return False


def is_path(root, word):
    """Whether a word names a file of the repository by a folder of it."""
    top, slash, _ = word.partition("/")
    return bool(slash) and top.isidentifier() and (top in TOPS or (root / "src" / top).is_dir())


def words(line, is_code):
    """The words of a line that may name files: all of them in code, else those in backticks."""
    for text in [line] if is_code else CODE.findall(line):
        for word in WORD.findall(text):
            yield word.rstrip(".,:")


def anchors(path):
    """The anchors of the headings of a document, as Markdown viewers make them."""
    found = set()
    for heading in re.findall(r"^#+ +(.*?)\s*$", path.read_text("utf-8"), re.M):
        found.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return found


def wrong_link(path, target):
    """What is wrong with a link of the document `path`, or None."""
    name, _, anchor = target.partition("#")
    file = path.parent / name if name else path
    if not file.exists():
        return f"{target}: there is no such file"
    if anchor and anchor not in anchors(file):
        return f"{target}: there is no such heading"
    return None


def check_document(root, path, bases):
    """Yields (line number, message) for each finding in one document; `bases` are the names of all
    files without their folders."""
    fence = ""
    for number, line in enumerate(cpp_source.read(path).split("\n"), start=1):
        if line.startswith("```"):
            fence = "" if fence else line
            continue
        if fence == "```hexdump":
            continue
        for target in LINK.findall(line):
            problem = wrong_link(path, target)
            if problem:
                yield number, problem
        is_code = bool(fence) or line.startswith("    ")
        for word in words(LINK.sub("]", line), is_code):
            is_source = pathlib.PurePath(word).suffix in SOURCE_SUFFIXES
            if is_path(root, word):
                found = exists(root, path.parent, word)
            elif "/" not in word and is_source and not word.startswith((".", "*")) and not is_code:
                found = word in bases
            else:
                found = True
            if not found:
                yield number, f"{word}: there is no such file"


def check(root):
    """All findings below root as "FILE:LINE: message"."""
    root = pathlib.Path(root)
    paths = list(files(root))
    bases = {path.name for path in paths}
    return [f"{path.relative_to(root)}:{line}: {message}"
            for path in paths if path.suffix == ".md"
            for line, message in check_document(root, path, bases)]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    findings = check(root)
    print("\n".join(findings) or "docs: every file and heading that is named exists")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
