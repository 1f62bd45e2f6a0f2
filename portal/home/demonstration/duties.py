"""Yearly checks of organisations and of supervising units, last year's and this year's. Dice of their own."""

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from associations.checklists.enums import Occasion
from associations.checklists.models import ChecklistTemplate
from associations.checklists.rules import applying
from associations.registry.models import Department
from partybuilding.duties.enums import CheckState, Result
from partybuilding.duties.models import CheckItem, YearlyCheck
from partybuilding.duties.selectors import last_day, supervising_units, yearly_lists
from partybuilding.organizations.models import PartyOrganization
from portal.accounts.models import User
from portal.home.demonstration.world import SEED, World, insert

MEASURES = "明年六月底前补齐制度和记录，由支部书记负责。"
OPINION = "同意对照结果，未落实的按期整改。"


def make_duties(world: World) -> None:
    """Last year most of the main list is confirmed; this year some have begun, some wait for their committee."""
    dice = Random(SEED + 69)  # noqa: S311  invented data, nothing secret
    lists = list(yearly_lists())
    admin = User.objects.order_by("pk").first()
    checks: list[YearlyCheck] = []
    items: list[CheckItem] = []

    def check(bearer: Any, template: ChecklistTemplate, year: int, state: CheckState) -> None:
        given: dict[str, Any] = {"organization" if isinstance(bearer, PartyOrganization) else "department": bearer}
        day = min(last_day(year, world.today) + timedelta(days=20), world.today)
        at = timezone.make_aware(datetime.combine(day, time(10)))
        if state != CheckState.DRAFT:
            given |= {"submitted_at": at, "submitted_by": admin}
        if state == CheckState.CONFIRMED:
            given |= {"confirmed_at": at, "confirmed_by": admin, "opinion": OPINION}
        made = YearlyCheck(template=template, code=template.code, year=year, state=state, **given)
        checks.append(made)
        for step in template.steps.all():
            fall = dice.random()
            result = Result.DONE if fall < 0.8 else Result.PARTLY if fall < 0.93 else Result.OPEN
            is_open = state == CheckState.DRAFT and fall > 0.6
            items.append(
                CheckItem(
                    check_of=made,
                    number=step.number,
                    text=step.text,
                    fact=step.fact,
                    result="" if is_open else result,
                    note="" if is_open or result == Result.DONE else MEASURES,
                )
            )

    year = world.today.year
    rows = PartyOrganization.objects.filter(dissolved_on=None, committee__isnull=False, established_on__year__lt=year)
    for at, one in enumerate(rows.select_related("committee__region").order_by("pk")):
        region = one.committee.region if one.committee else None
        codes = region.path_codes if region else []
        for template in applying(_of(lists, Occasion.ORGANIZATION_YEAR), codes, world.today):
            is_main = template.code == "responsibility"
            existed = one.established_on is not None and one.established_on.year < year - 1
            if existed and dice.random() < (0.85 if is_main else 0.3):
                check(one, template, year - 1, CheckState.CONFIRMED)
            if at < 2 or dice.random() < (0.3 if is_main else 0.05):
                state = [CheckState.SUBMITTED, CheckState.DRAFT][at % 2] if at < 2 else dice.choice(list(CheckState))
                check(one, template, year, state)
    units = supervising_units(Department.objects.all(), world.today).select_related("region").order_by("pk")
    for unit in units:
        for template in applying(
            _of(lists, Occasion.UNIT_YEAR), unit.region.path_codes if unit.region else [], world.today
        ):
            check(unit, template, year - 1, CheckState.CONFIRMED)
            if dice.random() < 0.4:
                check(unit, template, year, CheckState.SUBMITTED)
    insert(YearlyCheck, checks)
    insert(CheckItem, items)
    YearlyCheck.objects.update(updated_at=world.now)


def _of(lists: list[ChecklistTemplate], occasion: Occasion) -> list[ChecklistTemplate]:
    return [one for one in lists if one.occasion == occasion]
