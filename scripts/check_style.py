#!/usr/bin/env python3
"""Checks what a reviewer should not have to: file length, white space, notes to self, local paths.

usage: check_style.py [ROOT]

Prints FILE:LINE for every finding; exit status 1 if there is one. Formatting is compared with
clang-format when that is installed in the version the project uses; otherwise it is left out and
the last line says so.
"""

import pathlib
import re
import shutil
import subprocess
import sys

import cpp_source

MAX_LINES = 500
MAX_COLUMNS = 100
CLANG_FORMAT_VERSION = "14"
CPP_FOLDERS = ["src", "include", "cli", "bench", "tests", "train"]
OTHER_SUFFIXES = {"", ".cmake", ".csv", ".in", ".json", ".md", ".py", ".sh", ".toml", ".txt"}
TEXT_SUFFIXES = cpp_source.CPP_SUFFIXES | OTHER_SUFFIXES
VERBATIM = {"LICENSE", "samples"}  # other people's texts: kept as they are

NOTES = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
# What only one machine or network knows: home folders, absolute work folders, private hosts.
LOCAL = [
    re.compile(r"(?<![\w.~$}*-])/(?:home|root|work|workspace|mnt|srv|Users|data)/[\w.]"),
    re.compile(r"\b[A-Za-z]:\\\\?Users\b"),
    re.compile(r"\b[\w-]+\.(?:internal|intranet|corp|lan)\b(?!\()"),
    re.compile(r"(?<![\w.])(?!127\.0\.0\.1|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"),
]


def text_files(root):
    """The project's own text files, sorted; build folders and hidden folders are left out."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] in VERBATIM or not path.is_file() or path.suffix not in TEXT_SUFFIXES:
            continue
        folders = parts[:-1]
        if any(p.startswith("build") or p == "__pycache__" or p == "corpus" for p in folders):
            continue
        if any(p.startswith(".") and p != ".ci" for p in folders) or path.name.startswith("."):
            continue
        yield path


def check_text(path, text):
    """Yields (line number, message) for each finding in one file."""
    is_code = path.suffix in cpp_source.CPP_SUFFIXES | {".py"}
    lines = text.split("\n")
    if is_code and len(lines) - 1 > MAX_LINES:
        yield MAX_LINES + 1, f"longer than {MAX_LINES} lines: split it by meaning"
    if text and not text.endswith("\n"):
        yield len(lines), "no newline at the end of the file"
    for number, line in enumerate(lines, start=1):
        if line != line.rstrip() and path.suffix != ".md":
            yield number, "white space at the end of the line"
        if "\t" in line and (is_code or path.suffix == ".cmake" or path.name == "CMakeLists.txt"):
            yield number, "a tab"
        if is_code and len(line) > MAX_COLUMNS:
            yield number, f"longer than {MAX_COLUMNS} columns"
        if NOTES.search(line):
            yield number, "a note to self: do it or file it"
        if any(pattern.search(line) for pattern in LOCAL):
            yield number, "a path or host of one machine"


def clang_format():
    """The clang-format to use, or None."""
    for name in [f"clang-format-{CLANG_FORMAT_VERSION}", "clang-format"]:
        tool = shutil.which(name)
        if tool:
            said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True)
            if f"version {CLANG_FORMAT_VERSION}." in said.stdout:
                return tool
    return None


def check_format(root, tool):
    """Yields (file:line, message) for each place that clang-format would change."""
    files = [str(p.relative_to(root)) for p in cpp_source.cpp_files(root, CPP_FOLDERS)]
    if not files:
        return
    run = subprocess.run([tool, "--dry-run", *files], cwd=root, capture_output=True, text=True)
    for match in re.finditer(r"^(\S+?:\d+):\d+: warning: .*clang-format", run.stderr, re.M):
        yield match.group(1), "not formatted: run clang-format -i"
    if run.returncode != 0:
        yield f"{files[0]}:1", f"clang-format failed: {run.stderr.strip()[:200]}"


def check(root, tool):
    """All findings below root as "FILE:LINE: message"."""
    root = pathlib.Path(root)
    findings = []
    for path in text_files(root):
        try:
            text = cpp_source.read(path)
        except UnicodeDecodeError:
            findings.append(f"{path.relative_to(root)}:1: not UTF-8 text")
            continue
        for line, message in check_text(path, text):
            findings.append(f"{path.relative_to(root)}:{line}: {message}")
    if tool:
        findings += [f"{where}: {message}" for where, message in check_format(root, tool)]
    return findings


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    tool = clang_format()
    findings = check(root, tool)
    print("\n".join(findings) or "style: nothing to say")
    if not tool:
        print(f"clang-format {CLANG_FORMAT_VERSION} is not installed: formatting was not compared")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
