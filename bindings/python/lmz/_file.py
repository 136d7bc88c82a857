"""File objects, as the standard module lzma has them."""

from __future__ import annotations

import builtins
import io
import os
import threading
from typing import IO, Iterable

from ._coders import FramesDecoder, LmzCompressor, decoder_handle
from ._device import Device
from ._models import Model, ModelLibrary
from ._range import RangeReader

_PIECE_SIZE = 1 << 16


class _ContentReader(io.RawIOBase):
    """Reads the content behind a binary file: in order, until a seek asks for a RangeReader."""

    def __init__(self, file: IO[bytes], settings: dict) -> None:
        self._file = file
        self._settings = settings
        self._decoder = FramesDecoder(decoder_handle(**settings))
        self._start = file.tell() if self.seekable() else 0
        self._position = 0
        self._is_at_end = False
        self._rest = memoryview(b"")  # of what the end of the input gave
        self._ranges: RangeReader | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return hasattr(self._file, "seekable") and self._file.seekable()

    def tell(self) -> int:
        return self._position

    def _open_ranges(self) -> RangeReader:
        if self._ranges is None:
            self._file.seek(self._start)
            settings = {name: value for name, value in self._settings.items()
                        if name not in ("output_limit", "device")}
            self._ranges = RangeReader(self._file, **settings)
            self._decoder = None
        return self._ranges

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if not self.seekable():
            raise io.UnsupportedOperation("the file beneath cannot seek")
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            offset += self._open_ranges().size
        elif whence != io.SEEK_SET:
            raise ValueError(f"invalid whence: {whence}")
        if offset < 0:
            raise ValueError("negative seek position")
        if offset != self._position:
            self._open_ranges()
            self._position = offset
        return offset

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")
        data = (self._read_on(len(view)) if self._ranges is None
                else self._ranges.read_at(self._position, len(view)))
        view[:len(data)] = data
        self._position += len(data)
        return len(data)

    def _read_on(self, size: int) -> bytes:
        while size and not self._is_at_end:
            piece = self._file.read(_PIECE_SIZE) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not piece:
                self._is_at_end = True
                # With several threads, blocks may be in work until the end.
                self._rest = memoryview(self._decoder.finish())
                break
            if data := self._decoder.decompress(piece, size):
                return data
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)


class LmzFile(io.BufferedIOBase):
    """A file whose content is compressed: mode "r", "w", "x" or "a" (each also with "b").

    `file` is a path, or a binary file object, which stays open. Settings for writing are those of
    LmzCompressor, settings for reading those of LmzDecompressor; one that has no effect in `mode`
    raises ValueError. Reading can seek where the file beneath can: only the blocks that are needed
    are decoded then. What is being written is only whole after close(), which the end of a `with`
    block calls. Threads that share a file wait for each other.
    """

    def __init__(self, file: str | os.PathLike[str] | IO[bytes], mode: str = "r", *,
                 level: int | None = None, model: Model | None = None, threads: int | None = None,
                 block_size: int | None = None, content_size: int | None = None,
                 frame_size: int | None = None, seekable: bool | None = None,
                 wide: bool | None = None,
                 memory_limit: int | None = None, output_limit: int | None = None,
                 models: Iterable[Model] | None = None, library: ModelLibrary | None = None,
                 device: Device | None = None) -> None:
        self._lock = threading.RLock()
        self._file: IO[bytes] | None = None
        self._compressor: LmzCompressor | None = None
        self._reader: io.BufferedReader | None = None
        self._written = 0  # bytes of content
        kind = mode.replace("b", "")
        if kind not in ("r", "w", "x", "a"):
            raise ValueError(f"invalid mode: {mode!r}")
        self.mode = kind + "b"
        writing = {"level": level, "model": model, "block_size": block_size,
                   "content_size": content_size, "frame_size": frame_size, "seekable": seekable,
                   "wide": wide}
        reading = {"memory_limit": memory_limit, "output_limit": output_limit, "models": models,
                   "library": library}
        for name, value in (writing if kind == "r" else reading).items():
            if value is not None:
                raise ValueError(f"{name} has no effect in mode {mode!r}")
        threads = 1 if threads is None else threads
        if kind == "r":
            reading["models"] = tuple(models or ())
            # Refuses wrong settings before the file.
            decoder_handle(threads=threads, device=device, **reading)
        else:
            writing["seekable"], writing["wide"] = bool(seekable), bool(wide)
            self._compressor = LmzCompressor(threads=threads, device=device, **writing)
        self._owns_file = isinstance(file, (str, bytes, os.PathLike))
        self._file = builtins.open(file, self.mode) if self._owns_file else file  # noqa: SIM115
        if kind == "r":
            self._reader = io.BufferedReader(
                _ContentReader(self._file, {"threads": threads, "device": device, **reading}),
                _PIECE_SIZE)

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

    def seekable(self) -> bool:
        """Whether seek works: in a file opened for reading that can seek itself."""
        return self._reader is not None and self._reader.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves to a byte of the content, and returns which; see io.IOBase.seek."""
        with self._lock:
            self._check(self._reader)
            return self._reader.seek(offset, whence)

    def tell(self) -> int:
        """The position in the content; what was written so far when writing."""
        with self._lock:
            if self._compressor is not None and not self.closed:
                return self._written
            self._check(self._reader)
            return self._reader.tell()

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes of content; all that is left when negative or None."""
        with self._lock:
            self._check(self._reader)
            return self._reader.read(size)

    def read1(self, size: int = -1) -> bytes:
        """Up to `size` bytes with as little waiting as possible."""
        with self._lock:
            self._check(self._reader)
            return self._reader.read1(size if size >= 0 else io.DEFAULT_BUFFER_SIZE)

    def readinto(self, buffer: object) -> int:
        """Fills `buffer` from the content; fewer bytes only at the end."""
        with self._lock:
            self._check(self._reader)
            return self._reader.readinto(buffer)

    def readline(self, size: int | None = -1) -> bytes:
        """The next line with its end."""
        with self._lock:
            self._check(self._reader)
            return self._reader.readline(-1 if size is None else size)

    def peek(self, size: int = 0) -> bytes:
        """Some bytes without taking them; none only at the end."""
        with self._lock:
            self._check(self._reader)
            return self._reader.peek(size)

    def write(self, data: object) -> int:
        """Takes `data` whole and returns its size in bytes."""
        with self._lock:
            self._check(self._compressor)
            self._file.write(self._compressor.compress(data))
            size = memoryview(data).nbytes
            self._written += size
            return size

    def sync(self) -> None:
        """Makes all that was written so far readable from the file; costs ratio.

        flush(), as in the lzma module, does not: text layers call it too often.
        """
        with self._lock:
            self._check(self._compressor)
            self._file.write(self._compressor.sync())
            self._file.flush()

    def close(self) -> None:
        """Ends what is being written; closes the file if it was opened here."""
        with self._lock:
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
