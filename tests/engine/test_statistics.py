"""Statistics: few rows, and the loss of the data for every update and bias."""

import pytest
import torch

from lora_gui.domain.config import RunConfig
from lora_gui.engine import packed, statistics
from lora_gui.engine.packed import PackedMatrix
from lora_gui.engine.statistics import fold
from lora_gui.engine.tasks import Task, prepare


def loss_of_data(task: Task, update: torch.Tensor, bias: torch.Tensor) -> float:
    x, y = task.x.double(), task.y.double()
    frozen = x @ task.base.weight.detach().double().T
    return float((frozen + x @ update + bias - y).square().mean())


@pytest.mark.parametrize("train_bias", [True, False])
@pytest.mark.parametrize("samples", [1, 8, 9, 10, 11, 100, 1000])
@pytest.mark.parametrize("task_name", ["random", "low_rank"])
@pytest.mark.parametrize("block_rows", [3, 64, 4096])
def test_statistics_give_the_loss_of_the_data(
    train_bias: bool, samples: int, task_name: str, block_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "FOLDED_ROWS", block_rows)
    config = RunConfig(in_features=9, out_features=5, samples=samples, task=task_name, seed=samples)
    task, _ = prepare(config)
    folded = fold(task, train_bias)
    assert len(folded.x) == min(samples, 9 + train_bias)
    assert folded.floor >= 0
    assert (folded.ones is not None) == train_bias
    generator = torch.Generator().manual_seed(1)
    for size in (0.0, 0.1, 10.0):
        update = size * torch.randn(9, 5, dtype=torch.float64, generator=generator)
        error = folded.x.double() @ update + folded.residual
        bias = task.base.bias.detach().double()
        if folded.ones is not None:
            bias = size * torch.randn(5, dtype=torch.float64, generator=generator)
            error += folded.ones * bias
        loss = float(error.square().sum()) / 2 + folded.floor
        assert loss == pytest.approx(loss_of_data(task, update, bias), rel=2e-6)


def test_inputs_that_repeat_each_other_fold_too() -> None:
    task, _ = prepare(RunConfig(task="digits", samples=200))
    assert torch.linalg.matrix_rank(task.x) < 60
    folded = fold(task, train_bias=True)
    assert torch.isfinite(folded.x).all()
    blank = (task.x == 0).all(0)
    assert blank.any()
    assert (folded.x[:, blank] == 0).all()


@pytest.mark.parametrize("rows", [1, 4, 9])
@pytest.mark.parametrize("onednn", [True, False])
def test_packed_matrices_multiply(rows: int, onednn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not onednn:
        monkeypatch.setattr(packed, "_has_onednn", lambda: False)
    generator = torch.Generator().manual_seed(2)
    left = torch.randn(rows, 40, generator=generator)
    matrix = torch.randn(40, 33, generator=generator)
    for constant in (matrix, matrix.T.contiguous().T):
        torch.testing.assert_close(
            PackedMatrix(constant).left_times(left), left @ matrix, rtol=1e-5, atol=1e-5
        )
