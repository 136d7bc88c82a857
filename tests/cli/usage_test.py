"""The command line itself: help, documents, combinations that are refused."""

import re
import subprocess
import unittest

import cli_case
from cli_case import USAGE


class Usage(cli_case.CliCase):
    def test_help_fits_a_screen(self):
        text = self.lmz("--help").decode("ascii")
        self.assertEqual(text.encode(), self.lmz("-h"))
        lines = text.splitlines()
        self.assertLessEqual(len(lines), 44)
        self.assertLessEqual(max(map(len, lines)), 80)

    def test_every_option_is_documented_and_every_documented_option_exists(self):
        in_help = cli_case.options_of_help(self.lmz("--help").decode())
        self.assertGreater(len(in_help), 20)
        self.assertEqual(cli_case.options_of_table("docs/cli.md", "Options"), in_help)
        self.assertEqual(cli_case.options_of_manual("docs/lmz.1"), in_help)

    def test_version(self):
        cmake = (cli_case.ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        version = re.search(r"project\(lmz VERSION (\S+)", cmake).group(1)
        for option in ["-V", "--version"]:
            self.assertEqual(self.lmz(option).decode().splitlines()[0].split()[:2],
                             ["lmz", version])

    def test_levels(self):
        self.write("in", b"text")
        for options in [["-4", "-c"], ["-c4"], ["-04c"]]:
            self.assertEqual(self.lmz("-d", stdin=self.lmz(*options, "in")), b"text")
        for level in ["-6", "-9"]:
            self.fails(USAGE, "levels go from -0 to -5", level, "in")
        self.assertEqual(self.names(), ["in"])

    def test_refused_values(self):
        self.write("in", b"text")
        for words, arguments in [
            ("--threads: 'x' is not", ["-T", "x"]),
            ("--threads: '257' is not", ["-T257"]),
            ("--threads: '-1' is not", ["-T-1"]),
            ("--threads: '2x' is not", ["--threads=2x"]),
            ("--block-size: '1T' is not a size", ["--block-size=1T"]),
            ("--block-size= has no value", ["--block-size="]),
            ("--block-size: 65535 is outside", ["--block-size=65535"]),
            ("--block-size: 257M is outside", ["--block-size", "257M"]),
            ("--block-size: '99999999999G' is not", ["--block-size", "99999999999G"]),
            ("--memlimit: '-3' is not a size", ["--memlimit=-3"]),
            ("--output-limit: 'x' is not a size", ["--output-limit=x"]),
            # 2^64 and above, which must not become small numbers.
            ("--block-size: '18446744073709617152' is not", ["--block-size=18446744073709617152"]),
            ("--block-size: '99999999999999999999' is not", ["--block-size=99999999999999999999"]),
            ("--block-size: '18014398509481985K' is not", ["--block-size=18014398509481985K"]),
            ("--block-size: '16E' is not a size", ["--block-size=16E"]),
            ("--frame-size: '17592186044416M' is not", ["--frame-size=17592186044416M"]),
            ("--memlimit: '17179869184G' is not", ["--memlimit=17179869184G"]),
            ("--memlimit: '18446744073709551616' is not", ["--memlimit=18446744073709551616"]),
            ("--threads: '18446744073709551617' is not", ["-T18446744073709551617"]),
            ("--threads: '4294967297' is not", ["-T4294967297"]),
            ("unknown option --frobnicate", ["--frobnicate"]),
            ("unknown option -y", ["-y"]),
            ("unknown option -y", ["-ky"]),
            ("--output", ["-c", "-o", "out"]),
            ("--output", ["-t", "-o", "out"]),
            ("--output", ["-l", "-o", "out"]),
            ("--output takes one input", ["in", "-o", "out"]),
            ("--json requires --list", ["--json"]),
            ("--model and a level cannot be combined", ["--model", "m", "-3"]),
            ("--suffix: '' is not a valid suffix", ["-S", ""]),
            ("--suffix: '/x' is not a valid suffix", ["-S", "/x"]),
            ("cannot be combined with --recursive", ["-r", "-o", "out"]),
            ("--rm requires", ["--rm", "-c"]),
            ("--rm requires", ["--rm", "-t"]),
            ("--rm requires", ["--rm", "-"]),
        ]:
            with self.subTest(arguments):
                self.fails(USAGE, words, *arguments, "in")
        for option in ["--frame-size=18446744073709551615", "--frame-size=17179869183G"]:
            self.assertEqual(self.lmz("-d", stdin=self.lmz(option, "-c", "in")), b"text")
        for command, option in [("generate", "--bytes"), ("generate", "--seed")]:
            result = subprocess.run([self.program, command, option, "18446744073709551616"],
                                    capture_output=True, timeout=cli_case.PATIENCE, check=False)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), option)
        self.fails(USAGE, "--output needs a value", "in", "-o")
        self.fails(USAGE, "--threads needs a value", "in", "--threads")
        self.fails(USAGE, "the name is empty", "in", "-o", "")
        self.fails(USAGE, "the name is empty", "in", "--model", "")
        self.assertEqual(self.names(), ["in"])

    def test_last_option_counts(self):
        self.write("in", b"text")
        self.lmz("--rm", "-k", "-T9", "-T1", "--block-size=64K", "--block-size=1M", "in")
        self.assertEqual(self.names(), ["in", "in.lmz"])
        self.lmz("-dz", "-f", "in")
        self.lmz("-dt", "in.lmz")
        self.assertIn(b"in.lmz", self.lmz("-dl", "in.lmz"))


if __name__ == "__main__":
    unittest.main()
