"""lmz generate: the decompressor at work on random bits."""

import re
import unittest

import cli_case
from cli_case import FAILED, FINE, USAGE


class Generate(cli_case.CliCase):
    level = []

    def test_the_same_bytes_for_the_same_seed(self):
        first = self.lmz("generate", "-1", "--bytes=500", "--seed=5")
        self.assertEqual(len(first), 500)
        self.assertEqual(first, self.lmz("generate", "-1", "--bytes=500", "--seed=5", "-T3"))
        self.assertNotEqual(first, self.lmz("generate", "-1", "--bytes=500", "--seed=6"))
        self.assertNotEqual(first, self.lmz("generate", "-2", "--bytes=500", "--seed=5"))

    def test_what_was_generated_compresses_to_its_random_bits(self):
        for level in ["-0", "-1", "-3"]:
            with self.subTest(level):
                result = self.run_lmz("generate", level, "--bytes=20000", "-v", "-o", "out", "-f")
                self.assertEqual(result.returncode, FINE)
                bits = int(re.search(rb"20000 bytes of (\d+) random bits", result.stderr).group(1))
                coded = 8 * len(self.lmz(level, "-c", "out"))
                self.assertLess(abs(coded - bits), 0.01 * bits + 8 * 40, (coded, bits))

    def test_a_prompt_is_text_or_a_file(self):
        text = cli_case.text_bytes(2000).decode()
        self.write("beginning", text.encode())
        generated = self.lmz("generate", "-0", "--prompt", "beginning", "--bytes=200")
        self.assertEqual(generated, self.lmz("generate", "-0", "--prompt", text, "--bytes=200"))
        self.assertNotEqual(generated, self.lmz("generate", "-0", "--bytes=200"))

    def test_a_file_of_that_name(self):
        self.write("generate", b"a file")
        self.lmz("-0", "./generate")
        self.lmz("-0", "-f", "--", "generate")
        self.assertEqual(self.lmz("-dc", "generate.lmz"), b"a file")

    def test_only_lmz_itself_has_commands(self):
        for name in ["unlmz", "lmzcat"]:
            (self.folder / name).symlink_to(self.program)
            self.program = self.folder / name
            self.fails(FAILED, "generate: ", "generate")

    def test_a_new_file_is_like_any_other(self):
        self.write("other", b"")
        self.lmz("generate", "-0", "--bytes=10", "-o", "out")
        new, other = [(self.folder / name).stat() for name in ["out", "other"]]
        self.assertEqual(new.st_mode, other.st_mode)
        self.assertGreaterEqual(new.st_mtime, other.st_mtime)

    def test_every_option_is_documented(self):
        in_help = cli_case.options_of_help(self.lmz("generate", "--help").decode())
        self.assertEqual(cli_case.options_of_table("docs/cli.md", "Generating"), in_help)

    def test_the_last_of_repeated_options_counts(self):
        once = self.lmz("generate", "-0", "--bytes=20", "--seed=7")
        twice = ["-2", "-0", "--seed=6", "--bytes", "9", "--seed", "7", "--bytes=20"]
        self.assertEqual(self.lmz("generate", *twice, "-T0", "-o", "-"), once)
        self.assertEqual(self.names(), [])

    def test_refused(self):
        for words, *arguments in [("--bytes: '0' is not", "--bytes=0"),
                                  ("--temperature: '1.2345' is not", "--temperature=1.2345"),
                                  ("--temperature: '-1' is not", "--temperature=-1"),
                                  ("--seed: 'x' is not", "--seed=x"),
                                  ("--threads: '257' is not a number from 0 to 256", "-T257"),
                                  ("--bytes= has no value", "--bytes=", "--seed=1"),
                                  ("--seed needs a value", "--seed"),
                                  ("--output: the name is empty", "-o", ""),
                                  ("more is not one of its options", "more")]:
            self.fails(USAGE, words, "generate", *arguments)
        self.write("out", b"mine")
        self.fails(FAILED, "out", "generate", "-0", "-o", "out")
        self.assertEqual(self.read("out"), b"mine")
        self.fails(FAILED, "none.lmm", "generate", "--model=none.lmm")


if __name__ == "__main__":
    unittest.main()
