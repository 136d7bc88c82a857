"""Everything that is compressed comes back, however it is asked for."""

import itertools
import subprocess
import unittest

import cli_case


class RoundTrip(cli_case.CliCase):
    def test_file_to_file_keeps_the_input(self):
        for name, data in cli_case.SAMPLES.items():
            with self.subTest(name):
                self.write("in", data)
                self.lmz("-f", "in")
                self.assertEqual(self.read("in"), data)
                (self.folder / "in").unlink()
                self.lmz("-d", "in.lmz")
                self.assertEqual(self.read("in"), data)
                self.lmz("-t", "in.lmz")

    def test_options_combine(self):
        for data, threads, blocks, way in itertools.product(
            [cli_case.SAMPLES["small text"], cli_case.SAMPLES["mixed"]],
            [[], ["-T3"], ["--threads", "0"]],
            [[], ["-0", "--block-size=64K"]],
            ["stdout", "output", "pipe", "dash"],
        ):
            options = [*threads, *blocks]
            with self.subTest(options=options, way=way, size=len(data)):
                self.write("in", data)
                if way == "stdout":
                    packed = self.lmz(*options, "-kc", "in")
                elif way == "output":
                    self.lmz(*options, "-fo", "out", "in")
                    packed = self.read("out")
                elif way == "pipe":
                    packed = self.lmz(*options, stdin=data)
                else:
                    packed = self.lmz("-", *options, stdin=data)
                self.write("packed", packed)
                self.assertLess(len(packed), len(data))
                self.assertEqual(self.lmz("-d", *threads, stdin=packed), data)
                self.assertEqual(self.lmz("-dc", "packed"), data)
                self.lmz("-d", "packed", "-fo", "back")
                self.assertEqual(self.read("back"), data)

    def test_long_names_of_options(self):
        data = cli_case.SAMPLES["text"]
        self.write("in", data)
        self.lmz("--keep", "--quiet", "--force", "--threads=2", "--block-size", "1M", "in")
        self.assertEqual(self.lmz("--decompress", "--stdout", "--memlimit=2G", "in.lmz"), data)
        self.lmz("--test", "in.lmz")
        self.lmz("--decompress", "--output=back", "in.lmz")
        self.assertEqual(self.read("back"), data)

    def test_frames_of_a_size_are_those_of_the_parts(self):
        for data in (cli_case.SAMPLES["mixed"], cli_case.random_bytes(3 * 65536), b""):
            parts = [data[i:i + 65536] for i in range(0, max(len(data), 1), 65536)]
            packed = []
            for number, part in enumerate(parts):
                self.write(f"part{number}", part)
                packed.append(self.lmz("-c", f"part{number}"))
            self.write("in", data)
            self.assertEqual(self.lmz("--frame-size", "64K", "-c", "in"), b"".join(packed))
            self.assertEqual(self.lmz("--frame-size=64K", "--verify", "-T3", "-c", "in"),
                             b"".join(packed))
            piped = self.lmz("--frame-size=64K", stdin=data)
            self.assertEqual(self.lmz("-d", stdin=piped), data)
        self.fails(cli_case.USAGE, "63K is below 64K", "--frame-size", "63K", "in")

    def test_seekable_is_short_for_a_block_size(self):
        data = cli_case.random_bytes(300_000)
        self.assertEqual(self.lmz("--seekable", stdin=data),
                         self.lmz("--block-size", "128K", stdin=data))

    def test_wide_files_have_other_blocks_and_read_back(self):
        data = cli_case.random_bytes(4_000_000)
        coded = self.lmz("-0", "--wide", stdin=data)
        self.assertEqual(coded, self.lmz("-0", "--block-size=3840K", stdin=data))
        text = cli_case.SAMPLES["text"] * (530_000 // len(cli_case.SAMPLES["text"]) + 1)
        wide = self.lmz("-1", "--wide", stdin=text)
        self.assertEqual(self.lmz("-d", stdin=wide), text)
        for options in (["-T3"], ["--device=cpu"], ["--device=auto", "-T2"], ["--block-size=1M"]):
            self.assertEqual(self.lmz("-1", "--wide", *options, stdin=text), wide)
            self.assertEqual(self.lmz("-d", *options, stdin=wide), text)
        for name in ("gpu", "cuda:", "cuda:-1", ""):
            self.fails(cli_case.USAGE, "--device", f"--device={name}", "in")

    def test_output_does_not_depend_on_threads(self):
        data = cli_case.SAMPLES["mixed"]
        packed = {self.lmz("--block-size=64K", f"-T{n}", stdin=data) for n in [1, 2, 5]}
        self.assertEqual(len(packed), 1)

    def test_file_and_redirected_file_give_the_same(self):
        path = self.write("in", cli_case.SAMPLES["text"])
        self.lmz("in")
        with path.open("rb") as stream:
            self.assertEqual(self.lmz(stdin=stream), self.read("in.lmz"))

    def test_redirected_file_is_read_from_where_it_stands(self):
        path = self.write("in", cli_case.SAMPLES["text"])
        with path.open("rb", buffering=0) as stream:
            stream.seek(1000)
            packed = self.lmz(stdin=stream)
        self.assertEqual(self.lmz("-d", stdin=packed), cli_case.SAMPLES["text"][1000:])

    def test_several_files(self):
        for name in ["a", "b", "c"]:
            self.write(name, cli_case.text_bytes(3000, seed=ord(name)))
        self.lmz("a", "b", "c")
        self.assertEqual(self.names(), ["a", "a.lmz", "b", "b.lmz", "c", "c.lmz"])
        joined = self.read("a") + self.read("b") + self.read("c")
        self.assertEqual(self.lmz("-dc", "a.lmz", "b.lmz", "c.lmz"), joined)
        self.assertEqual(self.lmz("-d", stdin=self.lmz("-c", "a", "b", "c")), joined)

    def test_concatenated_files_are_one_file(self):
        parts = [cli_case.SAMPLES[name] for name in ["text", "empty", "one byte", "random"]]
        packed = b"".join(self.lmz(stdin=part) for part in parts)
        self.assertEqual(self.lmz("-d", stdin=packed), b"".join(parts))

    def test_names_that_look_like_something_else(self):
        names = ["-d", "--help", "-T0", "a b", "[a,b]", "{}", "%x", "a=b", "\n", "@f", "'", "'q'"]
        for name in names:
            with self.subTest(name):
                data = name.encode() * 100
                self.write(name, data)
                self.lmz("--", name)
                self.assertEqual(self.lmz("-dc", "--", name + ".lmz"), data)
                (self.folder / name).unlink()
                self.lmz("-d", "--", name + ".lmz")
                self.assertEqual(self.read(name), data)

    def test_output_name_that_looks_like_something_else(self):
        self.write("in", b"text")
        for name in ["-x", "[a,b]", "{}", "--"]:
            with self.subTest(name):
                self.lmz("in", "-o", name)
                self.assertEqual(self.lmz("-dc", "--", name), b"text")

    def test_name_that_is_not_utf8(self):
        name = b"caf\xe9"
        with open(bytes(self.folder) + b"/" + name, "wb") as stream:
            stream.write(b"coffee")
        self.lmz(name)
        self.assertEqual(self.lmz("-dc", name + b".lmz"), b"coffee")

    def test_longest_name(self):
        name = "n" * 251
        self.write(name, b"long")
        self.lmz(name)
        self.assertEqual(self.lmz("-dc", name + ".lmz"), b"long")

    def test_chain_of_pipes(self):
        data = cli_case.SAMPLES["mixed"]
        pack = self.start_lmz("-c", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        unpack = self.start_lmz("-dc", stdin=pack.stdout, stdout=subprocess.PIPE)
        pack.stdout.close()
        with pack.stdin:
            pack.stdin.write(data)
        self.assertEqual(unpack.communicate(timeout=cli_case.PATIENCE)[0], data)
        self.assertEqual((pack.wait(), unpack.returncode), (0, 0))


class Tar(cli_case.CliCase):
    def test_both_ways(self):
        (self.folder / "tree/deep").mkdir(parents=True)
        self.write("tree/text", cli_case.SAMPLES["small text"])
        self.write("tree/deep/zeros", cli_case.SAMPLES["zeros"])
        for tar in [["-cf", "t.tar.lmz", "tree"], ["-tf", "t.tar.lmz"]]:
            subprocess.run(["tar", "-I", self.program, *tar], cwd=self.folder, check=True,
                           stdout=subprocess.DEVNULL, timeout=cli_case.PATIENCE)
        self.assertEqual(self.read("t.tar.lmz")[:3], self.lmz(stdin=b"x")[:3])
        (self.folder / "out").mkdir()
        subprocess.run(["tar", "-I", self.program, "-xf", "../t.tar.lmz"],
                       cwd=self.folder / "out", check=True, timeout=cli_case.PATIENCE)
        self.assertEqual(self.read("out/tree/text"), cli_case.SAMPLES["small text"])
        self.assertEqual(self.read("out/tree/deep/zeros"), cli_case.SAMPLES["zeros"])


if __name__ == "__main__":
    unittest.main()
