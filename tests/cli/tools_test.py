"""What stands around the program: its other names, completion, file(1), the manual."""

import os
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


# What the scripts hold for commands, such as `lmz generate`.
COMMANDS = re.compile(r"^# commands: begin$.*?^# commands: end$", re.M | re.S)
# Options of commands that fish knows from those of lmz.
GENERAL = {"--json", "--model", "--output", "--verbose", "--threads"}


class Completion(cli_case.CliCase):
    script = cli_case.ROOT / "cli/completions/lmz.bash"

    def complete(self, *words):
        source = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lmz; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-uc", source, "bash", self.script, *words],
                                cwd=self.folder, check=True, capture_output=True,
                                timeout=cli_case.PATIENCE)
        self.assertEqual(result.stderr, b"")
        return result.stdout.decode().split("\n")[:-1]

    def test_options_are_those_of_help(self):
        shown = cli_case.options_of_help(self.lmz("--help").decode())
        self.assertEqual(set(self.complete("lmz", "-")), shown)
        self.assertEqual(self.complete("lmz", "--rec"), ["--recursive"])

    def test_commands_have_options_of_their_own(self):
        for command, *example in [["generate"], ["explain"], ["explain", "--coding", "x"]]:
            text = self.run_lmz_bare(command, *example, "--help")
            shown = cli_case.options_of_help(text)
            levels = re.search(r"-0 \.\.\. -(\d)", text)
            shown |= {f"-{level}" for level in range(int(levels[1]) + 1)} if levels else set()
            self.assertEqual(set(self.complete("lmz", command, *example, "-")), shown)
            for name in ["_lmz", "lmz.fish"]:
                script = (cli_case.ROOT / "cli/completions" / name).read_text(encoding="utf-8")
                own = COMMANDS.search(script).group()
                for option in shown - {"-h", "--help", "-f", "--force"}:
                    if name == "_lmz" or (option.startswith("--") and option not in GENERAL):
                        self.assertIn(option.lstrip("-"), own)

    def run_lmz_bare(self, *arguments):
        return subprocess.run([self.program, *arguments], check=True, capture_output=True,
                              timeout=cli_case.PATIENCE).stdout.decode()

    def test_those_of_other_shells_have_the_same_options(self):
        shown = set(self.complete("lmz", "-"))
        zsh = (cli_case.ROOT / "cli/completions/_lmz").read_text(encoding="utf-8")
        zsh = COMMANDS.sub("", zsh)
        for own in ["_arguments -s -S :", '-g "*.lmm"', "_files -/"]:  # of zsh itself
            self.assertIn(own, zsh)
            zsh = zsh.replace(own, " ")
        self.assertEqual(cli_case.options_in(re.sub(r"\[[^]]*\]", " ", zsh)), shown)
        fish = (cli_case.ROOT / "cli/completions/lmz.fish").read_text(encoding="utf-8")
        fish = COMMANDS.sub("", fish)
        found = {"-" + letter for letter in re.findall(r" -s (\w)", fish)}
        found |= {"--" + name for name in re.findall(r" -l ([\w-]+)", fish)}
        self.assertEqual(found, shown)

    def test_files_and_values(self):
        self.write("one file", b"")
        self.assertEqual(self.complete("lmz", "on"), ["one file"])
        self.assertEqual(self.complete("lmz", "-o", "on"), ["one file"])
        self.assertEqual(self.complete("lmz", "-T", ""), [""])


