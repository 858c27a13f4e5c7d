"""Side-by-side measurements of training, with public tools and on the same data."""
