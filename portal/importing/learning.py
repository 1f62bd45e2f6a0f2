"""Remembering what a sender's people decided, and offering it again."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F

from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.audit.services import record
from portal.importing.mapping import Match
from portal.importing.memory import RememberedMapping, RememberedReference, sender_of
from portal.importing.models import ImportBatch
from portal.importing.normalise import name_key
from portal.importing.references import ReferenceDomain

# Several names in one cell, or one too long to be shown whole: these are mended in the file.
MORE_THAN_ONE = re.compile(r"[、；;\n…]")
DECIDED = frozenset({"manual", "ignored", "remembered"})


def headings_of(matches: Iterable[Match]) -> str:
    """A digest of the headings of a file, in their order."""
    return hashlib.sha256("\n".join(match.path for match in matches).encode()).hexdigest()


def recall(kind: str, matches: Sequence[Match], actor: Actor) -> dict[str, Any]:
    """What the sender decided about a file with these headings, else about the latest of the kind:
    ``remembered`` (heading to field code), its version and day.
    """
    known = scoped(RememberedMapping, actor).filter(kind=kind)
    found = known.filter(headings=headings_of(matches)).first() or known.first()
    if found is None:
        return {"remembered": {}}
    paths = {match.path for match in matches}
    columns = {path: code for path, code in found.columns.items() if path in paths}
    if not columns:
        return {"remembered": {}}
    return {
        "remembered": columns,
        "remembered_version": found.version,
        "remembered_on": found.used_at.date().isoformat(),
    }


def remember(kind: str, matches: Sequence[Match], *, actor: Actor, now: dt.datetime) -> RememberedMapping | None:
    """Keep what a person decided or accepted about columns that nobody would have guessed."""
    columns = {match.path: match.code or "" for match in matches if match.basis in DECIDED and not match.is_sheet_name}
    known = scoped(RememberedMapping, actor).filter(kind=kind, headings=headings_of(matches))
    found = known.first()
    if found is None:
        if not columns:
            return None
        return RememberedMapping.objects.create(
            sender=sender_of(actor),
            kind=kind,
            headings=headings_of(matches),
            columns=columns,
            used_at=now,
            user_id=actor.user_id,
        )
    changes: dict[str, Any] = {"used_at": now}
    if found.columns != columns:
        changes |= {"columns": columns, "version": F("version") + 1, "user_id": actor.user_id}
    known.update(**changes)
    return known.get()


def known_references(actor: Actor) -> dict[str, dict[str, int]]:
    """``{domain: {name key: row}}`` that the sender's people have confirmed."""
    found: dict[str, dict[str, int]] = {}
    for domain, key, pk in scoped(RememberedReference, actor).values_list("domain", "key", "object_pk"):
        found.setdefault(domain, {})[key] = pk
    return found


def confirm_references(
    batch: ImportBatch, chosen: Mapping[tuple[str, str], int], *, actor: Actor, now: dt.datetime
) -> int:
    """Remember ``{(domain, text): row}``; the caller has looked the rows up inside the actor's reach."""
    for (domain, text), pk in chosen.items():
        scoped(RememberedReference, actor).update_or_create(
            sender=sender_of(actor),
            domain=domain,
            key=name_key(text)[:200],
            defaults={
                "text": text[:200],
                "object_pk": pk,
                "confirmed_by_id": actor.user_id,
                "confirmed_at": now,
            },
        )
    names = {f"{domain}：{text}": pk for (domain, text), pk in chosen.items()}
    record("importing.reference", actor=actor, subject=batch, after={"names": names}, now=now)
    return len(chosen)


def open_references(
    batch: ImportBatch, domains: Mapping[str, ReferenceDomain], found: Iterable[tuple[str, str, int]]
) -> list[tuple[ReferenceDomain, str, int]]:
    """``(domain, text, rows)`` of the names nobody knows, most frequent first; the same name under two columns once."""
    counted: dict[tuple[str, str], int] = {}
    for field, text, count in found:
        if field in domains and text and not MORE_THAN_ONE.search(text):
            place = domains[field].code, text
            counted[place] = counted.get(place, 0) + count
    by_code = {domain.code: domain for domain in domains.values()}
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(by_code[code], text, count) for (code, text), count in ranked]
