"""Codes a token as binary decisions along the trie of the vocabulary.

Tokens are sorted by their bytes, so each decision splits a range [begin, end) of them at `split`:
0 means below the split. After each of a token's bytes either it ends there or another byte follows,
whose bits come one by one, the highest first. A decision that leaves one side empty is not coded.
The probabilities of a token's decisions multiply to its own, whatever they are.
"""
import numpy as np
import torch

END = 8  # kind of the decision "the token ends here" (0) or goes on (1); 0 to 7: that bit of a byte
WEIGHT_BITS = 30  # the likeliest token has weight 2^30, the least likely 1
LOGIT_FRACTION = 10  # logits are taken in 1/1024 bits
PROBABILITY_BITS = 16  # of the arithmetic coder


class Trie:
    """Over bytes -> token number; bytes without a token get `size + byte`, of weight 1.

    order[rank] is a token's number. Decision i has begin, split, end, kind and depth, the bytes of
    the token before it; the decisions of the token at `rank` are those in path(rank).
    """

    def __init__(self, vocabulary):
        numbers = dict(vocabulary.numbers)
        for byte in range(256):
            numbers.setdefault(bytes([byte]), vocabulary.size + byte)
        self.size = vocabulary.size
        self.tokens = sorted(numbers)
        self.order = np.array([numbers[token] for token in self.tokens])
        self.rank = np.full(vocabulary.size + 256, -1)
        self.rank[self.order] = np.arange(len(self.order))
        self._build()

    def _first_with_bit(self, begin, end, depth, bit):
        """The first of tokens begin .. end - 1, which agree before it, whose bit is set."""
        while begin < end:
            middle = (begin + end) // 2
            if self.tokens[middle][depth] >> (7 - bit) & 1:
                end = middle
            else:
                begin = middle + 1
        return begin

    def _build(self):
        decisions, parents, leaves = [], [], [None] * len(self.tokens)
        # Begin, end, known bytes, known bits of the next, goes on, decision before, its side.
        ranges = [(0, len(self.tokens), 0, 0, True, -1, 0)]

        def decide(begin, split, end, kind, depth, parent):
            decisions.append((begin, split, end, kind, depth))
            parents.append(parent)
            return len(decisions) - 1

        while ranges:
            begin, end, depth, bit, goes_on, *parent = ranges.pop()
            if end - begin == 1:
                leaves[begin] = parent
                continue
            if not goes_on and len(self.tokens[begin]) == depth:
                here = decide(begin, begin + 1, end, END, depth, parent)
                leaves[begin] = (here, 0)
                ranges.append((begin + 1, end, depth, 0, True, here, 1))
                continue
            split = self._first_with_bit(begin, end, depth, bit)
            after = (depth, bit + 1, True) if bit < 7 else (depth + 1, 0, False)
            if split in (begin, end):
                ranges.append((begin, end, *after, *parent))
                continue
            here = decide(begin, split, end, bit, depth, parent)
            ranges.append((begin, split, *after, here, 0))
            ranges.append((split, end, *after, here, 1))
        self.begin, self.split, self.end, self.kind, self.depth = np.array(decisions).T
        self._lay_out_paths(parents, leaves)

    def _lay_out_paths(self, parents, leaves):
        """path_start, and flat path_decision and path_side, from links to the decision before."""
        parents, (last, side) = np.array(parents), np.array(leaves).T
        ranks, columns = np.arange(len(last)), []
        while len(ranks):
            columns.append((ranks, last, side))
            going = parents[last, 0] >= 0
            ranks, last = ranks[going], last[going]
            last, side = parents[last].T
        ranks, last, side = (np.concatenate(x) for x in zip(*columns))
        back = np.concatenate([np.full(len(c[0]), -i) for i, c in enumerate(columns)])
        by_rank = np.lexsort((back, ranks))
        self.path_decision, self.path_side = last[by_rank], side[by_rank]
        self.path_start = np.searchsorted(ranks[by_rank], np.arange(len(leaves) + 1))

    def path(self, rank):
        """(decision, side) of the token at `rank`, in the order they are coded."""
        some = slice(self.path_start[rank], self.path_start[rank + 1])
        return list(zip(self.path_decision[some], self.path_side[some]))

    def paths(self, tokens):
        """All decisions of a sequence: for each, the token's place, the decision and its side."""
        ranks = self.rank[np.asarray(tokens)]
        counts = self.path_start[ranks + 1] - self.path_start[ranks]
        places = np.repeat(np.arange(len(ranks)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        at = self.path_start[ranks][places] + within
        return places, self.path_decision[at], self.path_side[at]


def weight_table(device):
    steps = np.arange(1 << LOGIT_FRACTION, dtype=np.float64) / (1 << LOGIT_FRACTION)
    return torch.from_numpy(np.round(2.0**(WEIGHT_BITS - steps)).astype(np.int64)).to(device)


def token_weights(logits, trie):
    """logits: (n, vocabulary), natural -> (n, tokens of the trie) whole weights in its order."""
    order = torch.from_numpy(trie.order).to(logits.device)
    known = order < trie.size
    own = logits[:, torch.where(known, order, 0)]
    own = torch.where(known, own, -torch.inf)
    below = (own.amax(-1, keepdim=True) - own) * ((1 << LOGIT_FRACTION) / np.log(2))
    below = below.clamp_max(62 << LOGIT_FRACTION).round().long()
    mask = (1 << LOGIT_FRACTION) - 1
    return (weight_table(logits.device)[below & mask] >> (below >> LOGIT_FRACTION)).clamp_min(1)


def decision_weights(logits, targets, trie):
    """For each decision of the targets: its weights below and from the split on, its side, and the
    place of its token; and the bits of each target as one symbol."""
    weights = token_weights(logits, trie)
    sums = torch.nn.functional.pad(weights.cumsum(-1), (1, 0))
    places, decisions, sides = trie.paths(targets)
    row = torch.from_numpy(places).to(logits.device)

    def sum_below(which):
        return sums[row, torch.from_numpy(which[decisions]).to(logits.device)]

    begin, split, end = (sum_below(x) for x in (trie.begin, trie.split, trie.end))
    ranks = torch.from_numpy(trie.rank[np.asarray(targets)]).to(logits.device)
    own = weights.gather(-1, ranks[:, None])[:, 0]
    whole_bits = torch.log2(sums[:, -1].double()) - torch.log2(own.double())
    return split - begin, end - split, torch.from_numpy(sides).to(logits.device), row, whole_bits


def decision_bits(zero, one, sides, probability_bits=PROBABILITY_BITS):
    """Bits of each decision when the chance of a one is rounded as the coder has it."""
    unit = 1 << probability_bits
    chance = (one.double() / (zero + one).double() * unit).round().clamp(1, unit - 1) / unit
    return -torch.log2(torch.where(sides == 1, chance, 1 - chance))
