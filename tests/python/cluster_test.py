"""lmz.cluster against a real scheduler and worker processes; exit status 77, a skip, without Dask.

The environment variable LMZ names the program, with whose output that of the cluster is compared.
"""

import importlib.util
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

if not (importlib.util.find_spec("distributed") and importlib.util.find_spec("fsspec")):
    print("skipped: distributed is not installed")
    sys.exit(77)

import lmz

PATIENCE = 300  # seconds until something counts as hanging
PIECE = 65536


def words(size, seed):
    source = random.Random(seed)
    vocabulary = ["".join(source.choices("etaoinshrdlu", k=source.randint(1, 9)))
                  for _ in range(400)]
    return " ".join(source.choices(vocabulary, k=size // 4)).encode()[:size]


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        cls.address_file = cls.root / "scheduler.json"
        cls.workers = []
        cls.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show",
                  "--scheduler-file", cls.address_file)
        cls.wait(cls.address_file.exists, "the scheduler")
        cls.scheduler = json.loads(cls.address_file.read_text())["address"]
        for _ in range(3):
            cls.add_worker()

    @classmethod
    def start(cls, kind, *arguments, **variables):
        process = subprocess.Popen(
            [sys.executable, "-c", f"from distributed.cli.dask_{kind} import main; main()",
             *map(str, arguments)],
            env={**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "120s", **variables},
            cwd=cls.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.kill)
        return process

    @classmethod
    def add_worker(cls, **variables):
        log = cls.root / f"local-{len(cls.workers)}"
        worker = cls.start("worker", cls.scheduler, "--host", "127.0.0.1", "--no-dashboard",
                           "--nthreads", "1", "--no-nanny", "--local-directory", log, **variables)
        cls.workers.append(worker)
        cls.wait_for_workers()
        return worker

    @classmethod
    def wait_for_workers(cls):
        from distributed import Client
        alive = sum(worker.poll() is None for worker in cls.workers)
        with Client(cls.scheduler, set_as_default=False) as client:
            cls.wait(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == alive,
                     f"{alive} workers")

    @classmethod
    def wait(cls, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}")
            time.sleep(0.02)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=self.root)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def command(self, *arguments):
        return [sys.executable, "-m", "lmz.cluster", *map(str, arguments), "--scheduler",
                self.scheduler]

    def run_cluster(self, *arguments, status=0, said=""):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False,
                              cwd=self.folder, timeout=PATIENCE)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(said, done.stderr)
        return done.stderr

    def program(self, *arguments):
        return subprocess.run([os.environ["LMZ"], *map(str, arguments)], capture_output=True,
                              check=True, cwd=self.folder).stdout

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_the_output_is_that_of_one_machine(self):
        sizes = {"a": 5 * PIECE + 1000, "b": 2 * PIECE, "c": 100, "d": 0}
        for name, size in sizes.items():
            (self.folder / name).write_bytes(words(size, len(name)))
        self.run_cluster("compress", "-0", "--frame-size=64K", *sizes, "out/", "--progress",
                         said="10 of 10 pieces")
        for name, size in sizes.items():
            self.assertEqual((self.folder / f"out/{name}.lmz").read_bytes(),
                             self.program("-0", "--frame-size=64K", "-c", name))
        self.run_cluster("decompress", "--frame-size=64K", "out/*.lmz", "back/")
        for name in sizes:
            self.assertEqual((self.folder / f"back/{name}").read_bytes(),
                             (self.folder / name).read_bytes())
        self.assertEqual(self.names(), ["a", "b", "back", "c", "d", "out"])
        self.assertEqual(len(list((self.folder / "out").iterdir())), 4)
        self.run_cluster("compress", "-0", "a", "out/a.lmz", status=1, said="exists")
        self.run_cluster("compress", "-0", "-f", f"file://{self.folder}/a", "out/a.lmz")
        self.assertEqual((self.folder / "out/a.lmz").read_bytes(), self.program("-0", "-c", "a"))
        # One frame of several blocks is decompressed in pieces, too.
        (self.folder / "e.lmz").write_bytes(lmz.compress(words(4 * PIECE, 1), 0, block_size=PIECE))
        self.run_cluster("decompress", "--frame-size=64K", "e.lmz", "e", "--progress",
                         said="4 of 4 pieces")
        self.assertEqual((self.folder / "e").read_bytes(), words(4 * PIECE, 1))

    def test_a_lost_worker_costs_its_task_only(self):
        (self.folder / "text").write_bytes(words(10 * PIECE, 2))
        victim = self.add_worker()
        process = subprocess.Popen(
            self.command("compress", "-1", "--frame-size=64K", "text", "out"), cwd=self.folder,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        from distributed import Client
        with Client(self.scheduler, set_as_default=False) as client:
            address = next(worker for worker, pid in client.run(os.getpid).items()
                           if pid == victim.pid)
            self.wait(lambda: any("compress_piece" in str(task)
                                  for task in client.processing().get(address, ())),
                      "work of the worker that will be lost")
        victim.send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual((self.folder / "out").read_bytes(),
                         self.program("-1", "--frame-size=64K", "-c", "text"))
        self.assertEqual(self.names(), ["out", "text"])
        self.wait_for_workers()

    def test_failures_leave_no_output(self):
        code = bytearray(lmz.compress(os.urandom(4 * PIECE), 0, block_size=PIECE))
        code[3 * PIECE] ^= 4
        (self.folder / "bad.lmz").write_bytes(code)
        self.run_cluster("decompress", "--frame-size=64K", "bad.lmz", "bad", status=1,
                         said="bad.lmz, bytes 131072 to 196608: LmzError: block 2")
        self.assertEqual(self.names(), ["bad.lmz"])

    def test_a_task_is_begun_three_times_at_most(self):
        from lmz.cluster import plan, tasks
        source = plan.Source(f"file://{self.folder}/a", 10, "")
        piece = plan.Piece(source, 0, 10, f"file://{self.folder}/part", "piece")
        expected = tasks.describe(0)
        for _ in range(plan.MAX_TRIES):
            with self.assertRaises(FileNotFoundError):
                tasks.compress_piece(piece, expected, {})
        (self.folder / "a").write_bytes(b"0123456789")
        with self.assertRaises(tasks.TriedTooOften):
            tasks.compress_piece(piece, expected, {})

    def test_errors_before_work_starts(self):
        (self.folder / "a").write_bytes(b"a" * 1000)
        (self.folder / "plain.lmz").write_bytes(b"not lmz data")
        before = self.names()
        self.run_cluster("compress", "-0", "none", "out", status=1, said="none is not reached")
        self.run_cluster("compress", "-0", "a", "/proc/none/out", status=1, said="cannot write")
        self.run_cluster("compress", "-0", "a", "plain.lmz", "out", status=1, said="need a folder")
        self.run_cluster("decompress", "plain.lmz", "out", status=1, said="not an lmz file")
        self.run_cluster("decompress", "-0", "plain.lmz", "out", status=1, said="no effect")
        self.run_cluster("compress", "--frame-size=1K", "a", "out", status=1, said="65536")
        done = subprocess.run([*self.command("compress", "a", "out")[:-1], "tcp://127.0.0.1:1"],
                              capture_output=True, text=True, check=False, cwd=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is not reached", done.stderr)
        self.assertEqual(self.names(), before)

    def test_every_worker_must_have_the_same_lmz(self):
        (self.folder / "a").write_bytes(b"a" * 1000)
        for name, text, said in (
                ("without", "raise ImportError('no lmz here')", "no lmz here"),
                ("other", None, "has lmz 99.0.0")):
            package = self.root / name / "lmz"
            if text is not None:
                package.mkdir(parents=True)
                (package / "__init__.py").write_text(text)
            else:  # the same code that says that it is another version
                package.parent.mkdir()
                (package.parent / "sitecustomize.py").write_text(
                    "import lmz\nlmz.__version__ = '99.0.0'\n")
            path = os.pathsep.join([str(package.parent), os.environ["PYTHONPATH"]])
            worker = self.add_worker(PYTHONPATH=path)
            self.run_cluster("compress", "-0", "a", "out", status=1, said=said)
            worker.kill()
            worker.wait()
            self.wait_for_workers()
            self.assertEqual(self.names(), ["a"])


if __name__ == "__main__":
    unittest.main()
