"""Values and arithmetic: no Qt, no torch."""
