"""The compressors that are compared, as shell commands over input, packed and restored."""

import dataclasses
import re
import subprocess


@dataclasses.dataclass(frozen=True)
class Tool:
    name: str  # as shown in tables: the program with its level
    pack: str  # input -> packed
    unpack: str  # packed -> restored
    version: str  # prints the version in its first lines


def tools(lmz):
    """All tools, lmz first. Every one runs a single thread."""
    return [
        *[Tool(f"lmz -{level}", f"{lmz} -{level} -T1 -c input > packed",
               f"{lmz} -T1 -d -c packed > restored", f"{lmz} --version") for level in [0, 3]],
        # zpaq appends to an archive that exists; the names inside cost the same for every file.
        Tool("zpaq -m5",
             "rm -f packed.zpaq; zpaq a packed.zpaq input -m5 -t1 > log 2>&1 && "
             "mv packed.zpaq packed",
             "rm -f restored; ln -f packed packed.zpaq; "
             "zpaq x packed.zpaq input -to restored -force -t1 > log 2>&1",
             "zpaq"),
        Tool("bzip3", "bzip3 -e -j 1 -c input > packed", "bzip3 -d -j 1 -c packed > restored",
             "bzip3 -V"),
        Tool("xz -9e", "xz -9e -T1 -c input > packed", "xz -d -T1 -c < packed > restored",
             "xz --version"),
        Tool("zstd -19", "zstd -19 --single-thread -q -c input > packed",
             "zstd -d -q -c packed > restored", "zstd --version"),
        Tool("gzip -9", "gzip -9 -n -c input > packed", "gzip -d -c < packed > restored",
             "gzip --version"),
    ]


def version_of(tool):
    """The program's version number, for example "5.4.1"."""
    run = subprocess.run(tool.version, shell=True, capture_output=True, text=True, check=False)
    match = re.search(r"\d+\.\d+(?:\.\d+)*", run.stdout + run.stderr)
    if match is None:
        raise RuntimeError(f"{tool.name}: no version in the output of '{tool.version}'")
    return match.group()
