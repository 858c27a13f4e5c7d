"""The digits, the split, and the classifier that knows them upright."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lora_gui.domain.assets import asset
from lora_gui.engine.digits import RIDGE, Digits, load_digits, upright_classifier


@pytest.fixture(scope="module")
def digits() -> Digits:
    return load_digits()


def accuracy(layer: nn.Linear, x: Tensor, y: Tensor) -> float:
    right: float = (layer(x).argmax(1) == y.argmax(1)).float().mean().item()
    return right


def test_split_keeps_every_digit_once(digits: Digits) -> None:
    table = np.loadtxt(asset("digits.csv.gz"), delimiter=",", dtype=np.float32)
    assert digits.x.shape == (1297, 64)
    assert digits.x_test.shape == (500, 64)
    split = torch.cat([torch.cat([digits.x, digits.x_test]), torch.cat([digits.y, digits.y_test])], dim=1)
    whole = np.concatenate([table[:, :64] / 16, np.eye(10)[table[:, 64].astype(int)]], axis=1)
    assert sorted(map(bytes, split.numpy())) == sorted(map(bytes, whole.astype(np.float32)))


def test_both_parts_hold_every_class_evenly(digits: Digits) -> None:
    for y in (digits.y, digits.y_test):
        shares = y.mean(0)
        assert shares.min() > 0.075
        assert shares.max() < 0.13


def test_digits_are_turned_by_a_quarter(digits: Digits) -> None:
    turned = digits.rotated()
    for upright, rotated in ((digits.x, turned.x), (digits.x_test, turned.x_test)):
        image, image_rotated = upright[3].reshape(8, 8).numpy(), rotated[3].reshape(8, 8).numpy()
        # Anticlockwise: the right edge becomes the top.
        np.testing.assert_array_equal(image_rotated[0], image[:, -1])
        np.testing.assert_array_equal(image_rotated, np.rot90(image))
    assert turned.y is digits.y


def test_base_knows_upright_digits_and_not_turned_ones(digits: Digits) -> None:
    layer, turned = upright_classifier(digits), digits.rotated()
    assert accuracy(layer, digits.x_test, digits.y_test) > 0.9
    assert accuracy(layer, turned.x_test, turned.y_test) < 0.2


def test_base_is_the_ridge_solution(digits: Digits) -> None:
    layer = upright_classifier(digits).double()
    residual = (layer(digits.x.double()) - digits.y.double()).detach()
    # Where the ridge loss is least its gradient vanishes: Xᵀ(XW + b - Y) + λW = 0; the residuals sum to 0.
    gradient = digits.x.double().T @ residual + RIDGE * layer.weight.detach().T
    assert gradient.abs().max() < 1e-3
    assert residual.sum(0).abs().max() < 1e-3
