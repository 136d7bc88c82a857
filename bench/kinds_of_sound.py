"""Kinds of files of sound, made of the recordings of the audio corpus; see kinds_of_media.py.

A kind is a function of a Recordings; it returns the file and, for a coder of sound, the same
samples as a plain WAV file, or none where such a coder has none.
"""

import io
import random
import struct
import tarfile

SOUNDS = {}


def sound(function):
    SOUNDS[function.__name__] = function
    return function


class Recordings:
    """`speech` is mono, `music` two channels, interleaved: lists of 16-bit samples."""

    def __init__(self, speech, music):
        self.speech, self.music = speech, music

    def wide(self, bits):
        """Music that fills so many bits: two recordings mixed by gains that are no powers of 2."""
        speech = self.speech[: len(self.music)]
        scale = 1 << bits - 16
        last, out = 0.0, []
        for i, sample in enumerate(self.music):
            last = .9 * last + .1 * speech[i // 2 % len(speech)]
            out.append(int((sample * .61803 + last * .2718) * scale))
        return out


def pack(samples, size, order="little", is_unsigned=False):
    half = 1 << 8 * size - 1
    if is_unsigned:
        return b"".join((s + half).to_bytes(size, order) for s in samples)
    return b"".join(s.to_bytes(size, order, signed=True) for s in samples)


def floats(values, order="<"):
    return struct.pack(f"{order}{len(values)}f", *values)


def fmt(tag, channels, size, order="<", bits=None, valid=None, rate=44100):
    body = struct.pack(order + "HHIIHH", tag if valid is None else 0xFFFE, channels, rate,
                       rate * channels * size, channels * size, bits or 8 * size)
    if valid is None:
        return body
    return body + struct.pack(order + "HHIH", 22, valid, 0, tag) + bytes.fromhex(
        "0000000010008000 00AA00389B71")


def riff(body_fmt, data, name=b"RIFF", order="<", before=b"", after=b""):
    body = (b"WAVE" + before + b"fmt " + struct.pack(order + "I", len(body_fmt)) + body_fmt
            + b"data" + struct.pack(order + "I", len(data)) + data + bytes(len(data) & 1) + after)
    return name + struct.pack(order + "I", len(body)) + body


def wav(samples, channels, size, **more):
    return riff(fmt(1, channels, size, **more), pack(samples, size, is_unsigned=size == 1))


def float_wav(values, channels):
    return riff(fmt(3, channels, 4), floats(values))


def both(content):
    return content, content


@sound
def wav_8_mono(r):
    return both(wav([s >> 8 for s in r.speech], 1, 1))


@sound
def wav_8_stereo(r):
    return both(wav([s >> 8 for s in r.music], 2, 1))


@sound
def wav_16(r):
    return both(wav(r.music, 2, 2))


@sound
def wav_12_in_16(r):
    return both(wav([s >> 4 << 4 for s in r.speech], 1, 2))


@sound
def wav_12_in_16_low(r):
    return both(wav([s >> 4 for s in r.speech], 1, 2))


@sound
def wav_14_in_16_stereo(r):
    return both(wav([s >> 2 << 2 for s in r.music], 2, 2, bits=14))


@sound
def wav_16_in_24(r):
    return both(wav([s << 8 for s in r.music], 2, 3))


@sound
def wav_20_in_24(r):
    return both(wav([s << 4 for s in r.wide(20)], 2, 3, bits=24, valid=20))


@sound
def wav_24(r):
    return both(wav(r.wide(24), 2, 3))


@sound
def wav_16_in_32(r):
    return both(wav([s << 16 for s in r.music], 2, 4))


@sound
def wav_20_in_32(r):
    return both(wav([s << 12 for s in r.wide(20)], 2, 4, bits=32, valid=20))


@sound
def wav_24_in_32(r):
    return both(wav([s << 8 for s in r.wide(24)], 2, 4, bits=32, valid=24))


@sound
def wav_24_in_32_low(r):
    return both(wav(r.wide(24), 2, 4))


@sound
def wav_32(r):
    return both(wav(r.wide(32), 2, 4))


@sound
def wav_32_of_float(r):
    values = struct.unpack(f"<{len(r.music)}f", floats([s * .7310585 / 32768 for s in r.music]))
    return both(wav([int(v * 2 ** 31) for v in values], 2, 4))


@sound
def float_of_16(r):
    return both(float_wav([s / 32768 for s in r.music], 2))


@sound
def float_of_16_mono(r):
    return both(float_wav([s / 32768 for s in r.speech], 1))


@sound
def float_of_24(r):
    return both(float_wav([s / 2 ** 23 for s in r.wide(24)], 2))


@sound
def float_gain(r):
    return both(float_wav([s * .7310585 / 32768 for s in r.music], 2))


@sound
def float_mix(r):
    return both(float_wav([s / 2 ** 31 for s in r.wide(32)], 2))


@sound
def float_of_16_scale(r):
    return both(float_wav([float(s) for s in r.music], 2))


@sound
def double_gain(r):
    data = struct.pack(f"<{len(r.speech)}d", *(s * .7310585 / 32768 for s in r.speech))
    return riff(fmt(3, 1, 8), data), None


@sound
def mu_law(r):
    def code(s):
        magnitude = min(abs(s), 32635) + 132
        e = magnitude.bit_length() - 8
        return ~((128 if s < 0 else 0) | e << 4 | magnitude >> e + 3 & 15) & 255
    return riff(fmt(7, 1, 1), bytes(map(code, r.speech))), None


@sound
def rifx_16(r):
    data = pack(r.music, 2, "big")
    return riff(fmt(1, 2, 2, ">"), data, b"RIFX", ">"), wav(r.music, 2, 2)


@sound
def rf64_16(r):
    data = pack(r.music, 2)
    plain = wav(r.music, 2, 2)
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, len(plain) + 28, len(data), len(r.music) // 2, 0)
    body = fmt(1, 2, 2)
    return (b"RF64" + b"\xff" * 4 + b"WAVE" + ds64 + b"fmt " + struct.pack("<I", len(body)) + body
            + b"data" + b"\xff" * 4 + data), plain


@sound
def bw64_24(r):
    samples = r.wide(24)
    data = pack(samples, 3)
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, len(data) + 100, len(data), len(samples) // 2, 0)
    body = fmt(1, 2, 3)
    chna = b"chna" + struct.pack("<IHH", 4, 0, 0)
    return (b"BW64" + b"\xff" * 4 + b"WAVE" + ds64 + b"fmt " + struct.pack("<I", len(body)) + body
            + chna + b"data" + b"\xff" * 4 + data), wav(samples, 2, 3)


def w64_of(body, data):
    def chunk(name, tail, content):
        guid = name + bytes.fromhex(tail)
        return guid + struct.pack("<Q", 24 + len(content)) + content + bytes(-len(content) % 8)
    rest = "F3ACD3118CD100C04F8EDB8A"
    inner = chunk(b"fmt ", rest, body) + chunk(b"data", rest, data)
    head = b"riff" + bytes.fromhex("2E91CF11A5D628DB04C10000")
    wave = b"wave" + bytes.fromhex(rest)
    return head + struct.pack("<Q", 40 + len(inner)) + wave + inner


@sound
def w64_16(r):
    return w64_of(fmt(1, 2, 2), pack(r.music, 2)), wav(r.music, 2, 2)


@sound
def w64_24(r):
    return w64_of(fmt(1, 2, 3), pack(r.wide(24), 3)), wav(r.wide(24), 2, 3)


def au_of(encoding, channels, data, note=b"recorded\0\0\0\0", known=True):
    size = len(data) if known else 0xFFFFFFFF
    return struct.pack(">4sIIIII", b".snd", 24 + len(note), size, encoding, 44100,
                       channels) + note + data


@sound
def au_16(r):
    return au_of(3, 2, pack(r.music, 2, "big")), wav(r.music, 2, 2)


@sound
def au_8(r):
    samples = [s >> 8 for s in r.music]
    return au_of(2, 2, pack(samples, 1)), wav(samples, 2, 1)


@sound
def au_24_unknown_size(r):
    return au_of(4, 2, pack(r.wide(24), 3, "big"), known=False), wav(r.wide(24), 2, 3)


@sound
def au_float(r):
    values = [s / 32768 for s in r.music]
    return au_of(6, 2, floats(values, ">")), float_wav(values, 2)


def caf_of(flags, channels, size, data):
    desc = struct.pack(">d4sIIIII", 44100, b"lpcm", flags, channels * size, 1, channels, 8 * size)
    info = struct.pack(">I", 1) + b"title\0of a recording\0"
    return (b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">q", len(desc)) + desc
            + b"info" + struct.pack(">q", len(info)) + info
            + b"data" + struct.pack(">qI", len(data) + 4, 0) + data)


