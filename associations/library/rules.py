"""What a document is on a day, and when a new version may take its place. Pure."""

from datetime import date

from associations.library.enums import InForce
from portal.access.decisions import ALLOWED, Decision


def state_on(starts_on: date, ends_on: date | None, day: date) -> InForce:
    """Not yet in force, in force, or no longer; both ends are inclusive."""
    if day < starts_on:
        return InForce.COMING
    return InForce.ENDED if ends_on is not None and day > ends_on else InForce.CURRENT


def may_replace(starts_on: date, ends_on: date | None, new_starts_on: date, *, is_replaced: bool) -> Decision:
    """A version follows the newest one, from a later day on; one that was ended before stays ended."""
    if is_replaced:
        return Decision(False, "这一版已有新版，请从最新一版发布新版。")
    if new_starts_on <= starts_on:
        return Decision(
            False, f"新版施行日期{new_starts_on.isoformat()}不晚于原版的{starts_on.isoformat()}。请核对施行日期。"
        )
    if ends_on is not None and new_starts_on <= ends_on:
        return Decision(False, f"原版已定于{ends_on.isoformat()}失效，新版应从以后的日期施行。请核对施行日期。")
    return ALLOWED


def may_end(starts_on: date, ends_on: date | None, last_day: date) -> Decision:
    """A document is ended once, on a day not before its first."""
    if ends_on is not None:
        return Decision(False, f"这份文件已定于{ends_on.isoformat()}失效，不必重复登记。")
    if last_day < starts_on:
        return Decision(False, f"最后有效日期{last_day.isoformat()}早于施行日期{starts_on.isoformat()}。请核对日期。")
    return ALLOWED
