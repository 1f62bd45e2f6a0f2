"""Rows of the scope table that hang on the four associations of the small province: checklists and checks."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from associations.checklists.models import ChecklistStep
from tests import factories
from tests.partybuilding.deliberation import makers as deliberation
from tests.personas import Personas

NAMES = ("tea", "trade", "city_tea", "city_trade")
Rows = dict[str, Any]
Branches = Callable[[Personas], Rows]


def make_checklists(personas: Personas) -> Rows:
    """One for each association; made once, because their steps are asked for as well."""
    known = personas.__dict__.setdefault("scope_checklists", {})
    if not known:
        known |= {name: factories.make_checklist(getattr(personas.province, name)) for name in NAMES}
    return dict(known)


def make_checklist_steps(personas: Personas) -> Rows:
    """The one step of each."""
    return {name: ChecklistStep.objects.get(checklist=row) for name, row in make_checklists(personas).items()}


def make_checks(personas: Personas) -> Rows:
    """One check of the five for each association."""
    return {name: factories.make_check(getattr(personas.province, name)) for name in NAMES}


def deliberated(make: Callable[[Model, Model], Model]) -> Callable[[Branches], Callable[[Personas], Rows]]:
    """What each branch does with its own association."""

    def of(branches: Branches) -> Callable[[Personas], Rows]:
        return lambda personas: {
            name: make(branch, getattr(personas.province, name))
            for name, branch in branches(personas).items()
            if name in NAMES
        }

    return of


DELIBERATED = {
    "partybuilding.MajorDecision": deliberated(deliberation.make_decision),
    "partybuilding.Interaction": deliberated(deliberation.make_interaction),
    "partybuilding.Agreement": deliberated(deliberation.make_agreement),
}
# Everybody who reaches the association reaches these; the association itself not the others.
HANGING = {
    "associations.AssociationName": lambda one: factories.make_association_name(one, "简称"),
    "partybuilding.EstablishmentPlan": factories.make_plan,
    "partybuilding.GroupOrganization": factories.make_group,
}
LOOKED_AT = {
    "associations.Checklist": make_checklists,
    "associations.ChecklistStep": make_checklist_steps,
    "partybuilding.HookCheck": make_checks,
}
