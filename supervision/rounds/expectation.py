"""Making the filings that a round expects: one statement for each arrangement, over the whole register.

`rules.is_expected` says it in words for one association; the statement here says the same for all (a test compares
them). Run twice, or again later for who joined since, it adds what is missing and changes nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Concat, LPad, RowNumber
from django.utils import timezone

from associations.registry.enums import AssignmentRole, AssociationKind, DepartmentKind
from associations.registry.models import Association, Department, current_on
from associations.registry.selectors import active_on, answering, unanswered
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.workflow.services import apply
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import EXEMPT
from supervision.inspections.transitions import ReviewFacts as Said
from supervision.rounds.enums import RoundLabel, RoundState
from supervision.rounds.models import Round, RoundTrack

WHY = "a round expects associations over the whole register"
DIGITS = 6
GONE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the opening page: an arrangement and how many it expects, those with a first review among them."""

    track: RoundTrack
    count: int
    with_supervisor: int
    without_registrar: int
    late_registered: int


def number_prefix(report_year: int) -> str:
    return f"NJ-{report_year}-"


Place = tuple[str, int]  # registration level, key of the region


def registrars_of(rows: QuerySet[Association], day: date) -> dict[Place, int]:
    """The registrar of each place with candidates: of the level, and of the region nearest above; two queries.

    There are thousands of places and some hundred registrars, whatever the number of associations.
    """
    registrars = Department.objects.filter(current_on(day), kind=DepartmentKind.REGISTRAR, region__isnull=False)
    by_level: dict[str, list[tuple[str, int]]] = {}
    for level, path, pk in registrars.order_by("-region__path", "pk").values_list("level", "region__path", "pk"):
        by_level.setdefault(level, []).append((path, pk))
    found: dict[Place, int] = {}
    places = rows.order_by().values_list("registration_level", "region", "region__path").distinct()
    for level, region, path in places:
        nearest = next((pk for above, pk in by_level.get(level, ()) if path.startswith(above)), None)
        if nearest is not None:
            found[level, region] = nearest
    return found


def registrar_column(found: dict[Place, int]) -> Case:
    """The registrar as an expression over the register's rows."""
    regions: dict[tuple[str, int], list[int]] = {}
    for (level, region), registrar in found.items():
        regions.setdefault((level, registrar), []).append(region)
    whens = [
        When(registration_level=level, region__in=sorted(keys), then=Value(registrar))
        for (level, registrar), keys in sorted(regions.items())
    ]
    return Case(*whens, default=None, output_field=BigIntegerField(null=True))


def files_under(label: str) -> Q:
    """`rules.files_under` as a filter over the register."""
    return Q(is_charity=True) if label == RoundLabel.REPORT else Q(is_charity=False) | Q(is_charity=None)


def of_arrangement(track: RoundTrack, tracks: Sequence[RoundTrack]) -> Q:
    """The associations whose arrangement this is: `rules.arrangement_for` as a filter."""
    named = [one.mode for one in tracks if one.kind == track.kind and one.mode]
    mode = Q(registration_mode=track.mode) if track.mode else ~Q(registration_mode__in=named)
    return Q(kind=track.kind) & mode & files_under(track.round.label)


def candidates(track: RoundTrack, tracks: Sequence[RoundTrack], day: date) -> QuerySet[Association]:
    """Whom a track expects on a day: `rules.is_expected` as a filter, with the bodies that answer."""
    in_time = Q(established_on=None) | Q(established_on__lte=track.registered_by)
    return Association.objects.filter(of_arrangement(track, tracks), active_on(day), in_time)


def expected(a_round: Round, day: date) -> list[Expected]:
    """What opening would make, a line for each arrangement; for a round that is open, what is there to make."""
    with everything(WHY):
        tracks = list(RoundTrack.objects.filter(round=a_round).select_related("round"))
        found = []
        for track in tracks:
            rows = candidates(track, tracks, day)
            known = registrars_of(rows, day)
            places = rows.order_by().values_list("registration_level", "region").annotate(number=Count("pk"))
            sizes = {(level, region): number for level, region, number in places}
            supervised = ~unanswered(AssignmentRole.SUPERVISING_UNIT, day)
            numbers = {
                "count": sum(sizes.values()),
                "with_supervisor": rows.filter(supervised).count(),
                "without_registrar": sum(number for place, number in sizes.items() if place not in known),
            }
            later = Association.objects.filter(
                of_arrangement(track, tracks), active_on(day), established_on__gt=track.registered_by
            ).count()
            found.append(Expected(track, late_registered=later, **numbers))
        return found


def charity_unknown(a_round: Round, actor: Actor, day: date) -> int:
    """Of how many in scope nobody has said whether they are charities: an inspection takes them, a report does not."""
    kinds = scoped(RoundTrack, actor).filter(round=a_round).values("kind")
    return scoped(Association, actor).filter(active_on(day), is_charity=None, kind__in=kinds).count()


