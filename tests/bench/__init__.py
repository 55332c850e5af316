"""The figures, each beside its limit measured in the same run."""
