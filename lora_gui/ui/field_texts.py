"""What the window says about each setting: label, tooltip, choices, notes, and what is wrong with a value."""

from typing import Final

from PySide6.QtCore import QLocale, QObject

from lora_gui.domain.config import Allowed, Choice, ConfigError, DeviceName, Range, RunConfig, Switch
from lora_gui.domain.engines import EngineReason, engine_for
from lora_gui.ui.number_entry import show_number

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "layer": ("in_features", "out_features", "train_bias"),
    "adapter": ("method", "rank", "scaling", "init"),
    "task": ("task", "samples", "true_rank", "noise"),
    "training": ("epochs", "learning_rate", "optimizer", "batch_size", "seed", "device", "engine"),
}
"""The settings by group, from top to bottom."""

FORMULAS: Final[dict[str, str]] = {
    "in_features": "x : (n, in), &nbsp; W<sub>0</sub> : (in, out), &nbsp; A : (in, r)",
    "out_features": "h : (n, out), &nbsp; W<sub>0</sub> : (in, out), &nbsp; B : (r, out)",
    "train_bias": "h = x W<sub>0</sub> + <b>b</b> + s · (x A) B",
    "method": "h = x (W<sub>0</sub> + ΔW) + b, &nbsp; LoRA: ΔW = s · A B",
    "rank": "A : (in, <b>r</b>), &nbsp; B : (<b>r</b>, out), &nbsp; 1 ≤ r ≤ min(in, out)",
    "scaling": "h = x W<sub>0</sub> + b + <b>s</b> · (x A) B, &nbsp; s = α / r",
    "init": "ΔW = s · A B",
    "task": "loss = mean of (h − y)<sup>2</sup>",
    "samples": "x : (<b>n</b>, in), &nbsp; y : (<b>n</b>, out)",
    "true_rank": "y = x (W<sub>0</sub> + ΔW*) + b + ε, &nbsp; rank ΔW* = r*",
    "noise": "ε ~ N(0, <b>σ</b><sup>2</sup>), &nbsp; best possible loss ≈ σ<sup>2</sup>",
    "epochs": "1 epoch = ⌈n / batch size⌉ steps",
    "learning_rate": "SGD: &nbsp; A ← A − <b>η</b> · ∂loss/∂A",
    "optimizer": "Adam: &nbsp; A ← A − η · m / (√v + ε)",
    "batch_size": "steps per epoch = ⌈n / <b>batch size</b>⌉",
    "seed": "",
    "device": "",
    "engine": "‖R − X ΔW‖² = tr(ΔWᵀ XᵀX ΔW) − 2 tr(ΔWᵀ XᵀR) + ‖R‖²",
}
"""The formula that a setting stands in, in rich text; the same in every language."""


