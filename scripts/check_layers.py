#!/usr/bin/env python3
"""Checks the one-way layer arrow (docs/architecture.md): who may include whom.

usage: check_layers.py [ROOT]

Prints FILE:LINE for every include that points the wrong way, every source that belongs to no
layer, and every folder with too many files; exit status 1 if there is one. The libraries of CMake
follow the same arrow, so that the linker holds what includes cannot show.
"""

import pathlib
import re
import sys

import cpp_source

# What each layer stands on. A layer may include itself and all that is below it, however far.
BELOW = {
    "base": [],
    "cpu": ["base"],
    "entropy": ["base"],
    "model": ["cpu", "entropy"],
    "device": ["model"],
    "convert": ["model"],
    "mix": ["model"],
    "codec": ["mix"],
    "plan": ["codec"],
    "container": ["codec"],
    "records": ["mix"],
    "stream": ["plan", "container"],
    "c_api": ["stream", "records", "device", "lmz"],
    "lmz": [],  # the public headers stand alone
    "cli": ["stream", "convert", "device", "lmz"],
    "bench/measure": ["stream", "records", "device", "lmz"],
    "bench/report": ["bench/measure"],
    "bench/coders": ["bench/report"],
    "bench/commands": ["bench/coders"],
    "bench/micro": ["bench/coders"],
    "train/data": ["stream", "records"],
    "train/network": ["train/data"],
    "train/export": ["train/network", "convert"],
    "train/loop": ["train/export"],
    "train/tools": ["train/loop"],
}

# A program uses the streams and the vocabulary of their signatures; it does not reach further down.
SEEN_BY = {
    "cli": {"cli", "stream", "lmz", "base", "codec", "model/library.h", "plan/plan.h",
            "convert/convert.h", "convert/file_access.h", "device/open_device.h", "model/device.h",
            "model/installed_folder.h", "model/model_folder.h"}
}

# Where the sources of each layer lie.
FOLDERS = {layer: f"src/{layer}" for layer in BELOW if "/" not in layer}
FOLDERS |= {layer: layer for layer in BELOW if "/" in layer}
FOLDERS["lmz"] = "include/lmz"
FOLDERS["cli"] = "cli"

# The tops of the trees whose every source must belong to a layer.
TREES = ["src", "bench", "train"]
MAX_FILES = 25  # C++ sources of one folder, tests not counted

# No source names it before it includes it, so one word for all tests and none for the library.
TEST_SUPPORT = ("tests/", "bench/test_support.h", "train/network/reference_network.h")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>["<])(?P<path>[^">]+)[">]', re.MULTILINE)


def all_below(layer):
    """The layer and everything that it stands on."""
    found = {layer}
    for lower in BELOW[layer]:
        found |= all_below(lower)
    return found


def layer_of(include):
    """The layer of a header as includes name it, or None."""
    parts = include.split("/")
    if len(parts) > 2 and "/".join(parts[:2]) in BELOW:
        return "/".join(parts[:2])
    return parts[0] if len(parts) > 1 and parts[0] in BELOW else None


def is_allowed(layer, lower, target):
    if layer in SEEN_BY:
        return lower in SEEN_BY[layer] or target in SEEN_BY[layer]
    return lower in all_below(layer)


def check_file(path, layer):
    """Yields (line number, message) for each include that breaks a rule."""
    text = cpp_source.without_comments(cpp_source.read(path))
    is_test = path.stem.endswith("_test") or path.name == "test_support.h"
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        target = match.group("path")
        lower = layer_of(target)
        if match.group("open") == "<":
            if lower is not None and lower != "lmz":
                yield line, f'own header <{target}>: write "{target}"'
        elif is_test and target.startswith(TEST_SUPPORT):
            continue
        elif lower is None:
            yield line, f'"{target}": includes name the folder, for example "base/status.h"'
        elif not is_allowed(layer, lower, target):
            yield line, f'layer {layer} must not include "{target}"'


def check(root):
    """All findings below root as "FILE:LINE: message"."""
    root = pathlib.Path(root)
    findings = []
    owned = set()
    for layer, folder in FOLDERS.items():
        for path in cpp_source.cpp_files(root, [folder]):
            owned.add(path)
            for line, message in check_file(path, layer):
                findings.append(f"{path.relative_to(root)}:{line}: {message}")
    per_folder = {}
    for path in cpp_source.cpp_files(root, [*TREES, "cli", "include"]):
        if path not in owned and path.name != "test_support.h":
            findings.append(f"{path.relative_to(root)}:1: belongs to no layer of check_layers.py")
        if not path.stem.endswith("_test"):
            per_folder.setdefault(path.parent, []).append(path)
    for folder, paths in sorted(per_folder.items()):
        if len(paths) > MAX_FILES:
            findings.append(
                f"{folder.relative_to(root)}:1: {len(paths)} files; at most {MAX_FILES} in a folder"
            )
    return findings


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    findings = check(root)
    print("\n".join(findings) or "layers: every include follows the arrow")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
