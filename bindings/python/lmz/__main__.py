"""python -m lmz: compresses and decompresses files, in the manner of the program lmz."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import stat
import sys
import tempfile
from typing import IO, Iterator

import lmz

_SUFFIX = ".lmz"
_UNITS = {"": 0, "K": 10, "M": 20, "G": 30}
_PIECE_SIZE = 1 << 20


def size_of(text: str) -> int:
    """A number of bytes, perhaps with K, M or G for powers of 1024."""
    digits = text.rstrip("KMG")
    unit = text[len(digits):]
    if not digits.isdigit() or unit not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 65536, 64K or 1G")
    return int(digits) << _UNITS[unit]


def add_coder_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how to compress."""
    for level in range(6):
        parser.add_argument(f"-{level}", dest="level", action="store_const", const=level,
                            help=argparse.SUPPRESS if level else "levels 0 to 5 (default 3)")
    blocks = parser.add_mutually_exclusive_group()
    blocks.add_argument("--block-size", type=size_of, metavar="SIZE")
    blocks.add_argument("--seekable", action="store_true",
                        help="blocks of 128K, so that parts are read quickly")
    parser.add_argument("--wide", action="store_true",
                        help="64 lanes and blocks of 3840K, for machines with many lanes")
    parser.add_argument("--frame-size", type=size_of, metavar="SIZE",
                        help="begin a new frame every SIZE bytes")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lmz", description="Compress each FILE to FILE.lmz, or decompress it (-d). "
        "Input files are kept; without FILE: standard input to standard output.")
    modes = parser.add_mutually_exclusive_group()
    for letter, name, what in (("d", "decompress", "decompress"), ("t", "test", "test integrity"),
                               ("l", "list", "list sizes and blocks")):
        modes.add_argument(f"-{letter}", f"--{name}", dest="mode", action="store_const",
                           const=name, help=what)
    add_coder_options(parser)
    parser.add_argument("-c", "--stdout", action="store_true", help="write to standard output")
    parser.add_argument("-f", "--force", action="store_true", help="overwrite files")
    parser.add_argument("-T", "--threads", type=int, default=1, metavar="N")
    parser.add_argument("--device", type=lmz.Device, metavar="NAME",
                        help="where models run: cpu (default), auto, cuda, cuda:N")
    parser.add_argument("-V", "--version", action="version", version=lmz.__version__)
    parser.add_argument("files", nargs="*", metavar="FILE")
    return parser


def _shown(name: str) -> str:
    """A name without what a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in name)


def _give_name(unfinished: str, name: str) -> None:
    """Names a file as no other is named, even one that was made meanwhile."""
    try:
        os.link(unfinished, name)
        os.unlink(unfinished)
    except FileExistsError:
        raise FileExistsError("its output was made meanwhile; use -f to overwrite it") from None
    except OSError:  # a file system without links
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(unfinished, name)


@contextlib.contextmanager
def _output_file(name: str, may_replace: bool) -> Iterator[IO[bytes]]:
    """Gets its name when it is whole."""
    if not may_replace and os.path.lexists(name):
        raise FileExistsError(f"{_shown(name)} exists; use -f to overwrite it")
    descriptor, unfinished = tempfile.mkstemp(prefix=".lmz-", dir=os.path.dirname(name) or ".")
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(unfinished, 0o666 & ~mask)
        if may_replace:
            os.replace(unfinished, name)
        else:
            _give_name(unfinished, name)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise


def _convert(options: argparse.Namespace, source: IO[bytes], sink: IO[bytes] | None) -> None:
    if options.mode is None:
        settings = {"level": options.level, "block_size": options.block_size,
                    "seekable": options.seekable, "wide": options.wide,
                    "frame_size": options.frame_size}
        found = os.fstat(source.fileno())
        if source is not sys.stdin.buffer and stat.S_ISREG(found.st_mode) and found.st_size != 0:
            settings["content_size"] = found.st_size
        with lmz.LmzFile(sink, "w", threads=options.threads, device=options.device,
                         **settings) as coded:
            shutil.copyfileobj(source, coded, _PIECE_SIZE)
        return
    with lmz.LmzFile(source, threads=options.threads, device=options.device) as content:
        while data := content.read(_PIECE_SIZE):
            if sink is not None:
                sink.write(data)


def _list(name: str) -> None:
    with lmz.RangeReader(name) as reader:
        coded_size = os.path.getsize(name)
        print(f"{coded_size:>14} {reader.size:>14} {len(reader.blocks):>8}  {_shown(name)}")


def _run(options: argparse.Namespace, name: str) -> None:
    if options.mode == "list":
        _list(name)
        return
    is_stream = name == "-"
    with contextlib.ExitStack() as open_files:
        source = sys.stdin.buffer if is_stream else open_files.enter_context(open(name, "rb"))
        if options.mode == "test":
            sink = None
        elif options.stdout or is_stream:
            sink = sys.stdout.buffer
        elif options.mode is None:
            sink = open_files.enter_context(_output_file(name + _SUFFIX, options.force))
        elif name.endswith(_SUFFIX):
            sink = open_files.enter_context(_output_file(name[:-len(_SUFFIX)], options.force))
        else:
            raise ValueError(f"its name does not end with {_SUFFIX}; use -c")
        _convert(options, source, sink)


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 success, 1 error, 2 bad usage, 3 bad input, 4 model missing, 5 newer."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.mode is not None:
        given = [name for name in ("level", "block_size", "frame_size", "seekable", "wide")
                 if getattr(options, name) is not parser.get_default(name)]
        if given:
            parser.error(f"{given[0]} has no effect unless compressing")
    if options.mode == "list" and not options.files:
        parser.error("--list needs a file")
    worst = 0
    for name in options.files or ["-"]:
        try:
            _run(options, name)
        except (OSError, ValueError, MemoryError, lmz.LmzError) as failure:
            print(f"lmz: {_shown(name)}: {failure}", file=sys.stderr)
            worst = max(worst, _STATUS.get(getattr(failure, "code", None), 1))
    return worst


_STATUS = {lmz.NOT_LMZ: 3, lmz.TRUNCATED: 3, lmz.DAMAGED: 3, lmz.MODEL_MISSING: 4,
           lmz.MODEL_DAMAGED: 4, lmz.NEWER_VERSION: 5}

if __name__ == "__main__":
    sys.exit(main())
