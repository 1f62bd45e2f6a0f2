"""Yearly checks for tests."""

from typing import Any

from associations.checklists.models import ChecklistTemplate
from partybuilding.duties.models import CheckItem, YearlyCheck
from partybuilding.organizations.models import PartyOrganization
from tests.partybuilding.deliberation.makers import make_list

ITEMS = ["保证政治方向", "团结凝聚群众", "加强自身建设"]


def make_duties(code: str = "responsibility", **fields: Any) -> ChecklistTemplate:
    """A list that Party organisations check every year; one of units with `occasion="unit_year"`."""
    given = {"occasion": "organization_year", "texts": ITEMS, "title": "党建工作主体责任清单"}
    return make_list(code=code, **given | fields)


def make_yearly_check(bearer: Any, year: int = 2025, **fields: Any) -> YearlyCheck:
    """A check that was begun; items without a result."""
    code = fields.pop("code", "responsibility")
    found = ChecklistTemplate.objects.filter(code=code).first()
    template = found or make_duties(code)
    field = "organization" if isinstance(bearer, PartyOrganization) else "department"
    check = YearlyCheck.objects.create(
        **{field: bearer, "template": template, "code": code, "year": year, "state": "draft"} | fields
    )
    CheckItem.objects.bulk_create(
        CheckItem(check_of=check, number=step.number, text=step.text, fact=step.fact) for step in template.steps.all()
    )
    return check
