"""Write files so that nobody ever finds half of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Write `text`, in UTF-8, to a file beside `path` and put it in its place, as `draft_of` does."""
    with draft_of(path) as draft:
        draft.write_text(text, encoding="utf-8")


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Hand out a file beside `path` to write to, and put it in its place once the block is complete.

    A symbolic link stays one: the file it points to is replaced. Raises OSError and leaves `path` as it was.
    """
    target, draft = _target_and_draft(path)
    draft.touch(exist_ok=False)
    try:
        yield draft
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise OSError if `write_atomically` could not write to `path` now."""
    _, draft = _target_and_draft(path)
    draft.touch(exist_ok=False)
    draft.unlink()


def _target_and_draft(path: Path) -> tuple[Path, Path]:
    target = path.resolve()
    if target.exists() and not target.is_file():
        # A folder cannot be replaced by a file, and a device such as /dev/null must not be.
        raise OSError(f"{path} exists and is no file")
    return target, target.with_name(f".{target.name}.{os.getpid()}.draft")