def uncovered(a_round: Round, day: date) -> list[tuple[str, int]]:
    """Kinds with active associations for which the round has no arrangement: (label, how many)."""
    with everything(WHY):
        tracks = list(RoundTrack.objects.filter(round=a_round).select_related("round"))
        covered = Q(pk__in=[])
        for track in tracks:
            covered |= of_arrangement(track, tracks)
        rows = Association.objects.filter(active_on(day), files_under(a_round.label)).exclude(covered)
        counts = rows.order_by().values("kind").annotate(number=Count("pk")).values_list("kind", "number")
        return [(str(AssociationKind(kind).label), number) for kind, number in sorted(counts)]


def fill(a_round: Round, *, now: datetime) -> int:
    """Make a filing for everybody the round expects and does not have yet; returns how many were made.

    Harmless to repeat, also at the same time: the rounds of the year are locked while numbers are given out.
    """
    day = timezone.localdate(now)
    made = 0
    with transaction.atomic(), everything(WHY):
        Round.objects.filter(report_year=a_round.report_year).update(version=F("version"))
        state = Round.objects.filter(pk=a_round.pk).values_list("state", flat=True).get()
        if state != RoundState.OPEN:
            return 0
        tracks = list(RoundTrack.objects.filter(round=a_round).select_related("round"))
        for track in tracks:
            made += _insert(track, tracks, day, now)
        if made:
            label = f"{a_round.title}：新增 {made} 家"
            record("supervision.fill_round", actor=None, subject=a_round, after={"made": made}, reason=label, now=now)
    return made


def _insert(track: RoundTrack, tracks: Sequence[RoundTrack], day: date, now: datetime) -> int:
    prefix = number_prefix(track.round.report_year)
    last = Inspection.objects.filter(number__startswith=prefix).aggregate(last=Max("number"))["last"]
    base = int(last.removeprefix(prefix)) if last else 0
    there = Inspection.objects.filter(round=track.round, association=OuterRef("pk"))
    missing = candidates(track, tracks, day).exclude(Exists(there))
    rows = missing.annotate(
        supervisor=answering(AssignmentRole.SUPERVISING_UNIT, day),
        committee=answering(AssignmentRole.PARTY_COMMITTEE, day),
        registrar=registrar_column(registrars_of(missing, day)),
    )
    place = Cast(Window(RowNumber(), order_by=F("pk").asc()) + base, CharField())
    first = When(supervisor__isnull=False, then=Value(track.to_supervisor_by or track.to_registrar_by))
    due = Case(first, default=Value(track.to_registrar_by), output_field=DateField())
    given: dict[str, Any] = {
        "round": Value(track.round_id, IntegerField()),
        "track": Value(track.pk, IntegerField()),
        "form": Value(track.form_id, IntegerField()),
        "association": F("pk"),
        "number": Concat(Value(prefix), LPad(place, DIGITS, Value("0")), output_field=CharField()),
        "supervisor": F("supervisor"),
        "committee": F("committee"),
        "registrar": F("registrar"),
        "filing_due_on": due if track.has_first_review else Value(track.to_registrar_by, DateField()),
        "updated_at": Value(now, DateTimeField()),
        "version": Value(1, IntegerField()),
    }
    for one in Inspection._meta.concrete_fields:
        # What is not given starts with its default; the key and what may be empty are left to the database.
        if one.name not in given and not one.null and not one.primary_key:
            given[one.name] = Value(one.get_default(), one.__class__())
    # Names that no column of the register has.
    named = {f"new_{name}": expression for name, expression in given.items()}
    sql, params = rows.annotate(**named).order_by("pk").values_list(*named).query.sql_with_params()
    columns = {one.name: str(one.column) for one in Inspection._meta.concrete_fields}
    quoted = ", ".join(connection.ops.quote_name(columns[name]) for name in given)
    table = connection.ops.quote_name(Inspection._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({quoted}) {sql}", params)
        return int(cursor.rowcount)


def release_gone(a_round: Round, *, now: datetime) -> int:
    """Take out of the round who is no longer on the register and has not handed in; returns how many."""
    day = timezone.localdate(now)
    with everything(WHY):
        gone = list(
            Inspection.objects.filter(round=a_round, state__in=[InspectionState.NOT_STARTED, InspectionState.DRAFTING])
            .exclude(association__in=Association.objects.filter(active_on(day)).values("pk"))
            .select_related("association")[:GONE_AT_ONCE]
        )
    for one in gone:
        reason = f"{one.association.get_status_display()}，不再需要填报"
        apply(
            EXEMPT,
            one,
            actor=None,
            version=one.version,
            facts=Said(reason=reason),
            changes={"exempt_reason": reason},
            comment=reason,
            now=now,
        )
    return len(gone)
