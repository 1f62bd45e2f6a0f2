"""When a filing may be handed in, when it is late, and what its state means to the association (R-031). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from supervision.inspections.enums import EDITABLE, InspectionState, Stage
from supervision.inspections.transitions import SubmitFacts
from supervision.rounds.enums import RoundState


@dataclass(frozen=True)
class WindowFacts:
    """The dates that decide; all inclusive. `closed_on`: the day a round was closed by hand."""

    state: str
    round_state: str
    title: str
    opens_on: date
    filing_due_on: date
    closes_on: date | None = None
    closed_on: date | None = None
    step_due_on: date | None = None
    extended_until: date | None = None
    help_text: str = ""


@dataclass(frozen=True)
class Window:
    """`due_on` is when it must be in, `last_on` (none: no limit) until when it is taken at all."""

    is_open: bool
    due_on: date
    last_on: date | None
    is_late: bool
    closed_text: str = ""


def window(facts: WindowFacts, today: date) -> Window:
    """R-031: after the due date it is taken and marked late; after the round closes only with an extension.

    A correction may be handed in until its own due date, also when the round closed meanwhile.
    """
    is_returned = facts.state == InspectionState.RETURNED
    due_on = max(_known(facts.filing_due_on, facts.extended_until))
    if is_returned:
        due_on = max(_known(facts.step_due_on or due_on, facts.extended_until))
    ends = _known(facts.closes_on, facts.closed_on if facts.round_state == RoundState.CLOSED else None)
    last_on = max(_known(min(ends), facts.extended_until, facts.step_due_on if is_returned else None)) if ends else None
    is_late = today > due_on
    if today < facts.opens_on:
        text = f"{facts.title}从 {facts.opens_on} 起受理，现在还不能提交。请到时再提交；已填内容会保留。"
        return Window(False, due_on, last_on, False, text)
    if last_on is not None and today > last_on:
        text = f"{facts.title}已于 {last_on} 截止。如需补报，请联系{facts.help_text}；已填内容仍可查看和导出。"
        return Window(False, due_on, last_on, is_late, text)
    return Window(True, due_on, last_on, is_late)


def _known(*days: date | None) -> list[date]:
    return [day for day in days if day is not None]


def submit_facts(open_window: Window, blockers: Iterable[str] = (), *, is_elsewhere: bool = False) -> SubmitFacts:
    """What the guard of handing in asks."""
    return SubmitFacts(open_window.is_open, open_window.closed_text, tuple(blockers), is_elsewhere)


def receiving_stage(returned_from: str, stages: tuple[Stage, ...]) -> Stage:
    """Who receives the hand-in: whoever returned it, as far as the filing still has that stage; else the first."""
    return Stage(returned_from) if returned_from in stages else stages[0]


def is_editable(state: str) -> bool:
    """Whether the association can still write."""
    return state in EDITABLE


def short_code(code: str) -> str:
    """A content or check code as it is printed and read out: 7F3A-91C2."""
    return f"{code[:4]}-{code[4:8]}".upper() if code else ""
