"""Reading what is published: for the desk in its scope, for everybody what is public."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet

from portal import gates
from portal.access.actor import Actor, Scope
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.gates import Level
from portal.publishing.enums import (
    GATHERED,
    OPEN_OBJECTIONS,
    HolderKind,
    ObjectionState,
    PublicationKind,
    PublicationState,
)
from portal.publishing.models import Objection, Publication, PublicationLine, Topic
from portal.publishing.roles import PUBLISHERS
from portal.publishing.rules import (
    THREE_NO,
    IssueFacts,
    ObjectionFacts,
    PieceFacts,
    gathering_problem,
    line_problem,
    text_problem,
)

PUBLIC = "what is published is for everybody to read"
OWN = "the parts of one publication that the caller has reached"


def is_holder(publication: Publication, actor: Actor) -> bool:
    """Whether the actor's own body published it, as `held_by` says in SQL."""
    if actor.role in DEPARTMENT:
        return True
    if actor.role == Role.REGIONAL_OFFICE:
        return publication.holder_kind == HolderKind.REGION and publication.holder_path.startswith(actor.scope.path)
    own = actor.role in PUBLISHERS and publication.holder_kind == HolderKind.DEPARTMENT
    return own and publication.holder_pk in actor.scope.department_pks


def holder_scope(publication: Publication) -> Scope:
    """The node on whose desk the publication's tasks lie."""
    return Scope(
        publication.holder_kind,  # type: ignore[arg-type]
        publication.holder_pk,
        publication.holder_label,
        path=publication.holder_path,
    )


def line_rows(publication: Publication) -> QuerySet[PublicationLine]:
    """The lines of one publication, in their order."""
    return PublicationLine.objects.unscoped(OWN).filter(publication=publication).order_by("number")


def lines_of(publication: Publication) -> list[PublicationLine]:
    return list(line_rows(publication))


def notice_subjects(publication: Publication) -> Sequence[str]:
    """The keys of what stands on a notice, in its order: only who was shown to the public can be decided upon."""
    return [one.subject_pk for one in lines_of(publication)]


def pieces_of(publication: Publication) -> list[Publication]:
    """What a special issue gathers and is still out, in the order in which it appeared."""
    rows = Publication.objects.unscoped(OWN).filter(special_issues=publication, state=PublicationState.PUBLISHED)
    return list(rows.order_by("published_on", "pk"))


def piece_facts(topic: int | None, pieces: Iterable[Publication]) -> list[PieceFacts]:
    """What decides whether an issue of a topic may gather these."""
    return [
        PieceFacts(str(one), one.state == PublicationState.PUBLISHED and one.kind in GATHERED, one.topic_id == topic)
        for one in pieces
    ]


def problems_of(publication: Publication, lines: Sequence[PublicationLine], on: date) -> list[str]:
    """Why it may not go out: its texts, and what the guard of 三个不得 objects (R-116, R-117)."""
    found = [text_problem(f"{publication.title}\n{publication.body}\n{publication.note}")]
    with everything(OWN):
        gathered = list(publication.pieces.all()) if publication.kind == PublicationKind.SPECIAL else []
    found.append(gathering_problem(publication.kind, piece_facts(publication.topic_id, gathered)))
    found += [line_problem((one.name, one.organization, one.post, one.reason)) for one in lines]
    with everything("what the wings say about one publication"):
        findings = gates.check(THREE_NO, publication, on=on)
    found += [one.text for one in findings if one.level == Level.BLOCK]
    return [text for text in found if text]


def issue_facts(publication: Publication, actor: Actor, on: date) -> IssueFacts:
    lines = lines_of(publication)
    return IssueFacts(
        is_holder=is_holder(publication, actor),
        is_editor=actor.user_id == publication.editor_id,
        kind=publication.kind,
        line_count=len(lines),
        problems=problems_of(publication, lines, on),
    )


def objection_facts(
    objection: Objection, actor: Actor, *, finding: str | None = None, result: str | None = None
) -> ObjectionFacts:
    return ObjectionFacts(
        is_holder=is_holder(objection.publication, actor),
        is_editor=actor.user_id == objection.publication.editor_id,
        finding=finding,
        result=result,
    )


def objections_of(publication: Publication) -> list[Objection]:
    rows = Objection.objects.unscoped(OWN).filter(publication=publication).select_related("line")
    return list(rows.order_by("-received_at", "-pk"))


def open_objection_count(publication: Publication) -> int:
    """How many objections to a notice have no result yet; none may be open when something is decided (R-117)."""
    rows = Objection.objects.unscoped(OWN).filter(publication=publication, state__in=OPEN_OBJECTIONS)
    return rows.count()


def upheld_subjects(publication: Publication) -> frozenset[str]:
    """The keys of lines against which an objection was upheld; an upheld objection to the whole names none."""
    rows = Objection.objects.unscoped(OWN).filter(publication=publication, state=ObjectionState.UPHELD)
    return frozenset(rows.exclude(line=None).values_list("line__subject_pk", flat=True))


def upheld_whole(publication: Publication) -> bool:
    """Whether an objection to the notice as a whole was upheld."""
    rows = Objection.objects.unscoped(OWN).filter(publication=publication, state=ObjectionState.UPHELD, line=None)
    return rows.exists()


def with_counts(rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """How many objections each has, and how many of them are open."""
    return rows.annotate(
        objection_count=Count("objections"),
        open_count=Count("objections", filter=Q(objections__state__in=OPEN_OBJECTIONS)),
    )


# For everybody -----------------------------------------------------------------------------------------------------


def public_publications() -> QuerySet[Publication]:
    """Everything that is out, the latest first."""
    rows = Publication.objects.unscoped(PUBLIC).filter(state=PublicationState.PUBLISHED)
    return rows.select_related("topic").order_by("-published_on", "-pk")


def public_topics() -> QuerySet[Topic]:
    """Topics with at least one public piece."""
    shown = Publication.objects.filter(state=PublicationState.PUBLISHED).values("topic")
    return Topic.objects.unscoped(PUBLIC).filter(pk__in=shown).order_by("title", "pk")


def objection_with(receipt: str) -> Objection | None:
    """The objection of a receipt number, as its sender may read it."""
    rows = Objection.objects.unscoped("whoever holds the receipt number reads what became of it")
    return rows.filter(receipt=receipt.strip().upper()).select_related("publication", "line").first()
