"""党员和党组织 by supervising unit (P-05): one line a unit; what is about associations opens its list (R-171)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import django_filters
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.urls import reverse

from associations.registry.enums import AssignmentRole, RegistrationLevel
from associations.registry.models import Assignment, Association, Department, current_on
from associations.registry.selectors import active_on
from partybuilding.coverage.enums import Measure, MemberBand
from partybuilding.coverage.facts import covering, latest_count, member_band_on
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import coverage_rules
from partybuilding.coverage.views import coverage_crumbs
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import CoveredAssociation
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.columns import Column, Empty
from portal.screens.filters import ScreenFilterSet, SearchFilter
from portal.screens.lists import ListScreen
from portal.screens.screen import FROM_LABEL_LIMIT, Crumb

BRANCHES = (OrganizationKind.BRANCH, OrganizationKind.JOINT_BRANCH)


class UnitFilter(ScreenFilterSet):
    q = SearchFilter(fields=["name"], label="业务主管单位")
    level = django_filters.ChoiceFilter(label="层级", choices=RegistrationLevel.choices)
    primary = ("q", "level")

    class Meta:
        model = Department
        fields: list[str] = []


def supervising(actor: Actor, day: Any) -> QuerySet[Assignment]:
    """Who supervises the associations of the actor on a day."""
    reached = scoped(Association, actor).order_by().values("pk")
    rows = Assignment.objects.filter(current_on(day), role=AssignmentRole.SUPERVISING_UNIT)
    return rows.filter(association__in=reached)


def unit_numbers(actor: Actor, units: Sequence[int], day: Any, rules: CoverageRules) -> dict[int, dict[str, int]]:
    """Associations that count, their reported full members, those that reported nothing; branches; two queries."""
    held = supervising(actor, day).filter(department__in=units, association=OuterRef("pk")).values("department")[:1]
    counting = scoped(Association, actor).filter(active_on(day, exclude_new_months=rules.exclude_new_months))
    facts = counting.order_by().annotate(
        unit=Subquery(held),
        relation=Subquery(latest_count(day).values("relation_count")[:1]),
        working=Subquery(latest_count(day).values("working_count")[:1]),
        band=member_band_on(day, rules),
    )
    unreported = Q(band=None) | Q(band=MemberBand.UNREPORTED)
    lines: Any = (
        facts.exclude(unit=None)
        .values("unit")
        .annotate(
            count=Count("pk"),
            members=Sum("relation"),
            workers=Sum("working"),
            missing=Count("pk", filter=unreported),
        )
    )
    found: dict[int, dict[str, int]] = {line["unit"]: dict(line) for line in lines}
    covered = scoped(CoveredAssociation, actor).filter(
        pk__in=covering(day).values("pk"), association__in=counting.order_by().values("pk")
    )
    unit = supervising(actor, day).filter(department__in=units, association=OuterRef("association"))
    organizations: Any = (
        covered.order_by()
        .annotate(unit=Subquery(unit.values("department")[:1]))
        .exclude(unit=None)
        .values("unit")
        .annotate(
            organizations=Count("organization", distinct=True),
            branches=Count("organization", distinct=True, filter=Q(organization__kind__in=BRANCHES)),
        )
    )
    for line in organizations:
        found.setdefault(line["unit"], {}).update(line)
    return found


def _list(label: str, **query: str) -> Any:
    """The link to the associations that a number of a line counts."""

    def link(row: Any) -> str | None:
        asked = urlencode({"unit": row.pk, **query, "as_of": row.day.isoformat()})
        came_from = quote(f"{row.name}·{label}"[:FROM_LABEL_LIMIT])
        return f"{reverse('associations:associations')}?{asked}&from={came_from}"

    return link


class UnitMembers(ListScreen):
    """Party members and branches of the associations that each unit supervises."""

    policy = Policy(WORKSPACE)
    title = "主管单位党员和党组织"
    unit = "个单位"
    model = Department
    filterset_class = UnitFilter
    default_order = ("level_order", "name", "pk")
    shows_as_of = True
    columns = (
        Column(
            "name",
            "业务主管单位",
            link=lambda row: reverse("associations:department", args=[row.pk]),
            sort="name",
            card="title",
        ),
        Column("level", "层级", value=lambda row: row.get_level_display()),
        Column(
            "associations",
            "社会组织（家）",
            kind="number",
            value=lambda row: row.numbers.get("count", 0),
            link=_list("纳入统计", coverage=Measure.IN_SCOPE.value),
        ),
        Column("organizations", "党组织（个）", kind="number", value=lambda row: row.numbers.get("organizations", 0)),
        Column("branches", "其中支部（个）", kind="number", value=lambda row: row.numbers.get("branches", 0)),
        Column("members", "正式党员（组织关系）", kind="number", value=lambda row: row.numbers.get("members") or 0),
        Column("workers", "正式党员（在职）", kind="number", value=lambda row: row.numbers.get("workers") or 0),
        Column(
            "missing",
            "人数未填报（家）",
            kind="number",
            value=lambda row: row.numbers.get("missing", 0),
            link=_list("党员人数未填报", coverage=Measure.UNREPORTED.value),
        ),
        Column(
            "should",
            "应建未建",
            value=lambda row: "名单",
            link=_list("应建未建", coverage=Measure.SHOULD_NOT_BUILT.value),
            export=False,
        ),
    )
    empty = Empty("您的范围内没有业务主管单位。双重管理的社会组织登记业务主管单位后列在这里。")

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[Department]:
        held = supervising(actor, self.as_of).order_by().values("department")
        order = Case(
            *(When(level=level, then=Value(place)) for place, level in enumerate(RegistrationLevel.values)),
            output_field=IntegerField(),
        )
        rows: QuerySet[Department] = scoped(Department, actor).filter(pk__in=held).annotate(level_order=order)
        return rows

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = unit_numbers(self.actor, [row.pk for row in rows], self.as_of, coverage_rules(self.as_of))
        for row in rows:
            row.numbers, row.day = found.get(row.pk, {}), self.as_of
        return rows

    def list_notes(self) -> list[str]:
        return [
            "社会组织为您的范围内当日纳入统计的；党员为其截至当日最近一次报送的正式党员，未填报的不作 0 计；"
            "覆盖几家社会组织的党组织在一个单位只计一次。"
        ]
