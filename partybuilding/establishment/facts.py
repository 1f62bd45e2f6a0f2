"""Steps of checklists that Party building answers: members reported, and what was decided about a founding (R-083)."""

from collections.abc import Collection
from datetime import date

from associations.checklists.rules import Answer
from associations.registry.models import Association, PartyMemberCount, current_on
from partybuilding.coverage.enums import InstructorKind
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.selectors import coverage_rules, factual_rows
from partybuilding.establishment.enums import PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.establishment.rules import founding_decision
from portal.access.scoping import everything

WHY = "what the records say about associations whose checklists were reached"


def members_reported(associations: Collection[int], day: date) -> dict[int, Answer]:
    """The number of members was reported, also that there are none."""
    with everything(WHY):
        rows = PartyMemberCount.objects.filter(association__in=associations, counted_on__lte=day)
        latest = {row.association_id: row for row in rows.order_by("counted_on", "pk")}
    return {pk: Answer(_numbers(row), row.counted_on) for pk, row in latest.items()}


def _numbers(row: PartyMemberCount) -> str:
    parts = []
    if row.relation_count is not None:
        parts.append(f"组织关系在本组织的正式党员 {row.relation_count} 名")
    if row.working_count is not None:
        parts.append(f"在本组织工作的正式党员 {row.working_count} 名")
    return f"已填报{'，'.join(parts)}。"


def founding_decided(associations: Collection[int], day: date) -> dict[int, Answer]:
    """Founded, planned, deferred, or in the information pool with an organiser; without members nothing is due."""
    with everything(WHY):
        rules = coverage_rules(day)
        rows = factual_rows(Association.objects.filter(pk__in=associations), day, rules)
        plans = EstablishmentPlan.objects.filter(current_on(day), association__in=associations).order_by()
        organisers = InstructorAssignment.objects.filter(
            current_on(day), association__in=associations, instructor__kind=InstructorKind.ORGANISER
        ).order_by()
        both = plans.values_list("association", "kind", "due_on", "starts_on").union(
            organisers.values_list("association", "instructor__person__name", "ends_on", "starts_on"), all=True
        )
        planned, organised = {}, {}
        for pk, what, until, since in both:
            if what in PlanKind.values:
                planned[pk] = (f"{PlanKind(what).label}，期限 {until.isoformat()}", since)
            else:
                organised[pk] = (what, since)
    found = {}
    for row in rows:
        plan, organiser = planned.get(row.pk), organised.get(row.pk)
        text = founding_decision(
            row.facts, rules, plan=plan[0] if plan else "", organiser=organiser[0] if organiser else ""
        )
        if text:
            found[row.pk] = Answer(text, plan[1] if plan else organiser[1] if organiser else None)
    return found
