"""Every write of the library: a document, its next version, its end."""

from datetime import date, datetime, timedelta

from django.db import transaction

from associations.library.models import LibraryDocument
from associations.library.rules import may_end, may_replace
from associations.registry.services import checked, require_role
from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.access.roles import DEPARTMENT
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.workflow.services import update_versioned

KEEPERS = DEPARTMENT


def publish(
    *,
    kind: str,
    title: str,
    number: str,
    issuer: str,
    audience: str,
    summary: str,
    starts_on: date,
    file: StoredFile,
    actor: Actor,
    now: datetime,
) -> LibraryDocument:
    """Take a document in. Raises `Refused` for a normative one without a number, or a title that is there already."""
    require_role(actor, KEEPERS, "发布制度文件")
    with transaction.atomic():
        made = LibraryDocument(
            kind=kind,
            title=title.strip(),
            number=number.strip(),
            issuer=issuer.strip(),
            audience=audience,
            summary=summary.strip(),
            starts_on=starts_on,
            file=file,
        )
        checked(made).save()
        after = {"kind": made.get_kind_display(), "number": made.number, "starts_on": starts_on}
        record("library.publish", actor=actor, subject=made, after=after, now=now)
    return made


def replace(
    document: LibraryDocument,
    *,
    number: str,
    summary: str,
    starts_on: date,
    file: StoredFile,
    actor: Actor,
    version: int,
    now: datetime,
) -> LibraryDocument:
    """The next version, from a day on; the one before ends the day before, unless it was to end earlier."""
    require_role(actor, KEEPERS, "发布制度文件")
    _check(may_replace(_start(document), document.ends_on, starts_on, is_replaced=_is_replaced(document)))
    with transaction.atomic():
        last = document.ends_on or starts_on - timedelta(days=1)
        reason = document.end_reason or f"由第{document.edition + 1}版替代"
        update_versioned(document, version=version, changes={"ends_on": last, "end_reason": reason})
        made = LibraryDocument(
            kind=document.kind,
            title=document.title,
            number=number.strip(),
            issuer=document.issuer,
            edition=document.edition + 1,
            replaces=document,
            audience=document.audience,
            summary=summary.strip(),
            starts_on=starts_on,
            file=file,
        )
        checked(made).save()
        after = {"edition": made.edition, "number": made.number, "starts_on": starts_on}
        record("library.replace", actor=actor, subject=made, after=after, now=now)
    return made


def end(
    document: LibraryDocument, *, ends_on: date, reason: str, actor: Actor, version: int, now: datetime
) -> LibraryDocument:
    """Say when a document is no longer in force, and why; it stays readable."""
    require_role(actor, KEEPERS, "登记制度文件失效")
    _check(may_end(_start(document), document.ends_on, ends_on))
    with transaction.atomic():
        update_versioned(document, version=version, changes={"ends_on": ends_on, "end_reason": reason.strip()})
        after = {"ends_on": ends_on}
        record("library.end", actor=actor, subject=document, after=after, reason=reason.strip(), now=now)
    return document


def _check(decision: Decision) -> None:
    if not decision:
        raise Refused("library.refused", decision.reason)


def _start(document: LibraryDocument) -> date:
    assert document.starts_on is not None  # the table's own rule  # noqa: S101
    return document.starts_on


def _is_replaced(document: LibraryDocument) -> bool:
    with everything("the versions of a document that was reached"):
        return LibraryDocument.objects.filter(replaces=document).exists()
