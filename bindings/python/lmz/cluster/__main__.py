"""python -m lmz.cluster compress|decompress SRC... DST --scheduler ADDRESS"""

from __future__ import annotations

import argparse
import sys
import time

from lmz.__main__ import add_coder_options, size_of

_MIB = 1 << 20


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lmz.cluster",
        description="Compress or decompress files with the workers of a Dask scheduler. SRC and "
        "DST are paths or fsspec URLs that every worker reaches; SRC may have wildcards. DST is a "
        "folder, or the output of a single file.")
    parser.add_argument("mode", choices=["compress", "decompress"])
    parser.add_argument("sources", nargs="+", metavar="SRC")
    parser.add_argument("destination", metavar="DST")
    parser.add_argument("--scheduler", required=True, metavar="ADDRESS",
                        help="of the Dask scheduler, for example tcp://host:8786")
    add_coder_options(parser)
    parser.add_argument("-f", "--force", action="store_true", help="overwrite files")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--progress", action="store_true", default=None,
                       help="show progress even if not on a terminal")
    shown.add_argument("--no-progress", dest="progress", action="store_false")
    return parser


class _Line:
    """Progress on standard error."""

    def __init__(self) -> None:
        self._begin = time.monotonic()

    def __call__(self, count: int, total: int, done_size: int, total_size: int, written: int
                 ) -> None:
        seconds = time.monotonic() - self._begin
        left = seconds * (total_size - done_size) / max(done_size, 1)
        print(f"\r{count} of {total} pieces, {done_size / _MIB:.1f} of {total_size / _MIB:.1f} MiB "
              f"to {written / _MIB:.1f} MiB, {left:.0f} s left ", end="", file=sys.stderr,
              flush=True)


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 success, 1 error, 2 bad usage."""
    options = _parser().parse_args(arguments)
    try:
        from . import run
    except ImportError as failure:
        print(f"lmz.cluster: {failure}; install lmz[cluster]", file=sys.stderr)
        return 1
    is_shown = sys.stderr.isatty() if options.progress is None else options.progress
    settings = run.Settings(level=options.level, block_size=options.block_size,
                            seekable=options.seekable,
                            piece_size=options.frame_size or run.DEFAULT_PIECE_SIZE,
                            may_replace=options.force, progress=_Line() if is_shown else None)
    work = run.compress if options.mode == "compress" else run.decompress
    try:
        work(options.scheduler, options.sources, options.destination, settings)
    except (run.ClusterError, ValueError) as failure:
        print(f"lmz.cluster: {failure}", file=sys.stderr)
        return 1
    finally:
        if is_shown:
            print(file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
