"""Assets are found from a checkout and from an installed package, and the data in them is what it says."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from lora_gui.domain import assets
from lora_gui.domain.assets import asset


def test_finds_a_file_of_this_checkout() -> None:
    assert asset("digits.csv.gz").is_file()


@pytest.mark.parametrize("inside_package", [True, False])
def test_finds_both_layouts(inside_package: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = (tmp_path / "lora_gui" / "assets", tmp_path / "assets")
    wanted = folders[0 if inside_package else 1] / "icons" / "start.svg"
    wanted.parent.mkdir(parents=True)
    wanted.write_text("<svg/>")
    monkeypatch.setattr(assets, "_FOLDERS", folders)
    assert asset("icons/start.svg") == wanted


def test_a_missing_file_is_named_with_the_places_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_FOLDERS", (tmp_path / "one", tmp_path / "two"))
    with pytest.raises(FileNotFoundError, match=r"'nothing\.svg'.*one.*two"):
        asset("nothing.svg")


def test_a_folder_is_no_asset() -> None:
    with pytest.raises(FileNotFoundError):
        asset("icons")


def test_digits_are_complete_and_in_range() -> None:
    table = np.loadtxt(asset("digits.csv.gz"), delimiter=",", dtype=np.int64)
    pixels, labels = table[:, :64], table[:, 64]
    assert table.shape == (1797, 65)
    assert (pixels.min(), pixels.max()) == (0, 16)
    # The class counts published with the data set (optdigits.names, testing set).
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_carry_their_attribution() -> None:
    with gzip.open(asset("digits.csv.gz"), "rt", encoding="ascii") as file:
        header = "".join(line for line in file if line.startswith("#"))
    for part in ("Alpaydin", "Kaynak", "10.24432/C50P49", "CC BY 4.0", "Changes:"):
        assert part in header


def test_digits_are_packed_reproducibly() -> None:
    # Bytes 4 to 8 of a gzip file hold the time of packing; a build must not depend on it.
    assert asset("digits.csv.gz").read_bytes()[4:8] == bytes(4)
