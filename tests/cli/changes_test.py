"""Inputs that change while they are read: no data may be lost, and the output is one state."""

import os
import pathlib
import signal
import subprocess
import unittest

import cli_case
from cli_case import FAILED, FINE

SIZE = 200_000  # about half a second of work


class Changes(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.data = cli_case.text_bytes(SIZE)

    def is_reading(self, process, path):
        """Whether the process has read some of `path`."""
        try:
            for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
                if os.readlink(link) == str(path):
                    info = pathlib.Path(f"/proc/{process.pid}/fdinfo", link.name).read_text("ascii")
                    return int(info.split()[1]) > 0
        except FileNotFoundError:
            pass
        return False

    def is_stopped(self, process):
        status = pathlib.Path(f"/proc/{process.pid}/stat").read_text("ascii")
        return status.rsplit(")", 1)[1].split()[0] in "TZ"

    def change(self, what, *arguments, name="in", **options):
        """Calls `what` while lmz reads `name`; returns its exit code and message."""
        path = self.folder / name
        before = {file: self.read(file) for file in self.names()}
        for _ in range(20):
            process = self.start_lmz(*arguments, name, stderr=subprocess.PIPE, **options)
            self.wait_for(lambda: self.is_reading(process, path) or self.is_stopped(process), name)
            process.send_signal(signal.SIGSTOP)
            self.wait_for(lambda: self.is_stopped(process), "it to stop")
            if process.poll() is None:
                break
            process.communicate()  # it had finished before it was stopped
            for file in self.names():
                (self.folder / file).unlink()
            for file, content in before.items():
                self.write(file, content)
        what(path)
        process.send_signal(signal.SIGCONT)
        message = process.communicate(timeout=cli_case.PATIENCE)[1].decode()
        self.assertRegex(message, r"\A(lmz: [^\n]+\n)?\Z")
        return process.returncode, message

    @staticmethod
    def append(path):
        with path.open("ab") as stream:
            stream.write(b"LATE")

    @staticmethod
    def overwrite(path):
        with path.open("r+b") as stream:
            stream.seek(10)
            stream.write(b"OTHER")

    @staticmethod
    def shorten(path):
        os.truncate(path, 5)

    def test_what_is_appended_is_not_lost(self):
        for options in [["--rm"], ["--rm", "--block-size=64K"], ["--block-size=64K", "-T2"], []]:
            with self.subTest(options):
                path = self.write("in", self.data)
                code, message = self.change(self.append, "-f", *options)
                self.assertEqual(code, FAILED)
                self.assertIn("in: grew while it was read", message)
                self.assertEqual("not removed" in message, "--rm" in options)
                self.assertEqual(path.read_bytes(), self.data + b"LATE")
                self.assertEqual(self.lmz("-dc", "in.lmz"), self.data)
                self.assertEqual(self.names(), ["in", "in.lmz"])

    def test_what_is_overwritten_is_not_lost(self):
        for what in [self.overwrite, self.shorten]:
            for options in [["--rm"], ["--rm", "--block-size=64K"], ["--verify"], []]:
                with self.subTest(what=what.__name__, options=options):
                    path = self.write("in", self.data)
                    code, message = self.change(what, *options)
                    self.assertEqual(code, FAILED)
                    self.assertRegex(message, "in: was (overwritten|truncated) while it was read")
                    self.assertEqual(self.names(), ["in"])
                    self.assertNotEqual(path.read_bytes(), self.data)

    def test_the_old_output_survives_an_overwritten_input(self):
        self.write("in", self.data)
        self.write("in.lmz", b"old")
        self.change(self.overwrite, "-f")
        self.assertEqual(self.read("in.lmz"), b"old")

    def test_restored_times_hide_nothing(self):
        def overwrite(path):
            before = path.stat()
            self.overwrite(path)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

        path = self.write("in", self.data)
        os.utime(path, (10**9, 10**9))
        code, message = self.change(overwrite, "--rm")
        self.assertEqual(code, FAILED)
        self.assertIn("in: was overwritten", message)
        self.assertEqual(self.names(), ["in"])

    def test_a_touched_file_stays_and_so_does_its_output(self):
        for what in [lambda path: os.utime(path), lambda path: path.chmod(0o600),
                     lambda path: os.link(path, self.folder / "link")]:
            path = self.write("in", self.data)
            code, message = self.change(what, "-f", "--rm")
            self.assertEqual(code, FAILED)
            self.assertIn("in: its timestamps, permissions or links changed", message)
            self.assertEqual(path.read_bytes(), self.data)
            self.assertEqual(self.lmz("-dc", "in.lmz"), self.data)
        (self.folder / "link").unlink()
        self.assertEqual(self.change(lambda path: path.chmod(0o640), "-f"), (FINE, ""))

    def test_a_replaced_file_stays(self):
        def replace(path):
            self.write("new", b"new").rename(path)

        for options, code in [(["--rm"], FAILED), ([], FINE)]:
            path = self.write("in", self.data)
            found, message = self.change(replace, "-f", *options)
            self.assertEqual((found, "in: was replaced" in message), (code, code == FAILED))
            self.assertEqual(path.read_bytes(), b"new")
            self.assertEqual(self.lmz("-dc", "in.lmz"), self.data)

    def test_a_removed_file_is_no_loss(self):
        self.write("in", self.data)
        code, message = self.change(lambda path: path.unlink(), "--rm")
        self.assertEqual((code, "in: cannot be removed: No such file" in message), (FAILED, True))
        self.assertEqual(self.lmz("-dc", "in.lmz"), self.data)

    def test_decompressing(self):
        for options, packed in [([], self.lmz(stdin=self.data)),
                                (["--rm"], self.lmz("--block-size=64K", stdin=self.data))]:
            with self.subTest(options):
                path = self.write("x.lmz", packed)
                code, message = self.change(self.append, "-df", *options, name="x.lmz")
                self.assertEqual((code, "x.lmz: grew" in message), (FAILED, True))
                self.assertEqual(self.read("x"), self.data)
                self.assertEqual(path.read_bytes(), packed + b"LATE")
                (self.folder / "x").unlink()

                path = self.write("x.lmz", packed)
                code, message = self.change(self.overwrite, "-d", *options, name="x.lmz")
                self.assertEqual((code, "x.lmz: was overwritten" in message), (FAILED, True))
                self.assertEqual(self.names(), ["x.lmz"])

    def test_testing_and_standard_output(self):
        packed = self.lmz(stdin=self.data)
        for options, data in [(["-t"], packed), (["-dc"], packed), (["-c"], self.data)]:
            for what, words in [(self.append, "grew"), (self.overwrite, "was overwritten")]:
                with self.subTest(options=options, what=what.__name__):
                    self.write("x.lmz", data)
                    code, message = self.change(what, *options, name="x.lmz",
                                                stdout=subprocess.DEVNULL)
                    self.assertEqual((code, f"x.lmz: {words} while" in message), (FAILED, True))

    def test_a_file_that_is_written_to_all_the_time_ends(self):
        data = cli_case.random_bytes(1 << 20)
        path = self.write("log", data)
        # Nobody reads on after the first blocks, so that the file grows while the program waits.
        process = self.start_lmz("-c", "--block-size=64K", "log", stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        packed = process.stdout.read(200_000)
        for _ in range(20):
            self.append(path)
        packed += process.stdout.read()
        process.stdout.close()
        with process.stderr:
            self.assertIn(b"log: grew while it was read; only the 1048576 bytes",
                          process.stderr.read())
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), FAILED)
        self.assertEqual(self.lmz("-d", stdin=packed), data)


