"""Kombain: a local voice assistant for Linux that makes things."""

__version__ = "0.1.0"
