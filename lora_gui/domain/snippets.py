"""A run written out in plain PyTorch: four snippets that are, one after the other, a whole program.

The numbers are those of a config, the order of what is drawn is the engine's, so the losses are the same.
"""

from lora_gui.domain.config import RunConfig

STEPS = (1, 2, 3, 4)
"""The layer, the forward pass, training, counting."""
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}
"""The optimizers by torch's names."""


def snippet(step: int, config: RunConfig) -> str:
    """Return the Python of one step; each goes on with the names of the steps before."""
    make = {1: _layer, 2: _forward, 3: _training, 4: _counting}[step]
    return "\n".join(make(config))


def _layer(config: RunConfig) -> list[str]:
    is_digits = config.task == "digits"
    return [
        "import torch",
        "from torch import nn",
        *(["from lora_gui.engine import digits"] if is_digits else []),
        "",
        f"torch.manual_seed({config.seed})",
        *(_digits(config) if is_digits else _drawn(config)),
        *_frozen(config),
        # Without an adapter it is drawn all the same where something else is drawn after it.
        *(_adapter(config) if config.has_adapter or config.task == "low_rank" else []),
    ]


def _drawn(config: RunConfig) -> list[str]:
    return [
        f"x = torch.randn({config.samples}, {config.in_features})",
        f"y = torch.randn({config.samples}, {config.out_features})",
        f"linear = nn.Linear({config.in_features}, {config.out_features})",
    ]


def _digits(config: RunConfig) -> list[str]:
    return [
        "upright = digits.load_digits()",
        "turned = upright.rotated()",
        f"x = turned.x[:{config.samples}]",
        f"y = turned.y[:{config.samples}]",
        "linear = digits.upright_classifier(",
        "    upright)",
    ]


def _frozen(config: RunConfig) -> list[str]:
    if config.method == "full":
        return []
    if config.bias_is_trained:
        return ["linear.weight.requires_grad = False"]
    return ["linear.requires_grad_(False)"]


def _adapter(config: RunConfig) -> list[str]:
    n_in, rank, n_out = config.in_features, config.rank, config.out_features
    if config.init == "gaussian":
        return [
            f"A = nn.Parameter(torch.randn({n_in}, {rank}))",
            f"B = nn.Parameter(torch.randn({rank}, {n_out}))",
        ]
    return [
        f"bound = 1 / {n_in} ** 0.5",
        f"A = nn.Parameter(torch.empty({n_in}, {rank}))",
        "nn.init.uniform_(A, -bound, bound)",
        f"B = nn.Parameter(torch.zeros({rank}, {n_out}))",
    ]


def _forward(config: RunConfig) -> list[str]:
    rows, rank, n_out = batch_rows(config), config.rank, config.out_features
    if not config.has_adapter:
        return ["def forward(x):", f"    return linear(x)  # ({rows}, {n_out})"]
    return [
        "def forward(x):",
        f"    frozen = linear(x)  # ({rows}, {n_out})",
        f"    xA = x @ A          # ({rows}, {rank})",
        f"    xAB = xA @ B        # ({rows}, {n_out})",
        f"    return {config.scaling} * xAB + frozen",
        "",
        f"W = linear.weight + {config.scaling} * (A @ B).T",
        "merged = x @ W.T + linear.bias",
        "gap = (merged - forward(x)).abs().max()",
    ]


def _training(config: RunConfig) -> list[str]:
    data = _planted(config) if config.task == "low_rank" else []
    if config.method == "none":
        return [*data, *_waiting(config)]
    received = ", ".join(trained_tensors(config))
    return [
        *data,
        f"optimizer = torch.optim.{OPTIMIZERS[config.optimizer]}(",
        f"    [{received}], lr={config.learning_rate})",
        *(_full_batch(config) if config.is_full_batch else _mini_batches(config)),
    ]


def trained_tensors(config: RunConfig) -> list[str]:
    """Return what the optimizer is handed, by the names in the snippets."""
    return [
        *(["linear.weight"] if config.method == "full" else []),
        *(["linear.bias"] if config.bias_is_trained else []),
        *(["A", "B"] if config.has_adapter else []),
    ]


def _waiting(config: RunConfig) -> list[str]:
    return [
        "with torch.no_grad():",
        "    loss = ((forward(x) - y) ** 2).mean()",
        f"for epoch in range({config.epochs}):",
        "    print(epoch + 1, loss.item())",
    ]


def _planted(config: RunConfig) -> list[str]:
    n_in, true_rank = config.in_features, config.true_rank
    return [
        f"own = torch.Generator().manual_seed({config.seed} + 2**32)",
        f"A_true = torch.randn({n_in}, {true_rank}, generator=own)",
        f"B_true = torch.randn({true_rank}, {config.out_features}, generator=own)",
        f"dW = A_true @ B_true / ({n_in} * {true_rank}) ** 0.5",
        f"y = {config.noise} * y + x @ dW + linear(x)",
        "y = y.detach()",
    ]


def _full_batch(config: RunConfig) -> list[str]:
    return [
        f"for epoch in range({config.epochs}):",
        "    loss = ((forward(x) - y) ** 2).mean()",
        "    optimizer.zero_grad()",
        "    loss.backward()",
        "    optimizer.step()",
        "    print(epoch + 1, loss.item())",
    ]


def _mini_batches(config: RunConfig) -> list[str]:
    return [
        "shuffle = torch.Generator()",
        f"shuffle.manual_seed({config.seed})",
        f"for epoch in range({config.epochs}):",
        "    total = 0",
        "    order = torch.randperm(",
        f"        {config.samples}, generator=shuffle)",
        f"    for rows in order.split({config.batch_size}):",
        "        h = forward(x[rows])",
        "        loss = ((h - y[rows]) ** 2).mean()",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        "        optimizer.step()",
        "        total += loss.item() * len(rows)",
        f"    print(epoch + 1, total / {config.samples})",
    ]


def _counting(config: RunConfig) -> list[str]:
    return [
        f"tensors = (*linear.parameters(),{' A, B' if config.has_adapter else ''})",
        "total = sum(t.numel() for t in tensors)",
        "trained = sum(",
        "    t.numel() for t in tensors",
        "    if t.requires_grad)",
        "share = trained / total",
        'print(trained, total, f"{share:.2%}")',
    ]


def batch_rows(config: RunConfig) -> int:
    """Return the rows that go forward together."""
    return config.samples if config.is_full_batch else config.batch_size
