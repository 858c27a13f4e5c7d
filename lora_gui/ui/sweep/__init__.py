"""The Sweep tab: many runs that differ in one or two settings, and what they say together."""
