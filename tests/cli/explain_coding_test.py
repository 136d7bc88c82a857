"""lmz explain --coding: arithmetic coding with exact fractions, as text and as a drawing."""

import math
import pathlib
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree
from fractions import Fraction

import cli_case
from cli_case import FAILED, USAGE

# Of the worked example in docs/idea.md.
AIXI = ("A=0.45, I=0.3, X=0.25; A: A=0.2, I=0.6, X=0.2; AI: A=0.3, I=0.35, X=0.35;"
        "AIX: A=0.6, I=0.2, X=0.2")


def fields(text):
    """The numbers behind "interval" and the bits behind "code"."""
    low, high = re.search(r"^interval +(\S+) to (\S+)$", text, re.M).groups()
    code = re.search(r"^code +([01]+|none),", text, re.M).group(1).replace("none", "")
    return Fraction(low), Fraction(high), code


def decode(code, count, shares_behind):
    """The text of so many symbols, by the definition: in whose part of the interval is the code?"""
    value = Fraction(int("0" + code, 2), 2 ** len(code))
    low, width, text = Fraction(0), Fraction(1), ""
    for _ in range(count):
        for symbol, share in shares_behind(text):
            if value < low + width * share:
                width *= share
                text += symbol
                break
            low += width * share
        else:
            raise AssertionError("the code lies in no part")
    return text


