"""Parts of a content, decoded alone."""

from __future__ import annotations

import builtins
import ctypes
import os
import threading
from typing import IO, Callable, Iterable, NamedTuple

from . import _library
from ._coders import decoder_handle
from ._library import LIB, Handle, LmzError, view_of
from ._models import Model, ModelLibrary


class Block(NamedTuple):
    """The smallest part that is decoded alone; all numbers are bytes."""

    content_offset: int
    content_size: int
    coded_offset: int
    coded_size: int


class Input:
    """Bytes behind a function: `read(offset, size)` gives `size` of them.

    Keeps what was read last, since a header is followed by what it announces, and the exception
    that `read` raised, which cannot pass through the library.
    """

    def __init__(self, read: Callable[[int, int], object], size: int) -> None:
        self._read = read
        self.size = size
        self._last = (0, b"")
        self._failure: BaseException | None = None
        self.callback = _library.ReadAt(self._answer)

    def _answer(self, _user: object, offset: int, buffer: int, size: int) -> int:
        try:
            ctypes.memmove(buffer, self._fetch(offset, size), size)
        except BaseException as failure:  # noqa: BLE001: raised again behind the library
            self._failure = failure
            return 1
        return 0

    def _fetch(self, offset: int, size: int) -> bytes:
        start, last = self._last
        kept = last[offset - start:offset - start + size] if offset >= start else b""
        if len(kept) < size:
            kept += bytes(self._read(offset + len(kept), size - len(kept)))
            if len(kept) != size:
                raise EOFError(f"bytes are missing behind offset {offset}; did the file change?")
            self._last = (offset, kept)
        return kept

    def raise_failure(self) -> None:
        """Raises what `read` raised since the last call, if anything."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Gives back what was opened here."""


class _FileInput(Input):
    """A file by its path."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = builtins.open(path, "rb", buffering=0)
        descriptor = self._file.fileno()
        super().__init__(lambda offset, size: _read_all(descriptor, offset, size),
                         os.fstat(descriptor).st_size)

    def close(self) -> None:
        self._file.close()


def _read_all(descriptor: int, offset: int, size: int) -> bytes:
    data = os.pread(descriptor, size, offset)
    while len(data) < size and (more := os.pread(descriptor, size - len(data), offset + len(data))):
        data += more
    return data


def _object_input(file: IO[bytes], start: int) -> Input:
    """A binary file object from `start` on; other uses of it may move its position."""
    lock = threading.Lock()

    def read(offset: int, size: int) -> bytes:
        with lock:
            file.seek(start + offset)
            data = file.read(size)
            while len(data) < size and (more := file.read(size - len(data))):
                data += more
            return data

    return Input(read, file.seek(0, os.SEEK_END) - start)


class RangeReader:
    """Reads any part of a compressed file, decoding only the blocks that hold it.

    `file` is a path, bytes, or a binary file object that can seek, from its position on; it stays
    open and may not be used otherwise meanwhile. The settings are those of LmzDecompressor. The
    block that was decoded last is kept. Threads that share a reader wait for each other; to read
    in parallel, give each its own.
    """

    def __init__(self, file: str | os.PathLike[str] | bytes | IO[bytes] | Input, *,
                 memory_limit: int | None = None, models: Iterable[Model] = (),
                 library: ModelLibrary | None = None, threads: int = 1,
                 _settings: Handle | None = None) -> None:
        settings = _settings or decoder_handle(memory_limit, None, models, library, threads)
        self._input = _input_of(file)
        try:
            self._handle = self._run(lambda: Handle(
                "range_open", "range_reader_free", self._input.callback, None, self._input.size,
                settings.pointer))
        except BaseException:
            self._input.close()
            raise
        self._size = LIB.lmz_range_content_size(self._handle.pointer)

    def _run(self, work: Callable[[], object]) -> object:
        try:
            return work()
        except LmzError:
            self._input.raise_failure()
            raise

    @property
    def size(self) -> int:
        """Bytes of the whole content."""
        return self._size

    @property
    def blocks(self) -> list[Block]:
        """Where the blocks lie, in the order of the content."""
        found = _library.Block()
        blocks = []
        with self._handle.lock:
            for index in range(LIB.lmz_range_block_count(self._pointer())):
                _library.call("range_block", self._pointer(), index, ctypes.byref(found))
                blocks.append(Block(*(getattr(found, name) for name in Block._fields)))
        return blocks

    def read_at(self, offset: int, size: int = -1) -> bytes:
        """`size` bytes of the content from `offset` on, all of them if negative.

        Fewer only at the end of the content.
        """
        if offset < 0:
            raise ValueError("the offset is never negative")
        offset = min(offset, self._size)
        left = self._size - offset
        room = left if size < 0 else min(size, left)
        output = ctypes.create_string_buffer(max(room, 1))
        read = ctypes.c_size_t()
        with self._handle.lock:
            self._run(lambda: _library.call("range_read", self._pointer(), offset, output, room,
                                            ctypes.byref(read)))
        return output.raw[:read.value]

    def _pointer(self) -> ctypes.c_void_p:
        if self._input is None:
            raise ValueError("the reader is closed")
        return self._handle.pointer

    def close(self) -> None:
        """Closes the file, if it was opened here; the reader is of no more use then."""
        with self._handle.lock:
            if self._input is not None:
                self._input.close()
                self._input = None

    def __enter__(self) -> RangeReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


_STOP = _library.ReportProgress(lambda _user, _raw_bytes, _coded_bytes: 1)


def beginning_failure(file: object) -> LmzError | None:
    """Why the first block of `file` cannot even be begun: say, because its model is missing."""
    settings = decoder_handle(None, None, (), None, 1)
    _library.call("decompressor_set_progress", settings.pointer, _STOP, None)
    with RangeReader(file, _settings=settings) as reader:
        try:
            reader.read_at(0, 1)
        except LmzError as failure:
            return None if failure.code == _library.CANCELLED else failure
    return None


def _input_of(file: object) -> Input:
    if isinstance(file, Input):
        return file
    if isinstance(file, (str, os.PathLike)):
        return _FileInput(file)
    if hasattr(file, "read"):
        return _object_input(file, file.tell())
    view = view_of(file)
    return Input(lambda offset, size: view[offset:offset + size], len(view))
