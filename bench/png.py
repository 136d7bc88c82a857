"""The pixels of PNG files of 8 bits, gray or RGB, not interlaced: what the image corpus holds."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3}  # colour type -> samples of a pixel


def chunks(content):
    """Yields (kind, content) for each chunk."""
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        yield kind, content[at + 8 : at + 8 + size]
        at += size + 12


def paeth(left, above, corner):
    guess = left + above - corner
    distances = [(abs(guess - value), order) for order, value in enumerate((left, above, corner))]
    return (left, above, corner)[min(distances)[1]]


def prediction(kind, row, above, i, step):
    """What the filter `kind` expects byte i of a row to be; `step` bytes to a pixel."""
    left = row[i - step] if i >= step else 0
    corner = above[i - step] if i >= step else 0
    guess = (0, left, above[i], (left + above[i]) // 2, None)[kind]
    return paeth(left, above[i], corner) if guess is None else guess


def unfilter(kind, row, above, step):
    """The pixels of a row that was filtered with `kind`; `step` bytes to a pixel."""
    out = bytearray(row)
    for i, byte in enumerate(out):
        out[i] = byte + prediction(kind, out, above, i, step) & 255
    return out


def to_pnm(content):
    """A PPM or PGM file with the pixels of a PNG file. Raises ValueError for other kinds."""
    parts = list(chunks(content)) if content.startswith(SIGNATURE) else []
    headers = [body for kind, body in parts if kind == b"IHDR"]
    if not headers:
        raise ValueError("not a PNG file")
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", headers[0])
    if depth != 8 or color not in CHANNELS or interlaced:
        raise ValueError("only 8 bits, gray or RGB, not interlaced")
    data = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    step = CHANNELS[color]
    size = width * step
    above = bytes(size)
    rows = []
    for y in range(height):
        begin = y * (size + 1)
        above = unfilter(data[begin], data[begin + 1 : begin + 1 + size], above, step)
        rows.append(above)
    return b"P%d\n%d %d\n255\n" % (6 if step == 3 else 5, width, height) + b"".join(rows)
