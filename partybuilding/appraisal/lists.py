"""Lists of a year: who reviewed its members, who reported and was rated; the numbers over them open them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html

from associations.registry.models import Department
from partybuilding.appraisal.enums import (
    PROGRESS_TONES,
    REVIEW_TONES,
    Paper,
    Progress,
    Rating,
    ReviewState,
)
from partybuilding.appraisal.filters import CommitteePaperFilter, OfYear, PaperFilter, ReviewFilter
from partybuilding.appraisal.models import MemberReview
from partybuilding.appraisal.rules import day_after_year, review_state
from partybuilding.appraisal.selectors import (
    due_by,
    owing_reports,
    owing_reviews,
    progress_is,
    reporting_committees,
    review_rules,
    with_report,
    with_review,
)
from partybuilding.members.models import ROSTER
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.services import RECORDERS
from partybuilding.organizations.views import LIST, PAGE
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.screens.columns import BulkAction, Column, Empty, PageAction
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing

TAB = "?tab=appraisal"
COMMITTEES = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.REGIONAL_OFFICE}


def name_column() -> Column:
    return Column("name", "党组织名称", link=lambda row: reverse(PAGE, args=[row.pk]) + TAB, sort="name", card="title")


COMMITTEE = Column("committee", "综合（行业）党委", value="committee.name", sort="committee__name")


class YearList(ListScreen):
    """What the lists of a year share: the chosen year, and the numbers of each state beside their links."""

    policy = Policy(ROSTER)
    default_order = ("name", "pk")
    shows_as_of = True
    unit = "个"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))] if self.actor.role in COMMITTEES else []

    @property
    def year(self) -> int:
        assert isinstance(self.filterset, OfYear)  # noqa: S101  declared by the subclasses
        return self.filterset.chosen


class ReviewList(YearList):
    """民主评议党员 of a year (R-088)."""

    title = "民主评议党员"
    model = PartyOrganization
    filterset_class = ReviewFilter
    empty = Empty("没有应开展民主评议的党组织。")
    bulk_actions = (BulkAction("urge", "催办", "partybuilding:review_urge", roles=RECORDERS),)
    columns = (
        name_column(),
        COMMITTEE,
        Column(
            "state",
            "开展情况",
            value=lambda row: row.state,
            kind="state",
            tone=lambda row: REVIEW_TONES[row.state],
            card="tag",
        ),
        Column(
            "held_on",
            "评议日期",
            value=lambda row: row.review.held_on if row.review else None,
            kind="date",
            link=lambda row: reverse("partybuilding:member_review", args=[row.review.pk]) if row.review else None,
        ),
        Column(
            "participants", "参加/党员（人）", value=lambda row: _of(row.review, "participant_count", "member_count")
        ),
        Column("excellent", "优秀/评定（人）", value=lambda row: _of(row.review, "excellent_count", "graded_count")),
        Column("competent", "合格", value=lambda row: _count(row.review, "competent_count"), kind="number"),
        Column("basic", "基本合格", value=lambda row: _count(row.review, "basic_count"), kind="number"),
        Column("failing", "不合格", value=lambda row: _count(row.review, "failing_count"), kind="number"),
    )

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        rows = owing_reviews(super().get_queryset(actor), self._year(), self.as_of).select_related("committee")
        return with_review(rows, self._year())

    def _year(self) -> int:
        # The filter set is made with these rows: the year is read from the query beforehand.
        return chosen_year(self)

    def list_notes(self) -> list[str]:
        if self.filter_errors:
            return []
        rules = review_rules(self.as_of)
        rows = self.others("state")
        counted = rows.aggregate(all=Count("pk"), done=Count("pk", filter=Q(review_pk__isnull=False)))
        total = counted["all"]
        # Those that have not are either all late or all not late yet.
        left = review_state(False, self.year, self.as_of, rules.due_by)
        counts = {ReviewState.DONE: counted["done"], left: total - counted["done"]}
        reviewed = scoped(MemberReview, self.actor).filter(year=self.year, organization__in=rows.values("pk"))
        people = reviewed.order_by().aggregate(all=Sum("member_count"), there=Sum("participant_count"))
        members = Rate(people["there"] or 0, people["all"] or 0)
        done = Rate(counts[ReviewState.DONE], total)
        return [
            self.counted(counts),
            f"{self.year} 年度：{done.display()} 的党组织已开展（{done.numerator}/{done.denominator}），"
            f"党员参加率 {members.display()}（{members.numerator}/{members.denominator}）。"
            f"优秀不超过评定人数的三分之一；最迟 {day_after_year(self.year, rules.due_by).isoformat()} 完成。",
        ]

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = scoped(MemberReview, self.actor).filter(pk__in=[row.review_pk for row in rows if row.review_pk])
        reviews = {one.pk: one for one in found}
        by = review_rules(self.as_of).due_by
        for row in rows:
            row.review = reviews.get(row.review_pk)
            row.state = review_state(row.review is not None, self.year, self.as_of, by)
        return rows


def chosen_year(screen: ListScreen) -> int:
    """The year of a list, before its rows are made."""
    assert screen.filterset_class is not None  # noqa: S101  declared by the subclasses
    empty = screen.model._default_manager.none()
    found = screen.filterset_class(
        screen.request.GET, empty, request=screen.request, actor=screen.actor, as_of=screen.as_of
    )
    assert isinstance(found, OfYear)  # noqa: S101
    return found.chosen


def _of(row: Any, part: str, whole: str) -> str | None:
    return f"{getattr(row, part)}/{getattr(row, whole)}" if row else None


def _count(row: Any, name: str) -> int | None:
    return getattr(row, name) if row else None


def progress_of(row: Any) -> Progress:
    return Progress(row.report_state) if row.report_state else Progress.MISSING


def report_url(row: Any) -> str | None:
    return reverse("partybuilding:yearly_report", args=[row.report_pk]) if row.report_pk else None


PROGRESS = (
    Column(
        "progress",
        "进度",
        value=progress_of,
        kind="state",
        tone=lambda row: PROGRESS_TONES[progress_of(row)],
        link=report_url,
        card="tag",
    ),
    Column("rating", "评议结果", value=lambda row: Rating(row.report_rating).label if row.report_rating else None),
    Column("rated_on", "评议日期", value="rated_day", kind="date", sort="rated_day"),
)


class PaperList(YearList):
    """Reports of organisations to their committees."""

    model: ClassVar[Any] = PartyOrganization
    filterset_class = PaperFilter
    paper: ClassVar[Paper] = Paper.DUTY
    owner: ClassVar[str] = "organization"
    columns = (name_column(), COMMITTEE, *PROGRESS)
    empty = Empty("没有应当述职的党组织。")
    bulk_actions: ClassVar[Sequence[BulkAction]] = (
        BulkAction("urge", "催办", "partybuilding:duty_urge", roles=RECORDERS),
    )
    title = "党组织书记述职评议"
    actions: ClassVar[Sequence[PageAction]] = (
        PageAction("党委书记述职", "partybuilding:committee_duty_reports", roles=COMMITTEES, primary=False),
        PageAction("作用发挥评估", "partybuilding:role_effects", roles=ROSTER, primary=False),
    )

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        year = chosen_year(self)
        rows = owing_reports(super().get_queryset(actor), year, self.as_of).select_related("committee")
        return with_report(rows, self.paper, year, self.owner)

    def list_notes(self) -> list[str]:
        if self.filter_errors:
            return []
        rows = self.others("progress")
        last = day_after_year(self.year, due_by(self.paper, self.as_of))
        counts = rows.aggregate(
            **{state: Count("pk", filter=progress_is(state)) for state in Progress},
            on_time=Count("pk", filter=Q(report_state=Progress.RATED, rated_day__lte=last)),
        )
        total = sum(counts[state] for state in Progress)
        done, timely = Rate(counts[Progress.RATED], total), Rate(counts["on_time"], total)
        return [
            self.counted({state: counts[state] for state in Progress}, "progress"),
            format_html(
                "{} 年度：完成率 {}（{}/{}），其中按期完成 {}（{}/{}）。已提交并评议的计为完成，最迟 {} 完成。",
                self.year,
                done.display(),
                done.numerator,
                done.denominator,
                timely.display(),
                timely.numerator,
                timely.denominator,
                last.isoformat(),
            ),
        ]


class RoleEffectList(PaperList):
    """The yearly assessment of what organisations contribute (P-78, P-80)."""

    title = "党组织作用发挥评估"
    paper = Paper.ROLE_EFFECT
    empty = Empty("没有应当评估的党组织。")
    bulk_actions = (BulkAction("urge", "催办", "partybuilding:effect_urge", roles=RECORDERS),)
    actions = (PageAction("述职评议", "partybuilding:duty_reports", roles=ROSTER, primary=False),)


class CommitteeDutyList(PaperList):
    """Reports of committees to the 两新工委 (P-27)."""

    policy = Policy(COMMITTEES)
    title = "党委书记述职评议"
    model = Department
    filterset_class = CommitteePaperFilter
    owner = "committee"
    columns = (
        Column("name", "综合（行业）党委", link=report_url, sort="name", card="title"),
        Column("parent", "向其述职", value=lambda row: row.parent.name if row.parent else Missing.NOT_REPORTED),
        *PROGRESS,
    )
    empty = Empty("没有应当述职的党委。")
    bulk_actions = ()
    actions = (PageAction("党组织书记述职", "partybuilding:duty_reports", roles=ROSTER, primary=False),)

    def page_actions(self) -> Any:
        own = (PageAction("提交本党委述职", "partybuilding:committee_report_new", roles={Role.PARTY_COMMITTEE}),)
        return (*own, *self.actions)

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = reporting_committees(actor, self.as_of).select_related("parent")
        return with_report(rows, self.paper, chosen_year(self), self.owner)
