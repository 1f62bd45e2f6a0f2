"""Reading the register: who is active, who answers for whom, on a day."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from associations.registry.enums import AssignmentRole, AssociationStatus, Clarity, RegistrationLevel, RegistrationMode
from associations.registry.models import Assignment, Association, Department, DepartmentName, current_on
from associations.registry.rules import Responsibility, newest_counted
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.regions.enums import RegionLevel
from portal.regions.models import Region

OTHER_THAN_ACTIVE = (AssociationStatus.SUSPENDED, AssociationStatus.DEREGISTERED, AssociationStatus.REVOKED)


def active_on(day: date, *, exclude_new_months: int = 0) -> Q:
    """`rules.is_active_on` as a filter; optionally without those younger than some months (R-016, R-076)."""
    newest = newest_counted(day, exclude_new_months) if exclude_new_months else day
    established = Q(established_on=None) | Q(established_on__lte=newest)
    return established & (Q(status=AssociationStatus.ACTIVE) | Q(status__in=OTHER_THAN_ACTIVE, status_on__gt=day))


def answering(role: str, day: date) -> Subquery:
    """The body that answers for an association as `role` on a day: the key of its department, or null."""
    rows = Assignment.objects.filter(current_on(day), association=OuterRef("pk"), role=role)
    return Subquery(rows.order_by("-starts_on", "-pk").values("department")[:1])


def answered_by(role: str, day: date, departments: Iterable[int] | QuerySet[Department]) -> Q:
    """Associations for which one of the bodies answers as `role` on a day."""
    rows = Assignment.objects.filter(current_on(day), association=OuterRef("pk"), role=role, department__in=departments)
    return Q(Exists(rows))


def unanswered(role: str, day: date) -> Q:
    """Associations for which nobody answers as `role` on a day."""
    return ~Q(Exists(Assignment.objects.filter(current_on(day), association=OuterRef("pk"), role=role)))


def in_region(region: Region, *, itself: bool = False) -> Q:
    """Associations of a region and everything below it; with `itself` only those registered at the region itself."""
    return Q(region=region) if itself else Q(region__path__startswith=region.path)


def current_assignments(actor: Actor, day: date, to_attr: str = "assignments_on_day") -> Prefetch:
    """Who answers on a day, for the rows of one page: one query."""
    rows = scoped(Assignment, actor).filter(current_on(day)).select_related("department").order_by("role", "pk")
    return Prefetch("assignments", queryset=rows, to_attr=to_attr)


@dataclass(frozen=True, slots=True)
class Answering:
    """One line of the comparison 今天 | 去年今日: a role and who held it on either day."""

    role: AssignmentRole
    today: Assignment | None
    last_year: Assignment | None

    @property
    def has_changed(self) -> bool:
        return _place(self.today) != _place(self.last_year)


def _place(row: Assignment | None) -> tuple[int, str, str] | None:
    return (row.department_id, row.office, row.officer) if row else None


def same_day_last_year(day: date) -> date:
    """The day one year before; 02-29 gives 02-28."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def all_assignments(actor: Actor) -> Prefetch:
    """All relations of an association, for `assignment_history`: one query for a whole page."""
    return Prefetch(
        "assignments", queryset=scoped(Assignment, actor).select_related("department"), to_attr="all_assignments"
    )


def assignment_history(association: Association) -> list[Assignment]:
    """All relations of an association by role, the latest first. Expects `all_assignments` to be prefetched."""
    return sorted(
        association.all_assignments,  # type: ignore[attr-defined]
        key=lambda row: (AssignmentRole.values.index(row.role), -(row.starts_on or date.min).toordinal(), -row.pk),
    )


def answering_compared(history: Iterable[Assignment], day: date) -> list[Answering]:
    """Who answers on a day and who did a year earlier, one line a role (from `assignment_history`)."""
    rows, before = list(history), same_day_last_year(day)

    def held(role: AssignmentRole, on: date) -> Assignment | None:
        return next((row for row in rows if row.role == role and row.is_current(on)), None)

    return [Answering(role, held(role, day), held(role, before)) for role in AssignmentRole]


def responsibility(association: Association, rows: Iterable[Answering]) -> Responsibility:
    """The facts of R-014 from today's side of the comparison."""
    by_role = {row.role: row.today for row in rows}
    regulator = by_role[AssignmentRole.INDUSTRY_REGULATOR]
    return Responsibility(
        registration_mode=association.registration_mode or RegistrationMode.DIRECT,
        has_supervising_unit=by_role[AssignmentRole.SUPERVISING_UNIT] is not None,
        has_regulator=regulator is not None,
        has_office=bool(regulator and regulator.office),
        has_officer=bool(regulator and regulator.officer),
    )


