"""LoRA GUI: understand low-rank adaptation by touching it."""

__version__ = "0.1.0"
