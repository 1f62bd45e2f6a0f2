"""A task of several pages in a fixed order: each step is a form page with its own URL and can be left and resumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from portal.screens.forms import FormScreen


@dataclass(frozen=True)
class Step:
    """`url` empty: the step cannot be opened yet (or any more)."""

    code: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class ShownStep:
    number: int
    label: str
    url: str
    state: str


def shown_steps(steps: Sequence[Step], current: str) -> list[ShownStep]:
    """Every step with its state: done, current, later."""
    codes = [one.code for one in steps]
    here = codes.index(current)
    return [
        ShownStep(
            number + 1,
            one.label,
            one.url if number != here else "",
            "current" if number == here else "done" if number < here else "later",
        )
        for number, one in enumerate(steps)
    ]


class WizardScreen(FormScreen):
    """`step` names this page among `steps()`; `reference` is the code people read aloud, e.g. DR-20261122-03."""

    template_name = "screens/wizard.html"
    step: ClassVar[str] = ""

    def steps(self) -> Sequence[Step]:
        raise NotImplementedError

    def reference(self) -> str:
        return ""

    def current_step(self) -> str:
        return self.step

    def base_context(self) -> dict[str, Any]:
        return {
            **super().base_context(),
            "steps": shown_steps(self.steps(), self.current_step()),
            "reference": self.reference(),
        }