def clarity_is(clarity: str, day: date) -> Q:
    """`rules.clarity` as a filter: associations for which it is clear, partly clear or unclear who answers on a day."""
    current = Assignment.objects.filter(current_on(day), association=OuterRef("pk"))
    regulator = current.filter(role=AssignmentRole.INDUSTRY_REGULATOR)
    named = Q(Exists(regulator.exclude(office="").exclude(officer="")))
    supervised = ~Q(registration_mode=RegistrationMode.DUAL) | Q(
        Exists(current.filter(role=AssignmentRole.SUPERVISING_UNIT))
    )
    is_set = Q(Exists(regulator)) & supervised
    return {Clarity.CLEAR: is_set & named, Clarity.PARTLY: is_set & ~named, Clarity.UNCLEAR: ~is_set}[Clarity(clarity)]


def departments_of(actor: Actor, *kinds: str) -> QuerySet[Department]:
    """The bodies in the actor's directory that exist today, of some kinds or of all, by name."""
    rows = scoped(Department, actor).filter(ends_on=None)
    return (rows.filter(kind__in=kinds) if kinds else rows).order_by("name", "pk")


def named_bodies(rows: QuerySet[Department], text: str) -> QuerySet[Department]:
    """The bodies in whose name, alias or code every word of a search occurs."""
    for word in text.split():
        key = name_key(word)
        if key:
            alias = DepartmentName.objects.filter(department=OuterRef("pk"), key__contains=key)
            rows = rows.filter(Q(key__contains=key) | Q(code__icontains=word) | Q(Exists(alias)))
    return rows


def body_key(text: str) -> int | None:
    """The key that a link names, if it is one."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def bodies_called(actor: Actor, text: str) -> QuerySet[Department]:
    """The bodies of the actor's directory that a text means: its key, else its exact name, else all in whose names
    it occurs."""
    rows, key = scoped(Department, actor), body_key(text)
    if key is not None:
        return rows.filter(pk=key)
    exact = rows.filter(key=name_key(text))
    return exact if exact.exists() else named_bodies(rows, text)


def suggested_bodies(actor: Actor, role: str, text: str, limit: int) -> list[str]:
    """Names of bodies that hold or held a role and in which a text occurs: those that begin with it first, then the
    higher level."""
    held = Exists(Assignment.objects.filter(department=OuterRef("pk"), role=role))
    rows = named_bodies(scoped(Department, actor), text).filter(held)
    begins = Case(When(key__startswith=name_key(text), then=Value(0)), default=Value(1))
    height = Case(*(When(level=level, then=Value(place)) for place, level in enumerate(RegistrationLevel)))
    ordered = rows.order_by(begins, height, "name", "pk")
    return list(dict.fromkeys(ordered.values_list("name", flat=True)[:limit]))


def home_region(actor: Actor) -> Region | None:
    """The region an actor looks from: the own one, else the province of this installation; `None` while the regions
    are not loaded."""
    if actor.scope.kind == "region":
        return Region.objects.get(pk=actor.scope.pk)  # type: ignore[misc]  # a region scope has its node
    return Region.objects.filter(code=settings.PORTAL_PROVINCE).first()


OWN_PREFIX = "own-"


def own_key(code: str) -> str:
    """The filter value for what is registered at a region itself, without what lies below it."""
    return OWN_PREFIX + code


@dataclass(frozen=True, slots=True)
class RegionChoices:
    """The places an actor may choose: cities with their counties, and each place's own registrations."""

    home: Region | None
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    regions: dict[str, Region]

    def region(self, key: str) -> Region | None:
        """The place that a choice names; also one further away or further down, which a link may name."""
        code = key.removeprefix(OWN_PREFIX)
        return self.regions.get(code) or Region.objects.filter(code=code).first()

    @property
    def labels(self) -> dict[str, str]:
        return dict(choice for _group, choices in self.groups for choice in choices)


def region_choices(actor: Actor) -> RegionChoices:
    """Cities and counties below the actor's region, grouped by city; one query."""
    path = actor.scope.path if actor.scope.kind == "region" else f"/{settings.PORTAL_PROVINCE}/"
    levels = [RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.COUNTY]
    below = Q(level__in=levels) | Q(path=path) | Q(parent__path=path)
    places = list(Region.objects.filter(below, path__startswith=path, ends_on=None).order_by("code"))
    home = next((place for place in places if place.path == path), None)
    if home is None:
        return RegionChoices(None, (), {})
    groups: dict[str, list[tuple[str, str]]] = {}
    known: dict[str, Region] = {}
    for place in places:
        known[place.code] = place
        codes = place.path_codes
        depth = len(codes) - len(home.path_codes)
        head = home.name if depth == 0 else known.get(codes[len(home.path_codes)], place).name
        is_whole = depth == 0 or place.level == RegionLevel.CITY
        label = f"{place.name}（全部）" if is_whole else place.name
        entries = groups.setdefault(head, [])
        entries.append((place.code, label))
        if place.level in {RegionLevel.PROVINCE, RegionLevel.CITY} or place == home:
            entries.append((own_key(place.code), f"{place.name}本级"))
    return RegionChoices(home, tuple((head, tuple(entries)) for head, entries in groups.items()), known)
