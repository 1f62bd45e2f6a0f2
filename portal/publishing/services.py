"""Every write of what is published, and of what the public says to it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.notices.services import close_for_subject, open_task
from portal.publishing.enums import NUMBERED, WRITTEN, PublicationKind, PublicationState
from portal.publishing.issues import ask_document
from portal.publishing.models import Objection, Publication, PublicationLine, Topic
from portal.publishing.roles import PUBLISHERS
from portal.publishing.rules import (
    WithdrawFacts,
    gathering_problem,
    line_problem,
    may_object,
    publicity_end,
    text_problem,
)
from portal.publishing.selectors import (
    holder_scope,
    is_holder,
    issue_facts,
    objection_facts,
    piece_facts,
)
from portal.publishing.transitions import DISMISS, INVESTIGATE, ISSUE, UPHOLD, WITHDRAW
from portal.regulations.calendar import work_calendar
from portal.regulations.selectors import value
from portal.workflow.services import apply, update_versioned

WORKING_DAYS = "publicity.working_days"
PER_SENDER = "publicity.objections_per_sender"
OBJECTION_TASK = "objection"
ISSUE_TASK = "publication_issue"
# Without letters and figures that look alike on paper.
RECEIPT_ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"
RECEIPT_LENGTH = 10
WHOLE = "one publication that the caller has reached"


class TooMany(Refused):
    """So many objections from one place within a day; answered with 429."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose publication it is: the node of a body, and the role on whose desk its tasks lie."""

    scope: Scope
    role: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a notice: what R-117 lets the public read, and the key of what it is about."""

    heading: str
    name: str
    organization: str
    post: str
    reason: str
    subject_pk: str = ""


def own_holder(actor: Actor) -> Holder:
    """The body that an actor publishes for."""
    if actor.role not in PUBLISHERS:
        raise Refused("role", f"您当前的身份是「{actor.label}」，不能编写公开内容。请切换身份。")
    role = Role.DEPARTMENT_STAFF if actor.role in DEPARTMENT else actor.role
    return Holder(actor.scope, role)


def _desk(holder_role: str, editor: Actor) -> str:
    """On whose desk its tasks lie. Issuing and objections are for another person than the editor: in the department
    they lie on the other of its two desks, where the editor cannot be the only one to see them."""
    if holder_role not in DEPARTMENT:
        return holder_role
    return Role.DEPARTMENT_ADMIN if editor.role == Role.DEPARTMENT_STAFF else Role.DEPARTMENT_STAFF


def topic_of(subject: models.Model, title: str) -> Topic:
    """The topic of a subject, made when first asked for."""
    with everything("one topic of one subject"):
        topic, _is_new = Topic.objects.get_or_create(
            subject_model=subject._meta.label, subject_pk=str(subject.pk), defaults={"title": title[:120]}
        )
    return topic


def _checked(row: Any) -> Any:
    try:
        row.full_clean()
    except ValidationError as problem:
        raise Refused("invalid", " ".join(problem.messages)) from None
    return row


def _check_text(title: str, body: str, note: str = "") -> None:
    if not title.strip() or not body.strip():
        raise Refused("publication.empty", "标题和正文都要填写。")
    problem = text_problem(f"{title}\n{body}\n{note}")
    if problem:
        raise Refused("publication.number", problem)


def _gathered(kind: str, topic: Topic | None, pieces: Iterable[Publication]) -> list[Publication]:
    """The texts of a special issue, which are out already; raises `Refused` with what keeps one from being gathered."""
    found = list(pieces)
    problem = gathering_problem(kind, piece_facts(topic.pk if topic else None, found))
    if problem:
        raise Refused("publication.pieces", problem)
    return found


def draft_publication(
    *,
    kind: str,
    title: str,
    body: str,
    holder: Holder,
    actor: Actor,
    now: datetime,
    basis: str = "",
    contact: str = "",
    issue_number: int | None = None,
    note: str = "",
    pieces: Iterable[Publication] = (),
    topic: Topic | None = None,
    subject: models.Model | None = None,
    lines: Iterable[Line] = (),
) -> Publication:
    """Write something down for publication; somebody else of the same body issues it.

    Raises `Refused` for texts with personal numbers (R-117), or a notice without a single line.
    """
    _check_text(title, body, note)
    gathered = _gathered(kind, topic, pieces)
    given = list(lines)
    is_notice = kind == PublicationKind.NOTICE
    for line in given:
        problem = line_problem((line.name, line.organization, line.post, line.reason))
        if problem:
            raise Refused("publication.number", f"「{line.name}」：{problem}")
    if is_notice and not given:
        raise Refused("publication.lines", "公示没有公示对象。请先确定名单。")
    publication = Publication(
        kind=kind,
        title=title.strip(),
        body=body.strip(),
        basis=basis.strip(),
        contact=contact.strip(),
        issue_number=issue_number,
        note=note.strip(),
        topic=topic,
        subject_model=subject._meta.label if subject is not None else "",
        subject_pk=str(subject.pk) if subject is not None else "",
        holder_kind=holder.scope.kind,
        holder_pk=holder.scope.pk,
        holder_path=holder.scope.path,
        holder_label=holder.scope.label[:200],
        holder_role=_desk(holder.role, actor),
        working_days=int(value(WORKING_DAYS, on=localdate(now))) if is_notice else None,
        editor_id=actor.user_id,
        editor_label=actor.label[:200],
        created_at=now,
    )
    with transaction.atomic():
        _checked(publication).save()
        _gather(publication, gathered)
        PublicationLine.objects.bulk_create(
            PublicationLine(
                publication=publication,
                number=number,
                heading=line.heading,
                name=line.name,
                organization=line.organization,
                post=line.post,
                reason=line.reason,
                subject_pk=line.subject_pk,
            )
            for number, line in enumerate(given, start=1)
        )
        after = {"kind": kind, "title": publication.title, "lines": len(given)}
        record("publishing.draft", actor=actor, subject=publication, after=after, now=now)
        _ask_to_issue(publication, actor, now)
    return publication


def _gather(publication: Publication, pieces: list[Publication]) -> None:
    with everything("texts that are out already, checked by the caller"):
        publication.pieces.set(pieces)


def _ask_to_issue(publication: Publication, actor: Actor, now: datetime) -> None:
    open_task(
        kind=ISSUE_TASK,
        subject=publication,
        title=f"签发《{publication.title}》",
        url=reverse("publishing:publication", args=[publication.pk]),
        for_role=publication.holder_role,
        body=holder_scope(publication),
        due_on=None,
        actor=actor,
        now=now,
    )


def change_publication(
    publication: Publication,
    *,
    actor: Actor,
    now: datetime,
    version: int,
    pieces: Iterable[Publication] = (),
    **values: Any,
) -> Publication:
    """Change a draft that was written at the desk. The list of a notice changes where it comes from, not here.

    Who changes a draft becomes its editor: whoever wrote the last word does not issue it.
    """
    _reached(publication, actor)
    if publication.state != PublicationState.DRAFT:
        raise Refused(
            "publication.state",
            f"「{publication}」{publication.get_state_display()}，不能修改。需要更正的，请撤下后重发。",
        )
    if publication.kind not in WRITTEN:
        raise Refused("publication.kind", "公示由名单所在的评选生成，不能在这里修改。请回到评选页面调整。")
    _check_text(values["title"], values["body"], values.get("note", ""))
    gathered = _gathered(values.get("kind", publication.kind), values.get("topic", publication.topic), pieces)
    changes = {name: text.strip() if isinstance(text, str) else text for name, text in values.items()}
    before = {name: getattr(publication, name) for name in ("title",)}
    changes |= {"editor_id": actor.user_id, "editor_label": actor.label[:200]}
    changes |= {"holder_role": _desk(publication.holder_role, actor)}
    with transaction.atomic():
        update_versioned(publication, version=version, changes=changes)
        _checked(publication)
        _gather(publication, gathered)
        close_for_subject(publication, kinds=(ISSUE_TASK,), evidence="稿件已修改，重新送签。", actor=actor, now=now)
        _ask_to_issue(publication, actor, now)
        record(
            "publishing.change",
            actor=actor,
            subject=publication,
            before=before,
            after={"title": publication.title},
            now=now,
        )
    return publication


def _reached(publication: Publication, actor: Actor) -> None:
    if not scoped(Publication, actor).filter(pk=publication.pk).exists() or not is_holder(publication, actor):
        raise Refused("publication.foreign", f"「{publication}」由「{publication.holder_label}」发布，您不能办理。")


def issue_publication(publication: Publication, *, actor: Actor, now: datetime, version: int) -> Publication:
    """Make it public. A notice runs its working days from the day after today (R-117); 暂定 where the calendar is.

    Raises `Refused` when editor and issuer are one person, for numbers, and where the guard of 三个不得 objects.
    """
    _reached(publication, actor)
    today = localdate(now)
    changes: dict[str, Any] = {"published_on": today, "issuer_label": actor.label[:200]}
    if publication.kind == PublicationKind.NOTICE:
        end = publicity_end(work_calendar(), today, publication.working_days or 1)
        changes |= {"ends_on": end.on, "is_provisional": end.is_provisional}
    with transaction.atomic():
        facts = issue_facts(publication, actor, today)
        apply(ISSUE, publication, actor=actor, version=version, now=now, facts=facts, changes=changes)
        close_for_subject(publication, kinds=(ISSUE_TASK,), evidence="已签发。", actor=actor, now=now)
        if publication.kind in NUMBERED:
            ask_document(publication, actor=actor, now=now)
    return publication


def withdraw_publication(
    publication: Publication, *, reason: str, actor: Actor, now: datetime, version: int
) -> Publication:
    """Take it down, or drop a draft, with a reason."""
    _reached(publication, actor)
    facts = WithdrawFacts(is_holder(publication, actor), reason)
    with transaction.atomic():
        apply(
            WITHDRAW,
            publication,
            actor=actor,
            version=version,
            now=now,
            facts=facts,
            changes={"withdrawn_reason": reason.strip()},
            comment=reason,
        )
        close_for_subject(publication, kinds=(ISSUE_TASK,), evidence="已撤下。", actor=actor, now=now)
        # A special issue that gathered it is laid out anew without it, the next time its PDF is asked for.
        Publication.objects.unscoped(WHOLE).filter(pieces=publication.pk).update(document=None)
    return publication


def withdraw_at_desk(
    publication: Publication, *, reason: str, actor: Actor, now: datetime, version: int
) -> Publication:
    """Take down what was written at the desk. A notice is taken down where its list is drawn up, with the list."""
    if publication.kind == PublicationKind.NOTICE:
        raise Refused("publication.notice", "公示从所属的评选页面撤下，并重定名单，不能在这里单独撤下。")
    return withdraw_publication(publication, reason=reason, actor=actor, now=now, version=version)


# Objections --------------------------------------------------------------------------------------------------------


def _receipt() -> str:
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))


def lodge_objection(
    publication: Publication, *, text: str, line: PublicationLine | None, address: str, now: datetime
) -> Objection:
    """Somebody of the public objects, without a name and without signing in; the receipt number leads to the answer.

    Raises `Refused` after the last day (R-117), `TooMany` past the day's number from one address.
    """
    today = localdate(now)
    words = text.strip()
    if not words:
        raise Refused("objection.empty", "请写明要反映的情况。")
    problem = text_problem(words)
    if problem:
        raise Refused("objection.number", "反映内容里有身份证号或手机号码。请删去后再提交，系统不收集个人号码。")
    if line is not None and line.publication_id != publication.pk:
        raise Refused("objection.line", "所选对象不在这项公示中。请重新选择。")
    limit = int(value(PER_SENDER, on=today))
    sender = salted_hmac("portal.publishing.objection", f"{today}|{address}").hexdigest()
    with transaction.atomic(), everything("an objection of the public"):
        # Read again under a lock where the database has one: of two requests one sees the other.
        publication = Publication.objects.select_for_update().get(pk=publication.pk)
        allowed = may_object(publication.kind, publication.state, publication.ends_on, today)
        if not allowed:
            raise Refused("objection.over", allowed.reason)
        sent = Objection.objects.filter(sender=sender, received_at__gt=now - timedelta(days=1)).count()
        if sent >= limit:
            raise TooMany(
                "objection.too_many",
                f"今天从这里已提交 {sent} 件，达到每日上限 {limit} 件。请明天再提交，或拨打公示上的联系电话。",
            )
        objection = Objection.objects.create(
            receipt=_receipt(), publication=publication, line=line, text=words[:2000], sender=sender, received_at=now
        )
        record("publishing.lodge_objection", actor=None, subject=objection, subject_label=str(publication), now=now)
        open_task(
            kind=OBJECTION_TASK,
            subject=objection,
            title=f"核查《{publication}》的异议",
            url=reverse("publishing:objection", args=[objection.pk]),
            for_role=publication.holder_role,
            body=holder_scope(publication),
            due_on=publication.ends_on,
            actor=None,
            now=now,
        )
    return objection


def investigate_objection(objection: Objection, *, actor: Actor, now: datetime, version: int) -> Objection:
    """Take an objection in hand; whoever drew up the list does not."""
    _reached(objection.publication, actor)
    facts = objection_facts(objection, actor)
    return apply(INVESTIGATE, objection, actor=actor, version=version, now=now, facts=facts)


def conclude_objection(
    objection: Objection, *, is_upheld: bool, finding: str, result: str, actor: Actor, now: datetime, version: int
) -> Objection:
    """End an objection with what was found and what is answered; an upheld one keeps its line from any decision."""
    _reached(objection.publication, actor)
    problem = text_problem(result)
    if problem:
        raise Refused("objection.number", f"答复会向反映人公开。{problem}")
    facts = objection_facts(objection, actor, finding=finding, result=result)
    with transaction.atomic():
        apply(
            UPHOLD if is_upheld else DISMISS,
            objection,
            actor=actor,
            version=version,
            now=now,
            facts=facts,
            changes={"finding": finding.strip(), "result": result.strip()},
        )
        evidence = str(objection.get_state_display())
        close_for_subject(objection, kinds=(OBJECTION_TASK,), evidence=evidence, actor=actor, now=now)
    return objection
