"""Fixtures of the wings."""

from tests.wings import now, parameters

__all__ = ["now", "parameters"]
