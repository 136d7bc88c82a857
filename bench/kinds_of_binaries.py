#!/usr/bin/env python3
"""usage: bench/kinds_of_binaries.py --lmz LMZ --packages FOLDER [--levels 0] [--only WORD]
                                  [--no-peers] [--jobs N] [--csv FILE] [--files FOLDER]

Codes binary files, one of each kind, and prints a table of sizes beside those of `xz -9e`,
`zpaq -m5` and `bzip3` with one block. Half of the kinds come from Debian's packages, which
apt-get puts into the folder (binaries_of_packages.py), the others are generated (binaries_of_*.py).
Exit status 1 where a level of lmz makes a file more than 1 % larger than the best of the others, or
where a file does not come back.
"""

import functools
import random
import subprocess
import sys

import binaries_of_bits  # noqa: F401, fills MADE
import binaries_of_games  # noqa: F401
import binaries_of_numbers  # noqa: F401
import binaries_of_packages
import peers_table
from binary_kind import MADE


def peers(path):
    """The sizes that xz, zpaq and bzip3 make, which are kept beside the file."""
    kept = path.with_suffix(".peers")
    if kept.exists():
        return [int(size) for size in kept.read_text().split()]
    bzip3 = subprocess.run(["bzip3", "-e", "-c", "-b", "16", path], stdout=subprocess.PIPE,
                           check=True).stdout
    sizes = [peers_table.xz_size(path), peers_table.zpaq_size(path), len(bzip3)]
    kept.write_text(" ".join(map(str, sizes)))
    return sizes


def write_files(packages, only, folder):
    """The files of the kinds in `folder`, each with what its peers make."""
    written = []
    for name in [*binaries_of_packages.FILES, *MADE]:
        if only not in name:
            continue
        path = folder / name
        if not path.exists():
            path.write_bytes(MADE[name](random.Random(name)) if name in MADE
                             else binaries_of_packages.read(packages, name))
        written.append((path, functools.partial(peers, path)))
    return written


def main():
    parser = peers_table.parser(__doc__, "0")
    parser.add_argument("--packages", required=True, help="where the packages are unpacked")
    arguments = parser.parse_args()
    kinds, worse = peers_table.print_table(
        arguments, ["xz", "zpaq", "bzip3"],
        functools.partial(write_files, arguments.packages, arguments.only),
        lambda best: best + best // 100)
    print(f"{kinds} kinds, {worse} more than 1 % larger than the best of the others")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
