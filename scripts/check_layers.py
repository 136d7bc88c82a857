#!/usr/bin/env python3
"""Checks the one-way layer arrow (docs/architecture.md): who may include whom.

usage: check_layers.py [ROOT]

Prints FILE:LINE for every include that points the wrong way; exit status 1 if there is one.
"""

import pathlib
import re
import sys

import cpp_source

# Each layer may include itself and everything to its left.
ARROW = ["base", "entropy", "kernels", "model", "mix", "codec", "container", "api"]

ALLOWED = {layer: set(ARROW[: i + 1]) for i, layer in enumerate(ARROW)}
ALLOWED["plan"] = {"base", "codec", "plan"}  # beside container, encoder only
ALLOWED["api"] |= {"plan", "lmz"}  # the only layer that sees the planner; implements lmz.h
ALLOWED["lmz"] = {"lmz"}  # the public headers stand alone

# Programs see the pipelines, the vocabulary of their signatures, and the instruction set switch.
PROGRAM = {"api", "base", "codec", "kernels/isa.h", "plan/plan.h", "lmz"}
ALLOWED["cli"] = PROGRAM | {"cli"}
PROGRAMS = {"cli"}  # their own headers lie beside the sources and are named without a folder

# Where the sources of each layer lie. Tests and benchmarks reach into any layer on purpose.
FOLDERS = {layer: f"src/{layer}" for layer in [*ARROW, "plan"]}
FOLDERS["lmz"] = "include/lmz"
FOLDERS["cli"] = "cli"

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>["<])(?P<path>[^">]+)[">]', re.MULTILINE)


def is_allowed(layer, path):
    allowed = ALLOWED[layer]
    return path in allowed or path.split("/")[0] in allowed


def check_file(path, layer):
    """Yields (line number, message) for each include that breaks a rule."""
    text = cpp_source.without_comments(cpp_source.read(path))
    is_test = path.stem.endswith("_test")
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        target = match.group("path")
        first = target.split("/")[0]
        if match.group("open") == "<":
            if first in FOLDERS and "/" in target and first != "lmz":
                yield line, f'own header <{target}>: write "{target}"'
        elif is_test and first == "tests":
            continue
        elif "/" not in target and layer in PROGRAMS and (path.parent / target).is_file():
            continue
        elif first not in FOLDERS or "/" not in target:
            yield line, f'"{target}": includes are written from src/, for example "base/status.h"'
        elif not is_allowed(layer, target):
            yield line, f'layer {layer} must not include "{target}"'


def check(root):
    """All findings below root as "FILE:LINE: message"."""
    root = pathlib.Path(root)
    findings = []
    for layer, folder in FOLDERS.items():
        for path in cpp_source.cpp_files(root, [folder]):
            for line, message in check_file(path, layer):
                findings.append(f"{path.relative_to(root)}:{line}: {message}")
    known = {pathlib.Path(folder).name for folder in FOLDERS.values()}
    for path in cpp_source.cpp_files(root, ["src"]):
        parts = path.relative_to(root / "src").parts
        if len(parts) < 2 or parts[0] not in known:
            findings.append(f"{path.relative_to(root)}:1: belongs to no layer of check_layers.py")
    return findings


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    findings = check(root)
    print("\n".join(findings) or "layers: every include follows the arrow")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