@sound
def caf_16(r):
    return caf_of(2, 2, 2, pack(r.music, 2)), wav(r.music, 2, 2)


@sound
def caf_24_big(r):
    return caf_of(0, 2, 3, pack(r.wide(24), 3, "big")), wav(r.wide(24), 2, 3)


@sound
def caf_float(r):
    values = [s / 32768 for s in r.music]
    return caf_of(3, 2, 4, floats(values)), float_wav(values, 2)


def aiff_of(kind, channels, size, data, bits=None):
    frames = len(data) // channels // size
    comm = struct.pack(">HIH", channels, frames, bits or 8 * size) + bytes.fromhex(
        "400EAC44000000000000")
    if kind:
        comm += kind + b"\x0ein some format\0"
    body = ((b"AIFC" if kind else b"AIFF") + b"COMM" + struct.pack(">I", len(comm)) + comm
            + b"SSND" + struct.pack(">III", len(data) + 8, 0, 0) + data + bytes(len(data) & 1))
    return b"FORM" + struct.pack(">I", len(body)) + body


@sound
def aiff_16(r):
    return aiff_of(b"", 2, 2, pack(r.music, 2, "big")), wav(r.music, 2, 2)


@sound
def aiff_8(r):
    samples = [s >> 8 for s in r.music]
    return aiff_of(b"", 2, 1, pack(samples, 1)), wav(samples, 2, 1)


