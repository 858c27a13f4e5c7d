"""The tutorial's script, written the plain way: an oracle that shares no code with the engine."""

import torch
from torch import nn


def tutorial_losses(
    *,
    samples: int = 1000,
    in_features: int = 64,
    out_features: int = 10,
    rank: int = 4,
    scaling: float = 1.0,
    learning_rate: float = 0.01,
    epochs: int = 10,
    seed: int = 42,
    train_bias: bool = True,
) -> list[float]:
    """Train the tutorial's layer and return the loss of each epoch, taken before its step."""
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    inputs = torch.randn(samples, in_features)
    targets = torch.randn(samples, out_features)
    linear = nn.Linear(in_features, out_features)
    linear.weight.requires_grad = False
    linear.bias.requires_grad = train_bias
    A = nn.Parameter(torch.randn(in_features, rank))
    B = nn.Parameter(torch.randn(rank, out_features))
    torch.set_rng_state(state)

    trained = [linear.bias, A, B] if train_bias else [A, B]
    optimizer = torch.optim.Adam(trained, lr=learning_rate)
    losses = []
    for _ in range(epochs):
        outputs = (inputs @ A @ B) * scaling + linear(inputs)
        loss = ((outputs - targets) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        optimizer.step()
        losses.append(loss.item())
    return losses
