"""Counts, shares, the break-even rank, memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import NotEnoughMemory, ParameterCounts, held_out_samples, in_words, run_bytes
from tests.domain.test_config import configs


def test_the_tutorials_counts() -> None:
    counts = ParameterCounts.of(RunConfig())
    assert (counts.frozen, counts.trainable, counts.total) == (640, 306, 946)
    assert [(t.name, t.shape, t.count, t.trainable) for t in counts.tensors] == [
        ("weight", (10, 64), 640, False),
        ("bias", (10,), 10, True),
        ("lora_A", (64, 4), 256, True),
        ("lora_B", (4, 10), 40, True),
    ]
    assert str(counts) == "trainable params: 306 || all params: 946 || trainable%: 32.3467"


def test_without_its_bias_it_is_what_the_tutorial_claims() -> None:
    counts = ParameterCounts.of(RunConfig(train_bias=False))
    assert (counts.frozen, counts.trainable, counts.total) == (650, 296, 946)


def test_large_counts_are_grouped() -> None:
    counts = ParameterCounts.of(RunConfig(in_features=4096, out_features=4096, rank=8, train_bias=False))
    assert str(counts) == "trainable params: 65,536 || all params: 16,846,848 || trainable%: 0.3890"


@given(configs())
def test_every_number_is_either_frozen_or_trained(config: RunConfig) -> None:
    counts = ParameterCounts.of(config)
    n_in, n_out, rank = config.in_features, config.out_features, config.rank
    assert counts.total == n_in * n_out + n_out + rank * (n_in + n_out)
    assert counts.trainable == rank * (n_in + n_out) + n_out * config.train_bias
    assert counts.frozen + counts.trainable == counts.total
    assert 0 < counts.share < 1
    assert counts.full == n_in * n_out + n_out


@given(configs())
def test_break_even_is_where_the_adapter_outweighs_the_weight(config: RunConfig) -> None:
    counts = ParameterCounts.of(config)
    adapter = config.rank * (config.in_features + config.out_features)
    assert counts.above_break_even == (adapter > config.in_features * config.out_features)


def test_break_even_rank_of_the_tutorial() -> None:
    assert ParameterCounts.of(RunConfig()).break_even_rank == pytest.approx(640 / 74)


@pytest.mark.parametrize(("optimizer", "moments"), [("adam", 2), ("adamw", 2), ("sgd", 0)])
def test_memory_of_the_layer(optimizer: str, moments: int) -> None:
    counts = ParameterCounts.of(RunConfig(optimizer=optimizer))
    memory = counts.memory
    assert (memory.weights, memory.gradients, memory.optimizer) == (4 * 946, 4 * 306, 4 * 306 * moments)
    assert memory.total == 4 * (946 + 306 * (1 + moments))
    assert counts.full_memory.total == 4 * 650 * (2 + moments)


@given(configs(), st.sampled_from(["in_features", "out_features", "rank", "samples", "epochs"]))
def test_a_larger_run_never_takes_less(config: RunConfig, name: str) -> None:
    allowed = config.allowed(name)
    if getattr(config, name) + 1 in allowed:
        assert run_bytes(config.with_(name, getattr(config, name) + 1)) >= run_bytes(config)


@given(configs())
def test_a_run_takes_at_least_its_data_and_its_layer(config: RunConfig) -> None:
    rows = config.samples + held_out_samples(config)
    data = 4 * rows * (config.in_features + config.out_features)
    assert run_bytes(config) > ParameterCounts.of(config).memory.total + data


def test_held_out_samples() -> None:
    assert [held_out_samples(RunConfig(samples=n)) for n in (1, 7, 1000)] == [1, 1, 250]
    assert held_out_samples(RunConfig(task="digits", samples=8)) == 500


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0.0 MiB"),
        (2**20, "1.0 MiB"),
        (2**30 - 2**20, "1,023.0 MiB"),
        (2**30, "1.0 GiB"),
        (3 * 2**41, "6,144.0 GiB"),
    ],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert in_words(size) == words


def test_too_little_memory_is_said_with_figures_and_a_way_out() -> None:
    error = NotEnoughMemory(5 * 2**30, 2**29, "CPU (2 cores)")
    assert (error.needed, error.free, error.where) == (5 * 2**30, 2**29, "CPU (2 cores)")
    assert str(error) == (
        "not enough memory: the run needs about 5.0 GiB and CPU (2 cores) has 512.0 MiB free; "
        "use fewer samples or smaller in_features and out_features"
    )
