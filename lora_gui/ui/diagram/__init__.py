"""The picture of the adapted layer: W0 + s · A · B = W', drawn to scale and live."""
