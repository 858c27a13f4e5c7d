"""What the window shows as Python is true: each snippet runs and gives what the engine gives."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import torch

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.snippets import STEPS, snippet
from lora_gui.engine.trainers import make_trainer

SMALL = RunConfig(in_features=12, out_features=7, rank=3, samples=50, epochs=6, seed=7)
CONFIGS = {
    "tutorial": RunConfig(),
    "frozen bias": RunConfig(train_bias=False),
    "paper": RunConfig(in_features=33, rank=5, init="paper", scaling=0.5, optimizer="adamw"),
    "planted": PRESETS["planted"].with_("epochs", 12),
    "digits": PRESETS["digits"].with_("epochs", 12),
    "few digits": PRESETS["digits"].with_("epochs", 3).with_("samples", 200),
    "sgd": SMALL.with_("optimizer", "sgd").with_("learning_rate", 0.001),
    "mini-batches": SMALL.with_("batch_size", 16),
    "one batch": SMALL.with_("batch_size", 50),
    "whole layer": SMALL.with_("method", "full"),
    "whole layer, planted": SMALL.with_("task", "low_rank").with_("method", "full").with_("batch_size", 20),
    "bias alone": SMALL.with_("init", "paper").with_("task", "low_rank").with_("method", "bias"),
    "nothing": SMALL.with_("method", "none"),
    "exponents": SMALL.with_("learning_rate", 1e-5).with_("scaling", 1e-6),
}


def execute(config: RunConfig) -> tuple[dict[str, Any], list[str], list[dict[str, Any]]]:
    """Run the four snippets in a row; return all names at the end, what was printed, and tensors after each.

    Tensors that training changes in place are kept as they were after each snippet.
    """
    names: dict[str, Any] = {}
    after = []
    printed = io.StringIO()
    with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(printed):
        for step in STEPS:
            exec(compile(snippet(step, config), f"step {step}", "exec"), names)
            kept = {name: names[name].detach().clone() for name in ("x", "y", "A", "B") if name in names}
            after.append(kept | {"weight": names["linear"].weight.detach().clone()})
    return names, printed.getvalue().splitlines(), after


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_snippets_give_what_the_engine_gives(config: RunConfig) -> None:
    trainer = make_trainer(config)
    layer, task = trainer.layer, trainer.task
    start = {name: p.detach().clone() for name, p in layer.named_parameters()}
    with torch.no_grad():
        forward = layer(task.x)
    names, printed, after = execute(config)

    first = after[0]
    assert torch.equal(first["weight"], start["weight"])
    assert torch.equal(first["x"], task.x)
    largest = float(forward.abs().max())
    if config.has_adapter:
        assert torch.equal(first["A"], start["lora_A"])
        assert torch.equal(first["B"], start["lora_B"])
        assert names["gap"].item() <= 1e-5 * largest
        # From before the training: the snippet's own function and merged layer, at the engine's start.
        assert torch.allclose(names["merged"], forward, atol=1e-5 * largest)

    torch.testing.assert_close(after[2]["y"], task.y)
    losses = trainer.advance(config.epochs).losses
    epochs, shown = zip(*(line.split() for line in printed[:-1]), strict=True)
    assert list(map(int, epochs)) == list(range(1, config.epochs + 1))
    np.testing.assert_allclose(np.array(shown, float), losses, rtol=1e-5)
    assert torch.equal(after[3]["weight"], start["weight"]) == (config.method != "full")
    with torch.no_grad():
        torch.testing.assert_close(names["forward"](task.x), layer(task.x), rtol=1e-4, atol=1e-4 * largest)

    counts = ParameterCounts.of(config)
    assert printed[-1] == f"{counts.trainable} {counts.total} {counts.share:.2%}"


def test_the_tutorial_prints_its_own_losses() -> None:
    _, printed, _ = execute(RunConfig())
    epoch, loss = printed[9].split()
    assert (epoch, f"{float(loss):.4f}") == ("10", "173.2909")
    assert printed[10] == "306 946 32.35%"


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_shapes_in_the_comments_are_those_of_the_products(config: RunConfig) -> None:
    names, _, _ = execute(config)
    x = names["x"] if config.is_full_batch else names["x"][: config.batch_size]
    frozen = names["linear"](x)
    shapes = [tuple(frozen.shape)]
    if config.has_adapter:
        shapes += [tuple(t.shape) for t in (x @ names["A"], x @ names["A"] @ names["B"])]
    said = [line.split("# ")[1] for line in snippet(2, config).splitlines() if "# " in line]
    assert said == [str(shape) for shape in shapes]
