"""Which devices can PyTorch use, and where does a tensor live?"""

import torch


def devices():
    """Return the devices that PyTorch can use, the CPU first."""
    found = ["cpu"]
    found += [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    found += ["mps"] * torch.backends.mps.is_available()  # a Mac's GPU
    return found


def place():
    """Return the device of a tensor that was put on the first device."""
    x = torch.ones(2, 3)  # (2, 3)
    return x.to(devices()[0]).device.type
