#!/usr/bin/env python3
"""Write the tables of the charset filter from Python's codecs, or compare them (--check).

In src/codec/filter/charset, single_byte.inc: what the 256 bytes of each single-byte encoding stand
for; double_byte.inc: the characters of cp932 and those of GB 18030 in two bytes, one line for each
row, and the ranges of those in four. The tables are normative (charset/spec.md), so they never
change: Python's codecs only show that they are right.
"""

import argparse
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent.parent / "src/codec/filter/charset"
EMPTY = "\N{REPLACEMENT CHARACTER}"

# The number that the formula of gb18030_ranges gives for the first code of four bytes.
FIRST_FOUR = ((0x81 * 10 + 0x30) * 126 + 0x81) * 10 + 0x30

# IBM1047 is not among Python's codecs: it is cp037 but for these.
IBM1047 = {0x5F: "^", 0xB0: "\u00ac", 0xAD: "[", 0xBD: "]", 0xBA: "\u00dd", 0xBB: "\u00a8"}
# z/OS ends lines with 15, which the codecs call next line, and other systems read it as line feed.
NEWLINE = {0x15: "\n", 0x25: "\x85"}

# Name, Python's codec, what differs. The order is that of the numbers, so it never changes.
SINGLE_BYTE = [
    ("windows-1252", "cp1252", {}),
    ("windows-1251", "cp1251", {}),
    ("koi8-r", "koi8_r", {}),
    ("cp437", "cp437", {}),
    ("cp850", "cp850", {}),
    ("cp866", "cp866", {}),
    ("macintosh", "mac_roman", {}),
    ("windows-1250", "cp1250", {}),
    ("iso-8859-2", "iso8859_2", {}),
    ("windows-1253", "cp1253", {}),
    ("ibm037", "cp037", {}),
    ("ibm037-nl", "cp037", NEWLINE),
    ("ibm1047", "cp037", IBM1047),
    ("ibm1047-nl", "cp037", IBM1047 | NEWLINE),
]


def single_byte_table(codec, differences):
    """The 256 code points; a byte without a character stands for the control of its number."""
    table = []
    for byte in range(256):
        try:
            table.append(ord(differences.get(byte) or bytes([byte]).decode(codec)))
        except UnicodeDecodeError:
            table.append(byte)
    assert len(set(table)) == 256
    return table


def single_byte_text():
    lines = ["// By scripts/make_charset_tables.py. What the bytes 0 to 255 stand for.", ""]
    for name, codec, differences in SINGLE_BYTE:
        lines.append("{.name = \"%s\"," % name)
        table = single_byte_table(codec, differences)
        rows = [", ".join("0x%04X" % c for c in table[i : i + 12]) for i in range(0, 256, 12)]
        lines.append(" .code_points = {" + (",\n                 ".join(rows)) + "}},")
    return "\n".join(lines) + "\n"


def cell(pair, codec):
    """The character of two bytes if they are its only way of writing, else EMPTY."""
    try:
        character = pair.decode(codec)
    except UnicodeDecodeError:
        return EMPTY
    if len(character) != 1 or 0xD800 <= ord(character) <= 0xF8FF or ord(character) > 0xFFFF:
        return EMPTY
    return character if character.encode(codec) == pair else EMPTY


def cp932_rows():
    rows = []
    for lead in [*range(0x81, 0xA0), *range(0xE0, 0xFD)]:
        trails = [*range(0x40, 0x7F), *range(0x80, 0xFD)]
        cells = [cell(bytes([lead, trail]), "cp932") for trail in trails]
        rows += ["".join(cells[:94]), "".join(cells[94:])]
    return rows


def gb2312_rows():
    rows = []
    for lead in range(0xA1, 0xF8):
        rows.append("".join(cell(bytes([lead, trail]), "gb18030") for trail in range(0xA1, 0xFF)))
    return rows


def gb18030_side_rows(gb2312):
    """What GB 18030 has in two bytes beside GB 2312 and the ideographs of check_gbk."""
    known = set("".join(gb2312)) | {chr(c) for c in range(0x4E00, 0x9FA6)}
    rows = []
    for lead in (0xA8, 0xA9, 0xFD, 0xFE):
        trails = [*range(0x40, 0x7F), *range(0x80, 0xA1)]
        cells = [cell(bytes([lead, trail]), "gb18030") for trail in trails]
        rows.append("".join(EMPTY if character in known else character for character in cells))
    return rows


def gb18030_ranges():
    """Where numbers of four bytes and code points stop to grow alike, up to FFFF."""
    ranges = []
    number = 0
    for code_point in [*range(0x80, 0xD800), *range(0xE000, 0x10000)]:
        code = chr(code_point).encode("gb18030")
        if len(code) != 4:
            continue
        one, two, three, four = code
        assert number == ((one * 10 + two) * 126 + three) * 10 + four - FIRST_FOUR, code
        if not ranges or code_point - ranges[-1][1] != number - ranges[-1][0]:
            ranges.append((number, code_point))
        number += 1
    return ranges


def check_gbk(rows):
    """The rule by which the filter makes the ideographs of GBK/3 and GBK/4."""
    known = set("".join(rows))
    others = iter(chr(c) for c in range(0x4E00, 0x9FA6) if chr(c) not in known)
    for lead in range(0x81, 0xFE + 1):
        if 0xA1 <= lead <= 0xA9:
            continue
        last = 0xFE if lead < 0xA1 else 0xA0
        for trail in range(0x40, last + 1):
            if trail == 0x7F:
                continue
            character = next(others, None)
            if character is None:
                return
            if bytes([lead, trail]).decode("gbk") != character:
                sys.exit("GBK: %02X%02X is not %s" % (lead, trail, character))


def double_byte_text():
    gb2312 = gb2312_rows()
    check_gbk(gb2312)
    sides = gb18030_side_rows(gb2312)
    lines = ["// By scripts/make_charset_tables.py. U+FFFD is an empty cell.", ""]
    for name, rows in (
        ("kCp932Rows", cp932_rows()),
        ("kGb2312Rows", gb2312),
        ("kGb18030SideRows", sides),
    ):
        size = len(rows)
        lines.append("inline constexpr std::array<std::u16string_view, %d> %s = {" % (size, name))
        for row in rows:
            text = "" if set(row) == {EMPTY} else row.replace("\\", "\\\\").replace('"', '\\"')
            lines.append('    u"%s",' % text)
        lines.append("};")
    ranges = gb18030_ranges()
    lines.append("struct Gb18030Range {\n  uint16_t number;\n  uint16_t code_point;\n};")
    size = len(ranges)
    lines.append("inline constexpr std::array<Gb18030Range, %d> kGb18030Ranges = {{" % size)
    cells = ["{%d, 0x%04X}" % pair for pair in ranges]
    lines += ["    " + ", ".join(cells[i : i + 5]) + "," for i in range(0, size, 5)]
    lines.append("}};")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    texts = {"single_byte.inc": single_byte_text(), "double_byte.inc": double_byte_text()}
    for name, text in texts.items():
        path = FOLDER / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            sys.exit("%s differs from what Python's codecs say" % path)


if __name__ == "__main__":
    main()
