"""Folders, suffixes, holes, silence, verification."""

import array
import fcntl
import os
import subprocess
import termios
import unittest

import cli_case
from cli_case import DAMAGED, FAILED


class Tree(cli_case.CliCase):
    def setUp(self):
        super().setUp()
        (self.folder / "tree/sub").mkdir(parents=True)
        for name in ["tree/b", "tree/a", "tree/sub/-c"]:
            self.write(name, name.encode())
        (self.folder / "tree/link").symlink_to("a")
        (self.folder / "tree/loop").symlink_to(".")

    def files(self):
        return sorted(os.path.relpath(os.path.join(path, name), self.folder / "tree")
                      for path, _, names in os.walk(self.folder / "tree") for name in names)

    def test_there_and_back(self):
        self.lmz("-r", "--rm", "tree")
        packed = ["a.lmz", "b.lmz", "link", "sub/-c.lmz"]
        self.assertEqual([name for name in self.files() if name != "loop"], packed)
        self.lmz("-rt", "tree")
        listed = self.lmz("-rl", "tree").decode().splitlines()
        self.assertEqual([line.split()[6] for line in listed[1:-1]],
                         ["tree/a.lmz", "tree/b.lmz", "tree/sub/-c.lmz"])
        self.assertIn("3 files", listed[-1])
        self.assertEqual(self.lmz("-rdc", "tree"), b"tree/atree/btree/sub/-c")
        self.lmz("-dr", "--rm", "tree")
        self.assertEqual(self.read("tree/sub/-c"), b"tree/sub/-c")

    def test_what_is_compressed_is_passed_over(self):
        self.lmz("-r", "tree/sub", "tree/a")
        self.fails(FAILED, "tree/a.lmz: already exists", "-r", "tree/a")
        self.lmz("-rf", "tree")
        self.assertEqual([name for name in self.files() if name.endswith(".lmz.lmz")], [])

    def test_empty_folder_and_missing_name(self):
        (self.folder / "none").mkdir()
        self.lmz("-r", "none")
        self.fails(FAILED, "gone: cannot be opened", "-r", "gone", "none")
        self.fails(FAILED, "tree: is a directory", "tree")


class Suffix(cli_case.CliCase):
    def test_another_suffix(self):
        self.write("in", b"text")
        self.lmz("-S", ".x", "in")
        self.assertEqual(self.names(), ["in", "in.x"])
        self.fails(FAILED, "in.x: already ends in .x, skipped", "-S.x", "in.x")
        self.fails(FAILED, "in.x: does not end in .lmz, skipped", "-d", "in.x")
        (self.folder / "in").unlink()
        self.lmz("-d", "--suffix=.x", "in.x")
        self.assertEqual(self.read("in"), b"text")


class Sparse(cli_case.CliCase):
    def check(self, data):
        self.write("in", data)
        self.lmz("-f", "in")
        self.lmz("-df", "in.lmz", "-o", "holes")
        self.lmz("-df", "--no-sparse", "in.lmz", "-o", "full")
        self.assertEqual((self.read("holes"), self.read("full")), (data, data))
        return [(self.folder / name).stat().st_blocks * 512 for name in ["holes", "full"]]

    def test_zeros_become_holes(self):
        data = b"head" + bytes(3_000_000) + b"middle" + bytes(1_000_001)
        holes, full = self.check(data)
        self.assertGreaterEqual(full, len(data))
        self.assertLess(holes, 200_000)

    def test_edges(self):
        for data in [bytes(4096), bytes(4095), bytes(8193), b"x" + bytes(8191) + b"y",
                     bytes(4096) + b"x", b"x" * 4096 + bytes(4096), b""]:
            with self.subTest(size=len(data)):
                self.check(data)

    def test_standard_output_gets_all_bytes(self):
        data = bytes(100_000)
        self.assertEqual(self.lmz("-d", stdin=self.lmz(stdin=data)), data)


class Verify(cli_case.CliCase):
    def test_verified_output_is_the_same(self):
        for name, data in cli_case.SAMPLES.items():
            for options in [[], ["-T2", "--block-size=64K"]]:
                with self.subTest(name, options=options):
                    packed = self.lmz(*options, "--verify", stdin=data)
                    self.assertEqual(packed, self.lmz(*options, stdin=data))

    def test_what_cannot_be_verified_does_not_appear(self):
        self.write("in", cli_case.SAMPLES["mixed"])
        self.fails(FAILED, "in: --verify: ", "--verify", "--rm", "--memlimit=1K", "in")
        self.assertEqual(self.names(), ["in"])

    def change_in_memory(self, process, marker):
        """Changes a bit of every copy of `marker` in the process, as bad memory would."""
        changed = 0
        with open(f"/proc/{process.pid}/maps", encoding="ascii") as maps, \
                open(f"/proc/{process.pid}/mem", "r+b", buffering=0) as memory:
            for line in maps:
                span, rights = line.split()[:2]
                begin, end = (int(number, 16) for number in span.split("-"))
                if not rights.startswith("rw") or end - begin > 1 << 26 or "[v" in line:
                    continue  # the shadow of AddressSanitizer is terabytes
                memory.seek(begin)
                data = memory.read(end - begin)
                place = data.find(marker)
                while place >= 0:
                    memory.seek(begin + place)
                    memory.write(bytes([marker[0] ^ 1]))
                    changed += 1
                    place = data.find(marker, place + 1)
        self.assertGreater(changed, 0)

    def compress_on_bad_memory(self, data, *options):
        """The result of compressing `data`, of which a bit changes once lmz has read it."""
        process = self.start_lmz(*options, "-o", "out", stdin=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        process.stdin.write(data)
        process.stdin.flush()
        waiting = array.array("i", [1])

        def is_taken():
            fcntl.ioctl(process.stdin, termios.FIONREAD, waiting)
            return waiting[0] == 0 or process.poll() is not None

        self.wait_for(is_taken, "the program to read")
        self.change_in_memory(process, data[1000:1032])
        return process.communicate(timeout=cli_case.PATIENCE)[1].decode(), process.returncode

    @unittest.skipUnless(os.access("/proc/self/mem", os.W_OK), "needs /proc")
    def test_bad_memory_is_found(self):
        data = cli_case.random_bytes(66_000)  # more than lmz reads at first
        self.assertEqual(self.compress_on_bad_memory(data), ("", 0))
        self.assertNotEqual(self.lmz("-dc", "out"), data, "nobody else can notice")
        (self.folder / "out").unlink()
        message, code = self.compress_on_bad_memory(data, "--verify")
        self.assertRegex(message,
                         r"\Almz: \(stdin\): --verify: [^\n]* decompresses to different data; ")
        self.assertEqual((code, self.names()), (FAILED, []))

    def test_failing_output(self):
        self.write("in", cli_case.SAMPLES["mixed"])
        self.fails(FAILED, "/dev/full: writing failed", "--verify", "in", "-o", "/dev/full")


class Silence(cli_case.CliCase):
    def test_twice_quiet_says_nothing(self):
        self.write("bad.lmz", b"bad")
        for options in [["-qq"], ["-q", "--quiet"]]:
            result = self.run_lmz("-t", *options, "bad.lmz")
            self.assertEqual((result.returncode, result.stderr), (DAMAGED, b""))
        self.fails(DAMAGED, "bad.lmz", "-tq", "bad.lmz")


if __name__ == "__main__":
    unittest.main()
