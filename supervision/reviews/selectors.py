"""The queues of reviewers and of those who watch, and the place of one filing in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from portal.access.actor import Actor
from portal.access.scoping import NOTHING, scoped
from supervision.inspections.enums import STAGE_STATES, UNDER_REVIEW, InspectionState, Stage
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import STAGE_OF_ROLE
from supervision.reviews.enums import QUEUE_LABELS, Queue
from supervision.reviews.models import Opinion
from supervision.rounds.enums import RoundState

State = InspectionState
BEFORE_HAND_IN = (State.NOT_STARTED, State.DRAFTING)
RELATED = ("round", "track", "form", "association__region", "supervisor", "committee", "registrar")


def stage_of_role(role: str) -> Stage | None:
    return STAGE_OF_ROLE.get(role)


def reviewable(actor: Actor) -> QuerySet[Inspection]:
    """The filings in reach, of rounds that are not being prepared, with the day that each waits for."""
    due_on = Case(
        When(state__in=BEFORE_HAND_IN, then=F("filing_due_on")),
        When(state__in=[*UNDER_REVIEW, State.RETURNED], then=F("step_due_on")),
        output_field=DateField(),
    )
    rows = scoped(Inspection, actor).exclude(round__state=RoundState.DRAFT)
    # What has no day comes last, on every database.
    ordered = Coalesce("due_on", Value(date.max), output_field=DateField())
    return rows.annotate(due_on=due_on).annotate(due_order=ordered).select_related(*RELATED)


def queue_q(queue: str, role: str, today: date) -> Q:
    """What stands in a queue for a role. A reviewer's is about the own stage, a watcher's about all of them.

    Overdue: the last day of the step has passed, be it the reviewer's or the association's correction; for those who
    watch also what was never handed in.
    """
    stage = stage_of_role(role)
    late = Q(step_due_on__lt=today)
    if stage is None:
        return {
            Queue.MINE: NOTHING,
            Queue.UNIT: Q(),
            Queue.OVERDUE: Q(state__in=[*UNDER_REVIEW, State.RETURNED]) & late
            | Q(state__in=BEFORE_HAND_IN, filing_due_on__lt=today),
            Queue.RETURNED: Q(state=State.RETURNED),
            Queue.DONE: Q(state=State.CONCLUDED),
        }[Queue(queue)]
    mine, back = Q(state=STAGE_STATES[stage]), Q(state=State.RETURNED, returned_from=stage)
    given = Q(Exists(Opinion.objects.filter(inspection=OuterRef("pk"), stage=stage)))
    done = Q(state=State.CONCLUDED) if stage == Stage.REGISTRAR else given & ~mine & ~back
    return {
        Queue.MINE: mine,
        Queue.UNIT: Q(),
        Queue.OVERDUE: (mine | back) & late,
        Queue.RETURNED: back,
        Queue.DONE: done,
    }[Queue(queue)]


def queues_of(role: str) -> list[tuple[Queue, str]]:
    """The queues that a role has, by name."""
    if stage_of_role(role) is not None:
        return list(QUEUE_LABELS.items())
    labels = QUEUE_LABELS | {Queue.UNIT: "范围内全部"}
    return [(queue, label) for queue, label in labels.items() if queue != Queue.MINE]


def counts(actor: Actor, today: date) -> Mapping[Queue, int]:
    """How many filings stand in each queue of the actor; one query, and exactly as many as the list shows."""
    asked = {queue: Count("pk", filter=queue_q(queue, actor.role, today)) for queue, _label in queues_of(actor.role)}
    rows = scoped(Inspection, actor).exclude(round__state=RoundState.DRAFT).order_by()
    found = rows.aggregate(**{str(queue): count for queue, count in asked.items()})
    return {queue: found[str(queue)] for queue in asked}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of the home page: what it counts is what its query lists. `state`: a stage, for those who watch."""

    key: str
    label: str
    queue: Queue
    state: str = ""
    note: str = ""
    is_late: bool = False

    @property
    def query(self) -> Mapping[str, str]:
        found = {"queue": str(self.queue)}
        return {**found, "state": self.state} if self.state else found


CARDS = (
    Card("mine", "待我审核", Queue.MINE, note="按到期先后排列"),
    Card("with_supervisor", "初审中", Queue.UNIT, State.WITH_SUPERVISOR, note="业务主管单位"),
    Card("with_committee", "党建内容审核中", Queue.UNIT, State.WITH_COMMITTEE, note="综合（行业）党委"),
    Card("with_registrar", "审查中", Queue.UNIT, State.WITH_REGISTRAR, note="登记管理机关"),
    Card("returned", "退回待补正", Queue.RETURNED, note="等待社会组织补正"),
    Card("overdue", "已逾期", Queue.OVERDUE, note="审核或补正超过期限", is_late=True),
)


def card_counts(actor: Actor, today: date) -> Mapping[str, int]:
    """The figures of the home page, one query; a reviewer has no figures of the stages of others."""
    is_reviewer = stage_of_role(actor.role) is not None
    asked = {
        card.key: queue_q(card.queue, actor.role, today) & (Q(state=card.state) if card.state else Q())
        for card in CARDS
        if not (card.state if is_reviewer else card.queue == Queue.MINE)
    }
    rows = scoped(Inspection, actor).exclude(round__state=RoundState.DRAFT).order_by()
    return rows.aggregate(**{key: Count("pk", filter=one) for key, one in asked.items()})


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a filing stands among those of its queue; its own place is 0 when it is no longer among them."""

    place: int
    total: int
    previous: int | None
    following: int | None


def neighbours(rows: QuerySet[Any], one: Any) -> Neighbours:
    """The filings before and after `one` by due day and key; filings without a day come last."""
    keys: list[Any] = list(rows.order_by().values_list("due_order", "pk"))
    own = (one.due_order, one.pk)
    before = [key for key in keys if key < own]
    after = [key for key in keys if key > own]
    return Neighbours(
        place=len(before) + 1 if own in keys else 0,
        total=len(keys),
        previous=max(before)[1] if before else None,
        following=min(after)[1] if after else None,
    )
