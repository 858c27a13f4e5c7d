"""What the window says about a run: how it ended, what was changed, what to try."""

from PySide6.QtCore import QCoreApplication

from lora_gui.domain.config import ConfigError, RunConfig
from lora_gui.domain.parameters import NotEnoughMemory
from lora_gui.domain.progress import Change
from lora_gui.domain.run import RunEnd, RunState
from lora_gui.ui import numbers
from lora_gui.ui.banner import Message
from lora_gui.ui.field_texts import describe


def describe_end(end: RunEnd, config: RunConfig) -> Message | None:
    """Return what must be said about the end of a run of `config`, None where nothing must."""
    if end.state is RunState.DIVERGED:
        return _diverged(end, config)
    if end.state is RunState.FAILED:
        return _failed(end)
    return None


def describe_error(error: BaseException, details: str = "") -> Message:
    """Return what to say about an error nobody expected."""
    return Message(
        "error",
        QCoreApplication.translate("Messages", "Something went wrong"),
        QCoreApplication.translate(
            "Messages", "{error}. What was trained so far stays; the details are in the log as well."
        ).format(error=f"{type(error).__name__}: {error}".rstrip(".")),
        details,
    )


def describe_memory(error: NotEnoughMemory) -> str:
    """Return how much memory is missing, and what to do about it."""
    return QCoreApplication.translate(
        "Messages",
        "It needs about {needed} of memory, and {free} are free on {device}. Choose fewer samples, "
        "a smaller layer, or mini-batches.",
    ).format(needed=numbers.size(error.needed), free=numbers.size(error.free), device=error.where)


def describe_set_aside(path: str) -> Message:
    """Return what to say when the settings store was damaged."""
    return Message(
        "warning",
        QCoreApplication.translate("Messages", "The settings could not be read"),
        QCoreApplication.translate(
            "Messages", "The app starts with its defaults; the damaged file is kept as {path}."
        ).format(path=path),
    )


def describe_unused(details: str) -> Message:
    """Return what to say when some of what was remembered is not valid (any more)."""
    return Message(
        "warning",
        QCoreApplication.translate("Messages", "Some remembered settings could not be used"),
        QCoreApplication.translate("Messages", "The app starts with the defaults in their place."),
        details,
    )


def describe_change(change: Change, before: float) -> str:
    """Return the label of a setting changed during a run, such as lr 0.01 → 0.003."""
    short = {
        "learning_rate": QCoreApplication.translate("Messages", "lr", "short for learning rate"),
        "scaling": "s",
        "epochs": QCoreApplication.translate("Messages", "epochs"),
    }
    return f"{short[change.field]} {numbers.plain(before)} → {numbers.plain(change.value)}"


def _diverged(end: RunEnd, config: RunConfig) -> Message:
    return Message(
        "error",
        QCoreApplication.translate("Messages", "The run diverged at epoch {epoch}").format(
            epoch=numbers.count(end.epoch)
        ),
        QCoreApplication.translate(
            "Messages",
            "The loss is no finite number any more; its curve stays up to there. Try a learning rate below "
            "{learning_rate}, a smaller scaling, or Adam, whose steps do not grow with the gradient.",
        ).format(learning_rate=numbers.plain(config.learning_rate)),
    )


def _failed(end: RunEnd) -> Message | None:
    title = QCoreApplication.translate("Messages", "The run could not start")
    match end.error:
        case ConfigError():
            return Message("error", title, describe(end.error))
        case NotEnoughMemory():
            return Message("error", title, describe_memory(end.error))
        case None:
            return None
        case error:
            return describe_error(error, end.details)