@sound
def aiff_12(r):
    samples = [s >> 4 << 4 for s in r.music]
    return aiff_of(b"", 2, 2, pack(samples, 2, "big"), 12), wav(samples, 2, 2)


@sound
def aifc_sowt(r):
    return aiff_of(b"sowt", 2, 2, pack(r.music, 2)), wav(r.music, 2, 2)


@sound
def aifc_none_24(r):
    return aiff_of(b"NONE", 2, 3, pack(r.wide(24), 3, "big")), wav(r.wide(24), 2, 3)


@sound
def aifc_fl32(r):
    values = [s / 32768 for s in r.music]
    return aiff_of(b"fl32", 2, 4, floats(values, ">")), float_wav(values, 2)


@sound
def aifc_in32(r):
    samples = r.wide(32)
    return aiff_of(b"in32", 2, 4, pack(samples, 4, "big")), wav(samples, 2, 4)


@sound
def odd_chunk_with_pad(r):
    note = b"note" + struct.pack("<I", 7) + b"a note." + b"\0"
    return riff(fmt(1, 2, 2), pack(r.music, 2), before=note), wav(r.music, 2, 2)


@sound
def odd_chunk_without_pad(r):
    note = b"note" + struct.pack("<I", 7) + b"a note."
    return riff(fmt(1, 2, 2), pack(r.music, 2), before=note), wav(r.music, 2, 2)


def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


@sound
def wav_in_tar(r):
    return tar([("music.wav", wav(r.music, 2, 2))]), wav(r.music, 2, 2)


@sound
def short_wavs_in_tar(r):
    members = [(f"{i}.wav", wav(r.speech[i * 15000 : (i + 1) * 15000], 1, 2)) for i in range(6)]
    return tar(members), None


@sound
def float_and_caf_in_tar(r):
    return tar([("a.wav", float_of_16(r)[0]), ("b.caf", caf_16(r)[0])]), None


@sound
def noise_float(r):
    rng = random.Random(1)
    return both(float_wav([rng.gauss(0, .1) for _ in r.music], 2))
