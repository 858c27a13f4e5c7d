"""How runs are cut into pieces."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lora_gui.domain.config import RunConfig
from lora_gui.domain.presets import PRESETS
from lora_gui.domain.sweep import Axis, Sweep
from lora_gui.domain.sweep_plan import MOST_TOGETHER, can_train_together, estimate_seconds, plan

SMALL = RunConfig(in_features=12, out_features=8, samples=30, rank=2, engine="auto")
LARGE = replace(SMALL, in_features=2048, out_features=2048, samples=1000)


def numbered(*configs: RunConfig) -> list[tuple[int, RunConfig]]:
    return list(enumerate(configs))


@given(
    st.lists(
        st.builds(
            lambda rank, samples, engine, epochs, batch: replace(
                SMALL, rank=rank, samples=samples, engine=engine, epochs=epochs, batch_size=batch
            ),
            *(st.integers(1, 8), st.sampled_from([20, 30])),
            *(st.sampled_from(["auto", "reference"]), st.sampled_from([5, 6]), st.sampled_from([0, 10])),
        ),
        max_size=150,
    )
)
def test_every_run_stands_in_one_piece_with_runs_of_its_kind(configs: list[RunConfig]) -> None:
    pieces = plan(numbered(*configs))
    assert sorted(run for piece in pieces for run in piece.runs) == numbered(*configs)
    for piece in pieces:
        assert len(piece.runs) <= (MOST_TOGETHER if piece.together else 1)
        first = piece.runs[0][1]
        for _, config in piece.runs:
            assert can_train_together(config) == piece.together
            assert (config.samples, config.epochs) == (first.samples, first.epochs)


def test_runs_of_like_rank_go_together() -> None:
    sweep = Sweep(SMALL, (Axis("rank", (8, 1)),), seeds=MOST_TOGETHER)
    ranks = [{config.rank for _, config in piece.runs} for piece in plan(numbered(*sweep.configs))]
    assert ranks == [{1}, {8}]


def test_what_the_closed_form_does_not_cover_goes_alone() -> None:
    for config in (replace(SMALL, batch_size=10), replace(SMALL, engine="reference")):
        (piece, _) = plan(numbered(config, config))
        assert not piece.together


def test_pieces_are_cut_to_fit() -> None:
    medium = replace(SMALL, in_features=256, out_features=256, samples=1000)
    sizes = [len(piece.runs) for piece in plan(numbered(*[medium] * 40))]
    assert sum(sizes) == 40
    assert 4 <= sizes[0] < 40
    assert not can_train_together(LARGE)
    # A million samples fold into a few rows, but what they are tested on is a quarter of them.
    assert not can_train_together(replace(SMALL, samples=1_000_000, in_features=512))


def test_the_estimate_grows_with_the_work_and_falls_with_workers() -> None:
    pieces = plan(numbered(*[replace(SMALL, epochs=1000)] * 64))
    longer = plan(numbered(*[replace(SMALL, epochs=10_000)] * 64))
    assert 0 < estimate_seconds(pieces, 2) < estimate_seconds(longer, 2) < 60
    alone = plan(numbered(*[replace(SMALL, epochs=100_000, engine="reference")] * 8))
    assert estimate_seconds(alone, 4) < estimate_seconds(alone, 1)
    assert estimate_seconds((), 2) == 0


def test_presets_are_trained_together() -> None:
    for name in ("planted", "digits", "rank_too_low", "learning_rate_too_high"):
        assert can_train_together(PRESETS[name])