class ExplainCoding(cli_case.CliCase):
    level = []

    def explain(self, text, *options):
        return self.lmz("explain", "--coding", text, *options).decode()

    def test_aixi_gives_the_code_of_the_paper(self):
        text = self.explain("AIXI", "--probabilities", AIXI)
        low, high, code = fields(text)
        self.assertEqual((low, high), (Fraction("0.3222"), Fraction("0.3411")))
        self.assertEqual(code, "0101010")
        rows = re.findall(r"^([AIX]) +(\S+) +(\S+) +(\S+) +(\S+)  ([01]+)$", text, re.M)
        self.assertEqual([row[0] for row in rows], list("AIXI"))
        self.assertEqual([row[5] for row in rows], ["0", "0", "010", "01010"])
        for _, _, begin, end, width, bits in rows:
            begin, end = Fraction(begin), Fraction(end)
            self.assertEqual(end - begin, Fraction(width))
            known = Fraction(int(bits, 2), 2 ** len(bits))
            self.assertLessEqual(known, begin)
            self.assertLessEqual(end, known + Fraction(1, 2 ** len(bits)))

    def test_a_table_is_text_or_a_file(self):
        self.write("table", AIXI.replace(";", "\n").encode())
        self.assertEqual(self.explain("AIXI", "--probabilities", "table"),
                         self.explain("AIXI", f"--probabilities={AIXI}"))

    def test_codes_of_counted_symbols_decode(self):
        for text in ["mississippi", "häß 😀\n\t", "aaaa", "To be, or not to be, that is the questi"]:
            with self.subTest(text):
                low, high, code = fields(self.explain(text))
                shares = [(s, Fraction(text.count(s), len(text))) for s in sorted(set(text))]
                self.assertEqual(high - low, math.prod(dict(shares)[s] for s in text))
                begin = Fraction(int("0" + code, 2), 2 ** len(code))
                self.assertLessEqual(low, begin)
                self.assertLessEqual(begin + Fraction(1, 2 ** len(code)), high)
                self.assertEqual(decode(code, len(text), lambda _, s=shares: s), text)
                bits = -sum(math.log2(dict(shares)[s]) for s in text)
                self.assertTrue(bits - 1e-9 <= len(code) < bits + 2, (bits, code))

    def test_any_symbol_can_stand_in_a_table(self):
        table = "==1/4, ,=1/4;;: ;=1/2"
        self.fails(USAGE, "the probabilities sum up to 1/2", "explain", "--coding", "=",
                   "--probabilities", table)
        table = "==1/8, ,=1/8,  =1/8, ;=1/8, :=1/8, \\=1/8, \n=1/8, \"=1/8"
        text = ';: =,\\\n"'
        low, high, _ = fields(self.explain(text, "--probabilities", table))
        self.assertEqual(high - low, Fraction(1, 8 ** len(text)))

    def test_what_cannot_be_seen_is_named(self):
        text = self.explain(" \x01\x7f\u202e\u0301\u00a0")
        self.assertIn("'␣␁␡U+202EU+0301U+00A0'", text)
        self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\u0301\u00a0]", text))

    def test_drawing(self):
        text = self.explain("AIXI", "--probabilities", AIXI, "--svg", "out.svg")
        self.assertEqual(text, self.explain("AIXI", "--probabilities", AIXI))
        drawing = self.read("out.svg")
        self.assertEqual(drawing, self.lmz("explain", "--coding", "AIXI", "--probabilities", AIXI,
                                           "-o", "-"))
        root = xml.etree.ElementTree.fromstring(drawing)
        words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
        for word in ["1611/5000", "3411/10000", "P = 3/5", "01010", "0101010", "21/64 to 43/128"]:
            self.assertIn(word, words)
        self.fails(FAILED, "out.svg", "explain", "--coding", "AB", "-o", "out.svg")
        self.assertEqual(drawing, self.read("out.svg"))
        self.lmz("explain", "--coding", "AB", "-fo", "out.svg")
        self.assertNotEqual(drawing, self.read("out.svg"))

    def test_a_hostile_text_is_only_text(self):
        for text in ["<script>alert(1)</script>&amp;\"'", "]]><!--", "\x01\x0b\ufffe\uffff\u0085",
                     "😀" * 64, "x" * 64]:
            with self.subTest(text):
                drawing = self.lmz("explain", "--coding", text, "-o", "-")
                root = xml.etree.ElementTree.fromstring(drawing)
                names = {node.tag.split("}")[1] for node in root.iter()}
                own = {"svg", "title", "style", "rect", "path", "text", "tspan"}
                self.assertLessEqual(names, own)

    @unittest.skipUnless(shutil.which("rsvg-convert"), "rsvg-convert is not installed")
    def test_drawings_render(self):
        for text in ["AIXI", "".join(chr(0x41 + i) for i in range(26)) + "é\u202e", "ab" * 32]:
            with self.subTest(text):
                self.lmz("explain", "--coding", text, "-fo", "out.svg")
                subprocess.run(["rsvg-convert", "out.svg", "-o", "out.png"], cwd=self.folder,
                               check=True)
                self.assertGreater(pathlib.Path(self.folder / "out.png").stat().st_size, 5000)

    def test_a_file_of_that_name(self):
        self.write("explain", b"a file")
        self.lmz("-0", "./explain")
        self.lmz("-0", "-f", "--", "explain")
        self.assertEqual(self.lmz("-dc", "explain.lmz"), b"a file")

    def test_every_option_is_documented(self):
        in_help = cli_case.options_of_help(self.lmz("explain", "--coding", "x", "-h").decode())
        self.assertEqual(cli_case.options_of_table("docs/cli.md", "Arithmetic coding explained"),
                         in_help)

    def test_refused(self):
        for words, text, *options in [
                ("the text is empty", ""),
                ("the text is not UTF-8 at byte 2", b"ab\xffc"),
                ("the text is not UTF-8 at byte 0", b"\xed\xa0\x80"),
                ("the text has 65 characters; at most 64", "é" * 65),
                ("the text has 100000 characters", "x" * 100_000),
                ("the table is empty", "A", "--probabilities", ""),
                ("the table is empty", "A", "--probabilities", " ;\n"),
                ("'A' is not of the kind A=0.5", "A", "--probabilities", "A"),
                ("'B' is not of the kind A=0.5", "A", "--probabilities", "A=0.5, B"),
                ("'x' is not a number above 0", "A", "--probabilities", "A=x"),
                ("'' is not a number above 0", "A", "--probabilities", "A="),
                ("'.' is not a number above 0", "A", "--probabilities", "A=."),
                ("'1.' is not a number above 0", "A", "--probabilities", "A=1."),
                ("'1/0' is not a number above 0", "A", "--probabilities", "A=1/0"),
                ("'1e0' is not a number above 0", "A", "--probabilities", "A=1e0"),
                ("'-0.5' is not a number above 0", "A", "--probabilities", "A=-0.5, B=1.5"),
                ("'A' is 0, and what never comes has no code", "A", "--probabilities", "A=0.0,B=1"),
                ("sum up to 21/20, not to 1", "A", "--probabilities", "A=0.55, B=0.5"),
                ("behind 'A' sum up to 0, not to 1", "A", "--probabilities", "A=1; A:"),
                ("'A' has two probabilities", "A", "--probabilities", "A=0.5, A=0.5"),
                ("two rules behind 'A'", "A", "--probabilities", "A=1; A: A=1; A: A=1"),
                ("no probability for 'B' behind 'A'", "AB", "--probabilities", "A=1"),
                ("no probability for 'A' at the beginning", "A", "--probabilities", "A: A=1"),
                ("no common denominator below 2^63", "A", "--probabilities",
                 "A=1/999999999999999989, B=1/999999999999999967, C=1"),
                ("the table is not UTF-8 at byte 2", "A", "--probabilities", b"A=\xff"),
                ("unknown option --bits", "A", "--bits"),
                ("more is not one of its options", "A", "more"),
                ("--svg: the name is empty", "A", "-o", "")]:
            with self.subTest(words):
                self.fails(USAGE, words, "explain",
                           "--coding", text, *options)
        self.write("big", b"A=1\n" * 20_000)
        self.fails(USAGE, "at most 64 KiB", "explain", "--coding", "A", "--probabilities", "big")
        self.fails(FAILED, "none", "explain", "--coding", "A", "-o", "none/out.svg")
        self.assertEqual(self.names(), ["big"])


if __name__ == "__main__":
    unittest.main()
