#!/usr/bin/env python3
"""usage: train/llm/bpe.py MERGES --tokens N FILE...

Trains byte-pair encoding (Gage, 1994; Sennrich et al., 2016) on FILEs and writes its merges, one
pair of tokens per line, the first merge first. All 256 bytes are tokens, numbered by their value;
merge i makes token 256 + i. Text is cut into words by GPT-2's pattern, with bytes from 128 on as
letters, and no token crosses a word's edge.

The first merges of a vocabulary are the merges of a smaller one, and undoing the others gives the
smaller one's tokens: one tokenised text serves all sizes (`Merges.parts`).
"""
import argparse
import collections
import heapq
import pathlib
import re

BYTES = 256
WORDS = re.compile(
    rb"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z\x80-\xff]+| ?[0-9]+| ?[^\sA-Za-z0-9\x80-\xff]+"
    rb"|\s+(?!\S)|\s+")
MOST_WORD_SIZE = 64  # longer words are rare, and counted only to their beginning


def words_of(text):
    """The words of bytes, in order; they join to `text`."""
    return WORDS.findall(text)


class _Words:
    """Distinct words as lists of tokens, how often each occurs, and the pairs in them."""

    def __init__(self, counts):
        self.tokens = [list(word[:MOST_WORD_SIZE]) for word in counts]
        self.counts = list(counts.values())
        self.pairs = collections.Counter()
        self.places = collections.defaultdict(set)
        for number, tokens in enumerate(self.tokens):
            for pair in zip(tokens, tokens[1:]):
                self.pairs[pair] += self.counts[number]
                self.places[pair].add(number)

    def merge(self, pair, token):
        """Joins `pair` to `token` everywhere; returns the pairs whose count has changed."""
        changed = set()
        for number in self.places.pop(pair):
            count, old = self.counts[number], self.tokens[number]
            new = join(old, pair, token)
            for p in zip(old, old[1:]):
                self.pairs[p] -= count
                changed.add(p)
            for p in zip(new, new[1:]):
                self.pairs[p] += count
                self.places[p].add(number)
                changed.add(p)
            self.tokens[number] = new
        return changed


def join(tokens, pair, token):
    """`tokens` with `token` for each `pair`, from the left."""
    result, i = [], 0
    while i < len(tokens):
        if tokens[i:i + 2] == list(pair):
            result.append(token)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def train(texts, size):
    """The merges of a vocabulary of `size` tokens, fewer if nothing occurs twice."""
    counts = collections.Counter(word for text in texts for word in words_of(text))
    words = _Words({word: n for word, n in counts.items() if n > 1 and len(word) > 1})
    queue = [(-count, pair) for pair, count in words.pairs.items()]
    heapq.heapify(queue)
    merges = []
    while queue and len(merges) < size - BYTES:
        count, pair = heapq.heappop(queue)
        if -count != words.pairs[pair]:  # out of date: it stands further back too
            continue
        if -count < 2:
            break
        merges.append(pair)
        for changed in words.merge(pair, BYTES + len(merges) - 1):
            heapq.heappush(queue, (-words.pairs[changed], changed))
    return merges


class Merges:
    """A vocabulary: the bytes, and what merges make of them."""

    def __init__(self, merges):
        self.merges = merges
        self.ranks = {pair: BYTES + i for i, pair in enumerate(merges)}
        self.texts = [bytes([b]) for b in range(BYTES)]
        for left, right in merges:
            self.texts.append(self.texts[left] + self.texts[right])
        self._words = {}

    def __len__(self):
        return len(self.texts)

    @staticmethod
    def read(path, size=None):
        """The first `size` tokens of the vocabulary in the file."""
        lines = pathlib.Path(path).read_text().split("\n")
        pairs = [tuple(map(int, line.split())) for line in lines if line]
        return Merges(pairs if size is None else pairs[:size - BYTES])

    def write(self, path):
        pathlib.Path(path).write_text("".join(f"{a} {b}\n" for a, b in self.merges))

    def encode(self, text):
        """The tokens of bytes."""
        tokens = []
        for word in words_of(text):
            known = self._words.get(word)
            if known is None:
                known = self._words[word] = self._encode_word(word)
            tokens += known
        return tokens

    def _encode_word(self, word):
        tokens = list(word)
        while len(tokens) > 1:
            token, pair = min((self.ranks.get(p, 1 << 30), p) for p in zip(tokens, tokens[1:]))
            if token == 1 << 30:
                break
            tokens = join(tokens, pair, token)
        return tokens

    def parts(self, size):
        """For each token its tokens in the vocabulary of the first `size` ones."""
        result = [[t] for t in range(size)]
        for left, right in self.merges[size - BYTES:]:
            result.append(result[left] + result[right])
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("merges")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--tokens", type=int, required=True)
    arguments = parser.parse_args()
    merges = Merges(train((path.read_bytes() for path in arguments.files), arguments.tokens))
    merges.write(arguments.merges)
    print(f"{arguments.merges}: {len(merges)} tokens, the longest has "
          f"{max(map(len, merges.texts))} bytes")


if __name__ == "__main__":
    main()
