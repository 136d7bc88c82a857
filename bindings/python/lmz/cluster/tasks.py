"""What runs on workers. Everything is an argument; nothing is kept between calls."""

from __future__ import annotations

import contextlib
import shutil
import uuid

import fsspec

import lmz
from lmz._range import Input, beginning_failure

from .plan import MAX_TRIES, Expectation, Output, Piece, Source

_COPY_SIZE = 1 << 20


def describe(level: int | None) -> Expectation:
    """What this worker has."""
    model = None if level in (None, 0) else lmz.ModelLibrary().model_of_level(level)
    return Expectation(lmz.__version__, level, None if model is None else model.id)


def look(url: str) -> list[Source]:
    """The files that `url`, perhaps with wildcards, stands for."""
    fs, path = fsspec.url_to_fs(url)
    fs.invalidate_cache()
    paths = sorted(fs.glob(path)) if fsspec.core.has_magic(path) else [path]
    found = []
    for name in paths:
        info = fs.info(name)
        if info["type"] == "file":
            modified = next((info[key] for key in ("mtime", "ETag", "LastModified", "created")
                             if info.get(key)), "")
            found.append(Source(fs.unstrip_protocol(name), info["size"], str(modified)))
    if not found:
        raise FileNotFoundError(f"{url}: no file")
    return found


def is_folder(url: str) -> bool:
    """Whether `url` is a folder that is there."""
    fs, path = fsspec.url_to_fs(url)
    fs.invalidate_cache()
    return fs.isdir(path)


def exists(url: str) -> bool:
    """Whether `url` is there."""
    fs, path = fsspec.url_to_fs(url)
    fs.invalidate_cache()
    return fs.exists(path)


def leave_mark(folder: str, name: str) -> None:
    """Writes the empty file `name` into `folder`, which is made if need be."""
    fs, path = fsspec.url_to_fs(folder)
    fs.makedirs(path, exist_ok=True)
    fs.pipe_file(f"{path}/{name}", b"")


def missing_marks(folder: str, names: list[str]) -> list[str]:
    """Those of `names` that are not in `folder`, as seen from here."""
    fs, path = fsspec.url_to_fs(folder)
    fs.invalidate_cache()
    return [name for name in names if not fs.exists(f"{path}/{name}")]


def remove_folder(folder: str) -> None:
    """Removes `folder` with all that is in it, if it is there."""
    fs, path = fsspec.url_to_fs(folder)
    fs.invalidate_cache()
    with contextlib.suppress(FileNotFoundError):
        fs.rm(path, recursive=True)


def _input_of(url: str) -> Input:
    fs, path = fsspec.url_to_fs(url)
    return Input(lambda at, n: fs.cat_file(path, start=at, end=at + n), fs.size(path))


def blocks_of(source: Source) -> list[lmz.Block]:
    """The blocks of a compressed file."""
    return lmz.RangeReader(_input_of(source.url)).blocks


def check_models(sources: list[Source]) -> None:
    """Raises LmzError unless the model of the first block of every source is here."""
    for source in sources:
        failure = beginning_failure(_input_of(source.url))
        if failure is not None:
            raise failure


class TriedTooOften(Exception):
    """A task was begun MAX_TRIES times without end."""


def _count_try(piece: Piece) -> None:
    """Leaves a mark of this try, since a worker that is lost can tell no one."""
    fs, path = fsspec.url_to_fs(piece.part)
    fs.invalidate_cache()
    for number in range(1, MAX_TRIES + 1):
        if not fs.exists(f"{path}.try-{number}"):
            fs.pipe_file(f"{path}.try-{number}", b"")
            return
    raise TriedTooOften(f"{piece.name}: given up after {MAX_TRIES} tries")


def _write_whole(url: str, write: object) -> int:
    """Gives `write` a file that gets the name of `url` when it is whole; returns its size."""
    fs, path = fsspec.url_to_fs(url)
    folder, _, name = path.rpartition("/")
    unfinished = f"{folder}/.{name}.{uuid.uuid4().hex}"
    try:
        with fs.open(unfinished, "wb") as file:
            write(file)
        size = fs.size(unfinished)
        fs.mv(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            fs.rm_file(unfinished)
        raise
    return size


def compress_piece(piece: Piece, expected: Expectation, settings: dict) -> int:
    """Writes the frame of `piece` to its part, and returns how many bytes it has."""
    _count_try(piece)
    _check_worker(expected)
    fs, path = fsspec.url_to_fs(piece.source.url)
    data = fs.cat_file(path, start=piece.offset, end=piece.offset + piece.size)
    if len(data) != piece.size:
        raise EOFError(f"{piece.source.url}: became shorter")
    code = lmz.compress(data, expected.level, **settings)
    return _write_whole(piece.part, lambda file: file.write(code))


def decompress_piece(piece: Piece, expected: Expectation, settings: dict) -> int:
    """Writes the content of `piece` to its part, and returns how many bytes it has."""
    _count_try(piece)
    _check_worker(expected)
    with lmz.RangeReader(_input_of(piece.source.url)) as reader:
        blocks = [block for block in reader.blocks
                  if piece.offset <= block.content_offset < piece.offset + piece.size]

        def write(file: object) -> None:
            for block in blocks:
                file.write(reader.read_at(block.content_offset, block.content_size))

        size = _write_whole(piece.part, write)
    if size != piece.size:
        raise EOFError(f"{piece.name}: {size} bytes instead of {piece.size}; did it change?")
    return size


def _check_worker(expected: Expectation) -> None:
    """Workers that came after the beginning were not asked yet."""
    found = describe(expected.level)
    if found != expected:
        raise RuntimeError(f"this worker has {found} and not {expected}")


def assemble(output: Output, sizes: list[int], may_replace: bool) -> int:
    """Puts the parts together under the name of `output`; returns how many bytes it has."""
    if look(output.source.url) != [output.source]:
        raise RuntimeError(f"{output.source.url}: changed while it was read")
    if not may_replace and exists(output.url):
        raise FileExistsError(f"{output.url} exists by now")

    def write(file: object) -> None:
        end = 0
        for piece, size in zip(output.pieces, sizes, strict=True):
            with fsspec.open(piece.part, "rb") as part:
                shutil.copyfileobj(part, file, _COPY_SIZE)
            end += size
            if file.tell() != end:
                raise EOFError(f"{piece.part}: has another size than was written")

    return _write_whole(output.url, write)
