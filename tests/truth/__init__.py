"""A year of two labs of which everything is known, and what the product makes of it."""
