"""Rows of the scope table that hang on the four associations of the small province: checklists and checks."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from associations.checklists.models import ChecklistStep
from partybuilding.categories.models import CategoryDecision, GuidanceCategory
from partybuilding.duties.models import CheckItem
from partybuilding.linkages.models import Linkage
from tests import factories
from tests.partybuilding.commissions import scopes as commissions
from tests.partybuilding.deliberation import makers as deliberation
from tests.partybuilding.duties import makers as duties
from tests.people import makers
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


def make_categories(personas: Personas) -> Rows:
    """One decided category for each association."""
    given = {"number": 1, "label": "巩固提升类", "measure": "按期换届", "source": "本系统约定", "confidence": "decided"}
    category, _ = GuidanceCategory.objects.get_or_create(code="consolidate", defaults=given)
    return {
        name: CategoryDecision.objects.create(
            association=getattr(personas.province, name),
            category=category,
            starts_on=date(2026, 1, 1),
            is_suggested=True,
            decided_label="党委",
        )
        for name in NAMES
    }


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
    "partybuilding.MajorDecision": deliberated(deliberation.scanned(deliberation.make_decision)),
    "partybuilding.Interaction": deliberated(deliberation.make_interaction),
    "partybuilding.Agreement": deliberated(deliberation.scanned(deliberation.make_agreement)),
}


def yearly_checks(branches: Branches) -> Callable[[Personas], Rows]:
    """One of each branch, and one of a supervising unit; made once, because their items are asked for as well."""

    def of(personas: Personas) -> Rows:
        known = personas.__dict__.setdefault("scope_yearly_checks", {})
        if not known:
            known |= {name: duties.make_yearly_check(branch) for name, branch in branches(personas).items()}
            known["unit"] = duties.make_yearly_check(personas.province.unit)
        return dict(known)

    return of


def check_items(branches: Branches) -> Callable[[Personas], Rows]:
    """The first item of each."""
    return lambda personas: {
        name: CheckItem.objects.filter(check_of=check).order_by("number").first()
        for name, check in yearly_checks(branches)(personas).items()
    }


def linkages_of(branches: Branches) -> Callable[[Personas], Rows]:
    """A link of each branch with a member of its own."""
    return lambda personas: {
        name: Linkage.objects.create(
            organization=branch, level="branch_member", member=makers.make_party_member(branch), matter="带头学习"
        )
        for name, branch in branches(personas).items()
    }


def work_of_branches(
    branches: Branches, roster: Mapping[str, set[str]]
) -> dict[str, tuple[Any, Mapping[str, set[str]]]]:
    """What Party organisations do: as far as their rosters; the loose one covers nothing, a unit has checks too."""
    deliberating = {key: names & set(NAMES) for key, names in roster.items()}
    units = {key: {"unit"} for key in ("department_admin", "department_staff", "supervising_unit")}
    checking = {key: names | units.get(key, set()) for key, names in roster.items()}
    return {
        **{label: (made(branches), deliberating) for label, made in DELIBERATED.items()},
        "partybuilding.YearlyCheck": (yearly_checks(branches), checking),
        "partybuilding.CheckItem": (check_items(branches), checking),
        "partybuilding.Linkage": (linkages_of(branches), roster),
        **commissions.tables(),
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
    "partybuilding.CategoryDecision": make_categories,
}
