"""The widgets: no torch, no engine."""
