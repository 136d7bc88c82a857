"""The side of the client: checks, tasks, and what becomes of them."""

from __future__ import annotations

import os
import posixpath
import uuid
from dataclasses import dataclass
from typing import Callable

from distributed import Client, Future, as_completed

import lmz

from . import tasks
from .plan import MAX_TRIES, Expectation, Output, Piece, Source, cut, group

_SUFFIX = ".lmz"
DEFAULT_PIECE_SIZE = 64 << 20
_DEFAULT_LEVEL = 3

# Called with pieces done and in all, bytes of pieces done and in all, bytes written.
Progress = Callable[[int, int, int, int, int], None]


class ClusterError(Exception):
    """Why the work was not begun, or not ended; outputs are whole or not there."""


@dataclass(frozen=True)
class Settings:
    """How to work. `piece_size` is the content of a frame when compressing."""

    level: int | None = None
    block_size: int | None = None
    seekable: bool = False
    piece_size: int = DEFAULT_PIECE_SIZE
    may_replace: bool = False
    progress: Progress | None = None


def compress(scheduler: str, sources: list[str], destination: str,
             settings: Settings = Settings()) -> list[str]:
    """Compresses what the fsspec URLs `sources` stand for, and returns the URLs of the outputs.

    `destination` is the output of one source, or a folder (there, or with a slash at its end) for
    NAME.lmz. Raises ClusterError.
    """
    if settings.piece_size < 1 << 16:
        raise ClusterError("pieces have 65536 bytes or more")
    lmz.LmzCompressor(0, block_size=settings.block_size, seekable=settings.seekable)  # refuses
    level = _DEFAULT_LEVEL if settings.level is None else settings.level
    return _Run(scheduler, settings, level).work(sources, destination)


def decompress(scheduler: str, sources: list[str], destination: str,
               settings: Settings = Settings()) -> list[str]:
    """Restores what `compress` or the program has made; as compress."""
    if (settings.level, settings.block_size, settings.seekable) != (None, None, False):
        raise ClusterError("level and blocks have no effect when decompressing")
    return _Run(scheduler, settings, None).work(sources, destination)


def _absolute(url: str) -> str:
    is_path = "://" not in url and "::" not in url
    slash = "/" if url.endswith("/") else ""
    return os.path.abspath(url) + slash if is_path else url


