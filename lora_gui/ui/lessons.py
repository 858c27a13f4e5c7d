"""What the four steps of How it works say, with the numbers of the settings in force."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.snippets import OPTIMIZERS, snippet
from lora_gui.ui import numbers
from lora_gui.ui.baseline_lessons import BaselineLessons
from lora_gui.ui.formulas import formula
from lora_gui.ui.spotlight import Groups

PAPER = "https://arxiv.org/abs/2106.09685"
EQUATION_3 = "https://arxiv.org/pdf/2106.09685#page=4"
SECTION_7_2 = "https://arxiv.org/pdf/2106.09685#page=10"
"""LoRA: Low-Rank Adaptation of Large Language Models (Hu et al., 2021), and two places in it."""
ADAM = "https://arxiv.org/abs/1412.6980"
"""Adam: A Method for Stochastic Optimization (Kingma and Ba, 2014)."""

TARGETS: dict[int, Groups] = {
    1: (("in_features", "out_features"), ("weight_map",), ("weight_proof",)),
    2: (("rank", "scaling"), ("weight_map",), ("lora_A_map",), ("lora_B_map",)),
    3: (("task", "samples"), ("learning_rate", "optimizer"), ("loss_plot",)),
    4: (("train_bias",), ("parameter_counts",)),
}
"""What each step points at in the window."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One step.

    Attributes:
        title: its heading.
        text: two to four sentences, rich text.
        formula: its formula with the numbers put in, rich text.
        code: the Python that does it.
        links: (title, address) pairs.
        targets: names of what it speaks of.

    """

    title: str
    text: str
    formula: str
    code: str
    links: tuple[tuple[str, str], ...]
    targets: Groups


class Lessons(QObject):
    """Every text in the language in force; ask anew after a change of language or of the theme."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._baseline = BaselineLessons(self)

    def lesson(self, step: int, config: RunConfig) -> Lesson:
        """Return step 1 to 4 for `config`."""
        text = {1: self._layer, 2: self._forward, 3: self._training, 4: self._counting}[step](config)
        return Lesson(
            self.title(step), text, formula(step, config), snippet(step, config), self._links(step, config),
            TARGETS[step],
        )  # fmt: skip

    def title(self, step: int) -> str:
        """Return the heading of a step."""
        return {
            1: self.tr("The layer, and what is frozen"),
            2: self.tr("The forward pass"),
            3: self.tr("Data, loss and optimizer"),
            4: self.tr("Counting the parameters"),
        }[step]

    def losses(self, first: float | None, last: float | None, epoch: int) -> str:
        """Return the losses of a run under way, or where they will come from."""
        if first is None or last is None:
            return self.tr("Press Start: the losses of your run will stand here.")
        return self.tr("Your run: loss {first} in epoch 1, {last} in epoch {epoch}.").format(
            first=numbers.loss(first), last=numbers.loss(last), epoch=numbers.count(epoch)
        )

    def _layer(self, config: RunConfig) -> str:
        if not config.has_adapter:
            return self._baseline.layer(config)
        text = self.tr(
            "The base layer is a weight <b>W₀</b> and a bias <b>b</b>. LoRA freezes W₀: no step of training "
            "ever touches it. What learns are two thin matrices beside it, <b>A</b> and <b>B</b>. Their "
            "product is as large as W₀ but its rank is at most {rank}: that is all an update can be."
        )
        if config.train_bias:
            text = self.tr(
                "The base layer is a weight <b>W₀</b> and a bias <b>b</b>. LoRA freezes W₀: no step of "
                "training ever touches it. What learns are two thin matrices beside it, <b>A</b> and "
                "<b>B</b>, and here the bias as well. The product of A and B is as large as W₀ but its rank "
                "is at most {rank}: that is all an update can be."
            )
        return text.format(rank=numbers.count(config.rank))

    def _forward(self, config: RunConfig) -> str:
        if not config.has_adapter:
            return self._baseline.forward()
        text = self.tr(
            "Each row of x takes two paths. The frozen one goes through W₀ at once; the other is squeezed to "
            "{inner} numbers by A and opened again by B. The scaling s = {scaling} sets how much of that is "
            "added."
        )
        start = self.tr(
            "A and B both start as noise here, so training begins far from the base model; the paper starts "
            "with B = 0."
        )
        if config.init == "paper":
            start = self.tr(
                "B starts at zero, so the second path is silent at first: training begins exactly at the "
                "base model."
            )
        said = text.format(inner=numbers.count(config.rank), scaling=numbers.plain(config.scaling))
        return f"{said} {start}"

    def _training(self, config: RunConfig) -> str:
        loss = self.tr("The loss is the mean squared difference between the outputs h and the targets y.")
        sentences = self._data(config), loss, self._received(config), self._steps(config)
        return " ".join(sentence for sentence in sentences if sentence)

    def _received(self, config: RunConfig) -> str:
        if not config.has_adapter:
            return self._baseline.received(config)
        received = self.tr(
            "{optimizer} is handed A, B and the bias. It is never handed W₀, and what it does not have it "
            "cannot change."
        )
        if not config.train_bias:
            received = self.tr(
                "{optimizer} is handed A and B alone. It is never handed W₀ or the bias, and what it does "
                "not have it cannot change."
            )
        return received.format(optimizer=OPTIMIZERS[config.optimizer])

    def _data(self, config: RunConfig) -> str:
        samples = numbers.count(config.samples)
        if config.task == "digits":
            text = self.tr(
                "x holds {samples} handwritten digits lying on their side; y has a 1 for the right class and "
                "nine zeros."
            )
            return text.format(samples=samples)
        if config.task == "low_rank":
            text = self.tr(
                "The targets y are what the base layer says, plus an update of rank {true_rank} hidden in "
                "it, plus noise of σ = {noise}."
            )
            return text.format(true_rank=numbers.count(config.true_rank), noise=numbers.plain(config.noise))
        return self.tr("Inputs x and targets y are both noise: there is no rule in them to be found.")

    def _steps(self, config: RunConfig) -> str:
        if config.is_full_batch or config.method == "none":
            return ""
        steps = -(-config.samples // config.batch_size)
        return self.tr("One epoch is {steps} steps of {rows} rows each at most.").format(
            steps=numbers.count(steps), rows=numbers.count(config.batch_size)
        )

    def _counting(self, config: RunConfig) -> str:
        if not config.has_adapter:
            return self._baseline.counting(config)
        counts = ParameterCounts.of(config)
        trained = {t.name.removeprefix("lora_"): t.count for t in counts.tensors if t.trainable}
        written = {name: numbers.count(n) for name, n in trained.items()}
        adapter = numbers.count(trained["A"] + trained["B"])
        text = self.tr("Trainable is what the optimizer holds: {A} numbers in A and {B} in B.")
        if config.train_bias:
            text = self.tr(
                "Trainable is what the optimizer holds: {A} numbers in A, {B} in B and {bias} in the bias."
            )
        return f"{text.format(**written)} {self._bias(config, adapter, counts)} {self._saving(counts)}"

    def _bias(self, config: RunConfig, adapter: str, counts: ParameterCounts) -> str:
        is_tutorial = (config.in_features, config.out_features, config.rank) == (64, 10, 4)
        if is_tutorial and config.train_bias:
            return self.tr(
                "The tutorial says 296, but its code freezes the weight only: the ten numbers of the bias go "
                "on learning, and that makes 306. Switch <i>Train bias</i> off and it is 296."
            )
        if is_tutorial:
            return self.tr(
                "That makes 296, the number in the tutorial. Its code, though, freezes the weight only and "
                "trains 306: switch <i>Train bias</i> on to see them."
            )
        if config.train_bias:
            text = self.tr("A and B alone make {adapter}; the bias is easily forgotten.")
            return text.format(adapter=adapter)
        return self.tr("The bias, {bias} numbers, is frozen with the weight.").format(
            bias=numbers.count(counts.out_features)
        )

    def _saving(self, counts: ParameterCounts) -> str:
        if counts.above_break_even:
            return self.tr("At this rank A and B hold more than W₀ itself: nothing is saved.")
        text = self.tr(
            "The adapter grows with in + out, W₀ with in · out, so large layers save most; this one trains "
            "{share} of what full fine-tuning would."
        )
        return text.format(share=numbers.percent(counts.trainable / counts.full))

    def _links(self, step: int, config: RunConfig) -> tuple[tuple[str, str], ...]:
        paper = self.tr("The paper"), PAPER
        return {
            1: (paper, (self.tr("Equation 3"), EQUATION_3)),
            2: ((self.tr("Equation 3: h = W₀x + BAx, with columns for rows"), EQUATION_3),),
            3: ((self.tr("The paper on Adam"), ADAM),) if config.optimizer != "sgd" else (paper,),
            4: ((self.tr("Section 7.2: how small can r be?"), SECTION_7_2),),
        }[step]
