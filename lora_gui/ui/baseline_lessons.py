"""What the four steps say where there is no adapter: what LoRA is to be compared with."""

from PySide6.QtCore import QObject

from lora_gui.domain.config import RunConfig
from lora_gui.domain.parameters import ParameterCounts
from lora_gui.domain.snippets import OPTIMIZERS
from lora_gui.ui import numbers


class BaselineLessons(QObject):
    """The texts for `config.method` full, bias and none; ask anew after a change of language."""

    def layer(self, config: RunConfig) -> str:
        """Return the text of step 1."""
        return {
            "full": self.tr(
                "There is no adapter here: training changes every number of the weight <b>W₀</b> and the "
                "bias <b>b</b> themselves. Nothing is frozen, so the checksum of W₀ changes. This is what "
                "LoRA is to be compared with; choose LoRA to see what it leaves alone."
            ),
            "bias": self.tr(
                "There is no adapter here: the weight <b>W₀</b> is frozen, and only the bias <b>b</b> "
                "learns. It can move every output up or down, but not how outputs depend on inputs."
            ),
            "none": self.tr(
                "Nothing is trained here: the weight <b>W₀</b> and the bias <b>b</b> stay as they are. The "
                "loss is that of the base model, the mark that any training has to beat."
            ),
        }[config.method]

    def forward(self) -> str:
        """Return the text of step 2."""
        return self.tr(
            "Each row of x takes one path, through W₀. With LoRA there would be a second one beside it, "
            "through A and B."
        )

    def received(self, config: RunConfig) -> str:
        """Return what step 3 says of the optimizer."""
        text = {
            "full": self.tr("{optimizer} is handed W₀ and b: it remembers as much again for each of them."),
            "bias": self.tr(
                "{optimizer} is handed the bias alone, and what it does not have it cannot change."
            ),
            "none": self.tr("No optimizer is at work, so the loss is the same in every epoch."),
        }[config.method]
        if config.optimizer == "sgd" and config.method == "full":
            text = self.tr("{optimizer} is handed W₀ and b, every number of the layer.")
        return text.format(optimizer=OPTIMIZERS[config.optimizer])

    def counting(self, config: RunConfig) -> str:
        """Return the text of step 4."""
        counts = ParameterCounts.of(config)
        if config.method == "none":
            return self.tr(
                "Trainable is what the optimizer holds, and there is none. All of the layer is frozen."
            )
        text = self.tr(
            "Trainable is what the optimizer holds: {bias} numbers in the bias. All of W₀ is frozen."
        )
        if config.method == "full":
            text = self.tr(
                "Trainable is what the optimizer holds: all {total} numbers of the layer. An adapter of rank "
                "{rank} would train {adapter} in their place."
            )
        return text.format(
            bias=numbers.count(counts.out_features),
            total=numbers.count(counts.total),
            rank=numbers.count(config.rank),
            adapter=numbers.count(config.rank * (counts.in_features + counts.out_features)),
        )
