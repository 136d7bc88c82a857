"""What is to be done, as values that travel to workers."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TRIES = 3  # of a task


@dataclass(frozen=True)
class Expectation:
    """What every worker must have."""

    version: str
    level: int | None  # None: decompresses
    model_id: bytes | None


@dataclass(frozen=True)
class Source:
    """A file to read: `size` bytes, and what its filesystem says of its change."""

    url: str
    size: int
    modified: str


@dataclass(frozen=True)
class Piece:
    """A range of bytes of a source: of the file to compress, or of the content to restore."""

    source: Source
    offset: int
    size: int
    part: str  # URL of what becomes of it
    name: str  # for messages


@dataclass(frozen=True)
class Output:
    """A file to write, of all its pieces in order."""

    source: Source
    url: str
    pieces: tuple[Piece, ...]


def cut(total: int, size: int) -> list[tuple[int, int]]:
    """Offsets and sizes of pieces of `size` bytes; one empty piece of nothing."""
    return [(offset, min(size, total - offset)) for offset in range(0, max(total, 1), size)]


def group(blocks: list, size: int) -> list[tuple[int, int]]:
    """Offsets and sizes of runs of blocks, each the first of at least `size` bytes of content."""
    ranges: list[tuple[int, int]] = []
    start = end = 0
    for block in blocks:
        end = block.content_offset + block.content_size
        if end - start >= size:
            ranges.append((start, end - start))
            start = end
    if end > start or not ranges:
        ranges.append((start, end - start))
    return ranges
