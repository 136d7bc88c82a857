"""How outputs get their names on file systems of several kinds: complete, and no name of others."""

import errno
import os
import pathlib
import signal
import subprocess
import unittest

import cli_case
import denied
from cli_case import FAILED, FINE

# As they answer what the program asks of them.
SYSTEMS = {"this one": None}
if denied.is_possible():
    SYSTEMS["without O_TMPFILE"] = denied.deny({})
    SYSTEMS["and without RENAME_NOREPLACE"] = denied.deny({"renameat2": errno.EINVAL})
    SYSTEMS["and without links"] = denied.deny(
        {"renameat2": errno.EINVAL, "link": errno.EPERM, "linkat": errno.EPERM})


class Outputs(cli_case.CliCase):
    def each_system(self):
        for name, preexec in SYSTEMS.items():
            with self.subTest(name):
                for path in self.folder.iterdir():
                    path.unlink()
                yield preexec

    def start_unfinished(self, *arguments, **options):
        """A process that waits for the rest of "beginning and end"."""
        process = self.start_lmz(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                                 **options)
        process.stdin.write(b"beginning")
        process.stdin.flush()
        self.wait_for(lambda: self.unfinished(process) or process.poll() is not None, "output")
        return process

    def test_round_trip(self):
        for preexec in self.each_system():
            self.write("in", b"text")
            os.chmod(self.folder / "in", 0o640)
            self.lmz("in", preexec_fn=preexec)
            self.lmz("--rm", "-d", "in.lmz", "-o", "back", preexec_fn=preexec)
            self.assertEqual((self.names(), self.read("back")), (["back", "in"], b"text"))
            self.assertEqual((self.folder / "back").stat().st_mode & 0o777, 0o640)

    def test_a_name_that_is_taken_meanwhile_is_kept(self):
        for preexec in self.each_system():
            process = self.start_unfinished("-o", "out", preexec_fn=preexec)
            self.write("out", b"another program's")
            _, message = process.communicate(b" and end", timeout=cli_case.PATIENCE)
            self.assertEqual(message, b"lmz: out: already exists; use -f to replace it\n")
            self.assertEqual(process.returncode, FAILED)
            self.assertEqual((self.names(), self.read("out")), (["out"], b"another program's"))

    def test_force_replaces_at_once(self):
        for preexec in self.each_system():
            self.write("out", b"old")
            old = (self.folder / "out").open("rb")
            process = self.start_unfinished("-f", "-o", "out", preexec_fn=preexec)
            self.assertEqual(self.read("out"), b"old")
            _, message = process.communicate(b" and end", timeout=cli_case.PATIENCE)
            self.assertEqual((process.returncode, message), (FINE, b""))
            with old:  # which is another file
                self.assertEqual(old.read(), b"old")
            self.assertEqual(self.names(), ["out"])
            self.assertEqual(self.lmz("-dc", "out"), b"beginning and end")

    def test_temporary_names_that_are_taken(self):
        """A file without a name needs one to replace another; whoever has that keeps it."""
        self.write("out", b"old")
        process = self.start_unfinished("-f", "-o", "out")
        (output,) = self.unfinished(process)
        if not os.readlink(output).endswith("(deleted)"):
            self.skipTest("this file system has no files without names")
        number, digits = output.stat().st_ino, "0123456789abcdefghijklmnopqrstuvwxyz"
        taken = ".lmz-" + "".join(digits[number // 36**i % 36] for i in range(6))
        self.write(taken, b"taken")
        process.communicate(b" and end", timeout=cli_case.PATIENCE)
        self.assertEqual(process.returncode, FINE)
        self.assertEqual((self.names(), self.read(taken)), ([taken, "out"], b"taken"))
        self.assertEqual(self.lmz("-dc", "out"), b"beginning and end")

    def test_nothing_is_left_of_a_killed_program(self):
        process = self.start_unfinished("-o", "out")
        (output,) = self.unfinished(process)
        if not os.readlink(output).endswith("(deleted)"):
            self.skipTest("this file system has no files without names")
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=cli_case.PATIENCE)
        self.assertEqual(self.names(), [])

    @unittest.skipUnless(denied.is_possible(), "system calls cannot be denied on this machine")
    def test_what_cannot_be_synced_is_no_output(self):
        for tmpfile in (False, True):
            self.write("in", b"text")
            failing = denied.deny({"fsync": errno.EIO}, tmpfile=tmpfile)
            self.fails(FAILED, "in.lmz: cannot be synced: Input/output error", "--rm", "in",
                       preexec_fn=failing)
            self.assertEqual(self.names(), ["in"])
            # A file system that has no fsync.
            self.lmz("-f", "in", preexec_fn=denied.deny({"fsync": errno.EINVAL}, tmpfile=tmpfile))
            self.assertEqual(self.names(), ["in", "in.lmz"])
            pathlib.Path(self.folder / "in.lmz").unlink()


if __name__ == "__main__":
    unittest.main()
