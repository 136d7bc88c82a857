"""fsspec: the filesystem lmz:// and the compression "lmz", which importing this registers.

    pandas.read_csv("lmz://f.csv::file:///folder/f.csv.lmz")
    dask.dataframe.read_csv("lmz://*.csv::s3://bucket/folder", blocksize="16 MiB")

The entry point in the group fsspec.specs makes the filesystem known without an import.
"""

from __future__ import annotations

import io

import fsspec
from fsspec.compression import compr, register_compression
from fsspec.spec import AbstractFileSystem

from ._file import LmzFile
from ._range import Input, RangeReader

_SUFFIX = ".lmz"


class _RangeFile(io.RawIOBase):
    """A RangeReader as a file."""

    def __init__(self, reader: RangeReader) -> None:
        self._reader = reader
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        offset += (0, self._position, self._reader.size)[whence]
        if offset < 0:
            raise ValueError("negative seek position")
        self._position = offset
        return offset

    def readinto(self, buffer: object) -> int:
        data = self._reader.read_at(self._position, len(buffer))
        buffer[:len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()


class _SizedReader(io.BufferedReader):
    """With the size of the whole, which fsspec asks for."""

    size = 0


class _OwningFile(LmzFile):
    """Closes the file beneath, too."""

    def __init__(self, file: object, **settings: object) -> None:
        self._beneath = file
        super().__init__(file, "w", **settings)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._beneath.close()


class LmzFileSystem(AbstractFileSystem):
    """What the compressed file `fo`, or the files NAME.lmz in the folder `fo`, hold.

    Each appears without its suffix and with the size of its content. Reading decodes only the
    blocks that are needed, and fetches only them from the filesystem beneath: `fs`, or the one of
    `target_protocol` and `target_options`. `level`, `block_size` and `seekable` (default) are those
    of what is written.
    """

    protocol = "lmz"
    root_marker = ""

    def __init__(self, fo: str = "", target_protocol: str | None = None,
                 target_options: dict | None = None, fs: AbstractFileSystem | None = None,
                 memory_limit: int | None = None, level: int | None = None,
                 block_size: int | None = None, **options: object) -> None:
        super().__init__(**options)
        if fs is None:
            protocol = target_protocol or fsspec.utils.get_protocol(fo)
            fs = fsspec.filesystem(protocol, **(target_options or {}))
        self.fs = fs
        self.fo = fs._strip_protocol(fo).rstrip("/")
        self._memory_limit = memory_limit
        self._writing = {"level": level, "block_size": block_size, "seekable": block_size is None}

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(path).strip("/")

    @property
    def _is_single(self) -> bool:
        return self.fo.endswith(_SUFFIX)

    def _beneath(self, path: str) -> str:
        """Where the content of `path` is, or would be."""
        path = self._strip_protocol(path)
        if not self._is_single:
            return f"{self.fo}/{path}{_SUFFIX}"
        if path != self._name_of(self.fo):
            raise FileNotFoundError(f"{path}: {self.fo} holds {self._name_of(self.fo)} only")
        return self.fo

    @staticmethod
    def _name_of(path: str) -> str:
        return path.rsplit("/", 1)[-1].removesuffix(_SUFFIX)

    def _open_reader(self, beneath: str) -> RangeReader:
        size = self.fs.size(beneath)
        if size is None:
            raise OSError(f"{beneath}: its size is not known, so parts of it cannot be read")
        read = Input(lambda at, n: self.fs.cat_file(beneath, start=at, end=at + n), size)
        return RangeReader(read, memory_limit=self._memory_limit)

    def _info_of(self, name: str, found: dict) -> dict:
        if found["type"] == "directory":
            return {"name": name, "type": "directory", "size": 0}
        with self._open_reader(found["name"]) as reader:
            return {**found, "name": name, "type": "file", "size": reader.size,
                    "coded_size": found["size"]}

    def info(self, path: str, **kwargs: object) -> dict:
        """fsspec's, with the size of the content; `coded_size` is that of the file beneath."""
        path = self._strip_protocol(path)
        if path == "":
            return {"name": "", "type": "directory", "size": 0}
        if not self._is_single and self.fs.isdir(f"{self.fo}/{path}"):
            return {"name": path, "type": "directory", "size": 0}
        return self._info_of(path, self.fs.info(self._beneath(path)))

    def ls(self, path: str, detail: bool = True, **kwargs: object) -> list:
        """fsspec's."""
        path = self._strip_protocol(path)
        if self._is_single or not self.fs.isdir(f"{self.fo}/{path}".rstrip("/")):
            name = path or self._name_of(self.fo)
            found = [(name, self.fs.info(self._beneath(name)))]
        else:
            entries = [entry for entry in self.fs.ls(f"{self.fo}/{path}".rstrip("/"), detail=True)
                       if entry["type"] == "directory" or entry["name"].endswith(_SUFFIX)]
            names = [self._name_of(entry["name"].rstrip("/")) for entry in entries]
            found = [(f"{path}/{name}" if path else name, entry)
                     for name, entry in zip(names, entries, strict=True)]
        if detail:
            return [self._info_of(name, entry) for name, entry in found]
        return sorted(name for name, _ in found)

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None,
              autocommit: bool = True, cache_options: dict | None = None, **kwargs: object
              ) -> io.BufferedIOBase:
        beneath = self._beneath(path)
        if mode == "rb":
            reader = self._open_reader(beneath)
            file = _SizedReader(_RangeFile(reader), 1 << 16)
            file.size = reader.size
            return file
        if mode not in ("wb", "ab", "xb"):
            raise ValueError(f"mode {mode!r} is not possible")
        return _OwningFile(self.fs.open(beneath, mode), **self._writing)

    def ukey(self, path: str) -> str:
        """fsspec's: changes with the file beneath."""
        return self.fs.ukey(self._beneath(path))

    def created(self, path: str) -> object:
        """That of the file beneath."""
        return self.fs.created(self._beneath(path))

    def modified(self, path: str) -> object:
        """That of the file beneath."""
        return self.fs.modified(self._beneath(path))

    def _rm(self, path: str) -> None:
        self.fs.rm_file(self._beneath(path))


if "lmz" not in compr:
    register_compression("lmz", LmzFile, "lmz")
