"""Columns of an associations file that become officers and the main contact: 会长, 法定代表人, 秘书长, 联系电话."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from associations.governance.enums import Post
from associations.governance.models import Contact, Officer
from associations.registry.enums import Source
from portal.importing.normalise import name_key
from portal.importing.resources import RunContext, StagedRow
from portal.people import imports as people
from portal.people.imports import PeopleImport
from portal.people.models import Phone

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"
POSTS = {
    "president": Post.PRESIDENT,
    "legal_representative": Post.LEGAL_REPRESENTATIVE,
    "secretary_general": Post.SECRETARY_GENERAL,
}
TABLES: dict[str, Any] = {"officer": Officer, "contact": Contact, **people.TABLES}


class Holders:
    """Who holds the posts that a run's columns name, and whom to call; loaded a chunk at a time."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._people = PeopleImport()
        self._officers: dict[tuple[int, str], Officer] = {}
        self._contacts: dict[int, Contact] = {}
        self._posts = {column: post for column, post in POSTS.items() if column in run.carried}

    def load(self, pks: Sequence[int]) -> None:
        """The open appointments and main contacts of the matched associations; no query for what is not carried."""
        self._officers, self._contacts = {}, {}
        if pks and self._posts:
            rows = Officer.objects.unscoped(MATCHING).filter(
                association__in=pks, ends_on=None, post__in=[str(post) for post in self._posts.values()]
            )
            self._officers = {(one.association_id, one.post): one for one in rows.select_related("person")}
        if pks and "phone" in self._run.carried:
            mains = Contact.objects.unscoped(MATCHING).filter(association__in=pks, ends_on=None, is_main=True)
            self._contacts = {one.association_id: one for one in mains.select_related("phone")}

    def changes(self, row: StagedRow) -> dict[str, tuple[str, str]]:
        """Posts that the file gives to another person: column → (present, coming)."""
        found = {}
        for column, post in self._posts.items():
            name, current = row.values.get(column), self._officers.get((row.pk or 0, post))
            if name is not None and (current is None or current.person.name_key != name_key(name)):
                found[column] = (current.person.name if current is not None else "", name)
        return found

    def plan(self, row: StagedRow) -> None:
        """Another name ends the old appointment the day before the effective date, with a warning."""
        for column, post in self._posts.items():
            name = row.values.get(column)
            if name is not None:
                self._plan_post(row, column, post, name)
        if row.values.get("phone") is not None:
            self._plan_phone(row)

    def _plan_post(self, row: StagedRow, column: str, post: Post, name: str) -> None:
        current = self._officers.get((row.pk or 0, post))
        if current is not None and current.person.name_key == name_key(name):
            return
        start = self._run.effective_on
        if current is None:
            self._appoint(row, post, name, start if self._run.is_dated else None)
            return
        before = current.person.name
        if current.starts_on is not None and current.starts_on > start:
            text = (
                f"登记库中{post.label}「{before}」自 {current.starts_on} 起任职，晚于本批生效日期 {start}。"
                "请把本批的生效日期改为更晚的一天。"
            )
            row.error("date.conflict", column, text)
            return
        if current.starts_on == start:
            self._correct(row, current, name)
            text = f"{post.label}由「{before}」更正为「{name}」（同一天起任职）。请核对。"
        else:
            last = start - dt.timedelta(days=1)
            row.update(
                "officer", current.pk, before={"ends_on": None}, after={"ends_on": last}, version=current.version
            )
            self._appoint(row, post, name, start)
            text = f"{post.label}由「{before}」变更为「{name}」，原任职到 {last} 为止。请核对是否换人。"
        row.warn("officer.replaced", column, text)

    def _correct(self, row: StagedRow, current: Officer, name: str) -> None:
        after = {"person_id": self._people.named(row, name)}
        before = {"person_id": current.person_id}
        row.update("officer", current.pk, before=before, after=after, version=current.version)

    def _appoint(self, row: StagedRow, post: Post, name: str, first: dt.date | None) -> None:
        values, refs = row.owner("association_id")
        values |= {"person_id": self._people.named(row, name), "post": post.value, "starts_on": first}
        row.insert("officer", values | {"source": Source.IMPORT.value}, **refs)

    def _plan_phone(self, row: StagedRow) -> None:
        """The main contact's telephone; without one the office's own."""
        current = self._contacts.get(row.pk or 0)
        phone = self._people.phone(row, current.phone if current is not None else None)
        if current is None:
            values, refs = row.owner("association_id")
            values |= {"phone_id": phone, "is_main": True, "source": Source.IMPORT.value}
            row.insert("contact", values, **refs)
        elif phone != current.phone_id:
            change = {"before": {"phone_id": current.phone_id}, "after": {"phone_id": phone}}
            row.update("contact", current.pk, **change, version=current.version)


def main_phones(pks: Sequence[int]) -> dict[int, Phone]:
    """The telephone of each association's main contact, by association."""
    mains = Contact.objects.unscoped(MATCHING).filter(association__in=pks, ends_on=None, is_main=True)
    return {one.association_id: one.phone for one in mains.select_related("phone") if one.phone is not None}


def for_export(pks: Any) -> dict[int, dict[str, Any]]:
    """Today's holders by association and column; telephones leave by approval only."""
    columns = {str(post): column for column, post in POSTS.items()}
    rows = Officer.objects.unscoped(MATCHING).filter(association__in=pks, ends_on=None, post__in=list(columns))
    found: dict[int, dict[str, Any]] = {}
    for pk, post, name in rows.order_by("pk").values_list("association_id", "post", "person__name"):
        found.setdefault(pk, {})[columns[post]] = name
    return found
