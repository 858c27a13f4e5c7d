"""The formulas of How it works with the numbers put in: rich text in the theme's colours, no words."""

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.snippets import OPTIMIZERS, batch_rows
from lora_gui.ui import numbers
from lora_gui.ui.theme import theme

TIMES, ARROW = "&nbsp;· ", "&nbsp;→ "
"""Lines break after these signs and nowhere else."""


def formula(step: int, config: RunConfig) -> str:
    """Return the formula of step 1 to 4: a paragraph per line."""
    lines = {1: _layer, 2: _forward, 3: _training, 4: _counting}[step](config)
    return "".join(f'<p style="margin: 0 0 4px 0">{line}</p>' for line in lines)


def _layer(config: RunConfig) -> list[str]:
    n_in, rank, n_out = config.in_features, config.rank, config.out_features
    scaling = numbers.plain(config.scaling)
    return [
        f"W′ = {_w0()} + {_joined('s', '·', _a(), _b())}",
        f"{_w0()} {_shape(n_in, n_out)} = {numbers.count(n_in * n_out)}",
        f"{_a()} {_shape(n_in, rank)}{TIMES}{_b()} {_shape(rank, n_out)}{ARROW}{_shape(n_in, n_out)}",
        _joined("s", "=", scaling),
    ]


def _forward(config: RunConfig) -> list[str]:
    n_in, rank, n_out = config.in_features, config.rank, config.out_features
    rows, scaling = batch_rows(config), numbers.plain(config.scaling)
    x, out = f"x&nbsp;{_shape(rows, n_in)}", _shape(rows, n_out)
    return [
        f"{x}{TIMES}{_w0()}&nbsp;{_shape(n_in, n_out)}{ARROW}{out}",
        f"{x}{TIMES}{_a()}&nbsp;{_shape(n_in, rank)}{ARROW}{_shape(rows, rank)}"
        f"{TIMES}{_b()}&nbsp;{_shape(rank, n_out)}{ARROW}{out}",
        f"h = x&nbsp;{_w0()} + {_bias(config)} + {scaling}{TIMES}(x&nbsp;{_a()})&nbsp;{_b()}",
    ]


def _training(config: RunConfig) -> list[str]:
    rate = numbers.plain(config.learning_rate)
    step = "∂loss/∂" if config.optimizer == "sgd" else ""
    direction = _joined(step + _a()) if step else "m / (√v + ε)"
    decay = f" − {rate} · 0.01 · {_a()}" if config.optimizer == "adamw" else ""
    size = f"{numbers.count(batch_rows(config))} · {numbers.count(config.out_features)}"
    received = ", ".join([_a(), _b(), *([_bias(config)] if config.train_bias else [])])
    return [
        f"loss = Σ (h − y)² / ({size})",
        f"{OPTIMIZERS[config.optimizer]} ({received})",
        f"{_a()} ← {_a()} − {rate} · {direction}{decay}",
    ]


def _counting(config: RunConfig) -> list[str]:
    counts = ParameterCounts.of(config)
    n_in, rank, n_out = (numbers.count(n) for n in (counts.in_features, counts.rank, counts.out_features))
    bias = f" + {_trained(n_out)}" if config.train_bias else ""
    trainable, total = numbers.count(counts.trainable), numbers.count(counts.total)
    terms = f"{_trained(f'{n_in}·{rank}')} + {_trained(f'{rank}·{n_out}')}{bias}"
    return [
        f"{_a()} + {_b()}{' + ' + _bias(config) if config.train_bias else ''}",
        f"= {terms} = <b>{trainable}</b>",
        f"{trainable} / {total} = <b>{numbers.percent(counts.share)}</b>",
    ]


def _shape(rows: int, columns: int) -> str:
    # Shapes as Python writes them, since they stand beside Python.
    return f"({rows},&nbsp;{columns})"


def _joined(*parts: str) -> str:
    return "&nbsp;".join(parts)


def _trained(text: str) -> str:
    return f'<span style="color:{theme().trainable}">{text}</span>'


def _w0() -> str:
    return f'<b style="color:{theme().frozen}">W<sub>0</sub></b>'


def _a() -> str:
    return f"<b>{_trained('A')}</b>"


def _b() -> str:
    return f"<b>{_trained('B')}</b>"


def _bias(config: RunConfig) -> str:
    colour = theme().trainable if config.train_bias else theme().frozen
    return f'<b style="color:{colour}">b</b>'
