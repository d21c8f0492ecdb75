"""Servers elsewhere that speak HTTP: where they are, one exchange with them, and the key that they ask for."""
