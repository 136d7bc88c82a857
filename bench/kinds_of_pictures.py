"""Kinds of files of pixels, made of a photograph of the image corpus; see kinds_of_media.py.

A kind is a function of a Photograph; it returns the file.
"""

import struct
import zlib

import png
from kinds_of_sound import tar

PICTURES = {}


def picture(function):
    PICTURES[function.__name__] = function
    return function


class Photograph:
    """A part of a photograph: rows of RGB, 8 bits a sample."""

    def __init__(self, pnm, left, top, width, height):
        _, size, _, pixels = pnm.split(b"\n", 3)
        row = int(size.split()[0]) * 3
        self.width, self.height = width, height
        self.rows = [pixels[(top + y) * row + left * 3 : (top + y) * row + (left + width) * 3]
                     for y in range(height)]

    def bgr(self):
        return [swapped(row, 3) for row in self.rows]

    def gray(self):
        return [bytes((2 * row[i] + 5 * row[i + 1] + row[i + 2]) // 8
                      for i in range(0, len(row), 3)) for row in self.rows]

    def rgba(self):
        return [b"".join(row[i : i + 3] + b"\xff" for i in range(0, len(row), 3))
                for row in self.rows]

    def wide(self, order, bits=16):
        """Gray of 16 bits a sample, means of neighbours."""
        out = []
        for y, row in enumerate(self.rows):
            above = self.rows[y - 1]
            out.append(b"".join(
                (sum(row[i : i + 3]) * 43 + sum(above[i : i + 3]) * 42 >> 16 - bits).to_bytes(
                    2, order) for i in range(0, len(row), 3)))
        return out

    def bits(self):
        """Ordered dither of gray, a bit a pixel."""
        matrix = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)
        out = []
        for y, row in enumerate(self.gray()):
            black = "".join("1" if v < 16 * matrix[y % 4 * 4 + x % 4] + 8 else "0"
                            for x, v in enumerate(row))
            black += "0" * (-len(black) % 8)
            out.append(int(black, 2).to_bytes(len(black) // 8, "big"))
        return out


def swapped(row, step):
    out = bytearray(row)
    out[0::step], out[2::step] = row[2::step], row[0::step]
    return bytes(out)


def pnm(head, rows):
    return head + b"".join(rows)


@picture
def ppm(p):
    return pnm(b"P6\n%d %d\n255\n" % (p.width, p.height), p.rows)


@picture
def ppm_comments(p):
    return pnm(b"P6 # RGB\n#by hand\n# 1 2 3\n%d\t%d #size\r\n255\n" % (p.width, p.height), p.rows)


@picture
def ppm_comment_in_magic(p):
    return pnm(b"P6#RGB\n%d#width\n%d # height\n\n\n   255\t" % (p.width, p.height), p.rows)


@picture
def ppm_comment_at_end(p):
    return pnm(b"P6\n%d %d\n255#the last\n" % (p.width, p.height), p.rows)


@picture
def ppm_comment_behind(p):
    return pnm(b"P6\n%d %d\n255\n# by a program\n" % (p.width, p.height), p.rows)


@picture
def ppm_carriage_returns(p):
    return pnm(b"P6\r\n%d %d\r\n255\r\n" % (p.width, p.height), p.rows)


@picture
def pgm(p):
    return pnm(b"P5 %d %d 255 " % (p.width, p.height), p.gray())


@picture
def pgm_16(p):
    return pnm(b"P5\n%d %d\n65535\n" % (p.width, p.height), p.wide("big"))


@picture
def pgm_12(p):
    return pnm(b"P5\n# 12 bits\n%d %d\n4095\n" % (p.width, p.height), p.wide("big", 12))


@picture
def pbm(p):
    return pnm(b"P4\n# dithered\n%d %d\n" % (p.width, p.height), p.bits())


@picture
def ppm_plain(p):
    return b"P3\n%d %d\n255\n" % (p.width, p.height) + b"".join(
        b" ".join(b"%d" % v for v in row) + b"\n" for row in p.rows[:100])


@picture
def pam_rgba(p):
    return pnm(b"P7\n# alpha\nWIDTH %d\nHEIGHT %d\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n"
               b"ENDHDR\n" % (p.width, p.height), p.rgba())


@picture
def pam_gray(p):
    return pnm(b"P7\nTUPLTYPE GRAYSCALE\nMAXVAL 255\nDEPTH 1\n\nHEIGHT %d\nWIDTH %d\n"
               b"ENDHDR\n" % (p.height, p.width), p.gray())


def tga_of(p, kind, depth, descriptor, rows, note=b"", footer=True):
    head = struct.pack("<BBBHHBHHHHBB", len(note), 0, kind, 0, 0, 0, 0, 0, p.width, p.height, depth,
                       descriptor) + note
    return head + b"".join(rows) + (
        bytes(8) + b"TRUEVISION-XFILE.\0" if footer else b"")


@picture
def tga_24(p):
    return tga_of(p, 2, 24, 0, p.bgr()[::-1])


@picture
def tga_24_from_top(p):
    return tga_of(p, 2, 24, 0x20, p.bgr(), note=b"made for a game", footer=False)


@picture
def tga_32(p):
    return tga_of(p, 2, 32, 8, [swapped(row, 4) for row in p.rgba()[::-1]])


@picture
def tga_gray(p):
    return tga_of(p, 3, 8, 0x20, p.gray())


@picture
def tga_runs(p):
    def row_of(row):
        out = b""
        for x in range(0, p.width, 128):
            part = row[3 * x : 3 * x + 384]
            out += bytes([len(part) // 3 - 1]) + part
        return out
    return tga_of(p, 10, 24, 0, map(row_of, p.bgr()[::-1]))


def padded(rows):
    return [row + bytes(-len(row) % 4) for row in rows]


def bmp_of(header, palette, rows):
    begin = 14 + len(header) + len(palette)
    pixels = b"".join(padded(rows))
    return (b"BM" + struct.pack("<IHHI", begin + len(pixels), 0, 0, begin) + header + palette
            + pixels)


def core(p, depth):
    return struct.pack("<IHHHH", 12, p.width, p.height, 1, depth)


@picture
def bmp_24(p):
    info = struct.pack("<IiiHHIIiiII", 40, p.width, p.height, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return bmp_of(info, b"", p.bgr()[::-1])


@picture
def bmp_core_24(p):
    return bmp_of(core(p, 24), b"", p.bgr()[::-1])


@picture
def bmp_core_gray(p):
    return bmp_of(core(p, 8), bytes(i for i in range(256) for _ in range(3)), p.gray()[::-1])


@picture
def bmp_os2_64(p):
    info = struct.pack("<IIIHHIIIIII", 64, p.width, p.height, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(24)
    return bmp_of(info, b"", p.bgr()[::-1])


@picture
def bmp_os2_16(p):
    return bmp_of(struct.pack("<IIIHH", 16, p.width, p.height, 1, 24), b"", p.bgr()[::-1])


@picture
def bmp_info_gray(p):
    info = struct.pack("<IiiHHIIiiII", 40, p.width, -p.height, 1, 8, 0, 0, 0, 0, 256, 0)
    return bmp_of(info, b"".join(bytes((i, i, i, 0)) for i in range(256)), p.gray())


def tiff_of(order, tags, strips):
    """Little-endian for "<"; each tag is (number, type, values); strips begin at byte 8."""
    pixels = b"".join(strips)
    offsets, at = [], 8
    for strip in strips:
        offsets.append(at)
        at += len(strip)
    tags = sorted(tags + [(273, 4, offsets), (279, 4, [len(strip) for strip in strips])])
    begin = 8 + len(pixels) + len(pixels) % 2
    entries, more = b"", b""
    end = begin + 2 + 12 * len(tags) + 4
    for number, kind, values in tags:
        data = struct.pack(f"{order}{len(values)}{'H' if kind == 3 else 'I'}", *values)
        entry = struct.pack(order + "HHI", number, kind, len(values))
        if len(data) <= 4:
            entries += entry + data + bytes(4 - len(data))
        else:
            entries += entry + struct.pack(order + "I", end + len(more))
            more += data
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", begin)
    return (head + pixels + bytes(len(pixels) % 2) + struct.pack(order + "H", len(tags)) + entries
            + bytes(4) + more)


def tiff_tags(p, channels, bits=8, planar=1, rows=None):
    return [(256, 4, [p.width]), (257, 4, [p.height]), (258, 3, [bits] * channels), (259, 3, [1]),
            (262, 3, [2 if channels >= 3 else 1]), (277, 3, [channels]),
            (278, 4, [rows or p.height]), (284, 3, [planar])]


@picture
def tiff(p):
    return tiff_of("<", tiff_tags(p, 3), [b"".join(p.rows)])


@picture
def tiff_planar(p):
    return tiff_of("<", tiff_tags(p, 3, planar=2),
                   [b"".join(row[c::3] for row in p.rows) for c in range(3)])


@picture
def tiff_planar_strips(p):
    rows = 16
    strips = [b"".join(row[c::3] for row in p.rows[y : y + rows])
              for c in range(3) for y in range(0, p.height, rows)]
    return tiff_of(">", tiff_tags(p, 3, planar=2, rows=rows), strips)


@picture
def tiff_planar_16(p):
    gray = p.wide("big")
    strips = [b"".join(gray), b"".join(gray[::-1]), b"".join(gray)]
    return tiff_of(">", tiff_tags(p, 3, bits=16, planar=2), strips)


@picture
def tiff_gray_16(p):
    return tiff_of("<", tiff_tags(p, 1, bits=16), [b"".join(p.wide("little"))])


def filtered(rows, step):
    """Each row behind its filter type: the one with the smallest sum of magnitudes."""
    above = bytes(len(rows[0]))
    out = []
    for row in rows:
        candidates = []
        for kind in range(5):
            line = bytearray(row)
            for i, byte in enumerate(row):
                line[i] = byte - png.prediction(kind, row, above, i, step) & 255
            candidates.append((sum(min(v, 256 - v) for v in line), kind, line))
        _, kind, line = min(candidates)
        out.append(bytes([kind]) + bytes(line))
        above = row
    return b"".join(out)


def png_of(p, color, data, interlaced=0, raw=False, depth=8, more=b""):
    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body
                + struct.pack(">I", zlib.crc32(kind + body)))
    deflater = zlib.compressobj(6, zlib.DEFLATED, -15 if raw else 15)
    stream = deflater.compress(data) + deflater.flush() + more
    head = struct.pack(">IIBBBBB", p.width, p.height, depth, color, 0, 0, interlaced)
    return (png.SIGNATURE + (chunk(b"CgBI", bytes.fromhex("50002002")) if raw else b"")
            + chunk(b"IHDR", head)
            + b"".join(chunk(b"IDAT", stream[at : at + 32768])
                       for at in range(0, len(stream), 32768)) + chunk(b"IEND", b""))


@picture
def png_rgb(p):
    return png_of(p, 2, filtered(p.rows, 3))


PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2))


def adam7(rows, step):
    out = b""
    for x0, y0, dx, dy in PASSES:
        part = [b"".join(row[x * step : (x + 1) * step]
                         for x in range(x0, len(row) // step, dx)) for row in rows[y0::dy]]
        if part and part[0]:
            out += filtered(part, step)
    return out


@picture
def png_adam7(p):
    return png_of(p, 2, adam7(p.rows, 3), interlaced=1)


@picture
def png_adam7_gray(p):
    return png_of(p, 0, adam7(p.gray(), 1), interlaced=1)


@picture
def png_adam7_alpha(p):
    return png_of(p, 6, adam7(p.rgba(), 4), interlaced=1)


@picture
def png_missing_rows(p):
    return png_of(p, 2, filtered(p.rows[: p.height * 3 // 4], 3))


@picture
def png_half_a_row_missing(p):
    return png_of(p, 2, filtered(p.rows, 3)[: -p.width])


@picture
def png_extra_rows(p):
    return png_of(p, 2, filtered(p.rows + p.rows[:7], 3))


@picture
def png_extra_bytes(p):
    return png_of(p, 2, filtered(p.rows, 3) + b"surplus")


@picture
def png_bytes_behind_stream(p):
    return png_of(p, 2, filtered(p.rows, 3), more=b"behind the stream")


@picture
def png_adam7_missing_rows(p):
    data = adam7(p.rows, 3)
    return png_of(p, 2, data[: len(data) * 3 // 4], interlaced=1)


@picture
def png_cgbi(p):
    rows = [swapped(row, 4) for row in p.rgba()]
    return png_of(p, 6, filtered(rows, 4), raw=True)


@picture
def png_cgbi_no_alpha(p):
    return png_of(p, 2, filtered(p.bgr(), 3), raw=True)


@picture
def png_gray_alpha_16(p):
    rows = [b"".join(row[i : i + 2] + b"\xff\xff" for i in range(0, len(row), 2))
            for row in p.wide("big")]
    return png_of(p, 4, filtered(rows, 4), depth=16)


@picture
def pictures_in_tar(p):
    return tar([("a.tga", tga_24(p)), ("b.bmp", bmp_core_24(p)), ("c.ppm", ppm_comments(p))])


@picture
def tga_in_tar(p):
    return tar([("a.tga", tga_24_from_top(p))])


@picture
def tiff_in_tar(p):
    return tar([("a.tif", tiff(p))])


@picture
def png_in_tar(p):
    return tar([("a.png", png_rgb(p)), ("b.png", png_adam7_gray(p))])
