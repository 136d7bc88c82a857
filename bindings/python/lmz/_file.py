"""File objects, as the standard module lzma has them."""

from __future__ import annotations

import builtins
import io
import os
from typing import IO, Iterable

from ._coders import LmzCompressor, LmzDecompressor
from ._library import Model, ModelLibrary

_PIECE_SIZE = 1 << 16


class _DecodingReader(io.RawIOBase):
    """Reads the content behind a binary file."""

    def __init__(self, file: IO[bytes], decompressor: LmzDecompressor) -> None:
        self._file = file
        self._decompressor = decompressor
        self._is_at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")
        while len(view) and not self._is_at_end:
            piece = self._file.read(_PIECE_SIZE) if self._decompressor.needs_input else b""
            if self._decompressor.needs_input and not piece:
                self._is_at_end = True
                data = self._decompressor.finish()  # nothing: one thread gives all at once
            else:
                data = self._decompressor.decompress(piece, len(view))
            if data:
                view[:len(data)] = data
                return len(data)
        return 0


class LmzFile(io.BufferedIOBase):
    """A file whose content is compressed: mode "r", "w", "x" or "a" (each also with "b").

    `file` is a path, or a binary file object, which stays open. Settings are those of
    LmzCompressor and LmzDecompressor. No seeking. What is being written is only whole after
    close(), which the end of a `with` block calls.
    """

    def __init__(self, file: str | os.PathLike[str] | IO[bytes], mode: str = "r", *,
                 level: int | None = None, model: Model | None = None, threads: int = 1,
                 memory_limit: int | None = None, models: Iterable[Model] = (),
                 library: ModelLibrary | None = None) -> None:
        self._file: IO[bytes] | None = None
        self._compressor: LmzCompressor | None = None
        self._reader: io.BufferedReader | None = None
        kind = mode.replace("b", "")
        if kind not in ("r", "w", "x", "a"):
            raise ValueError(f"invalid mode: {mode!r}")
        self.mode = kind + "b"
        if kind == "r":
            decompressor = LmzDecompressor(memory_limit=memory_limit, models=models,
                                           library=library)
        else:
            self._compressor = LmzCompressor(level, model=model, threads=threads)
        self._owns_file = isinstance(file, (str, bytes, os.PathLike))
        self._file = builtins.open(file, self.mode) if self._owns_file else file  # noqa: SIM115
        if kind == "r":
            self._reader = io.BufferedReader(_DecodingReader(self._file, decompressor))

    def _check(self, part: object) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if part is None:
            raise io.UnsupportedOperation(f"not possible in mode {self.mode!r}")

    def readable(self) -> bool:
        """Whether this was opened for reading."""
        return self._reader is not None

    def writable(self) -> bool:
        """Whether this was opened for writing."""
        return self._compressor is not None

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes of content; all that is left when negative or None."""
        self._check(self._reader)
        return self._reader.read(size)

    def read1(self, size: int = -1) -> bytes:
        """Up to `size` bytes with as little waiting as possible."""
        self._check(self._reader)
        return self._reader.read1(size if size >= 0 else io.DEFAULT_BUFFER_SIZE)

    def readline(self, size: int | None = -1) -> bytes:
        """The next line with its end."""
        self._check(self._reader)
        return self._reader.readline(-1 if size is None else size)

    def peek(self, size: int = 0) -> bytes:
        """Some bytes without taking them; none only at the end."""
        self._check(self._reader)
        return self._reader.peek(size)

    def write(self, data: object) -> int:
        """Takes `data` whole and returns its size in bytes."""
        self._check(self._compressor)
        self._file.write(self._compressor.compress(data))
        return memoryview(data).nbytes

    def sync(self) -> None:
        """Makes all that was written so far readable from the file; costs ratio.

        flush(), as in the lzma module, does not: text layers call it too often.
        """
        self._check(self._compressor)
        self._file.write(self._compressor.sync())
        self._file.flush()

    def close(self) -> None:
        """Ends the frame that is being written; closes the file if it was opened here."""
        if self.closed:
            return
        try:
            if self._compressor is not None and self._file is not None:
                self._file.write(self._compressor.flush())
        finally:
            try:
                if self._owns_file and self._file is not None:
                    self._file.close()
            finally:
                self._file = None
                self._compressor = None
                super().close()


def open(file: str | os.PathLike[str] | IO[bytes], mode: str = "rb", *,  # noqa: A001
         encoding: str | None = None, errors: str | None = None, newline: str | None = None,
         **settings: object) -> LmzFile | io.TextIOWrapper:
    """An LmzFile, behind an io.TextIOWrapper when `mode` has a "t"."""
    if "t" not in mode:
        if encoding is not None or errors is not None or newline is not None:
            raise ValueError("encoding, errors and newline are for text mode")
        return LmzFile(file, mode, **settings)
    if "b" in mode:
        raise ValueError(f"invalid mode: {mode!r}")
    binary = LmzFile(file, mode.replace("t", ""), **settings)
    return io.TextIOWrapper(binary, io.text_encoding(encoding), errors, newline)
