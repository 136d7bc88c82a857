"""The list of generated kinds of binary data, and what their generators share.

A kind is a function of a random.Random; it returns its bytes.
"""

import array
import sys

MADE = {}


def made(function):
    MADE[function.__name__] = function
    return function


def little(typecode, numbers):
    values = array.array(typecode, numbers)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def big(typecode, numbers):
    values = array.array(typecode, numbers)
    if sys.byteorder == "little":
        values.byteswap()
    return values.tobytes()


def packed(bits, is_low_first=False):
    """Bits as bytes, the first one highest, or lowest."""
    bits = list(bits)
    bits += [0] * (-len(bits) % 8)
    order = range(8) if is_low_first else range(7, -1, -1)
    return bytes(sum(bits[i + k] << shift for k, shift in enumerate(order))
                 for i in range(0, len(bits), 8))
