"""Adam with a warm-up and a cosine, in PyTorch."""

import math

import torch


def descend(cost, w, peak, warmup, total):
    """Return the parameters after `total` steps from w (d,)."""

    def share(t):
        if t < warmup:
            return t / warmup
        return (1 + math.cos(math.pi * (t - warmup) / (total - warmup))) / 2

    w = torch.tensor(w, requires_grad=True)  # (d,)
    optimizer = torch.optim.Adam([w], lr=peak)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    for _ in range(total):
        optimizer.zero_grad()
        cost(w).backward()
        optimizer.step()
        scheduler.step()  # after the optimiser's step
    return w.detach().numpy()
