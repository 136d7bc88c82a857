#!/usr/bin/env python3
"""usage: tests/load/load_test.py --lmz PROGRAM [OPTION]... [STAGE]...

The program under load, stage by stage: all of them, or those that are named. Prints what each took
and exits with 1 when one failed. A stage that this machine does not let run says why.

pipe     --size bytes through compressor and decompressor, connected by pipes, in bounded memory
files    --files small files with -r, and back with --rm
block    a block of 2^28 bytes, the largest there is
full     a full disk, and a file that may not grow: an error, no output, nothing lost
read     inputs that cannot be read to their end
kill     SIGKILL at --kills random moments of each kind of work: nothing lost, nothing half written
"""

import argparse
import errno
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

MIB = 1 << 20
PIPE_MEMORY = 256  # MiB that a process may take at level 0, whatever it is fed
FILES_MEMORY = 192  # MiB for any number of small files: their names, and one file at a time
BLOCK_MEMORY = 2048  # MiB for a block of 256 MiB
PATIENCE = 600  # seconds until a program counts as hanging


class Skipped(Exception):
    """Why this machine does not let a stage run."""


def text_of(size, seed):
    source = random.Random(seed)
    words = [source.randbytes(source.randint(1, 5)).hex() for _ in range(300)]
    count = size // 4
    return " ".join(source.choices(words, k=count)).encode()[:size]


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Load:
    def __init__(self, options, folder):
        self.lmz = str(pathlib.Path(options.lmz).resolve())
        self.options = options
        self.folder = folder

    # ---- What the stages share ----

    def start(self, *arguments, **options):
        return subprocess.Popen([self.lmz, "-q", *map(str, arguments)], cwd=self.folder, **options)

    @staticmethod
    def finish(process, what, limit_mib):
        """Waits for success in bounded memory; "MiB, s of CPU" in words."""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        expect(process.returncode == 0, f"{what}: exit code {process.returncode}")
        mib = usage.ru_maxrss / 1024
        expect(mib <= limit_mib, f"{what}: {mib:.0f} MiB, more than {limit_mib}")
        return f"{what} {mib:.0f} MiB, {usage.ru_utime + usage.ru_stime:.1f} s of CPU"

    def run(self, what, limit_mib, *arguments):
        return self.finish(self.start(*arguments), what, limit_mib)

    def fails(self, code, words, *arguments, **options):
        process = self.start(*arguments, stderr=subprocess.PIPE, **options)
        message = process.communicate(timeout=PATIENCE)[1].decode(errors="replace")
        expect(process.returncode == code, f"exit code {process.returncode}: {message}")
        expect(words in message, f"another message: {message}")

    def names(self, folder=None):
        return sorted(path.name for path in (folder or self.folder).iterdir())

    def empty(self):
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    # ---- The stages: each returns what it took ----

    def pipe(self):
        # Mostly zeros, since text takes twice the time, but no two MiB are alike.
        piece = text_of(MIB // 16, 1) + bytes(MIB - MIB // 16 - 21)
        count = -(-self.options.size // MIB)
        wanted, found = hashlib.blake2b(), hashlib.blake2b()
        compressor = self.start("-0", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        decompressor = self.start("-d", stdin=compressor.stdout, stdout=subprocess.PIPE)
        compressor.stdout.close()

        def feed():
            with compressor.stdin as stream:
                for number in range(count):
                    for part in (b"%020d\n" % number, piece):
                        wanted.update(part)
                        stream.write(part)

        feeder = threading.Thread(target=feed)
        feeder.start()
        while data := decompressor.stdout.read(MIB):
            found.update(data)
        feeder.join()
        figures = [self.finish(compressor, "compress", PIPE_MEMORY),
                   self.finish(decompressor, "restore", PIPE_MEMORY)]
        expect(wanted.digest() == found.digest(), "what came back is something else")
        return f"{count} MiB: " + "; ".join(figures)

    def files(self):
        tree, count = self.folder / "tree", self.options.files
        for number in range(count):
            path = tree / str(number // 1000) / str(number)
            if number % 1000 == 0:
                path.parent.mkdir(parents=True)
            path.write_bytes(b"file %d\n" % number * (number % 9))
        figures = [self.run("compress", FILES_MEMORY, "-0", "-r", "--rm", "tree")]
        packed = [path for path in tree.rglob("*") if path.is_file()]
        expect(len(packed) == count and all(path.suffix == ".lmz" for path in packed),
               "there are other files than there should be")
        figures.append(self.run("restore", FILES_MEMORY, "-d", "-r", "--rm", "tree"))
        for number in range(count):
            path = tree / str(number // 1000) / str(number)
            expect(path.read_bytes() == b"file %d\n" % number * (number % 9), f"{path} is another")
        return f"{count} files: " + "; ".join(figures)

    def block(self):
        size = 1 << 28
        piece = text_of(MIB, 2)
        with (self.folder / "in").open("wb") as stream:
            for _ in range(size // MIB):
                stream.write(piece)
        figures = [self.run("compress", BLOCK_MEMORY, "-0", "--block-size=256M", "in"),
                   self.run("restore", BLOCK_MEMORY, "-d", "in.lmz", "-o", "back")]
        listed = subprocess.run([self.lmz, "-l", "--json", "in.lmz"], cwd=self.folder,
                                stdout=subprocess.PIPE, check=True)
        blocks = json.loads(listed.stdout)[0]["frames"][0]["blocks"]
        expect([block["raw_size"] for block in blocks] == [size], f"the blocks are {blocks}")
        subprocess.run(["cmp", "in", "back"], cwd=self.folder, check=True)
        return "256 MiB: " + "; ".join(figures)

    def full(self):
        (self.folder / "in").write_bytes(random.Random(3).randbytes(4 * MIB))
        self.fails(1, os.strerror(errno.EFBIG), "-0", "--rm", "in", preexec_fn=limit_files)
        expect(self.names() == ["in"], f"there is {self.names()}")
        disk = self.folder / "disk"
        disk.mkdir()
        mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)],
                                  stderr=subprocess.PIPE, check=False)
        if mounting.returncode != 0:
            raise Skipped("files that may not grow passed; a small disk cannot be mounted here: "
                          + mounting.stderr.decode().strip())
        try:
            self.fails(1, os.strerror(errno.ENOSPC), "-0", "--rm", "in", "-o", "disk/out")
            expect(self.names(disk) == [], f"on the disk is {self.names(disk)}")
        finally:
            subprocess.run(["umount", str(disk)], check=True)
        expect((self.folder / "in").stat().st_size == 4 * MIB, "the input is another")
        return "an error each, the input kept, no output"

    def read(self):
        # Nothing is mapped at the address 0.
        self.fails(1, os.strerror(errno.EIO), "-0", "/proc/self/mem", "-o", "out")
        (self.folder / "file").write_bytes(b"text")
        self.fails(1, os.strerror(errno.ENOTDIR), "-0", "file/in", "-o", "out")
        code = subprocess.run([self.lmz, "-0"], input=text_of(MIB, 4), stdout=subprocess.PIPE,
                              check=True).stdout
        os.mkfifo(self.folder / "pipe")
        process = self.start("-d", "pipe", "-o", "out", stderr=subprocess.PIPE)
        with (self.folder / "pipe").open("wb") as stream:
            stream.write(code[:-20])  # its writer goes away early
        message = process.communicate(timeout=PATIENCE)[1].decode()
        expect(process.returncode == 3 and "too early" in message, message)
        expect(self.names() == ["file", "pipe"], f"there is {self.names()}")
        return "an error each, no output"

    def kill(self):
        text = text_of(120_000, 5)
        code = subprocess.run([self.lmz, "-0"], input=text, stdout=subprocess.PIPE,
                              check=True).stdout
        figures = []
        for what, arguments, before in [
            ("compress", ["-0", "in"], {"in": text}),
            ("compress --rm", ["-0", "--rm", "in"], {"in": text}),
            ("compress -f", ["-0", "-f", "in"], {"in": text, "in.lmz": code}),
            ("decompress", ["-d", "in.lmz"], {"in.lmz": code}),
            ("decompress --rm", ["-d", "--rm", "in.lmz"], {"in.lmz": code}),
            ("-r --rm", ["-0", "-r", "--rm", "."],
             {f"{i}/in": text[i * 6000:(i + 1) * 6000] for i in range(20)}),
        ]:
            figures.append(f"{what} {self.kill_often(arguments, before, text)}")
        return f"{self.options.kills} kills each; finished before: " + ", ".join(figures)

    def kill_often(self, arguments, before, text):
        """How many of the programs had finished before they were killed."""
        moments = random.Random(6)
        contents = {name: data for name, data in before.items() if name.endswith("in")}
        contents = contents or {"in": text}
        finished, length = 0, None
        for _ in range(self.options.kills + 1):
            self.empty()
            for name, data in before.items():
                (self.folder / name).parent.mkdir(exist_ok=True)
                (self.folder / name).write_bytes(data)
            start = time.monotonic()
            process = self.start(*arguments)
            if length is None:  # the first one is not killed
                process.wait(timeout=PATIENCE)
                length = time.monotonic() - start
            else:
                time.sleep(moments.uniform(0, length))
                finished += process.poll() is not None
                process.send_signal(signal.SIGKILL)
                process.wait(timeout=PATIENCE)
            self.check_after_kill(contents, set(before))
        return finished

    def check_after_kill(self, contents, before):
        kept = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")
                if path.is_file()}
        allowed = {name + suffix for name in contents for suffix in ("", ".lmz")}
        left = kept - allowed
        expect(not left or not can_be_nameless(self.folder), f"left over: {left}")
        for name, content in contents.items():
            found = [n for n in (name, name + ".lmz") if n in kept]
            expect(found, f"{name} is lost")
            if name in kept:
                expect((self.folder / name).read_bytes() == content, f"{name} is half written")
            if name + ".lmz" in kept:
                back = subprocess.run([self.lmz, "-dc", name + ".lmz"], cwd=self.folder,
                                      stdout=subprocess.PIPE, check=False)
                expect(back.returncode == 0 and back.stdout == content, f"{name}.lmz is no output")


def limit_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))


