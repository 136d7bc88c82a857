"""What stands around the program: its other names, completion, file(1), the manual."""

import re
import shutil
import subprocess
import unittest

import cli_case
from cli_case import FAILED, USAGE


class Names(cli_case.CliCase):
    def called(self, name):
        link = self.folder / "bin" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(self.program)
        self.program = str(link)

    def test_unlmz_restores(self):
        self.write("a.lmz", self.lmz(stdin=b"text"))
        self.called("unlmz")
        self.lmz("a.lmz")
        self.assertEqual(self.read("a"), b"text")
        self.fails(FAILED, "a: does not end in .lmz, skipped", "a")

    def test_lmzcat_restores_to_standard_output(self):
        packed = self.lmz(stdin=b"text")
        self.write("a.lmz", packed)
        self.called("lmzcat")
        self.assertEqual(self.lmz("a.lmz", "a.lmz"), b"texttext")
        self.assertEqual(self.lmz(stdin=packed), b"text")
        self.assertEqual(self.names(), ["a.lmz", "bin"])
        self.fails(USAGE, "--rm requires", "--rm", "a.lmz")


class Completion(cli_case.CliCase):
    script = cli_case.ROOT / "cli/lmz.bash"

    def complete(self, *words):
        source = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lmz; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-uc", source, "bash", self.script, *words],
                                cwd=self.folder, check=True, capture_output=True,
                                timeout=cli_case.PATIENCE)
        self.assertEqual(result.stderr, b"")
        return result.stdout.decode().split("\n")[:-1]

    def test_options_are_those_of_help(self):
        shown = set()
        for line in self.lmz("--help").decode().splitlines():
            if re.match(r" {2,6}-", line):
                names = re.split(r"\s{2,}", line.strip())[0]
                shown |= set(re.findall(r"(?<![\w-])--?[a-zA-Z0-9][\w-]*", names))
        self.assertEqual(set(self.complete("lmz", "-")), shown)
        self.assertEqual(self.complete("lmz", "--rec"), ["--recursive"])

    def test_files_and_values(self):
        self.write("one file", b"")
        self.assertEqual(self.complete("lmz", "on"), ["one file"])
        self.assertEqual(self.complete("lmz", "-o", "on"), ["one file"])
        self.assertEqual(self.complete("lmz", "-T", ""), [""])


class Tools(cli_case.CliCase):
    @unittest.skipUnless(shutil.which("file"), "needs file(1)")
    def test_magic(self):
        magic = cli_case.ROOT / "cli/lmz.magic"
        self.write("full", self.lmz(stdin=cli_case.SAMPLES["text"]))
        self.write("compact", self.lmz(stdin=b"x"))
        self.write("other", b"\xf7lz\xff")  # a bit that no version has
        for name, words in [("full", "lmz compressed data, version 0"),
                            ("compact", "lmz compressed data, version 0, compact"),
                            ("other", "ISO-8859 text, with no line terminators")]:
            found = subprocess.run(["file", "-b", "-m", magic, name], cwd=self.folder, check=True,
                                   capture_output=True, timeout=cli_case.PATIENCE)
            self.assertEqual(found.stdout.decode().strip(), words)

    @unittest.skipUnless(shutil.which("man"), "needs man")
    def test_manual_has_no_warnings(self):
        page = cli_case.ROOT / "docs/lmz.1"
        result = subprocess.run(["man", "--warnings", "-l", "-Tutf8", page], check=True,
                                capture_output=True, timeout=cli_case.PATIENCE)
        self.assertEqual(result.stderr, b"")
        self.assertIn(b"lmzcat", re.sub(b".\x08", b"", result.stdout))


if __name__ == "__main__":
    unittest.main()
