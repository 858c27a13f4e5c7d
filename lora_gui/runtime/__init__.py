"""What runs beside the window: threads, settings, diagnostics. QtCore only."""
