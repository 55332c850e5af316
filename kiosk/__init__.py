"""The house: the only floor with Flask, SQLite and threads."""

__version__ = "0.1.0"
