"""The queues of reviewers, and of those who watch and urge."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE, Role
from portal.regulations.calendar import provisional_years
from portal.screens.columns import BulkAction, Column, Empty, PageAction
from portal.screens.lists import ListScreen
from portal.screens.screen import query_without
from supervision.inspections.enums import CONCLUSION_TONES, STATE_TONES, UNDER_REVIEW, Conclusion, InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import HOLDER
from supervision.reviews.enums import Queue
from supervision.reviews.filters import ReviewFilter
from supervision.reviews.selectors import counts, queue_q, queues_of, reviewable, stage_of_role

# States whose last day was counted in working days.
COUNTED = frozenset({*UNDER_REVIEW, InspectionState.RETURNED})
REVIEWERS = frozenset(str(role) for role in HOLDER.values())
NOTHING_LEFT = {
    Queue.MINE: "待审核的年检都处理完了。新报送的会出现在这里。",
    Queue.UNIT: "范围内还没有年检记录。批次启动后，应报送的社会组织会列在这里。",
    Queue.OVERDUE: "没有逾期的年检。",
    Queue.RETURNED: "没有退回后等待补正的年检。",
    Queue.DONE: "还没有办结的年检。",
}


def conclusion_of(row: Inspection) -> Conclusion | None:
    return Conclusion(row.conclusion) if row.conclusion else None


class ReviewQueue(ListScreen):
    """The filings of one queue, what waits longest first; the count beside each queue is the count of its list."""

    policy = Policy(WORKSPACE)
    title = "年检审核"
    template_name = "supervision/reviews/queue.html"
    unit = "件"
    model = Inspection
    filterset_class = ReviewFilter
    default_order = ("due_order", "pk")
    actions = (
        PageAction(
            "导入结论",
            "importing:new",
            query="kind=inspection_conclusions",
            roles=frozenset({str(Role.REGISTRAR)}),
            primary=False,
            icon="upload",
        ),
    )

    @cached_property
    def queue(self) -> Queue:
        """The queue asked for; the first of the role's own without one."""
        mine = [queue for queue, _label in queues_of(self.actor.role)]
        asked = self.request.GET.get("queue", "")
        return Queue(asked) if asked in mine else mine[0]

    def get_queryset(self, actor: Actor) -> QuerySet[Inspection]:
        return reviewable(actor).filter(queue_q(self.queue, actor.role, self.today))

    @property
    def empty(self) -> Empty:  # type: ignore[override]  # says why this very queue is empty
        return Empty(NOTHING_LEFT[self.queue])

    @property
    def bulk_actions(self) -> Sequence[BulkAction]:  # type: ignore[override]
        if self.queue != Queue.MINE or stage_of_role(self.actor.role) is None:
            return ()
        return (BulkAction("pass", "批量通过", "supervision:review_batch", roles=REVIEWERS),)

    def get_columns(self) -> Sequence[Column]:
        query = query_without(self.request.GET, "page", "size", "sort", "export", "from", queue=str(self.queue))

        def page(row: Any) -> str:
            return f"{reverse('supervision:review', args=[row.pk])}?{query}"

        columns = [
            Column("due_on", "到期", value=self._due, kind="deadline"),
            Column(
                "association", "社会组织", value="association.name", link=page, sort="association__name", card="title"
            ),
            Column("state", "环节", value=lambda row: InspectionState(row.state), kind="state", tone=_tone, card="tag"),
            Column("flags", "规则提示（条）", value="flag_count", kind="number", sort="flag_count"),
            Column("returns", "退回（次）", value="return_count", kind="number", sort="return_count"),
            Column("submitted_at", "报送时间", kind="datetime", sort="submitted_at"),
            Column("round", "批次", value="round.title", sort="round__report_year"),
            Column("number", "编号", css="code", card="hide"),
        ]
        if self.queue in {Queue.DONE, Queue.UNIT}:
            conclusion = Column(
                "conclusion",
                "年检结论",
                value=conclusion_of,
                kind="state",
                tone=lambda row: CONCLUSION_TONES[row.conclusion] if row.conclusion else "",
            )
            columns.insert(3, conclusion)
        return columns

    def _due(self, row: Any) -> tuple[Any, ...] | None:
        """The day, and that it rests on a calendar that is not published yet."""
        if row.due_on is None:
            return None
        is_counted = row.state in COUNTED and row.due_on.year in self._provisional_years
        return (row.due_on, self.today, "（暂定）") if is_counted else (row.due_on, self.today)

    @cached_property
    def _provisional_years(self) -> frozenset[int]:
        return provisional_years()

    def context(self) -> dict[str, Any]:
        found = counts(self.actor, self.today)
        return {
            "queues": [
                {
                    "label": label,
                    "count": found[queue],
                    "url": f"{self.request.path}?{urlencode({'queue': str(queue)})}",
                    "is_current": queue == self.queue,
                    "is_late": queue == Queue.OVERDUE and found[queue] > 0,
                }
                for queue, label in queues_of(self.actor.role)
            ]
        }


def _tone(row: Inspection) -> str:
    return STATE_TONES[InspectionState(row.state)]
