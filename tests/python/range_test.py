"""Parts of a content: RangeReader, and files that seek."""

import bz2
import io
import os
import pathlib
import random
import tempfile
import threading
import unittest
import zipfile

import lmz

BLOCK = 65536
CONTENT = os.urandom(5 * BLOCK) + bytes(BLOCK) + os.urandom(1000)
CODE = lmz.compress(CONTENT, 0, block_size=BLOCK)


class CountingFile(io.BytesIO):
    """Counts the bytes that are read from it."""

    read_size = 0

    def read(self, size=-1):
        data = super().read(size)
        self.read_size += len(data)
        return data


class Ranges(unittest.TestCase):
    def test_every_kind_of_input(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file.lmz"
            path.write_bytes(CODE)
            behind = io.BytesIO(b"something" + CODE)
            behind.seek(9)
            for file in (path, str(path), CODE, bytearray(CODE), io.BytesIO(CODE), behind):
                with lmz.RangeReader(file) as reader:
                    self.assertEqual(reader.size, len(CONTENT))
                    self.assertEqual(reader.read_at(0), CONTENT)
                    for _ in range(20):
                        offset = random.randrange(len(CONTENT) + 10)
                        size = random.choice([0, 1, 100, 100000])
                        self.assertEqual(reader.read_at(offset, size),
                                         CONTENT[offset:offset + size])
                with self.assertRaises(ValueError):
                    reader.read_at(0, 1)
                with self.assertRaises(ValueError):
                    reader.blocks  # noqa: B018
        with self.assertRaises(ValueError):
            lmz.RangeReader(CODE).read_at(-1, 1)

    def test_blocks(self):
        blocks = lmz.RangeReader(CODE + lmz.compress(b"end", 0)).blocks
        self.assertEqual([block.content_size for block in blocks], [*[BLOCK] * 6, 1000, 3])
        self.assertEqual(blocks[1].content_offset, BLOCK)
        self.assertEqual(blocks[1].coded_offset, blocks[0].coded_offset + blocks[0].coded_size)
        self.assertEqual(sum(blocks[-1][2:]), len(CODE) + len(lmz.compress(b"end", 0)))

    def test_only_what_is_needed_is_read(self):
        file = CountingFile(CODE)
        reader = lmz.RangeReader(file)
        self.assertLess(file.read_size, 1000)
        reader.read_at(3 * BLOCK, 10)
        self.assertLess(file.read_size, BLOCK + 1000)
        reader.read_at(4 * BLOCK - 100, 100)  # of the same block
        self.assertLess(file.read_size, BLOCK + 1000)

    def test_failures(self):
        with self.assertRaises(lmz.LmzError) as caught:
            lmz.RangeReader(b"plain text")
        self.assertEqual(caught.exception.code, lmz.NOT_LMZ)
        with self.assertRaises(FileNotFoundError):
            lmz.RangeReader("no such file")

        class Broken(io.BytesIO):
            is_broken = False

            def read(self, size=-1):
                if self.is_broken:
                    raise ConnectionError("gone")
                return super().read(size)

        file = Broken(CODE)
        reader = lmz.RangeReader(file)
        file.is_broken = True
        with self.assertRaisesRegex(ConnectionError, "gone"):
            reader.read_at(0, 10)
        file.is_broken = False
        self.assertEqual(reader.read_at(0, 10), CONTENT[:10])
        short = io.BytesIO(CODE)
        reader = lmz.RangeReader(short)
        short.truncate(100)
        with self.assertRaises(EOFError):
            reader.read_at(0, 10)
        with self.assertRaises(lmz.LmzError) as caught:
            lmz.RangeReader(CODE, memory_limit=BLOCK).read_at(0, 10)
        self.assertEqual(caught.exception.code, lmz.LIMIT)

    def test_threads_share_a_reader(self):
        reader = lmz.RangeReader(CODE)
        wrong = []

        def work(seed):
            source = random.Random(seed)
            for _ in range(30):
                offset = source.randrange(len(CONTENT))
                if reader.read_at(offset, 100) != CONTENT[offset:offset + 100]:
                    wrong.append(offset)

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


class Seeking(unittest.TestCase):
    def test_as_a_file_of_the_content(self):
        for start in (0, 7):
            raw = io.BytesIO(bytes(start) + CODE)
            raw.seek(start)
            with lmz.open(raw) as file:
                self.assertTrue(file.seekable())
                plain = io.BytesIO(CONTENT)
                source = random.Random(3)
                for _ in range(60):
                    action = source.randrange(4)
                    if action == 0:
                        size = source.choice([0, 1, 1000, 70000])
                        self.assertEqual(file.read(size), plain.read(size))
                    elif action == 1:
                        self.assertEqual(file.readline(50), plain.readline(50))
                    else:
                        whence = source.randrange(3)
                        there = source.randrange(len(CONTENT) + 1)
                        offset = there - (0, plain.tell(), len(CONTENT))[whence]
                        self.assertEqual(file.seek(offset, whence), plain.seek(offset, whence))
                    self.assertEqual(file.tell(), plain.tell())
                file.seek(0)
                self.assertEqual(file.read(), CONTENT)
                self.assertEqual(file.seek(10**9), 10**9)
                self.assertEqual(file.read(), b"")
                with self.assertRaises(ValueError):
                    file.seek(-1)

    def test_reading_in_order_needs_no_index(self):
        class Pipe(io.RawIOBase):
            rest = CODE

            def readable(self):
                return True

            def readinto(self, buffer):
                size = min(len(buffer), len(self.rest))
                buffer[:size], self.rest = self.rest[:size], self.rest[size:]
                return size

        with lmz.open(Pipe(), threads=2) as file:
            self.assertFalse(file.seekable())
            self.assertEqual(file.read(10), CONTENT[:10])
            with self.assertRaises(io.UnsupportedOperation):
                file.seek(0)
            self.assertEqual(file.read(), CONTENT[10:])
        with lmz.open(io.BytesIO(), "w", level=0) as file:
            file.write(b"abc")
            self.assertEqual(file.tell(), 3)
            self.assertFalse(file.seekable())
            with self.assertRaises(io.UnsupportedOperation):
                file.seek(0)

    def test_others_that_seek_can_use_it(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as made:
            made.writestr("a", b"one")
            made.writestr("b", CONTENT)
        with lmz.open(io.BytesIO(lmz.compress(archive.getvalue(), 0, seekable=True))) as file:
            with zipfile.ZipFile(file) as found:
                self.assertEqual(found.read("b"), CONTENT)
        text = "".join(f"line {i} ä\n" for i in range(20000))
        with lmz.open(io.BytesIO(lmz.compress(text.encode(), 0, seekable=True)), "rt",
                      encoding="utf-8") as file:
            start = file.tell()
            lines = [file.readline() for _ in range(3)]
            place = file.tell()
            following = file.readline()
            file.seek(place)
            self.assertEqual(file.readline(), following)
            file.seek(start)
            self.assertEqual([file.readline() for _ in range(3)], lines)

    def test_the_names_of_bz2_are_there(self):
        ours = {name for name in dir(lmz.LmzFile) if not name.startswith("_")}
        theirs = {name for name in dir(bz2.BZ2File) if not name.startswith("_")}
        self.assertEqual(theirs - ours, set())


if __name__ == "__main__":
    unittest.main()
