"""Input that is not what it should be: the right exit code, one sentence, nothing left behind."""

import unittest

import cli_case
from cli_case import DAMAGED, FAILED, TOO_NEW


def newer(packed):
    """The file with a format version from the future: the low four bits behind the magic."""
    return packed[:3] + bytes([packed[3] | 0x0F]) + packed[4:]


class Damage(cli_case.CliCase):
    def test_not_lmz(self):
        for data in [b"", b"x", b"\0" * 100, b"LZIP" * 9, cli_case.SAMPLES["text"]]:
            self.write("in.lmz", data)
            for options in [["-d"], ["-dc"], ["-t"], ["-l"], ["-l", "--json"]]:
                with self.subTest(options=options, size=len(data)):
                    self.fails(DAMAGED, "in.lmz: ", *options, "in.lmz")
        self.fails(DAMAGED, "(stdin): ", "-d", stdin=b"no lmz data")
        self.assertEqual(self.names(), ["in.lmz"])

    def test_every_truncation_of_a_small_file(self):
        for data in [b"tiny", cli_case.SAMPLES["small text"][:200]]:
            packed = self.lmz(stdin=data)
            for size in range(len(packed)):
                with self.subTest(size):
                    self.fails(DAMAGED, "(stdin): ", "-d", stdin=packed[:size])

    def test_truncations_of_a_file_with_blocks(self):
        packed = self.lmz("--block-size=64K", stdin=cli_case.SAMPLES["mixed"])
        sizes = {1, 2, 3, 5, 9, 17, len(packed) // 2, *range(len(packed) - 30, len(packed))}
        for size in sorted(sizes):
            self.write("in.lmz", packed[:size])
            with self.subTest(size):
                self.fails(DAMAGED, "in.lmz: ", "-d", "in.lmz")
                self.fails(DAMAGED, "in.lmz: ", "-l", "in.lmz")
        self.assertEqual(self.names(), ["in.lmz"])

    def test_no_changed_byte_gives_wrong_data(self):
        data = b"sixteen letters."
        packed = self.lmz(stdin=data)
        for position in range(len(packed)):
            for change in [0x01, 0x80]:
                damaged = bytearray(packed)
                damaged[position] ^= change
                with self.subTest(position=position, change=change):
                    result = self.run_lmz("-d", stdin=bytes(damaged))
                    if result.returncode == 0:
                        self.assertEqual(result.stdout, data)
                    else:
                        self.assertIn(result.returncode, [FAILED, DAMAGED, TOO_NEW])
                        self.assertRegex(result.stderr, rb"\Almz: \(stdin\): [^\n]+\n\Z")

    def test_damage_in_a_block(self):
        packed = bytearray(self.lmz("--block-size=64K", stdin=cli_case.SAMPLES["random"]))
        packed[100_000] ^= 0x10
        self.write("in.lmz", bytes(packed))
        result = self.fails(DAMAGED, "in.lmz: ", "-dc", "in.lmz")
        self.assertIn(b"block", result.stderr)
        # What came before the damage is right.
        self.assertTrue(cli_case.SAMPLES["random"].startswith(result.stdout))
        self.fails(DAMAGED, "in.lmz: ", "-t", "in.lmz")
        self.fails(DAMAGED, "in.lmz: ", "-d", "in.lmz")
        self.assertEqual(self.names(), ["in.lmz"])

    def test_rubbish_after_the_end(self):
        packed = self.lmz(stdin=cli_case.SAMPLES["text"])
        self.fails(DAMAGED, "(stdin): ", "-d", stdin=packed + b"rubbish")

    def test_zeros_after_the_end(self):
        packed = self.lmz(stdin=cli_case.SAMPLES["text"])
        padded = packed + bytes(-len(packed) % 10240)  # as tar and dd fill up a record
        for data in [padded, padded + padded]:
            self.write("in.lmz", data)
            content = cli_case.SAMPLES["text"] * data.count(packed)
            self.assertEqual(self.lmz("-dc", "in.lmz"), content)
            self.assertEqual(self.lmz("-d", stdin=data), content)
            self.lmz("-t", "in.lmz")
            self.assertIn(str(len(content)), self.lmz("-l", "in.lmz").decode().split())
        self.write("in.lmz", packed + bytes((1 << 20) + 1))
        remedy = f"cut it off with: head -c {len(packed)}"
        for option in ["-t", "-l", "-dc"]:
            self.fails(DAMAGED, remedy, option, "in.lmz")
        self.write("in.lmz", self.read("in.lmz")[:len(packed)])
        self.lmz("-t", "in.lmz")

    def test_newer_version(self):
        self.write("in.lmz", newer(self.lmz(stdin=cli_case.SAMPLES["text"])))
        for option in ["-d", "-t", "-l"]:
            self.fails(TOO_NEW, "in.lmz: ", option, "in.lmz")

    def test_memory_limit(self):
        self.write("in", cli_case.SAMPLES["text"])
        self.lmz("in")
        self.fails(FAILED, "in.lmz: ", "-t", "--memlimit=1K", "in.lmz")
        self.lmz("-t", "--memlimit=2G", "in.lmz")

    def test_output_limit(self):
        data = cli_case.SAMPLES["text"]
        self.write("in", data)
        self.lmz("--rm", "--block-size=64K", "--output-limit=1", "in")
        below = f"--output-limit={len(data) - 1}"
        for options in [["-d"], ["-t"], ["-dc"], ["-d", "-T2"]]:
            self.fails(FAILED, f"limit of {len(data) - 1} bytes", *options, below, "in.lmz")
        self.assertEqual(self.names(), ["in.lmz"])
        self.lmz("-d", f"--output-limit={len(data)}", "in.lmz")
        self.assertEqual(self.read("in"), data)

    def test_one_bad_file_among_several(self):
        data = cli_case.SAMPLES["small text"]
        for name in ["a", "b", "c"]:
            self.write(name, data)
        self.lmz("--rm", "a", "b", "c")
        self.write("b.lmz", b"not lmz")
        self.fails(DAMAGED, "b.lmz: ", "-d", "a.lmz", "b.lmz", "c.lmz")
        self.assertEqual(self.names(), ["a", "a.lmz", "b.lmz", "c", "c.lmz"])
        self.assertEqual((self.read("a"), self.read("c")), (data, data))

    def test_worst_code_counts(self):
        self.write("bad.lmz", b"not lmz")
        self.write("good.lmz", self.lmz(stdin=b"text"))
        self.write("new.lmz", newer(self.lmz(stdin=cli_case.SAMPLES["text"])))
        for files, code in [
            (["good.lmz"], 0),
            (["gone.lmz", "good.lmz"], FAILED),
            (["gone.lmz", "bad.lmz", "good.lmz"], DAMAGED),
            (["bad.lmz", "gone.lmz"], DAMAGED),
            (["new.lmz", "bad.lmz", "gone.lmz"], TOO_NEW),
        ]:
            for option in ["-t", "-l", "-dc"]:
                with self.subTest(files=files, option=option):
                    result = self.run_lmz(option, *files)
                    self.assertEqual(result.returncode, code)
                    bad = len(files) - files.count("good.lmz")
                    self.assertEqual(result.stderr.count(b"\n"), bad)

    def test_names_cannot_steer_the_terminal(self):
        result = self.fails(FAILED, "x?[31my?", "x\x1b[31my\n")
        self.assertNotIn(b"\x1b", result.stderr)


if __name__ == "__main__":
    unittest.main()
