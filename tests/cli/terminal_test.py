"""Behaviour that depends on whether a stream is a terminal."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import unittest

import cli_case
from cli_case import FAILED, USAGE

ERASE = b"\r\x1b[K"


class Terminal(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        self.screen, self.line = pty.openpty()
        self.addCleanup(os.close, self.screen)
        self.addCleanup(lambda: self.line is None or os.close(self.line))
        self.shown = b""

    def close_line(self):
        os.close(self.line)
        self.line = None

    def look(self):
        """Adds what has appeared on the screen so far."""
        while select.select([self.screen], [], [], 0)[0]:
            try:
                data = os.read(self.screen, 65536)
            except OSError:  # every program has closed the line
                return
            if not data:
                return
            self.shown += data

    def test_compressed_data_is_not_written_to_a_terminal(self):
        self.write("in", b"text")
        for arguments in [[], ["-c", "in"], ["in", "-"], ["in", "-o", "-"]]:
            with self.subTest(arguments):
                self.fails(USAGE, "not written to a terminal", *arguments, stdout=self.line)
        self.fails(FAILED, "is a terminal", "in", "-o", os.ttyname(self.line))
        self.look()
        self.assertEqual((self.shown, self.names()), (b"", ["in"]))
        self.lmz("-fc", "in", stdout=self.line)
        self.wait_for(lambda: self.look() or self.shown, "output on the terminal")

    def test_restored_data_may_go_to_a_terminal(self):
        self.lmz("-d", stdin=self.lmz(stdin=b"hello"), stdout=self.line)
        self.wait_for(lambda: self.look() or b"hello" in self.shown, "text on the terminal")

    def test_compressed_data_is_not_read_from_a_terminal(self):
        with os.fdopen(os.dup(self.line), "rb") as terminal:
            for arguments in [["-d"], ["-t"], ["-l"], ["-dc", "-"], ["-d", "-o", "out"]]:
                with self.subTest(arguments):
                    self.fails(USAGE, "not read from a terminal", *arguments, stdin=terminal)
        self.assertEqual(self.names(), [])

    def test_text_may_be_typed(self):
        os.write(self.screen, b"typed\n\x04")
        with os.fdopen(os.dup(self.line), "rb") as terminal:
            self.lmz("-o", "out", stdin=terminal)
        self.assertEqual(self.lmz("-dc", "out"), b"typed\n")

    def start_with_open_pipe(self, *arguments):
        process = self.start_lmz(*arguments, "-o", "out", stdin=subprocess.PIPE, stderr=self.line)
        self.close_line()
        process.stdin.write(b"some text")
        process.stdin.flush()
        return process

    def test_progress_is_drawn_and_erased(self):
        process = self.start_with_open_pipe()
        self.wait_for(lambda: self.look() or self.shown.count(b"(stdin): ") >= 2, "progress")
        process.stdin.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), 0)
        self.look()
        self.assertTrue(self.shown.startswith(ERASE))
        self.assertTrue(self.shown.endswith(ERASE))
        self.assertNotIn(b"\n", self.shown)

    def test_progress_fits_a_narrow_terminal(self):
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 10, 0, 0))
        process = self.start_with_open_pipe()
        self.wait_for(lambda: self.look() or self.shown.count(ERASE) >= 3, "progress")
        process.stdin.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), 0)
        self.look()
        drawn = [piece for piece in self.shown.split(ERASE) if piece]
        self.assertTrue(drawn)
        self.assertLessEqual(max(map(len, drawn)), 9)

    def test_progress_has_figures_when_the_size_is_known(self):
        figures = re.compile(
            rb"in: \d+ %, (\d+ (s|min|h) ?)+left, \d+\.\d{3} bits/byte, [\d.]+ [kMG]?B/s")
        self.write("in", cli_case.random_bytes(1 << 20))
        # Nobody reads on after the first blocks, so the program has to wait in the middle.
        process = self.start_lmz("-c", "--block-size=64K", "in",
                                 stdout=subprocess.PIPE, stderr=self.line)
        self.close_line()
        packed = process.stdout.read(200_000)
        self.wait_for(lambda: self.look() or figures.search(self.shown), "figures")
        packed += process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), 0)
        self.look()
        self.assertTrue(self.shown.endswith(ERASE))
        self.assertEqual(self.lmz("-d", stdin=packed), self.read("in"))

    def test_time_left_stays_at_forty_columns(self):
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
        name = "a name that alone would fill such a line"
        self.write(name, cli_case.random_bytes(1 << 20))
        process = self.start_lmz("-c", "--block-size=64K", name, stdout=subprocess.PIPE,
                                 stderr=self.line)
        self.close_line()
        process.stdout.read(200_000)
        self.wait_for(lambda: self.look() or self.shown.count(ERASE) >= 2, "progress")
        for line in filter(None, self.shown.split(ERASE)):
            self.assertRegex(line, rb"\A\.\.\.[^:]*such a line: \d+ %, (\d+ (s|min|h) ?)+left")
            self.assertLessEqual(len(line), 39)
        process.stdout.close()

    def test_bits_per_byte_move_within_a_block(self):
        self.write("in", cli_case.text_bytes(4 << 20))  # a single block, seconds of work
        process = self.start_lmz("in", stderr=self.line)
        self.close_line()
        moving = re.compile(rb"in: [1-9]\d? %, [^,]+ left, (0\.[1-9]|[1-9])\d* ?\S* bits/byte, ")
        self.wait_for(lambda: self.look() or moving.search(self.shown), "bits per byte")
        self.assertIsNone(process.poll())
        process.kill()

    def test_progress_of_several_files_counts_all_of_them(self):
        for name in "abc":
            self.write(name, cli_case.random_bytes(1 << 20))
        # Nobody reads on within the second file, so the program has to wait there.
        process = self.start_lmz("-c", "--block-size=64K", "gone", "a", "b", "c",
                                 stdout=subprocess.PIPE, stderr=self.line, bufsize=0)
        self.close_line()
        left = 1_300_000
        while left > 0:
            left -= len(process.stdout.read(min(left, 65536)))
        figures = re.compile(rb"3/4 b: (\d+) %, (\d+ (s|min|h) ?)+left, 8\.\d{3} bits/byte")
        self.wait_for(lambda: self.look() or figures.search(self.shown), "progress")
        self.assertIn(int(figures.search(self.shown).group(1)), range(33, 66))
        process.kill()
        process.stdout.close()

    def test_error_stands_on_a_clean_line(self):
        process = self.start_lmz("-dc", stdin=subprocess.PIPE, stderr=self.line)
        self.close_line()
        process.stdin.write(self.lmz(stdin=b"x")[:2])
        process.stdin.flush()
        self.wait_for(lambda: self.look() or b"(stdin): " in self.shown, "progress")
        process.stdin.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), cli_case.DAMAGED)
        self.look()
        self.assertRegex(self.shown, re.escape(ERASE) + rb"lmz: \(stdin\): [^\r\n]+\r\n\Z")

    def test_quiet_draws_nothing(self):
        process = self.start_with_open_pipe("-q")
        time.sleep(1.2)
        process.stdin.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), 0)
        self.look()
        self.assertEqual(self.shown, b"")

    def test_no_progress_without_a_terminal(self):
        process = self.start_lmz("-o", "out", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.2)
        self.assertEqual(process.communicate(timeout=cli_case.PATIENCE)[1], b"")

    def test_verbose_says_one_line_for_each_file(self):
        self.write("a", cli_case.SAMPLES["text"])
        self.write("b", b"")
        result = self.run_lmz("-v", "a", "b")
        lines = result.stderr.decode().splitlines()
        size = len(self.read("a.lmz"))
        raw = len(self.read("a"))
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[0].startswith(
            f"a: {raw} bytes to {size} bytes, ratio {raw / size:.3f}, "
            f"{8 * size / raw:.3f} bits/byte, "))
        self.assertIn("b: 0 bytes to ", lines[1])
        packed_size = size + len(self.read("b.lmz"))
        self.assertIn(f"2 files: {raw} bytes to {packed_size} bytes, ratio ", lines[2])
        lines = self.run_lmz("-dfv", "a.lmz", "gone.lmz", "b.lmz").stderr.decode().splitlines()
        self.assertEqual(len(lines), 4)
        self.assertIn(f"2 of 3 files: {packed_size} bytes to {raw} bytes, ", lines[3])
        for options, words in [(["-dc"], f"a.lmz: {size} bytes to {raw} bytes, "),
                               (["-t"], f"a.lmz: OK, {size} bytes to {raw} bytes, ")]:
            result = self.run_lmz("-v", *options, "a.lmz")
            self.assertTrue(result.stderr.decode().startswith(words))
            self.assertEqual((result.returncode, result.stderr.count(b"\n")), (0, 1))


if __name__ == "__main__":
    unittest.main()
