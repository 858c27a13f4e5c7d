"""What a config trains and what it leaves alone, counted; and the memory that takes."""

from dataclasses import dataclass

from lora_gui.domain.config import DIGITS_TEST_SAMPLES, RunConfig
from lora_gui.domain.engines import engine_for

BYTES_PER_NUMBER = 4
"""float32."""

KEPT_BYTES = 256 * 2**20
"""The most that was seen lost to freed blocks the process keeps and to workspace of matrix products."""

FOLDED_ROWS = 4096
"""Samples that the closed form folds into its statistics at a time."""

MOMENTS = {"adam": 2, "adamw": 2, "sgd": 0}
"""Numbers that each optimizer remembers per trainable number."""


@dataclass(frozen=True, slots=True)
class TensorCount:
    """One tensor of the layer: its name and shape as the code has them, and whether it is trained."""

    name: str
    shape: tuple[int, ...]
    trainable: bool

    @property
    def count(self) -> int:
        """Numbers in the tensor."""
        product = 1
        for size in self.shape:
            product *= size
        return product


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that training takes, by what they hold."""

    weights: int
    gradients: int
    optimizer: int

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return self.weights + self.gradients + self.optimizer


@dataclass(frozen=True, slots=True)
class ParameterCounts:
    """The tensors of a layer, adapted or not (rank 0), and every figure that follows from them."""

    tensors: tuple[TensorCount, ...]
    in_features: int
    out_features: int
    rank: int
    optimizer: str

    @classmethod
    def of(cls, config: RunConfig) -> "ParameterCounts":
        """Count what `config` would train; needs no torch."""
        n_in, n_out, rank = config.in_features, config.out_features, config.rank
        layer = (
            TensorCount("weight", (n_out, n_in), trainable=config.method == "full"),
            TensorCount("bias", (n_out,), trainable=config.bias_is_trained),
        )
        adapter = (
            TensorCount("lora_A", (n_in, rank), trainable=True),
            TensorCount("lora_B", (rank, n_out), trainable=True),
        )
        if not config.has_adapter:
            return cls(layer, n_in, n_out, 0, config.optimizer)
        return cls(layer + adapter, n_in, n_out, rank, config.optimizer)

    @property
    def frozen(self) -> int:
        """Numbers that training leaves as they are."""
        return sum(t.count for t in self.tensors if not t.trainable)

    @property
    def trainable(self) -> int:
        """Numbers that the optimizer changes."""
        return sum(t.count for t in self.tensors if t.trainable)

    @property
    def total(self) -> int:
        """All numbers of the adapted layer."""
        return self.frozen + self.trainable

    @property
    def share(self) -> float:
        """Trainable part of the total, 0 to 1."""
        return self.trainable / self.total

    @property
    def full(self) -> int:
        """What full fine-tuning of the same layer would train: weight and bias."""
        return self.in_features * self.out_features + self.out_features

    @property
    def break_even_rank(self) -> float:
        """The rank at which A and B together hold as many numbers as the weight: in * out / (in + out)."""
        return self.in_features * self.out_features / (self.in_features + self.out_features)

    @property
    def above_break_even(self) -> bool:
        """Whether A and B hold more numbers than the weight they adapt."""
        return self.rank > self.break_even_rank

    @property
    def memory(self) -> Memory:
        """Bytes for weights, gradients and optimizer state of this layer with its adapter."""
        return _memory(self.total, self.trainable, self.optimizer)

    @property
    def full_memory(self) -> Memory:
        """The same bytes if the plain layer were fine-tuned whole."""
        return _memory(self.full, self.full, self.optimizer)

    def __str__(self) -> str:
        """Return the counts in the wording of PEFT's `print_trainable_parameters`."""
        return (
            f"trainable params: {self.trainable:,d} || all params: {self.total:,d} "
            f"|| trainable%: {100 * self.share:.4f}"
        )


def _memory(total: int, trainable: int, optimizer: str) -> Memory:
    gradients = trainable * BYTES_PER_NUMBER
    return Memory(total * BYTES_PER_NUMBER, gradients, MOMENTS[optimizer] * gradients)


class NotEnoughMemory(Exception):  # noqa: N818 - named like the built-in MemoryError would be, had it figures
    """A run would need more memory than is free.

    Attributes:
        needed: bytes that the run is estimated to take.
        free: bytes that are free.
        where: the device whose memory is meant, as people call it.

    """

    def __init__(self, needed: int, free: int, where: str) -> None:
        super().__init__(
            f"not enough memory: the run needs about {in_words(needed)} and {where} has {in_words(free)} "
            "free; use fewer samples or smaller in_features and out_features"
        )
        self.needed = needed
        self.free = free
        self.where = where


def in_words(size: int) -> str:
    """Return a number of bytes in MiB, or in GiB from there on."""
    mebibytes = size / 2**20
    return f"{mebibytes / 1024:,.1f} GiB" if mebibytes >= 1024 else f"{mebibytes:,.1f} MiB"


def run_bytes(config: RunConfig) -> int:
    """Estimate, from above, the bytes that a whole run of `config` takes beyond the program itself.

    The largest moment counts: the middle of a backward pass, or of an optimizer's step.
    """
    counts = ParameterCounts.of(config)
    n_in, n_out, rank = config.in_features, config.out_features, config.rank
    full, trainable = n_in * n_out, counts.trainable
    # W0 and the copy that snapshots share; the planted update and its factors.
    weights = 2 * full + (full + config.true_rank * (n_in + n_out) if config.task == "low_rank" else 0)
    # The numbers themselves, their gradients, one snapshot, and what an optimizer's step needs in passing.
    adapter = (5 + MOMENTS[config.optimizer]) * trainable
    data = (config.samples + held_out_samples(config)) * (n_in + n_out)
    rows = config.batch_size or config.samples
    # x A and its gradient; of (x A) B, the frozen output, their sum and its gradient, three at a time.
    activations = max(rows, held_out_samples(config)) * (2 * rank + 3 * n_out)
    # A batch is a copy of its rows; their order is int64, and so counts twice.
    batches = rows * (n_in + n_out) + 2 * config.samples if config.batch_size else 0
    numbers = weights + adapter + data + activations + batches
    if engine_for(config).name == "closed_form":
        numbers += _closed_form_numbers(config)
    # Losses are kept in float64 at most.
    size = BYTES_PER_NUMBER * (numbers + 2 * config.epochs)
    return size + min(size, KEPT_BYTES)


def _closed_form_numbers(config: RunConfig) -> int:
    """Estimate, from above, what the statistics take, and the folding of the samples into them."""
    n_in, n_out, samples = config.in_features, config.out_features, config.samples
    rows = min(samples, n_in + 1)
    # As they are, twice as constants of products, and once beside the residual in its shape.
    kept = rows * (4 * (n_in + n_out) + n_out)
    if samples == rows:
        return kept
    # Blocks of samples under the rows they are folded into, before and after, all in float64; W0 as well.
    block = min(samples, max(FOLDED_ROWS, rows)) + rows
    return kept + 2 * (2 * block * (n_in + n_out) + n_in * n_out)


def held_out_samples(config: RunConfig) -> int:
    """Return the rows of the test data: a quarter of the training data's, or the digits set aside."""
    return DIGITS_TEST_SAMPLES if config.task == "digits" else max(1, config.samples // 4)
