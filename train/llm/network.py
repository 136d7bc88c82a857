"""Float32 reference of the transformers that GGUF calls "llama" and "gemma3", in PyTorch.

Shapes: L lanes, N tokens of a step, T keys (those kept and those of the step). A step reads N
tokens of each lane at once and gives the logits of the N that follow. Keys are kept as they were
before their rotation, so that dropping old ones moves the others to new positions.
"""
import math

import torch
from torch.nn import functional as F

from rounding import Rounding

LOCAL_BASE = 10000.0  # Gemma 3: base of the rotation in layers with a window; no key of GGUF has it
GLOBAL_EVERY = 6  # Gemma 3: each sixth layer sees everything
TENSORS = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate",
           "up": "ffn_up", "down": "ffn_down", "input_norm": "attn_norm", "hidden_norm": "ffn_norm"}
GEMMA_TENSORS = {"q_norm": "attn_q_norm", "k_norm": "attn_k_norm",
                 "output_norm": "post_attention_norm", "down_norm": "post_ffw_norm"}


class Shape:
    """The numbers of a network, from GGUF's metadata."""

    def __init__(self, metadata):
        self.architecture = metadata["general.architecture"]
        if self.architecture not in ("llama", "gemma3"):
            raise ValueError(f"architecture {self.architecture!r} is not supported")
        def key(name, *default):
            full = f"{self.architecture}.{name}"
            return metadata.get(full, *default) if default else metadata[full]
        self.gemma = self.architecture == "gemma3"
        self.layers, self.width = key("block_count"), key("embedding_length")
        self.heads = key("attention.head_count")
        self.kv_heads = key("attention.head_count_kv", self.heads)
        self.head_size = key("attention.key_length", self.width // self.heads)
        self.hidden = key("feed_forward_length")
        self.epsilon = key("attention.layer_norm_rms_epsilon")
        self.base = key("rope.freq_base", 10000.0)
        self.window = key("attention.sliding_window", 0)
        # The converter of llama models reorders rows for pairs of neighbours.
        self.neighbours = not self.gemma

    def window_of(self, layer):
        """Tokens that a layer sees; 0: all."""
        return 0 if (layer + 1) % GLOBAL_EVERY == 0 else self.window

    def base_of(self, layer):
        return LOCAL_BASE if self.window_of(layer) else self.base


class Cache:
    """Keys and values of each layer, (L, kv_heads, T, head_size); None before the first step."""

    def __init__(self, layers):
        self.layers = [None] * layers

    def extend(self, layer, key, value):
        old = self.layers[layer]
        if old is not None:
            key, value = (torch.cat(pair, 2) for pair in zip(old, (key, value)))
        self.layers[layer] = (key, value)
        return key, value

    def drop(self, sinks, count):
        """Forgets the `count` oldest tokens behind the first `sinks`."""
        self.layers = [tuple(torch.cat([x[:, :, :sinks], x[:, :, sinks + count:]], 2) for x in pair)
                       for pair in self.layers]

    def keep_lanes(self, lanes):
        self.layers = [tuple(x[:lanes] for x in pair) for pair in self.layers]

    def __len__(self):
        return 0 if self.layers[0] is None else self.layers[0][0].shape[2]


class Network:
    def __init__(self, gguf, device="cpu", rounding=None, neighbours=None):
        self.shape = Shape(gguf.metadata)
        if neighbours is not None:
            self.shape.neighbours = neighbours
        self.device, self.rounding = device, rounding or Rounding()
        names = {**TENSORS, **(GEMMA_TENSORS if self.shape.gemma else {})}

        def tensor(name):
            return torch.from_numpy(gguf.array(name)).to(device)

        self.exact = [{short: tensor(f"blk.{i}.{name}.weight") for short, name in names.items()}
                      for i in range(self.shape.layers)]
        self.exact_embedding = tensor("token_embd.weight")
        self.final_norm = tensor("output_norm.weight")
        untied = "output.weight" in gguf.tensors
        self.exact_head = tensor("output.weight") if untied else self.exact_embedding
        # What train/llm/folding.py may have moved out of the embedding.
        self.embedding_scale = torch.ones(self.shape.width, device=device)
        self.rotation, self.rotates_back, self.hidden_rotation = None, True, None
        self.round_with(self.rounding)

    def round_with(self, rounding):
        """Takes other roundings, the weights' included."""
        self.rounding = rounding
        self.layers = [{name: rounding.weights(name, w) if w.dim() == 2 else w
                        for name, w in layer.items()} for layer in self.exact]
        self.embedding = rounding.weights("embedding", self.exact_embedding)
        same = self.exact_head is self.exact_embedding
        self.head = self.embedding if same else rounding.weights("embedding", self.exact_head)

    def norm(self, x, weight):
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.shape.epsilon) * weight
        return self.rounding.norm(y, weight)

    def rotate(self, x, positions, base):
        """x: (.., T, head_size); positions: (T)."""
        half = x.shape[-1] // 2
        steps = torch.arange(half, device=x.device, dtype=torch.float64) / half
        angles = positions.to(torch.float64)[:, None] * base**-steps
        cos = self.rounding.fraction("rope", angles.cos().to(x.dtype))
        sin = self.rounding.fraction("rope", angles.sin().to(x.dtype))
        if self.shape.neighbours:
            a, b = x[..., 0::2], x[..., 1::2]
            return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2)
        a, b = x[..., :half], x[..., half:]
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)

    def product(self, x, weight):
        return self.rounding.output(F.linear(x, weight))

    def attention(self, x, layer, weights, cache):
        shape, rounding = self.shape, self.rounding
        lanes, count, _ = x.shape
        x = rounding.planes("input.qkv", x, layer)

        def heads_of(name, heads):
            y = self.product(x, weights[name]).reshape(lanes, count, heads, -1).transpose(1, 2)
            return self.norm(y, weights[name + "_norm"]) if name + "_norm" in weights else y

        query, key = heads_of("q", shape.heads), heads_of("k", shape.kv_heads)
        value = heads_of("v", shape.kv_heads)
        key, value = cache.extend(layer, rounding.planes("key", key), value)
        places = torch.arange(key.shape[2], device=x.device)
        base = shape.base_of(layer)
        query = rounding.planes("query", self.rotate(query, places[-count:], base))
        key = rounding.planes("rotated_key", self.rotate(key, places, base))
        # The heads that share a key follow each other.
        query = query.reshape(lanes, shape.kv_heads, -1, shape.head_size)
        scores = query @ key.transpose(-1, -2) / math.sqrt(shape.head_size)
        scores = scores.reshape(lanes, shape.heads, count, -1)
        distance = places[-count:, None] - places
        hidden = distance < 0
        if shape.window_of(layer):
            hidden |= distance >= shape.window_of(layer)
        scores = rounding.fraction_of_bits("score", scores).masked_fill(hidden, -math.inf)
        probabilities = scores.softmax(-1).reshape(lanes, shape.kv_heads, -1, scores.shape[-1])
        mixed = rounding.mix(probabilities, value)
        mixed = mixed.reshape(lanes, shape.heads, count, -1).transpose(1, 2).flatten(2)
        return self.product(rounding.planes("input.o", mixed, layer), weights["o"])

    def feed_forward(self, x, layer, weights):
        rounding = self.rounding
        x = rounding.planes("input.gate_up", x, layer)
        gate = rounding.gate(self.product(x, weights["gate"]))
        gate = F.gelu(gate, approximate="tanh") if self.shape.gemma else F.silu(gate)
        x = gate * self.product(x, weights["up"])
        rounding.measure("hidden", x)
        if self.hidden_rotation is not None:
            x = x @ self.hidden_rotation.T
        return self.product(rounding.planes("input.down", x, layer), weights["down"])

    def step(self, tokens, cache):
        """tokens: (L, N) -> logits (L, N, vocabulary); the cache takes the N tokens in."""
        rounding = self.rounding
        x = self.embedding[tokens] * self.embedding_scale
        if self.shape.gemma:
            x = x * math.sqrt(self.shape.width)
        if self.rotation is not None:
            x = x @ self.rotation.T
        x = rounding.fraction("residual", x)
        for i, weights in enumerate(self.layers):
            y = self.attention(self.norm(x, weights["input_norm"]), i, weights, cache)
            if "output_norm" in weights:
                y = self.norm(y, weights["output_norm"])
            x = rounding.fraction("residual", x + y)
            y = self.feed_forward(self.norm(x, weights["hidden_norm"]), i, weights)
            if "down_norm" in weights:
                y = self.norm(y, weights["down_norm"])
            x = rounding.fraction("residual", x + y)
            rounding.measure("residual", x)
        if self.rotation is not None and self.rotates_back:
            x = x @ self.rotation  # its length stays, so the norm may come after it
        x = rounding.planes("input.head", self.norm(x, self.final_norm))
        return rounding.fraction_of_bits("logit", F.linear(x, self.head))
