"""Names that would control a terminal are shown harmlessly, wherever they are shown."""

import json
import os
import subprocess
import unittest

import cli_case
from cli_case import FAILED

# What a name holds, and how it is shown.
NAMES = [
    (b"a\x1b[31mb", "a?[31mb"),
    (b"a\nlmz: b", "a?lmz: b"),
    (b"a\r\x07\x7fb", "a???b"),
    ("a\u009b31mb".encode(), "a?31mb"),  # CSI as one character
    (b"a\x9b31mb", "a?31mb"),  # the same in Latin-1, which is not UTF-8
    ("a\u202egpj.exe\u2066b\u2069\u200f\u061cb".encode(), "a?gpj.exe?b???b"),
    ("a\u2028\u2029b".encode(), "a??b"),
    (b"\xc3", "?"),
    (b"\xf8\x88\x80\x80\x80 \xed\xa0\x80", "????? ???"),  # too long, half of a pair
    ("g\u00fcn\u65e5\U0001f600".encode(), "g\u00fcn\u65e5\U0001f600"),
    ("\u0645\u06cc\u200c\u0634\u0648\u062f".encode(), "\u0645\u06cc\u200c\u0634\u0648\u062f"),
]


class Names(cli_case.CliCase):
    def path(self, name):
        return os.fsencode(self.folder) + b"/" + name

    def write_name(self, name, data):
        with open(self.path(name), "wb") as stream:
            stream.write(data)

    def test_messages(self):
        for name, shown in NAMES:
            with self.subTest(name):
                self.fails(FAILED, f"lmz: {shown}: cannot be opened", name)
                self.fails(FAILED, f"lmz: {shown}: cannot be opened", "-l", name)
                self.fails(cli_case.USAGE, f"unknown option --{shown}", b"--" + name)

    def test_summaries_and_lists(self):
        for name, shown in NAMES:
            with self.subTest(name):
                self.write_name(name, b"text")
                summary = self.run_lmz("-v", name).stderr.decode()
                self.assertRegex(summary, r"\A[^\n]+\n\Z")
                self.assertTrue(summary.startswith(shown + ": 4 bytes to "), summary)
                table = self.lmz("-l", name + b".lmz").decode()
                self.assertEqual(len(table.splitlines()), 2)
                self.assertTrue(table.endswith(f"  {shown}.lmz  (stored)\n"), table)
                blocks = self.lmz("-lv", name + b".lmz").decode()
                self.assertIn(f"  {shown}.lmz  (stored)\n", blocks)
                self.assertEqual(len(blocks.splitlines()), 4)

    def test_json_is_ascii(self):
        for name, _ in NAMES:
            self.write_name(name, b"text")
            self.lmz(name)
            text = self.lmz("-l", "--json", name + b".lmz").decode("ascii")
            self.assertRegex(text, r"\A[ -~\n]*\Z")
            self.assertEqual(json.loads(text)[0]["file"], (name + b".lmz").decode(errors="replace"))

    def test_progress(self):
        for name, shown in NAMES[:6]:
            self.write_name(name, cli_case.text_bytes(1 << 20))
            result = self.run_lmz("-c", "--progress", name, stdout=subprocess.DEVNULL)
            if result.stderr:  # else it was too quick
                self.assertIn(shown.encode(), result.stderr.replace(b"\r\x1b[K", b""))
                self.assertNotIn(name, result.stderr)


if __name__ == "__main__":
    unittest.main()
