"""Answers to "may I?" and the two ways a service says no."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Decision:
    """Allowed or not, and the Chinese reason that also explains a disabled button."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


class Refused(Exception):
    """The rule or the policy says no. `code` is ASCII and stable, `reason` is Chinese: cause, present value, remedy."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Conflict(Exception):
    """Somebody else changed the record first. Carries both versions for the 409 page."""

    def __init__(
        self, reason: str, *, ours: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ours = ours or {}
        self.theirs = theirs or {}
