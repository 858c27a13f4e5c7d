"""Looks ahead at a run: draws its data and solves for the best that any adapter could do."""

from dataclasses import replace

from lora_gui.domain.config import RunConfig
from lora_gui.domain.outlook import Outlook
from lora_gui.domain.spectrum import spectrum, spectrum_of_matrix
from lora_gui.engine.floors import ReducedRankRegression
from lora_gui.engine.tasks import prepare


def look_ahead(config: RunConfig) -> Outlook:
    """Return the outlook of `config`, computed on the CPU; takes what `floors_operations` estimates."""
    task, _ = prepare(config)
    best = ReducedRankRegression(task, config.bias_is_trained)
    if task.planted is None:
        target = spectrum(*best.update(config.rank))
    else:
        target = spectrum_of_matrix(task.planted.numpy(), config.true_rank)
    floors = replace(best.floors, elbow=None) if config.task == "random" else best.floors
    return Outlook(config, floors, target)
