"""The page *Your own network*: what it draws."""

from flatbook.your_own_network.figures import own_network

__all__ = ["own_network"]
