"""The network in operation, fresh for every test."""

from tests.scene import scene

__all__ = ["scene"]
