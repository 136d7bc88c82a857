"""The optimizer of lmz-train in PyTorch, for studies: Muon for inner matrices, AdamW for the rest
(sources: train/loop/optimizer.h).
"""
import math

import torch


def orthogonal(m):
    """[matrix][row][column], each about orthogonal."""
    x = m / (m.norm(dim=(1, 2), keepdim=True) + 1e-7)
    is_tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if is_tall else x
    for _ in range(5):
        square = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x.transpose(1, 2) if is_tall else x


class Muon:
    """Muon for the matrices `inner`, those of one shape together; AdamW for `outer`."""

    def __init__(self, inner, outer):
        by_shape = {}
        for p in inner:
            by_shape.setdefault(p.shape, []).append(p)
        self.inner = [(ps, torch.zeros_like(torch.stack(ps))) for ps in by_shape.values()]
        self.outer = torch.optim.AdamW(outer, betas=(0.9, 0.98), weight_decay=0)

    @torch.no_grad()
    def step(self, rate):
        for group in self.outer.param_groups:
            group["lr"] = rate
        self.outer.step()
        self.outer.zero_grad()
        for parameters, mean in self.inner:
            gradient = torch.stack([p.grad for p in parameters])
            mean.mul_(0.95).add_(gradient)
            scale = 0.2 * math.sqrt(max(parameters[0].shape))
            now = torch.stack([p.detach() for p in parameters])
            now -= (orthogonal(gradient + 0.95 * mean) * scale + 0.05 * now) * rate
            for p, new in zip(parameters, now):
                p.copy_(new)
                p.grad = None
