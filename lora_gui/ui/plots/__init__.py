"""Plots: the only rooms that know pyqtgraph."""
