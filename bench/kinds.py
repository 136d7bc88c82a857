#!/usr/bin/env python3
"""usage: bench/kinds.py --lmz LMZ [--levels 0,1,2,3] [--size 20000] [--only WORD] [--csv FILE]

Codes more than a hundred kinds of generated data at every level and prints a table of sizes. Exit
status 1 when a level makes a file more than 0.1 % and 16 bytes larger than the level below it does,
or, of the kinds built to fool samples, more than 2 % and 16 bytes larger. The data depend on nothing
but this file, samples/ and --size.
"""

import argparse
import base64
import binascii
import concurrent.futures
import csv
import itertools
import json
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import zlib

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


# Text, and text that something happened to.
def novel_kinds():
    def add(name, make):
        KINDS[name] = make

    for one_in in (200, 60, 30, 15, 8, 4):
        add(f"noise_1_in_{one_in}",
            lambda rng, size, n=one_in: replaced(rng, novel(size), n, range(256)))
    for one_in in (100, 30, 10):
        add(f"bad_utf8_1_in_{one_in}",
            lambda rng, size, n=one_in: replaced(rng, novel(size), n, range(128, 256)))
        add(f"typos_1_in_{one_in}",
            lambda rng, size, n=one_in: replaced(rng, novel(size), n, b"abcdefghijklmnopqrstuvwxyz"))
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "cp037", "cp500", "rot13"):
        add(f"novel_{encoding}", lambda rng, size, e=encoding: __import__("codecs").encode(
            novel(size).decode("ascii", "ignore"), e)[:size] if e != "rot13" else
            __import__("codecs").encode(novel(size).decode("ascii", "ignore"), e).encode())
    add("novel", lambda rng, size: novel(size))
    add("novel_later", lambda rng, size: novel(size, 100_000))
    add("novel_upper", lambda rng, size: novel(size).upper())
    add("novel_reversed", lambda rng, size: novel(size)[::-1])
    add("novel_no_spaces", lambda rng, size: novel(2 * size).replace(b" ", b"")[:size])
    add("novel_swapped_case", lambda rng, size: novel(size).swapcase())
    add("novel_xor", lambda rng, size: bytes(c ^ 0x55 for c in novel(size)))
    add("novel_crlf", lambda rng, size: novel(size).replace(b"\n", b"\r\n")[:size])
    add("novel_base64", lambda rng, size: base64.encodebytes(novel(size))[:size])
    add("novel_hex", lambda rng, size: binascii.hexlify(novel(size))[:size])
    add("novel_octal", lambda rng, size: " ".join(f"{c:03o}" for c in novel(size)).encode()[:size])
    add("novel_quoted", lambda rng, size: binascii.b2a_qp(novel(size))[:size])
    add("novel_hexdump", lambda rng, size: "\n".join(
        f"{i:08x}  " + " ".join(f"{c:02x}" for c in novel(16, i)) for i in range(0, size, 16)
    ).encode()[:size])
    add("novel_urlencoded", lambda rng, size: "".join(
        chr(c) if chr(c).isalnum() else f"%{c:02X}" for c in novel(size)).encode()[:size])


@kind
def novel_letters_shuffled(rng, size):
    return b"".join(bytes(rng.sample(list(novel(64, i)), len(novel(64, i))))
                    for i in range(0, size, 64))[:size]


@kind
def novel_words_shuffled(rng, size):
    found = novel(size).split()
    rng.shuffle(found)
    return b" ".join(found)


@kind
def novel_lines_sorted(rng, size):
    return b"\n".join(sorted(novel(size).split(b"\n")))


@kind
def words_sorted(rng, size):
    return "\n".join(WORDS).encode()[:size]


