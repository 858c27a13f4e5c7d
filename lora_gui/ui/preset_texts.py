"""What each preset is called, and the one thing to notice in it."""

from PySide6.QtCore import QCoreApplication


def preset_title(name: str) -> str:
    """Return the name of a preset in the language in force."""
    translate = QCoreApplication.translate
    return {
        "tutorial": translate("Presets", "Tutorial"),
        "planted": translate("Presets", "Planted rank 3, paper init"),
        "digits": translate("Presets", "Handwritten digits, rotated"),
        "rank_too_low": translate("Presets", "Bad: rank too low"),
        "learning_rate_too_high": translate("Presets", "Bad: learning rate too high"),
    }[name]


def preset_note(name: str) -> str:
    """Return what to notice in a preset."""
    translate = QCoreApplication.translate
    return {
        "tutorial": translate(
            "Presets",
            "A and B start as noise, so the loss starts far above the base model's, and ten epochs only "
            "begin to undo that. Count the trainable numbers: 306, not 296, for the bias is trained too.",
        ),
        "planted": translate(
            "Presets",
            "The targets differ from the base model by an update of rank 3, and rank 3 is just enough: the "
            "loss falls to the noise (0.05² = 0.0025) and no further. Try rank 2.",
        ),
        "digits": translate(
            "Presets",
            "The base layer reads upright digits; these lie on their side. Watch the accuracy on held-out "
            "digits climb while W₀ stays as it is, then see what a higher rank adds.",
        ),
        "rank_too_low": translate(
            "Presets",
            "The task needs rank 8 and gets 1: the loss falls, then stays on a plateau that no number of "
            "epochs leaves. Rewind and drag the rank up.",
        ),
        "learning_rate_too_high": translate(
            "Presets",
            "Every step overshoots by more than it corrects, so the loss grows until it is no number any "
            "more. Rewind, lower the learning rate, start again.",
        ),
    }[name]
