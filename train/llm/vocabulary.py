"""The tokens of a GGUF's vocabulary as bytes, and the segmenters that cut text into them.

A segmentation only decides what a text costs: any cut whose tokens join to the text is valid, so a
small difference from the segmenter that a model was trained with is no error. Bytes that no token
covers are given the number `size + byte`.
"""
import heapq
import re
import unicodedata

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6  # tokenizer.ggml.token_type
SPACE = "\u2581"  # how SentencePiece writes a space
SHAPE_OF_CATEGORY = {"L": "A", "N": "0", "Z": "\t"}


def byte_alphabet():
    """The characters that stand for the 256 bytes in a vocabulary of byte-level BPE (GPT-2)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in shown]
    return {**{chr(b): b for b in shown}, **{chr(256 + i): b for i, b in enumerate(hidden)}}


class _Shapes(dict):
    """str.translate's table from a character beyond ASCII to an ASCII one of its kind: a letter, a
    digit, white space or a mark. ASCII stays, so that patterns can name its letters."""

    def __missing__(self, code):
        if code < 128:
            shape = chr(code)
        else:
            kind = unicodedata.category(chr(code))[0]
            shape = "\t" if code == 0x85 else SHAPE_OF_CATEGORY.get(kind, "!")
        self[code] = shape
        return shape


_SHAPES = _Shapes()
_DIGITS_APART = re.compile(r"[0-9]|[^0-9]+")
_GPT2_WORDS = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[^\s A-Za-z0-9]+|\s+(?!\S)|\s+|[0-9]", re.ASCII)


def smollm_words(text):
    """Cuts as SmolLM's pre-tokeniser does: each digit alone, then GPT-2's pattern."""
    shapes = text.translate(_SHAPES)
    for part in _DIGITS_APART.finditer(shapes):
        for word in _GPT2_WORDS.finditer(shapes, part.start(), part.end()):
            yield text[word.start():word.end()]


class Vocabulary:
    """Token number -> bytes (None for those that stand for no text), and segment()."""

    def __init__(self, metadata):
        self.model = metadata["tokenizer.ggml.model"]
        texts = metadata["tokenizer.ggml.tokens"]
        types = metadata.get("tokenizer.ggml.token_type", [NORMAL] * len(texts))
        self.size = len(texts)
        self.bos = metadata.get("tokenizer.ggml.bos_token_id", 0)
        if self.model == "gpt2":
            alphabet = byte_alphabet()
            self.tokens = [bytes(alphabet[c] for c in text) if kind == NORMAL else None
                           for text, kind in zip(texts, types)]
            pairs = (merge.split(" ") for merge in metadata["tokenizer.ggml.merges"])
            self._ranks = {tuple(bytes(alphabet[c] for c in half) for half in pair): rank
                           for rank, pair in enumerate(pairs)}
        elif self.model == "llama":
            self.tokens = [self._sentencepiece(text, kind) for text, kind in zip(texts, types)]
            self._scores = {text.replace(SPACE, " ").encode(): score for text, kind, score in
                            zip(texts, types, metadata["tokenizer.ggml.scores"]) if kind == NORMAL}
            whole = {t for t, kind in zip(texts, types) if kind == USER_DEFINED}
            self._whole = re.compile(b"|".join(re.escape(t.replace(SPACE, " ").encode()) for t in
                                               sorted(whole, key=len, reverse=True)) or b"(?!)")
        else:
            raise ValueError(f"tokenizer model {self.model!r} is not supported")
        self.numbers = {}
        for preferred in (True, False):  # a normal token before a byte token of the same bytes
            for number, token in enumerate(self.tokens):
                if token is not None and (types[number] != BYTE) == preferred:
                    self.numbers.setdefault(token, number)
        self._words = {}

    @staticmethod
    def _sentencepiece(text, kind):
        if kind == BYTE:
            return bytes([int(text[3:5], 16)])
        if kind in (NORMAL, USER_DEFINED):
            return text.replace(SPACE, " ").encode("utf-8", "surrogateescape")
        return None

    def segment(self, data):
        """bytes -> token numbers, as the model's own segmenter cuts UTF-8 text."""
        if self.model == "llama":
            return self._segment_sentencepiece(data)
        numbers = []
        for word in smollm_words(data.decode("utf-8", "surrogateescape")):
            known = self._words.get(word)
            if known is None:
                known = self._merge(word.encode("utf-8", "surrogateescape"))
                self._words[word] = known
            numbers += known
        return numbers

    def _number(self, piece):
        number = self.numbers.get(piece)
        return [number] if number is not None else [self.numbers.get(bytes([b]), self.size + b)
                                                    for b in piece]

    def _merge(self, word):
        """Byte pair encoding of one word: the pair of the lowest rank first."""
        parts = [word[i:i + 1] for i in range(len(word))]
        while len(parts) > 1:
            pairs = [(self._ranks.get(pair, len(self._ranks)), i)
                     for i, pair in enumerate(zip(parts, parts[1:]))]
            rank, at = min(pairs)
            if rank == len(self._ranks):
                break
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        return [number for part in parts for number in self._number(part)]

    def _segment_sentencepiece(self, data):
        numbers, begin = [], 0
        for whole in self._whole.finditer(data):
            numbers += self._merge_scored(data[begin:whole.start()])
            numbers += self._number(whole.group())
            begin = whole.end()
        return numbers + self._merge_scored(data[begin:])

    def _merge_scored(self, data):
        """SentencePiece's BPE: of all neighbours whose union is a token, the best scored first."""
        text = data.decode("utf-8", "surrogateescape")
        parts = [c.encode("utf-8", "surrogateescape") for c in text]
        after, before = list(range(1, len(parts) + 1)), list(range(-1, len(parts) - 1))
        queue = []

        def offer(left):
            right = after[left] if left >= 0 else len(parts)
            if right < len(parts):
                union = parts[left] + parts[right]
                if union in self._scores:
                    heapq.heappush(queue, (-self._scores[union], left, right, union))

        for i in range(len(parts) - 1):
            offer(i)
        while queue:
            _, left, right, union = heapq.heappop(queue)
            if not parts[left] or not parts[right] or parts[left] + parts[right] != union:
                continue
            parts[left], parts[right] = union, b""
            after[left] = after[right]
            if after[left] < len(parts):
                before[after[left]] = left
            offer(left)
            offer(before[left])
        return [number for part in parts if part for number in self._number(part)]

    def spell(self, numbers):
        """The bytes that token numbers stand for."""
        return b"".join(bytes([n - self.size]) if n >= self.size else self.tokens[n]
                        for n in numbers)
