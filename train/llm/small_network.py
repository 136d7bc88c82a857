"""Small transformers of our own, for training: what GGUF calls "llama" (RMSNorm, rotary embeddings
of neighbouring pairs, grouped queries, SwiGLU), since that is what the integer engine computes.

A shape is of one of two kinds. "paper" has four layers and the widths of Delétang et al. (2024).
Theirs have LayerNorm behind each sum, sines added to the embeddings, an MLP of two matrices and
eight heads, of which each has at least 16 numbers here; the MLP's width gives about as many
parameters. "modern" has twice as many, narrower layers whose heads share keys and values.
"""
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import gguf_writer
from vocabulary import CONTROL, NORMAL, byte_alphabet

EPSILON = 1e-5
BASE = 10000.0


@dataclass(frozen=True)
class Shape:
    layers: int
    width: int
    heads: int
    kv_heads: int
    hidden: int

    @property
    def head_size(self):
        return self.width // self.heads

    def body(self):
        """Parameters of the layers' matrices."""
        attention = 2 * self.width * (self.heads + self.kv_heads) * self.head_size
        return self.layers * (attention + 3 * self.width * self.hidden)


SHAPES = {
    "paper-200k": Shape(4, 64, 4, 4, 160),
    "paper-800k": Shape(4, 128, 8, 8, 336),
    "paper-3.2m": Shape(4, 256, 8, 8, 688),
    "modern-200k": Shape(8, 48, 3, 1, 112),
    "modern-800k": Shape(8, 96, 6, 2, 256),
    "modern-3.2m": Shape(8, 192, 6, 2, 512),
}


def rounded(weight):
    """As the model file stores a matrix: 127 steps on each side, one size of step per row.
    Gradients pass as if nothing were rounded."""
    step = weight.detach().abs().amax(1, keepdim=True) / 127 + 1e-12
    return weight + ((weight.detach() / step).round() * step - weight.detach())


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size

        def matrix(rows, columns, scale=1.0):
            return nn.Parameter(torch.randn(rows, columns) * scale / math.sqrt(3 * columns))

        self.input_norm = nn.Parameter(torch.ones(shape.width))
        self.query, self.key = matrix(queries, shape.width), matrix(keys, shape.width)
        self.value = matrix(keys, shape.width)
        last = 1 / math.sqrt(2 * shape.layers)
        self.output = matrix(shape.width, queries, last)
        self.hidden_norm = nn.Parameter(torch.ones(shape.width))
        self.gate, self.up = matrix(shape.hidden, shape.width), matrix(shape.hidden, shape.width)
        self.down = matrix(shape.width, shape.hidden, last)

    def matrices(self):
        return [p for p in self.parameters() if p.dim() == 2]

    def forward(self, x, cos, sin):
        shape = self.shape
        rows, count, _ = x.shape

        def product(y, *weights):
            return F.linear(y, torch.cat([rounded(w) for w in weights]))

        def heads_of(y, heads):
            return y.view(rows, count, heads, shape.head_size).transpose(1, 2)

        def rotate(y):
            a, b = y.unflatten(-1, (-1, 2)).unbind(-1)
            return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2).to(y.dtype)

        queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
        y = product(norm(x, self.input_norm), self.query, self.key, self.value)
        q, k, v = y.split([queries, keys, keys], -1)
        q, k = rotate(heads_of(q, shape.heads)), rotate(heads_of(k, shape.kv_heads))
        v = heads_of(v, shape.kv_heads)
        if shape.kv_heads != shape.heads:
            k, v = (z.repeat_interleave(shape.heads // shape.kv_heads, 1) for z in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + product(y.transpose(1, 2).reshape(rows, count, queries), self.output)
        gate, up = product(norm(x, self.hidden_norm), self.gate, self.up).chunk(2, -1)
        return x + product(F.silu(gate) * up, self.down)


def norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * weight


class SmallNetwork(nn.Module):
    """Reads and predicts tokens 0 .. size - 1; token `size` begins a text and is only read."""

    def __init__(self, shape, size):
        super().__init__()
        self.shape, self.size = shape, size
        self.embedding = nn.Parameter(torch.randn(size + 1, shape.width) * 0.3)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.final_norm = nn.Parameter(torch.full((shape.width,), 0.3))

    def parts(self):
        """Matrices of the layers, and all other parameters."""
        inner = [p for layer in self.layers for p in layer.matrices()]
        known = set(map(id, inner))
        return inner, [p for p in self.parameters() if id(p) not in known]

    def forward(self, tokens, layers=None):
        """(rows, N) -> logits (rows, N, size) in nats."""
        half = self.shape.head_size // 2
        frequencies = BASE ** (-torch.arange(half, device=tokens.device) / half)
        angles = torch.arange(tokens.shape[1], device=tokens.device)[:, None] * frequencies
        cos, sin = angles.cos(), angles.sin()
        embedding = rounded(self.embedding)
        x = F.embedding(tokens, embedding)
        for layer in layers or self.layers:
            x = layer(x, cos, sin)
        return F.linear(norm(x, self.final_norm), embedding[:self.size])


def write_gguf(path, network, merges, context, name):
    """The network with its vocabulary (bpe.Merges; one without merges: bytes) as a GGUF file."""
    shape = network.shape
    letters = {byte: letter for letter, byte in byte_alphabet().items()}
    spell = lambda raw: "".join(letters[b] for b in raw)
    tokens = [spell(text) for text in merges.texts] + ["<|endoftext|>"]
    pairs = [f"{spell(merges.texts[a])} {spell(merges.texts[b])}" for a, b in merges.merges]
    metadata = {
        "general.architecture": "llama", "general.name": name,
        "llama.block_count": shape.layers, "llama.embedding_length": shape.width,
        "llama.feed_forward_length": shape.hidden, "llama.context_length": context,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.kv_heads,
        "llama.attention.layer_norm_rms_epsilon": EPSILON, "llama.rope.freq_base": BASE,
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [NORMAL] * network.size + [CONTROL],
        "tokenizer.ggml.merges": gguf_writer.Texts(pairs),
        "tokenizer.ggml.bos_token_id": network.size,
    }

    def array(parameter):
        return parameter.detach().float().cpu().numpy().astype(np.float32), gguf_writer.F32

    tensors = {"token_embd.weight": array(network.embedding),
               "output_norm.weight": array(network.final_norm)}
    names = {"attn_norm": "input_norm", "attn_q": "query", "attn_k": "key", "attn_v": "value",
             "attn_output": "output", "ffn_norm": "hidden_norm", "ffn_gate": "gate",
             "ffn_up": "up", "ffn_down": "down"}
    for i, layer in enumerate(network.layers):
        for theirs, ours in names.items():
            tensors[f"blk.{i}.{theirs}.weight"] = array(getattr(layer, ours))
    gguf_writer.write(path, metadata, tensors)
