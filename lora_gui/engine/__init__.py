"""The science, in torch: no Qt."""
