"""python -m lmz: files come back, and nothing is overwritten that was not to be."""

import contextlib
import io
import os
import pathlib
import tempfile
import threading
import time
import unittest

from lmz import __main__ as program

TEXT = b"".join(b"line %d of a text that repeats itself\n" % i for i in range(400))


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_on(self, *arguments):
        """(exit status, what standard error says)."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            status = program.main([str(argument) for argument in arguments])
        return status, said.getvalue()

    def names(self):
        return sorted(os.listdir(self.folder))

    def test_files_come_back(self):
        path = self.folder / "text"
        path.write_bytes(TEXT)
        self.assertEqual(self.run_on("-0", path), (0, ""))
        self.assertEqual(self.run_on("-t", f"{path}.lmz"), (0, ""))
        path.unlink()
        self.assertEqual(self.run_on("-d", f"{path}.lmz"), (0, ""))
        self.assertEqual(path.read_bytes(), TEXT)
        self.assertEqual(self.names(), ["text", "text.lmz"])

    def test_nothing_is_overwritten_without_force(self):
        path = self.folder / "text"
        path.write_bytes(TEXT)
        (self.folder / "text.lmz").write_bytes(b"mine")
        status, said = self.run_on("-0", path)
        self.assertEqual(status, 1)
        self.assertIn("use -f", said)
        self.assertEqual((self.folder / "text.lmz").read_bytes(), b"mine")
        self.assertEqual(self.run_on("-0", "-f", path), (0, ""))
        self.assertNotEqual((self.folder / "text.lmz").read_bytes(), b"mine")

    def test_a_file_that_is_made_meanwhile_stays(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)

        def feed():
            with open(pipe, "wb") as file:
                while not any(name.startswith(".lmz-") for name in self.names()):
                    time.sleep(0.01)  # then the program has looked for the name
                (self.folder / "pipe.lmz").write_bytes(b"mine")
                file.write(TEXT)

        feeder = threading.Thread(target=feed)
        feeder.start()
        status, said = self.run_on("-0", pipe)
        feeder.join()
        self.assertEqual(status, 1)
        self.assertIn("use -f", said)
        self.assertEqual((self.folder / "pipe.lmz").read_bytes(), b"mine")
        self.assertEqual(self.names(), ["pipe", "pipe.lmz"])

    def test_names_cannot_move_the_cursor(self):
        status, said = self.run_on("-d", self.folder / "a\x1b[2J\u202eb\x9b.lmz")
        self.assertEqual(status, 1)
        self.assertIn("a?[2J?b?.lmz", said)


if __name__ == "__main__":
    unittest.main()
