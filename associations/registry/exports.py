"""The register as rows of a spreadsheet that imports back the same: read in chunks, as tuples, without objects."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from associations.evaluation.models import Grade
from associations.governance.holders import for_export
from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    NameKind,
    RegistrationLevel,
    RegistrationMode,
)
from associations.registry.models import Assignment, AssociationName, PartyMemberCount, current_on
from portal.importing.precisions import FIELD, partial

CHUNK = 2_000
WHY = "what hangs on records that the actor has reached"
LABELS: dict[str, dict[str, str]] = {
    "kind": dict(AssociationKind.choices),
    "registration_level": dict(RegistrationLevel.choices),
    "registration_mode": dict(RegistrationMode.choices),
    "status": dict(AssociationStatus.choices),
}
NAMES = {NameKind.SHORT: "short_name", NameKind.FORMER: "former_name"}
Side = dict[str, Any]


def association_rows(queryset: Any, paths: dict[str, str], on: dt.date) -> Iterator[tuple[int, list[Any]]]:
    """The key of each record and its row in the order of ``paths`` (column code → field, empty for what hangs on the
    record): names, assignments, latest counts and grade as of a day.
    """
    fields = [*dict.fromkeys(path.replace(".", "__") for path in paths.values() if path), FIELD]
    places = {field: number for number, field in enumerate(["pk", *fields])}
    direct = [(number, places[path.replace(".", "__")]) for number, path in enumerate(paths.values()) if path]
    labelled = [(number, LABELS[code]) for number, code in enumerate(paths) if code in LABELS]
    funds = [number for number, code in enumerate(paths) if code == "registered_fund"]
    dates = [(number, path) for number, path in enumerate(paths.values()) if path.endswith("_on")]
    hanging = [(number, code) for number, (code, path) in enumerate(paths.items()) if not path]
    found = queryset.values_list("pk", *fields).iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        sides = sides_of(list(map(itemgetter(0), chunk)), on)
        for record in chunk:
            row: list[Any] = [None] * len(paths)
            for number, place in direct:
                row[number] = record[place]
            for number, words in labelled:
                row[number] = words.get(row[number], row[number])
            for number in funds:
                if row[number] is not None:
                    row[number] /= 10_000
            if record[-1]:
                for number, path in dates:
                    row[number] = partial(row[number], path, record[-1])
            side = sides.get(record[0])
            if side is not None:
                for number, code in hanging:
                    row[number] = side.get(code)
            yield record[0], row


def among(pks: Sequence[int]) -> RawSQL:
    """The keys as one parameter: two thousand of them cost as much to bind as to look up."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(pks)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(pks))])


def sides_of(pks: Sequence[int], on: dt.date) -> dict[int, Side]:
    """What the other tables say of these records on a day; one query a table."""
    sides: dict[int, Side] = {}
    wanted = among(pks)
    names = AssociationName.objects.unscoped(WHY).filter(association__in=wanted, kind__in=list(NAMES)).order_by("pk")
    for pk, kind, name in names.values_list("association_id", "kind", "name"):
        sides.setdefault(pk, {})[NAMES[kind]] = name
    held = Assignment.objects.unscoped(WHY).filter(current_on(on), association__in=wanted)
    for pk, role, body, office, officer in held.values_list(
        "association_id", "role", "department__name", "office", "officer"
    ):
        side = sides.setdefault(pk, {})
        side[role] = body
        if role == AssignmentRole.INDUSTRY_REGULATOR:
            side["responsible_office"], side["responsible_officer"] = office, officer
    counts = PartyMemberCount.objects.unscoped(WHY).filter(association__in=wanted, counted_on__lte=on)
    for pk, relation, working, day in counts.order_by("counted_on", "pk").values_list(
        "association_id", "relation_count", "working_count", "counted_on"
    ):
        side = sides.setdefault(pk, {})
        side["party_full_member_count"], side["party_working_member_count"] = relation, working
        side["party_counts_on"] = day
    for pk, post_holders in for_export(wanted).items():
        sides.setdefault(pk, {}).update(post_holders)
    grades = Grade.objects.unscoped(WHY).filter(association__in=wanted, announced_on__lte=on)
    for pk, level, day in grades.order_by("announced_on", "pk").values_list("association_id", "level", "announced_on"):
        side = sides.setdefault(pk, {})
        side["evaluation_grade"], side["grade_announced_on"] = level, day
    return sides