class _Run:
    def __init__(self, scheduler: str, settings: Settings, level: int | None) -> None:
        self._settings = settings
        self._level = level
        self._id = uuid.uuid4().hex[:12]
        try:
            self._client = Client(scheduler, timeout=10, set_as_default=False)
        except OSError as failure:
            raise ClusterError(f"the scheduler {scheduler} is not reached: {failure}") from None

    def work(self, sources: list[str], destination: str) -> list[str]:
        with self._client:
            expected = self._check_workers()
            found = self._check_sources([_absolute(url) for url in sources])
            names = self._name_outputs(found, _absolute(destination))
            folder = posixpath.join(posixpath.dirname(names[0]), f".lmz-cluster-{self._id}")
            try:
                self._check_folder(folder)
                outputs = self._plan(found, names, folder)
                self._do(outputs, expected)
            except ClusterError:
                raise
            except Exception as failure:
                raise ClusterError(_words(failure)) from failure
            finally:
                self._ask_one(tasks.remove_folder, folder)
            return names

    def _ask_all(self, function: Callable, *arguments: object, what: str) -> dict[str, object]:
        """The answers of all workers. A failure of any is an error."""
        answers = self._client.run(function, *arguments, on_error="return")
        if not answers:
            raise ClusterError("the scheduler has no workers")
        for worker, answer in answers.items():
            if isinstance(answer, BaseException):
                raise ClusterError(f"worker {worker}: {what}: {_words(answer)}")
        return answers

    def _ask_one(self, function: Callable, *arguments: object) -> object:
        return self._client.submit(function, *arguments, pure=False, retries=MAX_TRIES - 1).result()

    def _check_workers(self) -> Expectation:
        expected = tasks.describe(self._level)
        for worker, found in self._ask_all(tasks.describe, self._level,
                                           what="lmz or its model is missing").items():
            if found.version != expected.version:
                raise ClusterError(f"worker {worker}: has lmz {found.version}, not "
                                   f"{expected.version} as here")
            if found != expected:
                raise ClusterError(f"worker {worker}: has another model for level {self._level}")
        return expected

    def _check_sources(self, urls: list[str]) -> list[Source]:
        sources: list[Source] = []
        for url in urls:
            answers = self._ask_all(tasks.look, url, what=f"{url} is not reached")
            first = next(iter(answers.values()))
            for worker, found in answers.items():
                if found != first:
                    raise ClusterError(f"worker {worker}: sees another {url} than others do")
            sources += first
        if self._level is None:
            self._ask_all(tasks.check_models, sources, what="a source cannot be decompressed")
        return sources

    def _name_outputs(self, sources: list[Source], destination: str) -> list[str]:
        folder = destination.endswith("/") or self._ask_one(tasks.is_folder, destination)
        if len(sources) > 1 and not folder:
            raise ClusterError(f"{destination}: several files need a folder; add a slash")
        names = []
        for source in sources:
            name = posixpath.basename(source.url)
            if self._level is not None:
                name += _SUFFIX
            elif folder and not name.endswith(_SUFFIX):
                raise ClusterError(f"{source.url}: the name does not end with {_SUFFIX}")
            else:
                name = name.removesuffix(_SUFFIX)
            names.append(posixpath.join(destination, name) if folder else destination)
        if len(set(names)) != len(names):
            raise ClusterError("two sources have the same name")
        for name in names:
            if not self._settings.may_replace and self._ask_one(tasks.exists, name):
                raise ClusterError(f"{name} exists")
        return names

    def _check_folder(self, folder: str) -> None:
        """Whether every worker writes where every worker reads."""
        workers = list(self._client.scheduler_info(n_workers=-1)["workers"])
        marks = {worker: f"worker-{i}" for i, worker in enumerate(workers)}
        for worker, mark in marks.items():
            answer = self._client.run(tasks.leave_mark, folder, mark, workers=[worker],
                                      on_error="return").get(worker)
            if isinstance(answer, BaseException):
                raise ClusterError(f"worker {worker}: cannot write to {folder}: {_words(answer)}")
        for worker, missing in self._ask_all(tasks.missing_marks, folder, list(marks.values()),
                                             what=f"{folder} is not reached").items():
            if missing:
                raise ClusterError(f"worker {worker}: does not see in {folder} what others write "
                                   "there; the destination must be shared by all")

    def _plan(self, sources: list[Source], names: list[str], folder: str) -> list[Output]:
        outputs = []
        for number, (source, name) in enumerate(zip(sources, names, strict=True)):
            if self._level is None:
                blocks = self._ask_one(tasks.blocks_of, source)
                ranges = group(blocks, self._settings.piece_size)
            else:
                ranges = cut(source.size, self._settings.piece_size)
            pieces = tuple(
                Piece(source, offset, size, f"{folder}/{number}-{i}",
                      f"{source.url}, bytes {offset} to {offset + size}")
                for i, (offset, size) in enumerate(ranges))
            outputs.append(Output(source, name, pieces))
        return outputs

    def _submit(self, piece: Piece, expected: Expectation) -> Future:
        settings = {}
        function = tasks.decompress_piece
        if self._level is not None:
            function = tasks.compress_piece
            settings = {"block_size": self._settings.block_size,
                        "seekable": self._settings.seekable}
        return self._client.submit(function, piece, expected, settings, pure=False,
                                   retries=MAX_TRIES - 1)

    def _do(self, outputs: list[Output], expected: Expectation) -> None:
        places = {self._submit(piece, expected): (output, i)
                  for output in outputs for i, piece in enumerate(output.pieces)}
        sizes: dict[Output, list[int | None]] = {
            output: [None] * len(output.pieces) for output in outputs}
        ending: list[Future] = []
        done_size = written = 0
        total = sum(piece.size for output in outputs for piece in output.pieces)
        try:
            for count, future in enumerate(as_completed(places, loop=self._client.loop), 1):
                output, i = places[future]
                try:
                    sizes[output][i] = future.result()
                except Exception as failure:
                    raise ClusterError(f"{output.pieces[i].name}: {_words(failure)}") from failure
                done_size += output.pieces[i].size
                written += sizes[output][i]
                if self._settings.progress is not None:
                    self._settings.progress(count, len(places), done_size, total, written)
                if None not in sizes[output]:
                    ending.append(self._client.submit(
                        tasks.assemble, output, sizes[output], self._settings.may_replace,
                        pure=False, retries=MAX_TRIES - 1))
            for future in ending:
                future.result()
        except BaseException:
            self._client.cancel([*places, *ending])
            raise


def _words(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__
