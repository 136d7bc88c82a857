"""An interrupted lmz leaves nothing behind and dies of the signal."""

import resource
import signal
import subprocess
import unittest

import cli_case
import denied


class Signals(cli_case.CliCase):
    def start_with_unfinished_output(self, *arguments, **options):
        """A process that waits for more input, its temporary file already there."""
        process = self.start_lmz(*arguments, stdin=subprocess.PIPE, **options)
        process.stdin.write(b"beginning")
        process.stdin.flush()
        self.wait_for(lambda: self.unfinished(process) or process.poll() is not None, "output")
        (output,) = self.unfinished(process)
        self.assertEqual(output.stat().st_mode & 0o777, 0o600)
        return process

    def test_interrupt_leaves_nothing(self):
        self.expect_nothing_left()

    @unittest.skipUnless(denied.is_possible(), "system calls cannot be denied on this machine")
    def test_interrupt_leaves_nothing_where_files_have_names(self):
        self.expect_nothing_left(preexec_fn=denied.deny({}))

    def expect_nothing_left(self, **options):
        self.write("old", b"old")
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE,
                       signal.SIGXCPU]:
            for threads in ["-T1", "-T2"]:
                with self.subTest(number=number, threads=threads):
                    process = self.start_with_unfinished_output("-f", "-o", "old", threads,
                                                                **options)
                    process.send_signal(number)
                    self.assertEqual(process.wait(timeout=cli_case.PATIENCE), -number)
                    process.stdin.close()
                    self.assertEqual((self.names(), self.read("old")), (["old"], b"old"))

    def test_interrupt_while_working(self):
        self.write("in", cli_case.text_bytes(1 << 20) * 16)
        process = self.start_lmz("--rm", "-T2", "--block-size=64K", "in")
        self.wait_for(lambda: self.unfinished(process) or process.poll() is not None, "output")
        process.send_signal(signal.SIGINT)
        process.wait(timeout=cli_case.PATIENCE)
        if process.returncode == 0:
            self.skipTest("it had finished before the signal came")
        self.assertEqual((process.returncode, self.names()), (-signal.SIGINT, ["in"]))

    def test_ignored_signal_stays_ignored(self):
        process = self.start_with_unfinished_output(
            "-o", "out", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        process.send_signal(signal.SIGHUP)
        process.stdin.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), 0)
        self.assertEqual(self.lmz("-dc", "out"), b"beginning")

    def test_reader_goes_away(self):
        self.write("in", cli_case.random_bytes(1 << 20))
        process = self.start_lmz("-c", "in", stdout=subprocess.PIPE)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), -signal.SIGPIPE)
        process = self.start_lmz("-c", "in", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 restore_signals=False)  # Python ignores SIGPIPE
        process.stdout.close()
        with process.stderr:
            self.assertEqual(process.stderr.read(), b"lmz: (stdout): writing failed: Broken pipe\n")
        self.assertEqual(process.wait(timeout=cli_case.PATIENCE), cli_case.FAILED)

    def test_file_size_limit(self):
        self.write("in", cli_case.random_bytes(1 << 18))
        process = self.start_lmz(
            "in", stderr=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16)))
        self.assertNotEqual(process.wait(timeout=cli_case.PATIENCE), 0)
        self.assertEqual(self.names(), ["in"])


if __name__ == "__main__":
    unittest.main()
