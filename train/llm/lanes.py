"""Runs a network over lanes of tokens, and what its predictions cost.

Context is a pure function of a token's number in its lane: a lane reads `step` tokens at a time;
when the cache would hold more than `window`, the `step` oldest tokens behind the first `sinks` go.
So a token sees window - step to window - 1 tokens, or all before it in the first window.
"""
import dataclasses
import math

import numpy as np
import torch

from network import Cache

FLOOR_BITS = 30  # the weight of the likeliest token is 2^30; a byte without a token has weight 1


@dataclasses.dataclass(frozen=True)
class Context:
    window: int = 1024
    step: int = 256
    sinks: int = 4


def first_inputs(lane, first, network_size, stand_in):
    """What the network reads before each token of the lane: `first`, then all but the last."""
    inputs = np.concatenate([[first], lane[:-1]])
    return np.where(inputs >= network_size, stand_in, inputs)


def run(network, lanes, context, first, consume, stand_in=0):
    """For each step of all lanes: consume(lane, begin, logits (n, vocabulary), targets (n)).

    lanes: arrays of token numbers; those past the vocabulary are read as `stand_in`. `first` is the
    token before each lane's first.
    """
    size = network.embedding.shape[0]
    order = sorted((i for i in range(len(lanes)) if len(lanes[i])), key=lambda i: -len(lanes[i]))
    lengths = [len(lanes[i]) for i in order]
    inputs = np.zeros((len(order), -(-max(lengths) // context.step) * context.step), np.int64)
    for row, i in enumerate(order):
        inputs[row, :lengths[row]] = first_inputs(np.asarray(lanes[i]), first, size, stand_in)
    inputs = torch.from_numpy(inputs).to(network.device)
    cache = Cache(network.shape.layers)
    with torch.no_grad():
        for begin in range(0, lengths[0], context.step):
            active = sum(length > begin for length in lengths)
            if begin:
                cache.keep_lanes(active)
            if len(cache) + context.step > context.window:
                cache.drop(context.sinks, context.step)
            logits = network.step(inputs[:active, begin:begin + context.step], cache)
            for row in range(active):
                targets = np.asarray(lanes[order[row]][begin:begin + context.step])
                consume(order[row], begin, logits[row, :len(targets)], targets)


def token_bits(logits, targets):
    """Bits of each target under softmax; a byte without a token costs as one of weight 1 would."""
    targets = torch.from_numpy(np.asarray(targets)).to(logits.device)
    total = logits.logsumexp(-1)
    known = targets < logits.shape[-1]
    own = logits.gather(-1, torch.where(known, targets, 0)[:, None])[:, 0]
    floor = logits.amax(-1) - FLOOR_BITS * math.log(2)
    return (total - torch.where(known, own, floor)) / math.log(2)


def bits_of_lanes(network, lanes, context, first, stand_in=0):
    """Bits of each token of each lane, as float64 arrays."""
    costs = [np.zeros(len(lane)) for lane in lanes]

    def consume(lane, begin, logits, targets):
        bits = token_bits(logits, targets).double().cpu().numpy()
        costs[lane][begin:begin + len(bits)] = bits

    run(network, lanes, context, first, consume, stand_in)
    return costs


def bits_with_reset(network, lane, window, overlap, first, batch=32):
    """Bits of each token of a lane when the cache is emptied each time it is full, and filled again
    with the last `overlap` tokens, behind `first`."""
    lane = np.asarray(lane)
    begins = list(range(0, max(1, len(lane) - overlap), window - 1 - overlap))
    costs = np.zeros(len(lane))
    context = Context(window=window, step=window, sinks=0)
    for at in range(0, len(begins), batch):
        some = begins[at:at + batch]
        windows = [lane[b:b + window - 1] for b in some]
        for begin, bits in zip(some, bits_of_lanes(network, windows, context, first)):
            known = 0 if begin == 0 else overlap
            costs[begin + known:begin + len(bits)] = bits[known:]
    return costs