class FieldTexts(QObject):
    """Every text about the settings in the language in force; ask anew after a change of language."""

    def group(self, name: str) -> str:
        """Return the heading of a group."""
        return {
            "layer": self.tr("Layer"),
            "adapter": self.tr("Adapter"),
            "task": self.tr("Task"),
            "training": self.tr("Training"),
        }[name]

    def label(self, name: str) -> str:
        """Return the label of a setting, with its mnemonic."""
        return {
            "in_features": self.tr("&Inputs"),
            "out_features": self.tr("O&utputs"),
            "train_bias": self.tr("Train &bias"),
            "method": self.tr("&What trains"),
            "rank": self.tr("Ran&k r"),
            "scaling": self.tr("S&caling s"),
            "init": self.tr("Initi&alise"),
            "task": self.tr("&Learn"),
            "samples": self.tr("Sam&ples"),
            "true_rank": self.tr("&True rank"),
            "noise": self.tr("&Noise σ"),
            "epochs": self.tr("Ep&ochs"),
            "learning_rate": self.tr("Learnin&g rate"),
            "optimizer": self.tr("Opti&mizer"),
            "batch_size": self.tr("Batch si&ze"),
            "seed": self.tr("&Seed"),
            "device": self.tr("&Device"),
            "engine": self.tr("Computed b&y"),
        }[name]

    def name(self, name: str) -> str:
        """Return the label of a setting without its mnemonic; what is no setting keeps its own name."""
        return self.label(name).replace("&", "") if name in FORMULAS else name

    def purpose(self, name: str) -> str:
        """Return one or two sentences on what a setting does."""
        return {
            "in_features": self.tr("Numbers that go into the layer: the rows of the frozen weight and of A."),
            "out_features": self.tr(
                "Numbers that come out of the layer: the columns of the frozen weight and of B."
            ),
            "train_bias": self.tr(
                "Trains the bias together with the adapter. The tutorial does so without meaning to: "
                "it freezes the weight only."
            ),
            "method": self.tr(
                "What training changes. LoRA: the adapter beside the frozen weight. To compare it with: the "
                "whole layer, its bias alone, or nothing at all."
            ),
            "rank": self.tr(
                "How many directions the update may have. Small ranks need few parameters; too small a rank "
                "cannot hold what is to be learned."
            ),
            "scaling": self.tr("Factor in front of the adapter; the paper's α divided by the rank."),
            "init": self.tr(
                "How A and B start. Gaussian: both standard normal, so the update is large from the first "
                "epoch. Paper: B zero, so there is no update yet, and A uniform, as in the authors' own code."
            ),
            "task": self.tr("What the adapter is to learn while the base weight stays frozen."),
            "samples": self.tr("Rows of the training data."),
            "true_rank": self.tr(
                "Rank of the update hidden in the data; an adapter of at least this rank can find it."
            ),
            "noise": self.tr("Standard deviation of the noise on the targets; no adapter can get below it."),
            "epochs": self.tr("How often training goes through all samples."),
            "learning_rate": self.tr("How far one step goes. Arrow keys move it along 1, 2, 5, 10."),
            "optimizer": self.tr(
                "The rule that turns gradients into steps. In Adam, m and v are running means of the "
                "gradient and of its square, corrected for their start at zero."
            ),
            "batch_size": self.tr("Samples per step; 0 takes all of them at once."),
            "seed": self.tr(
                "Start of everything drawn at random: the same seed gives the same losses, bit for bit."
            ),
            "device": self.tr("Where the training is computed."),
            "engine": self.tr(
                "How the training is computed. Autograd runs the layer on every sample, as the tutorial "
                "does. The closed form folds the samples into their statistics once and gives the same "
                "losses, faster. Automatic takes the closed form where there is one."
            ),
        }[name]

    def tooltip(self, name: str) -> str:
        """Return what a setting does and its formula, as rich text."""
        formula = FORMULAS[name]
        return f"<p>{self.purpose(name)}</p>" + (f"<p>{formula}</p>" if formula else "")

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the (word, title) pairs of a setting that is one of a few words."""
        return {
            "method": (
                ("lora", self.tr("LoRA")),
                ("full", self.tr("Whole layer")),
                ("bias", self.tr("Bias alone")),
                ("none", self.tr("Nothing")),
            ),
            "init": (("gaussian", self.tr("Gaussian (tutorial)")), ("paper", self.tr("Paper (B = 0)"))),
            "task": (
                ("random", self.tr("Random noise")),
                ("low_rank", self.tr("Planted rank")),
                ("digits", self.tr("Digits, rotated 90°")),
            ),
            "optimizer": (("adam", "Adam"), ("adamw", "AdamW"), ("sgd", "SGD")),
            "engine": (
                ("auto", self.tr("Automatic")),
                ("reference", self.tr("Autograd")),
                ("closed_form", self.tr("Closed form")),
            ),
        }.get(name, ())

    def note(self, name: str, config: RunConfig) -> str:
        """Return the standing remark under a setting of `config`; empty for most."""
        if name == "engine":
            return self._engine_note(config)
        if name == "init" and not config.has_adapter:
            return ""
        return {
            ("method", "full"): self.tr("every number of W₀ and b; no adapter"),
            ("method", "bias"): self.tr("no adapter"),
            ("method", "none"): self.tr("the loss of the base model"),
            ("init", "gaussian"): self.tr("starts far from the base model"),
            ("init", "paper"): self.tr("starts exactly at the base model"),
            ("task", "random"): self.tr("nothing to learn but noise"),
            ("task", "low_rank"): self.tr("an update of known rank to find"),
            ("task", "digits"): self.fixed_by_data(),
        }.get((name, getattr(config, name)), "")

    def engine(self, config: RunConfig) -> str:
        """Return the words for the engine that will train `config`."""
        return dict(self.choices("engine"))[engine_for(config).name]

    def _engine_note(self, config: RunConfig) -> str:
        return {
            EngineReason.CHOSEN: "",
            EngineReason.FULL_BATCH: self.tr("closed form: all samples at once"),
            EngineReason.MINI_BATCHES: self.tr("autograd: mini-batches need it"),
            EngineReason.NO_ADAPTER: self.tr("autograd: there is no adapter"),
        }[engine_for(config).reason]

    def fixed_by_data(self) -> str:
        """Say why the sizes cannot be chosen for the digits."""
        return self.tr("fixed by the data: 8×8 pixels, 10 classes")

    def needs_adapter(self) -> str:
        """Say why a setting of the adapter cannot be chosen."""
        return self.tr("There is no adapter: let LoRA train to have one.")

    def fixed_by_run(self) -> str:
        """Say why a setting cannot be changed now."""
        return self.tr("Cannot change while a run goes on: stop it first.")

    def full_batch(self) -> str:
        """Return the words for a batch size of 0."""
        return self.tr("full batch")

    def yes_or_no(self, value: bool) -> str:
        """Return the word beside a switch."""
        return self.tr("yes") if value else self.tr("no")

    def not_here(self) -> str:
        """Return the remark on a device that this computer does not have."""
        return self.tr("not available here")

    def lowered(self, name: str, before: float, after: float, locale: QLocale) -> str:
        """Say that a setting followed another one down to its new limit."""
        return self.tr("{field} lowered from {before} to {after}, the most that is possible now").format(
            field=self.name(name), before=show_number(before, locale), after=show_number(after, locale)
        )

    def describe(self, error: ConfigError, locale: QLocale | None = None) -> str:
        """Say which setting was given what value, and what it may be."""
        locale = QLocale() if locale is None else locale
        value = error.value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            shown = show_number(value, locale)
        else:
            shown = self.tr("“{text}”").format(text=value)
        return self.tr("{field}: {value} is not allowed; {allowed}").format(
            field=self.name(error.field), value=shown, allowed=self._allowed(error.allowed, locale)
        )

    def _allowed(self, allowed: Allowed | str, locale: QLocale) -> str:
        match allowed:
            case Range(low, high, whole):
                sentence = self.tr("it must be a number from {low} to {high}")
                if low == high:
                    sentence = self.tr("it must be {low}")
                elif whole:
                    sentence = self.tr("it must be a whole number from {low} to {high}")
                low, high = (int(limit) if float(limit).is_integer() else limit for limit in (low, high))
                return sentence.format(
                    low=show_number(low, locale, grouped=True), high=show_number(high, locale, grouped=True)
                )
            case Choice(options):
                return self.tr("it must be one of {options}").format(options=", ".join(options))
            case Switch():
                return self.tr("it must be yes or no")
            case DeviceName():
                return self.tr("it must be cpu, cuda, cuda:N or mps")
            case _:
                return self.tr("it must be {allowed}").format(allowed=allowed)


def describe(error: ConfigError) -> str:
    """Say which setting was given what value, and what it may be, in the language and locale in force."""
    return FieldTexts().describe(error)
