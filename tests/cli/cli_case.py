"""What the tests of the command line share: a folder of their own, the program, sample data.

The environment variable LMZ names the program.
"""

import contextlib
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import time
import unittest

FINE, FAILED, USAGE, DAMAGED, MODEL, TOO_NEW = range(6)

PATIENCE = 120  # seconds until a program counts as hanging; no test asserts a speed

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def text_bytes(size, seed=1):
    """Words with the frequencies of a small vocabulary: compresses well, never the same twice."""
    source = random.Random(seed)
    words = ["".join(source.choices("etaoinshrdlu", k=source.randint(1, 9))) for _ in range(400)]
    out = []
    length = 0
    while length < size:
        word = words[min(source.randint(0, 399), source.randint(0, 399))]
        out.append(word)
        length += len(word) + 1
    return " ".join(out).encode()[:size]


def random_bytes(size, seed=1):
    return random.Random(seed).randbytes(size)


# Small, so that the tests stay quick, but "text" and longer ones are above the 64 KiB of a compact
# frame and "mixed" has several of the smallest blocks.
SAMPLES = {
    "empty": b"",
    "one byte": b"x",
    "small text": text_bytes(700),
    "text": text_bytes(70_000),
    "random": random_bytes(140_000),
    "zeros": bytes(300_000),
    "mixed": bytes(100_000) + text_bytes(10_000) + random_bytes(5_000) + bytes(100_000),
}


# A page that is smaller with the model "large" than with any other.
PROSE = (ROOT / "LICENSE").read_bytes()[8000:10500]


def options_in(text):
    """The options that stand in a text."""
    return set(re.findall(r"(?<![\w-])(--?[a-zA-Z0-9][\w-]*)", text))


def options_of_help(text):
    """Those of the rows of --help, values and explanations left out."""
    rows = [row.strip() for row in text.splitlines() if re.match(r"  (-|    -)", row)]
    return options_in("\n".join(re.split(r"(?<=\S)\s{2,}", row)[0] for row in rows))


def options_of_table(name, heading=None):
    """Those of the first column of the tables of options in a document, or in one section of it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if heading is not None:
        text = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`-[^|]*) \|", text, re.M)
    return options_in(" ".join(cells).replace("`", " "))


def options_of_manual(name):
    """Those of the items of a manual page; its "--", the end of the options, left out."""
    items = " ".join(re.findall(r"^\.It (Fl .*)$", (ROOT / name).read_text(encoding="utf-8"), re.M))
    return {"-" + option for option in re.findall(r"Fl (\S+)", items)} - {"--"}


class CliCase(unittest.TestCase):
    """A test that works in a temporary folder, which is the program's working folder."""

    # In front of all arguments that do not name a model: tests are not about the models' speed.
    level = ["-0"]

    def setUp(self):
        self.program = os.environ["LMZ"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lmz-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def read(self, name):
        return (self.folder / name).read_bytes()

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def run_lmz(self, *arguments, stdin=b"", **options):
        """Runs the program to its end and returns subprocess's result, output as bytes."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        if "input" not in options and not hasattr(stdin, "fileno"):
            options["input"] = stdin
        elif hasattr(stdin, "fileno"):
            options["stdin"] = stdin
        arguments = [*self.default_level(arguments), *arguments]
        return subprocess.run(
            [self.program, *arguments], cwd=self.folder, timeout=PATIENCE, check=False, **options
        )

    def unfinished(self, process):
        """The open files of a program that have no name, or not yet their own."""
        found = []
        with contextlib.suppress(FileNotFoundError):
            for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):
                    path = os.readlink(link)
                    if re.search(r"/(\.lmz-\w{6}|#\d+ \(deleted\))$", path):
                        found.append(link)
        return found

    def default_level(self, arguments):
        return [] if "--model" in arguments else self.level

    def start_lmz(self, *arguments, **options):
        """Starts the program; it is killed at the end of the test if it still runs."""
        arguments = [*self.default_level(arguments), *arguments]
        process = subprocess.Popen([self.program, *arguments], cwd=self.folder, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def lmz(self, *arguments, **options):
        """Runs the program, which must succeed without a word; returns its standard output."""
        result = self.run_lmz(*arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (FINE, b""), arguments)
        return result.stdout

    def fails(self, code, words, *arguments, **options):
        """Runs the program, which must fail with `code` and one sentence that holds `words`."""
        result = self.run_lmz(*arguments, **options)
        message = (result.stderr or b"").decode(errors="replace")
        self.assertEqual(result.returncode, code, (arguments, message))
        self.assertRegex(message, r"\Almz: [^\n]+\n\Z", arguments)
        self.assertIn(words, message)
        return result

    def wait_for(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"waited in vain for {what}")
            time.sleep(0.01)
