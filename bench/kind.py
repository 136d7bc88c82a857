"""The list of generated kinds of data, and what their generators share.

A kind is a function of a random.Random and a size in bytes; it returns about so many.
"""

import itertools
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOVEL = (ROOT / "samples" / "opticks.txt").read_bytes()
WORDS = sorted({word.strip(".,;:()'\"").lower() for word in NOVEL.decode("utf-8", "ignore").split()
                if word.isascii() and word.isalpha()})
NAMES = "alice bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy".split()
KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


def lines(make, size, head=""):
    """Text of make(i) for ascending i, about `size` characters long."""
    parts, length = [head], len(head)
    for i in itertools.count():
        if length >= size:
            return "".join(parts).encode("utf-8")[:size]
        parts.append(make(i))
        length += len(parts[-1])


def novel(size, at=0):
    return NOVEL[at:at + size]


def replaced(rng, text, one_in, values):
    out = bytearray(text)
    for i in range(len(out)):
        if rng.randrange(one_in) == 0:
            out[i] = rng.choice(values)
    return bytes(out)


def letters(rng, size, alphabet, weights=None):
    return "".join(rng.choices(alphabet, weights, k=size))


def words(rng, count):
    return " ".join(rng.choices(WORDS, k=count))
