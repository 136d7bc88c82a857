#!/usr/bin/env python3
"""usage: bench/wide_text.py OUT [SIZE]

Writes text of SIZE bytes or a little more (default 134217728) for measurements with many lanes: the
documentation, headers and scripts that Debian's packages have installed on this machine, no file
twice, in the order of hashes of their names. OUT.list says which files they are, with checksums.
Prints the numbers that docs/benchmarks.md cites.
"""
import hashlib
import pathlib
import sys

FOLDERS = ["/usr/share/doc", "/usr/include", "/usr/lib/python3", "/usr/lib/python3.11",
           "/usr/share/perl", "/usr/share/cmake-3.25", "/usr/share/man"]
NO_TEXT = (".gz .png .so .pyc .o .a .xz .mo .svg .jpg .woff .woff2 .pdf .gif .exe .npy .npz .bin"
           " .dat .zip .whl").split()
LEAST, MOST = 200, 1_000_000  # bytes of a file


def candidates():
    """The files, in an order that mixes packages."""
    files = []
    for folder in FOLDERS:
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_symlink() or not path.is_file() or path.suffix in NO_TEXT:
                continue
            if LEAST <= path.stat().st_size <= MOST:
                files.append(path)
    return sorted(files, key=lambda path: hashlib.sha1(str(path).encode()).digest())


def main():
    out = pathlib.Path(sys.argv[1])
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 1 << 27
    size, seen, whole = 0, set(), hashlib.sha256()
    with out.open("wb") as text, open(f"{out}.list", "w", encoding="utf-8") as names:
        for path in candidates():
            content = path.read_bytes()
            checksum = hashlib.sha256(content).hexdigest()
            if b"\0" in content[:4096] or checksum in seen:
                continue
            seen.add(checksum)
            text.write(content)
            whole.update(content)
            names.write(f"{checksum}  {path}\n")
            size += len(content)
            if size >= wanted:
                break
    print(f"{size} bytes of {len(seen)} files, SHA-256 {whole.hexdigest()}")


if __name__ == "__main__":
    main()
