"""A checkpoint comes back bit for bit, or not at all."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from lora_gui.engine.checkpoint import CheckpointError, load_checkpoint, save_checkpoint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints" / "run.safetensors"


def state() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    shared = torch.randn(6, generator=generator)
    return {
        "lora_A": torch.randn(8, 3, generator=generator),
        "lora_B": torch.randn(10, 3, generator=generator).T,  # not contiguous
        "bias": shared[:3],  # two views of one tensor
        "first_moments.0": shared[2:],
        "steps": torch.tensor(17.0),
        "epoch": torch.tensor(2**40),
        "shuffle": generator.get_state(),
        "nothing": torch.empty(0, 4),
        "half": torch.tensor([1.5, float("nan")], dtype=torch.float16),
    }


def test_every_tensor_comes_back_with_what_is_said_about_it(path: Path) -> None:
    about = {"epoch": 17, "config": {"rank": 3, "task": "digits"}, "name": "ü 語"}
    save_checkpoint(path, state(), about)
    tensors, said = load_checkpoint(path)
    assert said == about
    assert tensors.keys() == state().keys()
    for name, tensor in state().items():
        assert tensors[name].dtype == tensor.dtype
        assert tensors[name].shape == tensor.shape
        assert tensors[name].contiguous().numpy().tobytes() == tensor.contiguous().numpy().tobytes()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_generator_goes_on_from_where_it_was(path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    torch.randperm(50, generator=generator)
    save_checkpoint(path, {"shuffle": generator.get_state()}, {})
    again = torch.Generator()
    again.set_state(load_checkpoint(path)[0]["shuffle"])
    assert torch.equal(torch.randperm(50, generator=again), torch.randperm(50, generator=generator))


def test_a_save_that_fails_leaves_the_one_before(path: Path) -> None:
    save_checkpoint(path, {"a": torch.ones(2)}, {"epoch": 1})
    with pytest.raises(TypeError):
        save_checkpoint(path, {"a": torch.zeros(2)}, {"epoch": object()})
    tensors, about = load_checkpoint(path)
    assert (tensors["a"].tolist(), about) == ([1.0, 1.0], {"epoch": 1})
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("kept", [0, 5, 100, -1])
def test_a_damaged_file_is_named(path: Path, kept: int) -> None:
    save_checkpoint(path, state(), {})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(CheckpointError, match=r"run\.safetensors is no checkpoint, or damaged"):
        load_checkpoint(path)


def test_a_file_of_another_program_is_no_checkpoint(path: Path) -> None:
    path.parent.mkdir()
    save_file({"a": torch.ones(2)}, path)
    with pytest.raises(CheckpointError, match=r"run\.safetensors is no checkpoint"):
        load_checkpoint(path)


def test_no_file_is_not_a_damaged_one(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_checkpoint(path)


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OSError, match="file"):
        save_checkpoint(tmp_path / "file" / "run.safetensors", {}, {})