class MadeUpSizes(cli_case.CliCase):
    def test_files_of_the_kernel_are_read_to_their_end(self):
        for name in ["/proc/self/limits", "/proc/version", "/proc/filesystems",
                     "/sys/kernel/mm/transparent_hugepage/enabled",
                     "/sys/devices/system/cpu/online"]:
            if not os.path.exists(name):
                continue
            with self.subTest(name):
                self.assertEqual(self.lmz("-d", stdin=self.lmz("-c", name)),
                                 pathlib.Path(name).read_bytes())
                self.lmz("--verify", "-fo", "out", name)
                with open(name, "rb") as stream:
                    self.lmz(stdin=stream)


class HardLinks(cli_case.CliCase):
    def test_a_file_with_another_name_is_removed_only_by_force(self):
        path = self.write("in", b"text")
        os.link(path, self.folder / "other")
        self.fails(FAILED, "in: has 2 hard links", "--rm", "in")
        self.assertEqual(self.names(), ["in", "other"])
        self.lmz("-f", "--rm", "in")
        self.assertEqual(self.names(), ["in.lmz", "other"])
        self.lmz("other")
        os.link(self.folder / "other.lmz", self.folder / "link.lmz")
        self.fails(FAILED, "link.lmz: has 2 hard links", "-d", "--rm", "link.lmz")
        self.lmz("-d", "link.lmz")

    def test_only_plain_files_are_removed(self):
        self.write("in", b"text")
        (self.folder / "link").symlink_to("in")
        os.mkfifo(self.folder / "fifo")
        self.fails(FAILED, "link: is a symbolic link", "-f", "--rm", "link")
        self.fails(FAILED, "link: is a symbolic link", "--rm", "link", "-o", "out")
        self.fails(FAILED, "/dev/null: is not a regular file", "--rm", "/dev/null", "-o", "out")
        self.assertEqual(self.names(), ["fifo", "in", "link"])


if __name__ == "__main__":
    unittest.main()
