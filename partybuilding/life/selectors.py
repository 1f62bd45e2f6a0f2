"""Reading organisation life: parameters, the facts of many branches at once, how each stands in a period."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, F, Q, QuerySet
from django.db.models.functions import Cast

from partybuilding.life.enums import Duty, Standing
from partybuilding.life.models import LifeRecord, PartyGroup
from partybuilding.life.rules import (
    DUTIES_OF,
    BranchFacts,
    Compliance,
    GroupFacts,
    Held,
    LifeRules,
    Period,
    Span,
    compliance,
)
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.terms.enums import ElectionMethod
from partybuilding.terms.models import PartyElection
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import values

MONTHS = {duty: f"life.every_months.{duty.value}" for duty in Duty}
SUBJECT, COMMITTEE = "life.subject_kinds", "party_organization.branch_committee_member_count"
UNITS = (1, 3, 6, 12)
MANY = 500


def life_rules(day: date) -> LifeRules:
    """The parameters of organisation life in force on a day (R-000)."""
    found: Any = values({*MONTHS.values(), SUBJECT, COMMITTEE}, on=day)
    for code in MONTHS.values():
        if found[code] not in UNITS:
            raise ConfigurationError(
                f"参数 {code} 的取值「{found[code]}」不是日历周期的月数（1、3、6、12）。", "请由系统管理员改正。"
            )
    kinds = frozenset(str(found[SUBJECT]).split("/"))
    if not kinds <= set(OrganizationKind.values):
        raise ConfigurationError(f"参数 {SUBJECT} 的取值「{found[SUBJECT]}」有不认识的类别。", "请由系统管理员改正。")
    return LifeRules(
        months={duty.value: int(found[code]) for duty, code in MONTHS.items()},
        subject_kinds=kinds,
        committee_member_count=int(found[COMMITTEE]),
    )


def _of(rows: QuerySet[Any], keys: Collection[int]) -> QuerySet[Any]:
    """Rows of some organisations; of so many that naming each costs more than reading all in scope: of all."""
    return rows.filter(organization__in=keys) if len(keys) <= MANY else rows


def _rows(model: Any, actor: Actor | None) -> QuerySet[Any]:
    """What an actor reads; the installation's own work, which has none, reads everything."""
    return scoped(model, actor) if actor is not None else model.objects.unscoped("the reminders of a day")  # type: ignore[no-any-return]


def facts_of(organizations: Collection[PartyOrganization], actor: Actor | None) -> dict[int, BranchFacts]:
    """What decides the duties of each organisation: its elections and its groups, one query for all of them."""
    keys = [one.pk for one in organizations]
    elections: dict[int, list[tuple[date, str]]] = defaultdict(list)
    groups: dict[int, list[GroupFacts]] = defaultdict(list)
    voted = _of(_rows(PartyElection, actor), keys).order_by()
    met = _of(_rows(PartyGroup, actor), keys).order_by().annotate(key=Cast("pk", CharField()))
    rows = (
        voted.annotate(until=F("held_on"))
        .values_list("organization", "method", "held_on", "until")
        .union(met.values_list("organization", "key", "starts_on", "ends_on"), all=True)
    )
    for owner, what, first, last in rows:
        if what in ElectionMethod.values:
            elections[owner].append((first, what))
        else:
            groups[owner].append(GroupFacts(int(what), Span(first, last)))
    return {
        one.pk: BranchFacts(
            one.kind,
            Span(one.established_on, one.dissolved_on - timedelta(days=1) if one.dissolved_on else None),
            one.full_member_count,
            tuple(elections[one.pk]),
            tuple(groups[one.pk]),
        )
        for one in organizations
    }


def held_by(
    keys: Collection[int],
    first: date,
    last: date,
    actor: Actor | None,
    *,
    long: Collection[str] = (),
    since: date | None = None,
) -> Mapping[int, list[Held]]:
    """The records of organisations between two days, of the kinds `long` already from `since` on: one query."""
    found: dict[int, list[Held]] = defaultdict(list)
    begun = Q(held_on__gte=first)
    if since is not None:
        begun |= Q(held_on__gte=since, kind__in=long)
    rows = _of(_rows(LifeRecord, actor).filter(begun, held_on__lte=last), keys).order_by()
    for owner, kind, day, group, is_secretary in rows.values_list(
        "organization", "kind", "held_on", "group", "by_secretary"
    ):
        found[owner].append(Held(kind, day, group, is_secretary))
    return found


def compliances(
    organizations: Collection[PartyOrganization], period: Period, as_of: date, actor: Actor | None, rules: LifeRules
) -> dict[int, Compliance]:
    """How each organisation stands in a period on a day: two queries."""
    facts = facts_of(organizations, actor)
    subject = [pk for pk, one in facts.items() if one.kind in rules.subject_kinds]
    # A duty of a longer unit that ends within the period is met by a record of any day of that unit.
    long = {kind for kind, duties in DUTIES_OF.items() if any(rules.months[duty] > 3 for duty in duties)}
    last, since = min(period.last, as_of), date(period.year, 1, 1)
    held = held_by(subject, period.first, last, actor, long=long, since=since)
    return {pk: compliance(one, held.get(pk, ()), period, as_of, rules) for pk, one in facts.items()}


def bare(rows: QuerySet[PartyOrganization]) -> list[PartyOrganization]:
    """Organisations with only what their facts need."""
    return list(
        rows.order_by().only("pk", "kind", "established_on", "dissolved_on", "full_member_count", "committee_id")
    )


def stands(found: Mapping[int, Compliance], standing: str) -> list[int]:
    """The organisations that stand in one way: a card's list."""
    return [pk for pk, one in found.items() if one.standing == Standing(standing)]


def missing_duty(found: Mapping[int, Compliance], duty: str) -> list[int]:
    """The organisations that owed a duty and missed it at least once."""
    return [pk for pk, one in found.items() if duty in one.counts and one.counts[duty].is_behind]


def owing_duty(found: Mapping[int, Compliance], duty: str) -> list[int]:
    """The organisations that owed a duty at least once."""
    return [pk for pk, one in found.items() if duty in one.counts and one.counts[duty].required]
