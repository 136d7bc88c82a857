"""Changes of a network's weights that leave its float predictions alone and make its activations
easier to round: smoothing (SmoothQuant, arXiv 2211.10438) and rotation (QuaRot, arXiv 2404.00456).
"""
import numpy as np
import torch

from lanes import Context, run
from rounding import Rounding


class Calibration(Rounding):
    """Notes the largest magnitude of each channel of each matrix's input, for each layer."""

    def __init__(self):
        super().__init__()
        self.channels = {}  # place -> tensors (channels), one for each layer

    def planes(self, place, x, layer=None):
        if place.startswith("input."):
            # The first token of a lane has other magnitudes by far, and rounds by itself.
            self.channels.setdefault(place, []).append(x[:, 1:].abs().flatten(0, 1).amax(0))
        return x


def largest_channels(network, lane, first, count=1024):
    """Calibrates on the first `count` tokens of a lane, in one step."""
    calibration = Calibration()
    before = network.rounding
    network.round_with(calibration)
    run(network, [np.asarray(lane[:count])], Context(count, count, 0), first, lambda *_: None)
    network.round_with(before)
    return calibration.channels


def smoothing_scale(activations, matrices, strength, powers=True):
    """What to divide a channel of the input by: largest activation^strength over largest
    weight^(1 - strength), about 1 in the mean; powers of two unless `powers` is False."""
    weights = torch.stack([m.abs().amax(0) for m in matrices]).amax(0)
    scale = activations.clamp_min(1e-6).log2() * strength
    scale = scale - weights.clamp_min(1e-6).log2() * (1 - strength)
    scale = scale - scale.mean()
    return torch.exp2(scale.round() if powers else scale)


def smooth(network, channels, strength, places=("qkv", "gate_up", "down", "head"), powers=True):
    """Moves a factor for each channel from activations into weights."""
    def scale_of(place, layer, *matrices):
        return smoothing_scale(channels["input." + place][layer], matrices, strength, powers)

    for i, layer in enumerate(network.exact):
        for place, norm, matrices in (("qkv", "input_norm", "qkv"),
                                      ("gate_up", "hidden_norm", ("gate", "up"))):
            if place in places:
                scale = scale_of(place, i, *(layer[m] for m in matrices))
                layer[norm] = layer[norm] / scale
                layer.update({m: layer[m] * scale for m in matrices})
        if "down" in places:
            scale = scale_of("down", i, layer["down"])
            layer["up"], layer["down"] = layer["up"] / scale[:, None], layer["down"] * scale
    if "head" in places:
        scale = scale_of("head", 0, network.exact_head)
        network.final_norm = network.final_norm / scale
        if network.exact_head is network.exact_embedding:
            network.exact_embedding = network.exact_embedding * scale
            network.exact_head = network.exact_embedding
            network.embedding_scale = network.embedding_scale / scale
        else:
            network.exact_head = network.exact_head * scale
    network.round_with(network.rounding)


def paley(prime):
    """A Hadamard matrix of order 2 (prime + 1), for a prime that is 1 modulo 4."""
    squares = {i * i % prime for i in range(1, prime)}
    character = [0] + [1 if i in squares else -1 for i in range(1, prime)]
    core = np.ones((prime + 1, prime + 1))
    core[0, 0] = 0
    core[1:, 1:] = [[character[(i - j) % prime] for j in range(prime)] for i in range(prime)]
    return (np.kron(core, [[1, 1], [1, -1]])
            + np.kron(np.eye(prime + 1), [[1, -1], [-1, -1]]))


def sylvester(order):
    matrix = np.ones((1, 1))
    while len(matrix) < order:
        matrix = np.kron(matrix, [[1, 1], [1, -1]])
    return matrix


def rotation_of(width):
    """An orthogonal matrix with entries +-1/sqrt(width): Sylvester's times an odd part."""
    power = width & -width
    odd = width // power
    if odd == 1:
        matrix = sylvester(width)
    elif odd in (3, 9):
        matrix = np.kron(paley(2 * odd - 1), sylvester(power // 4))
    else:
        raise ValueError(f"no rotation for a width of {width}")
    return torch.from_numpy(matrix / np.sqrt(width)).float()


def rotate(network, everywhere=False):
    """Rotates the residual stream and moves the norms' gains into the matrices. The head stays as
    it was and reads the stream rotated back. `everywhere`: the head is rotated too, so that it
    is no longer the embedding, and the input of `down` is rotated at each step."""
    rotation = rotation_of(network.shape.width).to(network.device)
    for layer in network.exact:
        for norm, matrices in (("input_norm", "qkv"), ("hidden_norm", ("gate", "up"))):
            layer.update({m: (layer[m] * layer[norm]) @ rotation.T for m in matrices})
            layer[norm] = torch.ones_like(layer[norm])
        layer.update({m: rotation @ layer[m] for m in ("o", "down")})
    network.rotation = rotation
    if everywhere:
        network.exact_head = (network.exact_head * network.final_norm) @ rotation.T
        network.final_norm = torch.ones_like(network.final_norm)
        network.rotates_back = False
        network.hidden_rotation = rotation_of(network.shape.hidden).to(network.device)
        for layer in network.exact:
            layer["down"] = layer["down"] @ network.hidden_rotation.T
    network.round_with(network.rounding)
