"""Kinds of records, logs, tables and code; see kinds.py."""

import binascii
import json
import math

from kind import NAMES, WORDS, kind, letters, lines, novel, words


# Records.
@kind
def json_lines(rng, size):
    return lines(lambda i: json.dumps({"id": i, "user": rng.choice(NAMES), "score": rng.random(),
                                       "ok": rng.random() < .5}) + "\n", size)


@kind
def json_words(rng, size):
    return lines(
        lambda i: json.dumps({"title": words(rng, 4), "body": words(rng, 20)}) + "\n", size)


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
    return lines(
        lambda i: f"{rng.choice(NAMES):<12}{rng.randint(0, 9999):>8}{rng.random():>10.4f}\n",
                 size)


@kind
def sql_insert(rng, size):
    return lines(
        lambda i: f"INSERT INTO users VALUES ({i}, '{rng.choice(NAMES)}', '{rng.choice(WORDS)}"
                           f"@mail.example', {rng.randint(18, 90)}, NULL);\n", size)


@kind
def sql_tuples(rng, size):
    return lines(lambda i: f"({i},'{words(rng, 3)}',{rng.randint(0, 9)}),", size,
                 "INSERT INTO t VALUES ")


@kind
def xml_records(rng, size):
    return lines(
        lambda i: f"<row id=\"{i}\"><name>{rng.choice(NAMES)}</name><w>{rng.choice(WORDS)}</w>"
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
    return lines(
        lambda i: f"## {words(rng, 3)}\n\n* {words(rng, 8)}\n* `{rng.choice(WORDS)}`\n\n", size)


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
    return lines(
        lambda i: " ".join(f"{rng.randrange(10 ** 5):05d}" for _ in range(10)) + "\n", size)


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
    return lines(
        lambda i: f"G1 X{rng.uniform(0, 200):.3f} Y{rng.uniform(0, 200):.3f} E{i * .031:.4f}\n",
                 size)


@kind
def obj_mesh(rng, size):
    return lines(
        lambda i: f"v {rng.gauss(0, 1):.6f} {rng.gauss(0, 1):.6f} {rng.gauss(0, 1):.6f}\n", size)


@kind
def pdb_atoms(rng, size):
    return lines(lambda i: f"ATOM  {i:5d}  CA  {rng.choice(['ALA', 'GLY', 'LEU'])} A{i:4d}    "
                           f"{rng.uniform(-99, 99):8.3f}{rng.uniform(-99, 99):8.3f}  1.00\n", size)


@kind
def intel_hex(rng, size):
    return lines(
        lambda i: f":10{i * 16 & 65535:04X}00" + letters(rng, 34, "0123456789ABCDEF") + "\n",
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
    return lines(
        lambda i: f"static int {rng.choice(WORDS)}_{i}(int {rng.choice(WORDS)}) {{\n  return "
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
    return lines(
        lambda i: f"{i + 1}\n00:{i // 20:02d}:{i * 3 % 60:02d},{rng.randint(0, 999):03d} --> 00:"
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
