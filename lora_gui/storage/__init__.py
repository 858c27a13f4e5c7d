"""The runs on disk: no Qt, no torch."""