@kind
def words_random(rng, size):
    return words(rng, size // 4).encode()[:size]


@kind
def words_random_lines(rng, size):
    return words(rng, size // 4).replace(" ", "\n").encode()[:size]


@kind
def names_sorted(rng, size):
    return "\n".join(sorted(rng.choice(WORDS) + "." + rng.choice(WORDS) + "@mail.example"
                            for _ in range(size // 20))).encode()[:size]


@kind
def passwords(rng, size):
    return lines(lambda i: letters(rng, rng.randint(6, 14),
                                   "abcdefghijkmnopqrstuvwxyz23456789ABCDEFGH!#") + "\n", size)


@kind
def syllables(rng, size):
    parts = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    return lines(lambda i: "".join(rng.choices(parts, k=rng.randint(1, 4))) + " ", size)


def letter_kinds():
    for name, alphabet in {
            "dna": "ACGT", "dna_lower": "acgt", "protein": "ACDEFGHIKLMNPQRSTVWY", "digits":
            "0123456789", "bits_text": "01", "hex_random": "0123456789abcdef", "letters_random":
            "abcdefghijklmnopqrstuvwxyz", "base64_random":
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "printable_random":
            "".join(map(chr, range(32, 127))), "brackets": "()[]{}<>", "blanks": " \t\n",
            "cyrillic_random": "абвгдежзийклмнопрстуфхцчшщъыьэюя ",
            "chinese_random": "".join(map(chr, range(0x4E00, 0x5200))),
            "emoji_random": "".join(map(chr, range(0x1F600, 0x1F640)))}.items():
        KINDS[name] = lambda rng, size, a=alphabet: letters(rng, size, a).encode()[:size]
        KINDS[name + "_wrapped"] = lambda rng, size, a=alphabet: lines(
            lambda i: letters(rng, 60, a) + "\n", size)


@kind
def skewed_letters(rng, size):
    return letters(rng, size, "etaoinshrdlu ", range(13, 0, -1)).encode()


@kind
def markov_letters(rng, size):
    text, out = novel(60_000).decode("ascii", "ignore"), []
    after = {}
    for a, b in zip(text, text[1:]):
        after.setdefault(a, []).append(b)
    letter = "t"
    for _ in range(size):
        letter = rng.choice(after.get(letter, " "))
        out.append(letter)
    return "".join(out).encode()


@kind
def markov_words(rng, size):
    found = novel(120_000).decode("ascii", "ignore").split()
    after = {}
    for a, b in zip(found, found[1:]):
        after.setdefault(a, []).append(b)
    word = found[0]

    def more(i):
        nonlocal word
        word = rng.choice(after.get(word, found))
        return word + " "
    return lines(more, size)


@kind
def fasta(rng, size):
    def entry(i):
        body = letters(rng, rng.randint(200, 900), "ACGT")
        return f">seq{i} len={len(body)}\n" + "".join(body[k:k + 70] + "\n"
                                                       for k in range(0, len(body), 70))
    return lines(entry, size)


def fastq_of(rng, size, quality):
    return lines(lambda i: f"@SRR{1000 + i // 100}.{i} {rng.randint(1, 30000)}:{rng.randint(1, 9)}/1\n"
                           f"{letters(rng, 100, 'ACGT')}\n+\n{quality()}\n", size)


@kind
def fastq(rng, size):
    return fastq_of(rng, size, lambda: letters(rng, 100, "".join(map(chr, range(33, 74)))))


@kind
def fastq_binned(rng, size):
    return fastq_of(rng, size, lambda: letters(rng, 100, "F:,#", [80, 10, 7, 3]))


@kind
def dna_mutated(rng, size):
    start = [rng.choice("ACGT") for _ in range(size // 8)]
    out = []
    for _ in range(8):
        out += [rng.choice("ACGT") if rng.randrange(50) == 0 else c for c in start]
    return "".join(out).encode()


@kind
def dna_gene_table(rng, size):
    return lines(lambda i: f"chr{1 + i // 99}\t{i * 317 + rng.randrange(300)}\t.\t"
                           f"{rng.choice('ACGT')}\t{rng.choice('ACGT')}\t{rng.randint(10, 99)}\tPASS\n",
                 size)


# Records.
@kind
def json_lines(rng, size):
    return lines(lambda i: json.dumps({"id": i, "user": rng.choice(NAMES), "score": rng.random(),
                                       "ok": rng.random() < .5}) + "\n", size)


@kind
def json_words(rng, size):
    return lines(lambda i: json.dumps({"title": words(rng, 4), "body": words(rng, 20)}) + "\n", size)


@kind
def json_nested(rng, size):
    return json.dumps([{"p": [rng.randint(0, 99) for _ in range(6)], "q": {"r": rng.choice(NAMES)}}
                       for _ in range(size // 40)], indent=2).encode()[:size]


@kind
def json_minified_ids(rng, size):
    return lines(lambda i: '{"k":"%016x","v":%d},' % (rng.getrandbits(64), i), size)


@kind
def geojson(rng, size):
    return lines(lambda i: "[%.6f,%.6f]," % (rng.uniform(-180, 180), rng.uniform(-90, 90)), size,
                 '{"type":"LineString","coordinates":[')


@kind
def csv_numbers(rng, size):
    return lines(lambda i: ",".join(str(rng.randint(0, 99999)) for _ in range(6)) + "\n", size)


@kind
def csv_floats(rng, size):
    return lines(lambda i: ",".join("%.4f" % rng.gauss(0, 1) for _ in range(5)) + "\n", size)


@kind
def csv_mixed(rng, size):
    return lines(lambda i: f"{i},{rng.choice(NAMES)},{rng.choice(WORDS)},{rng.randint(1, 99)}.50\n",
                 size, "id,name,word,price\n")


@kind
def csv_walk(rng, size):
    value = [50.0]

    def row(i):
        value[0] += rng.gauss(0, .2)
        return f"2026-01-{1 + i // 1440 % 28:02d} {i // 60 % 24:02d}:{i % 60:02d},{value[0]:.2f}\n"
    return lines(row, size)


@kind
def tsv_words(rng, size):
    return lines(lambda i: "\t".join(rng.choices(WORDS, k=4)) + "\n", size)


@kind
def fixed_columns(rng, size):
    return lines(lambda i: f"{rng.choice(NAMES):<12}{rng.randint(0, 9999):>8}{rng.random():>10.4f}\n",
                 size)


@kind
def sql_insert(rng, size):
    return lines(lambda i: f"INSERT INTO users VALUES ({i}, '{rng.choice(NAMES)}', '{rng.choice(WORDS)}"
                           f"@mail.example', {rng.randint(18, 90)}, NULL);\n", size)


@kind
def sql_tuples(rng, size):
    return lines(lambda i: f"({i},'{words(rng, 3)}',{rng.randint(0, 9)}),", size,
                 "INSERT INTO t VALUES ")


@kind
def xml_records(rng, size):
    return lines(lambda i: f"<row id=\"{i}\"><name>{rng.choice(NAMES)}</name><w>{rng.choice(WORDS)}</w>"
                           "</row>\n", size, "<?xml version=\"1.0\"?>\n<rows>\n")


@kind
def xml_prose(rng, size):
    return lines(lambda i: f"<p>{novel(200, 200 * i).decode('ascii', 'ignore')}</p>\n", size)


@kind
def html_table(rng, size):
    return lines(lambda i: f"  <tr><td>{i}</td><td class=\"n\">{rng.randint(0, 999)}</td></tr>\n",
                 size, "<!doctype html>\n<table>\n")


@kind
def html_words(rng, size):
    return lines(lambda i: f"<h2>{words(rng, 3)}</h2>\n<p>{words(rng, 30)}.</p>\n", size)


@kind
def svg_path(rng, size):
    return lines(lambda i: f"C{rng.uniform(0, 99):.2f},{rng.uniform(0, 99):.2f} ", size,
                 "<svg><path d=\"M0,0 ")


@kind
def log_access(rng, size):
    return lines(lambda i: f"10.0.{rng.randrange(9)}.{rng.randrange(256)} - - [29/Nov/2026:20:"
                           f"{i // 60 % 60:02d}:{i % 60:02d} +0000] \"GET /{rng.choice(WORDS)}.html "
                           f"HTTP/1.1\" {rng.choice([200, 200, 304, 404])} {rng.randint(99, 99999)}\n",
                 size)


@kind
def log_syslog(rng, size):
    return lines(lambda i: f"Nov 29 20:{i // 60 % 60:02d}:{i % 60:02d} host{rng.randrange(3)} "
                           f"{rng.choice(['sshd', 'cron', 'kernel'])}[{rng.randint(100, 9999)}]: "
                           f"{words(rng, 5)}\n", size)


@kind
def log_ids(rng, size):
    return lines(lambda i: f"{1764444000 + i} {rng.getrandbits(128):032x} "
                           f"{rng.choice(['INFO', 'WARN'])} done\n", size)


@kind
def log_few_templates(rng, size):
    forms = ["open %d", "closed %d by peer", "retry in %d ms", "cache hit ratio %d"]
    return lines(lambda i: f"[{i:06d}] worker: {rng.choice(forms) % rng.randint(0, 999)}\n", size)


@kind
def log_same_line(rng, size):
    return lines(lambda i: f"{i:08d} connection established\n", size)


@kind
def log_stack(rng, size):
    return lines(lambda i: f"  at com.example.{rng.choice(WORDS)}.{rng.choice(WORDS)}"
                           f"({rng.choice(WORDS)}.java:{rng.randint(1, 999)})\n", size)


@kind
def ini(rng, size):
    return lines(lambda i: f"[{rng.choice(WORDS)}]\nenabled = {rng.randint(0, 1)}\npath = "
                           f"/usr/lib/{rng.choice(WORDS)}\n\n", size)


@kind
def yaml(rng, size):
    return lines(lambda i: f"- name: {rng.choice(NAMES)}\n  tags: [{rng.choice(WORDS)}, "
                           f"{rng.choice(WORDS)}]\n  port: {rng.randint(1024, 65535)}\n", size)


@kind
def markdown(rng, size):
    return lines(lambda i: f"## {words(rng, 3)}\n\n* {words(rng, 8)}\n* `{rng.choice(WORDS)}`\n\n", size)


@kind
def paths(rng, size):
    return lines(lambda i: "/" + "/".join(rng.choices(WORDS[:400], k=4)) + ".txt\n", size)


@kind
def paths_sorted(rng, size):
    return "\n".join(sorted("/" + "/".join(rng.choices(WORDS[:60], k=4))
                            for _ in range(size // 20))).encode()[:size]


@kind
def urls(rng, size):
    return lines(lambda i: f"https://{rng.choice(WORDS)}.example/{rng.choice(WORDS)}?q="
                           f"{rng.randint(0, 10 ** 9)}\n", size)


@kind
def checksums(rng, size):
    return lines(lambda i: f"{rng.getrandbits(256):064x}  {rng.choice(WORDS)}.o\n", size)


@kind
def uuids(rng, size):
    return lines(lambda i: "%08x-%04x-4%03x-%04x-%012x\n" % tuple(
        rng.getrandbits(n) for n in (32, 16, 12, 16, 48)), size)


@kind
def ip_addresses(rng, size):
    return lines(lambda i: ".".join(str(rng.randrange(256)) for _ in range(4)) + "\n", size)


@kind
def numbers_sorted(rng, size):
    return "\n".join(map(str, sorted(rng.randint(0, 10 ** 7) for _ in range(size // 8)))).encode()


@kind
def numbers_counting(rng, size):
    return lines(lambda i: f"{i}\n", size)


@kind
def primes(rng, size):
    found = [n for n in range(2, 40_000) if all(n % d for d in range(2, math.isqrt(n) + 1))]
    return " ".join(map(str, found)).encode()[:size]


@kind
def roman_numbers(rng, size):
    def roman(n):
        out = ""
        for value, text in zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                               "M CM D CD C XC L XL X IX V IV I".split()):
            out += text * (n // value)
            n %= value
        return out
    return lines(lambda i: roman(i + 1) + "\n", size)


@kind
def pi_like_digits(rng, size):
    return lines(lambda i: " ".join(f"{rng.randrange(10 ** 5):05d}" for _ in range(10)) + "\n", size)


@kind
def chess_moves(rng, size):
    return lines(lambda i: f"{i % 60 + 1}. {rng.choice('NBRQK')}{rng.choice('abcdefgh')}"
                           f"{rng.randint(1, 8)} {rng.choice('abcdefgh')}{rng.randint(1, 8)} ", size)


@kind
def music_abc(rng, size):
    return lines(lambda i: "".join(rng.choices(["A", "B", "c", "d", "e2", "f/", "g"], k=8)) + "|"
                 + ("\n" if i % 4 == 3 else ""), size, "X:1\nK:D\n")


@kind
def gcode(rng, size):
    return lines(lambda i: f"G1 X{rng.uniform(0, 200):.3f} Y{rng.uniform(0, 200):.3f} E{i * .031:.4f}\n",
                 size)


@kind
def obj_mesh(rng, size):
    return lines(lambda i: f"v {rng.gauss(0, 1):.6f} {rng.gauss(0, 1):.6f} {rng.gauss(0, 1):.6f}\n", size)


@kind
def pdb_atoms(rng, size):
    return lines(lambda i: f"ATOM  {i:5d}  CA  {rng.choice(['ALA', 'GLY', 'LEU'])} A{i:4d}    "
                           f"{rng.uniform(-99, 99):8.3f}{rng.uniform(-99, 99):8.3f}  1.00\n", size)


@kind
def intel_hex(rng, size):
    return lines(lambda i: f":10{i * 16 & 65535:04X}00" + letters(rng, 34, "0123456789ABCDEF") + "\n",
                 size)


@kind
def assembly(rng, size):
    ops = ["mov", "add", "sub", "cmp", "lea"]
    regs = ["rax", "rbx", "rcx", "rdx", "rsi"]
    return lines(lambda i: f"    {rng.choice(ops)} {rng.choice(regs)}, {rng.choice(regs)}\n"
                 + (f".L{i}:\n" if i % 9 == 0 else ""), size)


@kind
def c_table(rng, size):
    return lines(lambda i: " ".join(f"0x{rng.getrandbits(8):02x}," for _ in range(12)) + "\n", size,
                 "static const unsigned char table[] = {\n")


@kind
def c_code(rng, size):
    return lines(lambda i: f"static int {rng.choice(WORDS)}_{i}(int {rng.choice(WORDS)}) {{\n  return "
                           f"{rng.randint(0, 99)};\n}}\n\n", size)


@kind
def regex_like(rng, size):
    return lines(lambda i: letters(rng, 20, "abc.*+?[](){}|\\^$") + "\n", size)


@kind
def vt100(rng, size):
    return lines(lambda i: f"\x1b[{rng.randint(30, 37)}m{rng.choice(WORDS)}\x1b[0m ", size)


@kind
def diff(rng, size):
    return lines(lambda i: f"@@ -{i * 9},3 +{i * 9},3 @@\n {words(rng, 4)}\n-{words(rng, 4)}\n+"
                           f"{words(rng, 4)}\n", size)


@kind
def mail(rng, size):
    return lines(lambda i: f"From: {rng.choice(NAMES)}@mail.example\nSubject: {words(rng, 3)}\n\n"
                           f"{words(rng, 25)}\n\n", size)


@kind
def subtitles(rng, size):
    return lines(lambda i: f"{i + 1}\n00:{i // 20:02d}:{i * 3 % 60:02d},{rng.randint(0, 999):03d} --> 00:"
                           f"{i // 20:02d}:{(i * 3 + 2) % 60:02d},000\n{words(rng, 6)}\n\n", size)


@kind
def uuencoded(rng, size):
    return b"".join(binascii.b2a_uu(rng.randbytes(45)) for _ in range(size // 62 + 1))[:size]


@kind
def ascii_art(rng, size):
    return lines(lambda i: letters(rng, 72, " .:-=+*#%@", range(20, 0, -2)) + "\n", size)


@kind
def one_letter(rng, size):
    return b"a" * size


@kind
def period_7(rng, size):
    return (b"abcdefg" * size)[:size]


@kind
def period_1000(rng, size):
    return (novel(1000) * (size // 1000 + 1))[:size]


@kind
def fibonacci_word(rng, size):
    a, b = "a", "ab"
    while len(b) < size:
        a, b = b, b + a
    return b[:size].encode()


@kind
def thue_morse(rng, size):
    return bytes(97 + (i.bit_count() & 1) for i in range(size))


# Bytes that are no text.
@kind
def random_bytes(rng, size):
    return rng.randbytes(size)


@kind
def deflated(rng, size):
    return zlib.compress(novel(5 * size), 9)[:size]


@kind
def floats(rng, size):
    return struct.pack(f"<{size // 4}f", *(rng.gauss(0, 1) for _ in range(size // 4)))


@kind
def records_binary(rng, size):
    return b"".join(struct.pack("<IHHd", i, rng.randrange(99), 7, rng.random())
                    for i in range(size // 16))


@kind
def sine_16(rng, size):
    return struct.pack(f"<{size // 2}h", *(int(9000 * math.sin(i / 9) + rng.gauss(0, 50))
                                           for i in range(size // 2)))


@kind
def skewed_bytes(rng, size):
    return bytes(min(255, int(rng.expovariate(1 / 12))) for _ in range(size))


@kind
def sparse(rng, size):
    return bytes(rng.randrange(256) if rng.randrange(40) == 0 else 0 for _ in range(size))


# Built to fool samples: what is in the middle, at the ends or in every other piece is not what is
# elsewhere. Of these a level may be 2 % larger.
def fooling_kinds():
    def dna(rng, size):
        return letters(rng, size, "ACGT").encode()

    def add(name, share):
        def make(rng, size):
            pieces = []
            for i in range(16):
                pieces.append(novel(size // 16, 3000 * i) if share(i) else dna(rng, size // 16))
            return b"".join(pieces)
        KINDS["fool_" + name] = make

    add("text_in_the_middle", lambda i: 7 <= i <= 8)
    add("text_at_the_ends", lambda i: i in (0, 15))
    add("text_at_the_beginning", lambda i: i < 3)
    add("text_in_second_half", lambda i: i >= 8)
    add("every_other_piece", lambda i: i % 2)
    add("every_fourth_piece", lambda i: i % 4 == 0)
    add("dna_in_the_middle", lambda i: not 6 <= i <= 9)


novel_kinds()
letter_kinds()
fooling_kinds()


def code(lmz, level, path):
    done = subprocess.run([lmz, f"-{level}", "-T1", "-c", path], stdout=subprocess.PIPE, check=True)
    return len(done.stdout)


def is_broken(name, size, below):
    share = 50 if name.startswith("fool_") else 1000
    return size > below + below // share + 16


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lmz", required=True)
    parser.add_argument("--levels", default="0,1,2,3")
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--csv")
    arguments = parser.parse_args()
    levels = [int(level) for level in arguments.levels.split(",")]
    names = [name for name in KINDS if arguments.only in name]
    broken = 0
    rows = []
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for name in names:
            path = pathlib.Path(folder, name)
            path.write_bytes(KINDS[name](random.Random(name), arguments.size))
        print(f"{'kind':26}{'raw':>8}" + "".join(f"{f'level {n}':>10}" for n in levels))
        sizes = {name: [pool.submit(code, arguments.lmz, level, pathlib.Path(folder, name))
                        for level in levels] for name in names}
        for name in names:
            row = [size.result() for size in sizes[name]]
            bad = [size for below, size in zip(row, row[1:]) if is_broken(name, size, below)]
            broken += bool(bad)
            raw = pathlib.Path(folder, name).stat().st_size
            print(f"{name:26}{raw:8}" + "".join(f"{size:10}" for size in row)
                  + ("  larger than the level below" if bad else ""), flush=True)
            rows.append([name, raw, *row])
    if arguments.csv:
        with open(arguments.csv, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([["kind", "raw", *levels], *rows])
    print(f"{len(names)} kinds, {broken} larger at a level than at the one below")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
