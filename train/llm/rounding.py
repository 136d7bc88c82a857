"""What an integer engine would round, tried on the float network: each value is rounded where the
engine would, and the arithmetic between stays float32.

A plan is a dictionary from the name of a place to how it is rounded there; what it does not name
stays exact.

    weights.M   matrix M in q k v o gate up down embedding: 8 bits with a scale for each row, by its
                largest element (8) or the one that errs least ("best")
    input.I     input I in qkv o gate_up down head: planes of 8 bits, 1 or 2, with a scale for each
                token; input.I.N for layer N alone
    query       planes of 8 bits with a scale for each head and token
    key         planes, before its rotation, as the cache keeps it
    rotated_key planes, after its rotation
    value       planes, as the cache keeps it
    rope        fraction bits of its sine and cosine
    score       fraction bits of attention scores, in bits (base 2)
    probability bits of attention weights times the scale of the value, the largest of them full
    activation  fraction bits of the gate's argument, which is kept within 16 bits
    norm        bits of a normalised vector, sign included, for the largest that may occur
    residual    fraction bits of the residual stream
    output      bits of what each matrix gives, sign included, for the largest of the token
    logit       fraction bits of logits, in bits (base 2)
"""
import math

import torch

PLANE_LIMITS = {1: 127, 2: 127 * 256 + 127}
MATRICES = ("q", "k", "v", "o", "gate", "up", "down", "embedding")
INPUTS = ("qkv", "o", "gate_up", "down", "head")


def to_limit(x, limit):
    """Rounds to the whole numbers -limit .. limit with one scale for the last dimension."""
    scale = x.abs().amax(-1, keepdim=True).clamp_min(1e-30) / limit
    return torch.round(x / scale) * scale


def to_best_limit(x, limit):
    """The same with that scale, of twelve up to the largest element's, that errs least."""
    largest = x.abs().amax(-1, keepdim=True).clamp_min(1e-30)
    best, least = None, None
    for share in range(20, 32):
        scale = largest * (share / 31 / limit)
        rounded = torch.round(x / scale).clamp(-limit, limit) * scale
        error = (rounded - x).pow(2).sum(-1, keepdim=True)
        best = rounded if best is None else torch.where(error < least, rounded, best)
        least = error if least is None else torch.minimum(error, least)
    return best


def to_fraction(x, bits):
    """Rounds to multiples of 2^-bits."""
    return torch.round(x * 2.0**bits) / 2.0**bits


class Rounding:
    def __init__(self, plan=()):
        self.plan = dict(plan)
        self.largest = {}  # place -> largest magnitude seen, where measure() was asked to look

    def measure(self, place, x):
        if place in self.largest:
            self.largest[place] = max(self.largest[place], float(x.abs().max()))

    def weights(self, matrix, w):
        how = self.plan.get("weights." + matrix)
        if how is None:
            return w
        return to_best_limit(w, 127) if how == "best" else to_limit(w, 127)

    def planes(self, place, x, layer=None):
        count = self.plan.get(f"{place}.{layer}", self.plan.get(place))
        return x if count is None else to_limit(x, PLANE_LIMITS[count])

    def fraction(self, place, x):
        bits = self.plan.get(place)
        return x if bits is None else to_fraction(x, bits)

    def fraction_of_bits(self, place, x):
        """Fraction bits of x in base-2 units, where x is the argument of a natural exponential."""
        bits = self.plan.get(place)
        return x if bits is None else to_fraction(x / math.log(2), bits) * math.log(2)

    def norm(self, x, weight):
        """x was normalised and multiplied by `weight`, so it is at most the root of its size."""
        bits = self.plan.get("norm")
        if bits is None:
            return x
        step = weight.abs().max() * (math.sqrt(x.shape[-1]) / (2**(bits - 1) - 1))
        return torch.round(x / step) * step

    def output(self, x):
        bits = self.plan.get("output")
        return x if bits is None else to_limit(x, 2**(bits - 1) - 1)

    def gate(self, x):
        self.measure("activation", x)
        bits = self.plan.get("activation")
        if bits is None:
            return x
        largest = 2.0**(15 - bits)
        return to_fraction(x, bits).clamp(-largest, largest)

    def mix(self, probabilities, value):
        """Sums over keys probability times value: (.., queries, keys), (.., keys, size)."""
        bits = self.plan.get("probability")
        if bits is None:
            return probabilities @ self.planes("value", value)
        count = self.plan.get("value", 2)
        scale = value.abs().amax(-1).clamp_min(1e-30) / PLANE_LIMITS[count]
        whole = torch.round(value / scale[..., None])
        return to_limit(probabilities * scale[..., None, :], 2**bits - 1) @ whole


def plan_of(**places):
    """A plan from keyword arguments, with __ for the dot; `weights=8` and `inputs=1` name all."""
    plan = {}
    for place, how in places.items():
        if place == "weights":
            plan.update({f"weights.{m}": how for m in MATRICES})
        elif place == "inputs":
            plan.update({f"input.{i}": how for i in INPUTS})
        else:
            plan[place.replace("__", ".")] = how
    return plan
