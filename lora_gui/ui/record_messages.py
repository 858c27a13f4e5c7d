"""What the window says about runs that are kept, replayed, continued, written to files and read from them."""

from PySide6.QtCore import QCoreApplication

from lora_gui.domain.config import ConfigError
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.replay import ReplayResult
from lora_gui.storage.errors import DamagedStoreError, NewerStoreError, StoreError, UnavailableStoreError
from lora_gui.ui import numbers
from lora_gui.ui.banner import Message
from lora_gui.ui.field_texts import describe
from lora_gui.ui.messages import describe_error, describe_memory


def describe_replay(result: ReplayResult, title: str) -> Message:
    """Return what came out of the replay of the run called `title`."""
    epochs = numbers.count(result.epochs)
    if result.same:
        return Message(
            "info",
            QCoreApplication.translate("RecordMessages", "The same losses, bit for bit"),
            QCoreApplication.translate(
                "RecordMessages", "{title}: {same} of {epochs} epochs, from its settings and changes alone."
            ).format(title=title, same=epochs, epochs=epochs),
        )
    text = QCoreApplication.translate(
        "RecordMessages", "{title}: the loss was {recorded}, and now it is {replayed}."
    ).format(title=title, recorded=_loss(result.recorded), replayed=_loss(result.replayed))
    if not result.same_versions:
        versions = result.versions
        text += " " + QCoreApplication.translate(
            "RecordMessages",
            "The run was trained with other programs, which may round differently: "
            "LoRA GUI {lora_gui}, torch {torch}, Python {python}.",
        ).format(lora_gui=versions.lora_gui, torch=versions.torch, python=versions.python)
    return Message(
        "warning",
        QCoreApplication.translate("RecordMessages", "The losses differ from epoch {epoch} on").format(
            epoch=numbers.count(result.differs_at or 0)
        ),
        text,
    )


def describe_store_error(error: StoreError) -> Message:
    """Return what to say about trouble with the runs on disk: what it means, and the way out."""
    match error:
        case UnavailableStoreError():
            title = QCoreApplication.translate("RecordMessages", "Runs cannot be kept at the moment")
            text = QCoreApplication.translate(
                "RecordMessages",
                "Training goes on as usual, and what waits is written as soon as the disk takes it. Is there "
                "room left, and may this app write to {folder}?",
            ).format(folder=error.path.parent)
        case DamagedStoreError(aside=aside) if aside:
            title = QCoreApplication.translate("RecordMessages", "The runs kept so far are damaged")
            text = QCoreApplication.translate(
                "RecordMessages", "They now lie in {file}; new runs are kept in a new file."
            ).format(file=aside)
        case NewerStoreError():
            title = QCoreApplication.translate("RecordMessages", "The runs belong to a later version")
            text = QCoreApplication.translate(
                "RecordMessages",
                "This version leaves them as they are and keeps no new ones. Install the later version "
                "again, or move {file} elsewhere.",
            ).format(file=error.path)
        case _:
            title = QCoreApplication.translate("RecordMessages", "Runs are not kept")
            text = QCoreApplication.translate(
                "RecordMessages", "Training goes on as usual. A new start of the app may help."
            )
    return Message("warning", title, text, str(error))


def describe_unreadable(error: Exception) -> Message:
    """Return what to say about a run that is kept but cannot be read."""
    if isinstance(error, StoreError):
        return describe_store_error(error)
    title = QCoreApplication.translate("RecordMessages", "This run cannot be read")
    return Message("error", title, "", f"{type(error).__name__}: {error}")


def describe_file_error(error: BaseException, path: str) -> Message:
    """Return what to say about a file that a run could not be written to, or read from."""
    title = QCoreApplication.translate("RecordMessages", "This did not work: {file}").format(file=path)
    match error:
        case ConfigError():
            return Message("error", title, describe(error))
        case UnicodeDecodeError():
            text = QCoreApplication.translate("RecordMessages", "It is no text, and so no run.")
            return Message("error", title, text)
        case OSError():
            return Message("error", title, error.strerror or str(error))
    return describe_error(error)


def describe_task_error(error: BaseException) -> Message:
    """Return what to say about a replay or a baseline that could not be trained."""
    title = QCoreApplication.translate("RecordMessages", "The run could not be trained")
    match error:
        case ConfigError():
            return Message("error", title, describe(error))
        case NotEnoughMemory():
            return Message("error", title, describe_memory(error))
    return describe_error(error)


def describe_no_epochs_left(epochs: int) -> Message:
    """Return how to go on with a run that has done all its epochs."""
    return Message(
        "info",
        QCoreApplication.translate("RecordMessages", "This run has done all its {epochs} epochs").format(
            epochs=numbers.count(epochs)
        ),
        QCoreApplication.translate("RecordMessages", "To go on, raise Epochs and press Continue."),
    )


def describe_exported(path: str) -> Message:
    """Return what to say once a run was written to a file."""
    title = QCoreApplication.translate("RecordMessages", "The run was written to a file")
    return Message("info", title, path)


def _loss(loss: float | None) -> str:
    if loss is None:
        return QCoreApplication.translate("RecordMessages", "none")
    return f"{loss:.9g}"
