#!/usr/bin/env python3
"""Writes the inputs of docs/decisions/028 to a folder: edited_copies.py FOLDER"""

import base64
import os
import random
import sys

RANDOM = random.Random(5)


def wrap(text, width, line_end="\n"):
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    return line_end.join(lines) + line_end


def mutate(bases, rate, indels):
    """Changes bases at `rate`; of these, the part `indels` is inserted or dropped instead."""
    made = []
    for base in bases:
        if RANDOM.random() >= rate:
            made.append(base)
        elif RANDOM.random() >= indels:
            made.append(RANDOM.choice("ACGT".replace(base, "")))
        elif RANDOM.random() < 0.5:
            made.append(base + RANDOM.choice("ACGT"))
    return "".join(made)


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    bases = "".join(RANDOM.choice("ACGT") for _ in range(20000))
    write(folder, "fasta", "".join(f">{n}\n{wrap(bases, n)}" for n in (60, 70, 80)))
    noise = RANDOM.randbytes(15000)
    digits = base64.b64encode(noise).decode()
    write(folder, "base64", wrap(digits, 76) + "\n" + wrap(digits, 64))
    write(folder, "base64_crlf", wrap(digits, 76) + "\n" + wrap(digits, 64, "\r\n"))
    digits = noise[:10000].hex()
    write(folder, "hex", wrap(digits, 64) + "\n" + wrap(digits, 60))
    for name, rate, indels in (
        ("dna_changed_2", 0.02, 0),
        ("dna_mutated_2", 0.02, 0.2),
        ("dna_mutated_8", 0.08, 0.2),
    ):
        copies = [mutate(bases, rate, indels) for _ in range(2)]
        write(folder, name, bases + "".join(copies))
    changed = bytearray(noise)
    for i in range(0, len(changed), 50):
        changed[i] = RANDOM.randrange(256)
    write(folder, "bytes_changed", noise + bytes(changed))


main()
