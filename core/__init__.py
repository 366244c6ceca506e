"""Everything the app knows and does; never Qt."""

__version__ = "0.1.0"
