"""The state of a run as a file: every tensor, and what is to be known about them, in safetensors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from lora_gui.domain.files import draft_of

ABOUT = "lora_gui"
"""The one entry of the file's own metadata, which holds texts only."""


class CheckpointError(Exception):
    """A file is no checkpoint, or a damaged one; the message names it and what is wrong."""


def save_checkpoint(path: Path, state: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Write tensors and a JSON object about them, whole or not at all; folders are made as needed.

    Tensors of any shape, kind and device are written, each with memory of its own. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Copies on the CPU: safetensors refuses views and shared memory, and a trainer may hand out both.
    tensors = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in state.items()}
    with draft_of(path) as draft:
        try:
            save_file(tensors, draft, {ABOUT: json.dumps(about)})
        except SafetensorError as error:
            raise OSError(f"{path} could not be written: {error}") from error


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors, on the CPU, and what was said about them.

    Raises CheckpointError for a file that is damaged or none of ours, FileNotFoundError where there is none.
    """
    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})[ABOUT])
            return {name: file.get_tensor(name) for name in file.keys()}, about  # noqa: SIM118 - it is no dict
    except (SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(f"{path} is no checkpoint, or damaged: {error}") from error
