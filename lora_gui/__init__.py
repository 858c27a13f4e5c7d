"""LoRA GUI: understand low-rank adaptation by touching it."""
