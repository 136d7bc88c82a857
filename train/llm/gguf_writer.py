"""Writes GGUF version 3."""
import struct

import numpy as np

from gguf import ARRAY, DEFAULT_ALIGNMENT, MAGIC, STRING

F32, F16, Q4_1, Q8_0 = 0, 1, 3, 8  # tensor types


class Texts(list):
    """A list of strings; unlike a plain one it may be empty."""


def _string(text):
    raw = text.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


def _value(value):
    """Type and bytes of a value; lists hold values of one type."""
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, str):
        return STRING, _string(value)
    if isinstance(value, Texts):
        return ARRAY, struct.pack("<IQ", STRING, len(value)) + b"".join(map(_string, value))
    parts = [_value(v) for v in value]
    return ARRAY, struct.pack("<IQ", parts[0][0], len(parts)) + b"".join(p for _, p in parts)


def encode(array, kind):
    """float32 to the bytes of a tensor type."""
    if kind == F32:
        return array.astype("<f4").tobytes()
    if kind == F16:
        return array.astype("<f2").tobytes()
    blocks = array.reshape(-1, 32)
    if kind == Q8_0:
        d = (np.abs(blocks).max(1, keepdims=True) / 127).astype("<f2")
        q = np.round(blocks / np.maximum(d.astype(np.float32), 1e-9)).clip(-127, 127)
        return np.concatenate([d.view(np.uint8), q.astype(np.int8).view(np.uint8)], 1).tobytes()
    low, high = blocks.min(1, keepdims=True), blocks.max(1, keepdims=True)
    d, m = ((high - low) / 15).astype("<f2"), low.astype("<f2")
    q = np.round((blocks - m) / np.maximum(d.astype(np.float32), 1e-9)).clip(0, 15)
    q = q.astype(np.uint8)
    return np.concatenate([d.view(np.uint8), m.view(np.uint8), q[:, :16] | q[:, 16:] << 4],
                          1).tobytes()


def write(path, metadata, tensors):
    """tensors: name -> (float32 array, type)."""
    head = MAGIC + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        kind, raw = _value(value)
        head += _string(key) + struct.pack("<I", kind) + raw
    data = b""
    for name, (array, kind) in tensors.items():
        head += _string(name) + struct.pack(f"<I{array.ndim}Q", array.ndim, *array.shape[::-1])
        head += struct.pack("<IQ", kind, len(data))
        raw = encode(array, kind)
        data += raw + bytes(-len(raw) % DEFAULT_ALIGNMENT)
    with open(path, "wb") as file:
        file.write(head + bytes(-len(head) % DEFAULT_ALIGNMENT) + data)