class Scripts(cli_case.CliCase):
    """lmzgrep, lmzdiff and lmzless."""

    def setUp(self):
        super().setUp()
        self.write("a", b"one\ntwo\n")
        self.write("b", b"two\nthree\n")
        self.write("a.lmz", self.lmz(stdin=self.read("a")))
        self.write("b.lmz", self.lmz(stdin=self.read("b")))
        (self.folder / "bin").mkdir()
        (self.folder / "bin/lmz").symlink_to(self.program)

    def script(self, name, *arguments, stdin=b""):
        path = f"{self.folder}/bin:" + os.environ["PATH"]
        result = subprocess.run([cli_case.ROOT / "cli/tools" / name, *arguments], input=stdin,
                                cwd=self.folder, env={**os.environ, "PATH": path}, check=False,
                                capture_output=True, timeout=cli_case.PATIENCE)
        return result.returncode, result.stdout.decode()

    def test_lmzgrep(self):
        self.assertEqual(self.script("lmzgrep", "two", "a.lmz"), (0, "two\n"))
        self.assertEqual(self.script("lmzgrep", "t[hw]", "a.lmz", "b.lmz", "b"),
                         (0, "a.lmz:two\nb.lmz:two\nb.lmz:three\nb:two\nb:three\n"))
        self.assertEqual(self.script("lmzgrep", "-c", "-e", "o", "-h", "a.lmz", "b.lmz"),
                         (0, "2\n1\n"))
        self.assertEqual(self.script("lmzgrep", "-ih", "TWO", "a.lmz", "b.lmz"), (0, "two\ntwo\n"))
        self.assertEqual(self.script("lmzgrep", "-H", "one", "a.lmz"), (0, "a.lmz:one\n"))
        self.assertEqual(self.script("lmzgrep", "-l", "one", "b.lmz", "a.lmz"), (0, "a.lmz\n"))
        self.assertEqual(self.script("lmzgrep", "-L", "one", "b.lmz", "a.lmz"), (0, "b.lmz\n"))
        self.assertEqual(self.script("lmzgrep", "-iA", "1", "ONE", "a.lmz"), (0, "one\ntwo\n"))
        self.assertEqual(self.script("lmzgrep", "-q", "two", "a.lmz"), (0, ""))
        self.assertEqual(self.script("lmzgrep", "none", "a.lmz"), (1, ""))
        self.assertEqual(self.script("lmzgrep", "two", stdin=self.read("b.lmz")), (0, "two\n"))
        self.assertEqual(self.script("lmzgrep", "two", "missing"), (2, ""))
        self.write("bad.lmz", self.read("a.lmz")[:-3])
        self.assertEqual(self.script("lmzgrep", "two", "bad.lmz", "a.lmz")[0], 2)
        self.assertEqual(self.script("lmzgrep")[0], 2)

    def test_lmzdiff(self):
        self.assertEqual(self.script("lmzdiff", "a.lmz"), (0, ""))
        code, text = self.script("lmzdiff", "-u", "a.lmz", "b.lmz")
        self.assertEqual((code, text.splitlines()[:2]), (1, ["--- a.lmz", "+++ b.lmz"]))
        self.assertIn("+three", text)
        self.assertEqual(self.script("lmzdiff", "a.lmz", "b")[0], 1)
        self.assertEqual(self.script("lmzdiff", "a", "missing")[0], 2)
        self.assertEqual(self.script("lmzdiff", "a")[0], 2)

    @unittest.skipUnless(shutil.which("less"), "needs less")
    def test_lmzless(self):
        self.assertEqual(self.script("lmzless", "a.lmz"), (0, "one\ntwo\n"))
        self.assertEqual(self.script("lmzless", "b"), (0, "two\nthree\n"))


class Tools(cli_case.CliCase):
    @unittest.skipUnless(shutil.which("file"), "needs file(1)")
    def test_magic(self):
        magic = cli_case.ROOT / "cli/lmz.magic"
        self.write("full", self.lmz(stdin=cli_case.SAMPLES["text"]))
        self.write("compact", self.lmz(stdin=b"x"))
        self.write("note", b"\xf7lz\x20xabc")
        self.write("other", b"\xf7lz\xff")  # a bit that no version has
        for name, words in [("full", "lmz compressed data, version 0"),
                            ("compact", "lmz compressed data, version 0, compact"),
                            ("note", "lmz compressed data, version 0, note first"),
                            ("other", "ISO-8859 text, with no line terminators")]:
            found = subprocess.run(["file", "-b", "-m", magic, name], cwd=self.folder, check=True,
                                   capture_output=True, timeout=cli_case.PATIENCE)
            self.assertEqual(found.stdout.decode().strip(), words)
        model = cli_case.ROOT / "models/tiny.lmm"
        for name, kind in [("full", "application/x-lmz"), ("compact", "application/x-lmz"),
                           ("note", "application/x-lmz"), (model, "application/x-lmz-model")]:
            found = subprocess.run(["file", "-b", "-m", magic, "--mime-type", name],
                                   cwd=self.folder, check=True, capture_output=True,
                                   timeout=cli_case.PATIENCE)
            self.assertEqual(found.stdout.decode().strip(), kind)

    @unittest.skipUnless(shutil.which("man"), "needs man")
    def test_manuals_have_no_warnings(self):
        pages = sorted((cli_case.ROOT / "docs").glob("*.1"))
        self.assertGreater(len(pages), 4)
        for page in pages:
            result = subprocess.run(["man", "--warnings", "-l", "-Tutf8", page], check=True,
                                    capture_output=True, timeout=cli_case.PATIENCE)
            self.assertEqual(result.stderr, b"", page)
            self.assertIn(page.stem.encode(), re.sub(b".\x08", b"", result.stdout))


if __name__ == "__main__":
    unittest.main()
