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
    if not config.has_adapter:
        return [f"h = x&nbsp;{_w0(config)} + {_bias(config)}", f"{_w0(config)} {_shape(n_in, n_out)}"]
    scaling = numbers.plain(config.scaling)
    return [
        f"W′ = {_w0(config)} + {_joined('s', '·', _a(), _b())}",
        f"{_w0(config)} {_shape(n_in, n_out)} = {numbers.count(n_in * n_out)}",
        f"{_a()} {_shape(n_in, rank)}{TIMES}{_b()} {_shape(rank, n_out)}{ARROW}{_shape(n_in, n_out)}",
        _joined("s", "=", scaling),
    ]


def _forward(config: RunConfig) -> list[str]:
    n_in, rank, n_out = config.in_features, config.rank, config.out_features
    rows, scaling = batch_rows(config), numbers.plain(config.scaling)
    x, out = f"x&nbsp;{_shape(rows, n_in)}", _shape(rows, n_out)
    frozen = f"{x}{TIMES}{_w0(config)}&nbsp;{_shape(n_in, n_out)}{ARROW}{out}"
    if not config.has_adapter:
        return [frozen, f"h = x&nbsp;{_w0(config)} + {_bias(config)}"]
    return [
        frozen,
        f"{x}{TIMES}{_a()}&nbsp;{_shape(n_in, rank)}{ARROW}{_shape(rows, rank)}"
        f"{TIMES}{_b()}&nbsp;{_shape(rank, n_out)}{ARROW}{out}",
        f"h = x&nbsp;{_w0(config)} + {_bias(config)} + {scaling}{TIMES}(x&nbsp;{_a()})&nbsp;{_b()}",
    ]


def _training(config: RunConfig) -> list[str]:
    size = f"{numbers.count(batch_rows(config))} · {numbers.count(config.out_features)}"
    loss = f"loss = Σ (h − y)² / ({size})"
    received = _received(config)
    if not received:
        return [loss]
    rate, trained = numbers.plain(config.learning_rate), received[0]
    direction = f"∂loss/∂{trained}" if config.optimizer == "sgd" else "m / (√v + ε)"
    decay = f" − {rate} · 0.01 · {trained}" if config.optimizer == "adamw" else ""
    return [
        loss,
        f"{OPTIMIZERS[config.optimizer]} ({', '.join(received)})",
        f"{trained} ← {trained} − {rate} · {direction}{decay}",
    ]


def _counting(config: RunConfig) -> list[str]:
    counts = ParameterCounts.of(config)
    n_in, rank, n_out = (numbers.count(n) for n in (config.in_features, config.rank, config.out_features))
    terms = [
        *([f"{n_in}·{n_out}"] if config.method == "full" else []),
        *([f"{n_in}·{rank}", f"{rank}·{n_out}"] if config.has_adapter else []),
        *([n_out] if config.bias_is_trained else []),
    ]
    trainable, total = numbers.count(counts.trainable), numbers.count(counts.total)
    share = f"{trainable} / {total} = <b>{numbers.percent(counts.share)}</b>"
    if not terms:
        return [share]
    return [
        " + ".join(_received(config)),
        f"= {' + '.join(map(_trained, terms))} = <b>{trainable}</b>",
        share,
    ]


def _received(config: RunConfig) -> list[str]:
    return [
        *([_w0(config)] if config.method == "full" else []),
        *([_a(), _b()] if config.has_adapter else []),
        *([_bias(config)] if config.bias_is_trained else []),
    ]


def _shape(rows: int, columns: int) -> str:
    # Shapes as Python writes them, since they stand beside Python.
    return f"({rows},&nbsp;{columns})"


def _joined(*parts: str) -> str:
    return "&nbsp;".join(parts)


def _trained(text: str) -> str:
    return f'<span style="color:{theme().trainable}">{text}</span>'


def _w0(config: RunConfig) -> str:
    colour = theme().trainable if config.method == "full" else theme().frozen
    return f'<b style="color:{colour}">W<sub>0</sub></b>'


def _a() -> str:
    return f"<b>{_trained('A')}</b>"


def _b() -> str:
    return f"<b>{_trained('B')}</b>"


def _bias(config: RunConfig) -> str:
    colour = theme().trainable if config.bias_is_trained else theme().frozen
    return f'<b style="color:{colour}">b</b>'