def can_be_nameless(folder):
    """Whether the file system has files without names, of which nothing can be left over."""
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    except OSError:
        return False
    return True


STAGES = ["pipe", "files", "block", "full", "read", "kill"]


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n", 1)[0][7:])
    parser.add_argument("--lmz", default=os.environ.get("LMZ"), help="the program")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    parser.add_argument("--folder", default=memory, help="where the files go; removed at the end; "
                        "by default in memory, where syncing 200,000 files takes no time")
    parser.add_argument("--size", type=int, default=10**9, help="bytes for `pipe`")
    parser.add_argument("--files", type=int, default=100_000, help="files for `files`")
    parser.add_argument("--kills", type=int, default=50, help="of each kind of work")
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=", ".join(STAGES))
    options = parser.parse_args()
    unknown = set(options.stages) - set(STAGES)
    if unknown:
        parser.error(f"there is no stage {min(unknown)}")
    failed = False
    for stage in options.stages or STAGES:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="lmz-load-", dir=options.folder) as folder:
            try:
                took = getattr(Load(options, pathlib.Path(folder)), stage)()
            except Skipped as reason:
                took = f"SKIPPED: {reason}"
            except AssertionError as failure:
                took, failed = f"FAILED: {failure}", True
        print(f"{stage}: {took} ({time.monotonic() - start:.0f} s)", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
