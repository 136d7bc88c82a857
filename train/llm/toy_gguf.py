"""Writes small GGUF models with random weights, for the tests: the shapes and the metadata of the
real ones, and vocabularies of every byte but a few.
"""
import numpy as np

from gguf_writer import F16, F32, Q4_1, Q8_0, write
from vocabulary import BYTE, CONTROL, NORMAL, SPACE, USER_DEFINED, byte_alphabet

MISSING_BYTES = b"\x04\xc0\xff"  # those that the vocabulary of BPE lacks
WORDS = [" t", "th", "the", " th", " the", "er", "in", "ing", "  ", "\r\n", "--", "'s", "12"]


def bpe_metadata():
    """Specials, the bytes that there are, and WORDS with the merges that make them."""
    letter = {b: c for c, b in byte_alphabet().items()}
    spell = lambda raw: "".join(letter[b] for b in raw)
    tokens = ["<|endoftext|>", "<|im_start|>"]
    tokens += [letter[b] for b in range(256) if b not in MISSING_BYTES]
    merges, known = [], {bytes([b]) for b in range(256)}
    for word in (w.encode() for w in WORDS):
        split = next(i for i in range(len(word) - 1, 0, -1)
                     if word[:i] in known and word[i:] in known)
        merges.append(f"{spell(word[:split])} {spell(word[split:])}")
        known.add(word)
        tokens.append(spell(word))
    return {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm",
            "tokenizer.ggml.tokens": tokens,
            "tokenizer.ggml.token_type": [CONTROL] * 2 + [NORMAL] * (len(tokens) - 2),
            "tokenizer.ggml.merges": merges, "tokenizer.ggml.bos_token_id": 1}


def sentencepiece_metadata():
    """Specials, a token for each byte, ASCII again as text, and WORDS, the first the best."""
    tokens, types = ["<pad>", "<eos>", "<bos>"], [CONTROL] * 3
    tokens += [f"<0x{b:02X}>" for b in range(256)] + ["\n\n"]
    types += [BYTE] * 256 + [USER_DEFINED]
    words = WORDS + [chr(c) for c in range(32, 127)] + ["é"]
    tokens += [w.replace(" ", SPACE) for w in words]
    types += [NORMAL] * len(words)
    scores = [-1000.0] * (len(tokens) - len(words)) + [-float(i) for i in range(len(words))]
    return {"tokenizer.ggml.model": "llama", "tokenizer.ggml.tokens": tokens,
            "tokenizer.ggml.scores": scores, "tokenizer.ggml.token_type": types,
            "tokenizer.ggml.bos_token_id": 2}


def _layer(random, prefix, width, heads, kv_heads, head_size, hidden, kind, gemma):
    def matrix(rows, columns):
        scale = 2.0 / np.sqrt(columns)
        return random.standard_normal((rows, columns)).astype(np.float32) * np.float32(scale), kind

    def gains(size):
        return (1 + 0.2 * random.standard_normal(size)).astype(np.float32), F32

    tensors = {"attn_norm": gains(width), "ffn_norm": gains(width),
               "attn_q": matrix(heads * head_size, width),
               "attn_k": matrix(kv_heads * head_size, width),
               "attn_v": matrix(kv_heads * head_size, width),
               "attn_output": matrix(width, heads * head_size),
               "ffn_gate": matrix(hidden, width), "ffn_up": matrix(hidden, width),
               "ffn_down": matrix(width, hidden)}
    if gemma:
        tensors.update({"attn_q_norm": gains(head_size), "attn_k_norm": gains(head_size),
                        "post_attention_norm": gains(width), "post_ffw_norm": gains(width)})
    return {f"{prefix}.{name}.weight": tensor for name, tensor in tensors.items()}


def write_llama(path, seed=1):
    """4 heads of 16 that share 2 keys; matrices in Q4_1, embedding in Q8_0 as in SmolLM2's file."""
    random = np.random.default_rng(seed)
    metadata = {"general.architecture": "llama", "llama.block_count": 2,
                "llama.embedding_length": 64, "llama.feed_forward_length": 96,
                "llama.attention.head_count": 4, "llama.attention.head_count_kv": 2,
                "llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.freq_base": 1e5,
                **bpe_metadata()}
    vocabulary = len(metadata["tokenizer.ggml.tokens"])
    embedding = 0.3 * random.standard_normal((vocabulary, 64)).astype(np.float32)
    tensors = {"token_embd.weight": (embedding, Q8_0),
               "output_norm.weight": (np.ones(64, "f4"), F32)}
    for i in range(2):
        tensors.update(_layer(random, f"blk.{i}", 64, 4, 2, 16, 96, Q4_1, False))
    write(path, metadata, tensors)


def write_gemma(path, seed=1):
    """6 layers, so that the last sees everything; 2 heads of 32 that share a key; window 8."""
    random = np.random.default_rng(seed)
    metadata = {"general.architecture": "gemma3", "gemma3.block_count": 6,
                "gemma3.embedding_length": 32, "gemma3.feed_forward_length": 64,
                "gemma3.attention.head_count": 2, "gemma3.attention.head_count_kv": 1,
                "gemma3.attention.key_length": 32, "gemma3.attention.sliding_window": 8,
                "gemma3.attention.layer_norm_rms_epsilon": 1e-6, "gemma3.rope.freq_base": 1e6,
                **sentencepiece_metadata()}
    vocabulary = len(metadata["tokenizer.ggml.tokens"])
    embedding = 0.2 * random.standard_normal((vocabulary, 32)).astype(np.float32)
    tensors = {"token_embd.weight": (embedding, F16),
               "output_norm.weight": (np.ones(32, "f4"), F32)}
    for i in range(6):
        tensors.update(_layer(random, f"blk.{i}", 32, 2, 1, 32, 64, F16, True))
    write(path, metadata, tensors)
