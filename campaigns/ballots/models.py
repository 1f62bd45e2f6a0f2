"""Mass appraisal: counts of paper ballots, and secret ballots by code.

Of a secret ballot there are no votes: a code is a row that goes when it is used, a vote is one more in a tally, and
both go when the ballot is counted. Nothing holds a code beside a choice, a person beside a code, or the hour of a vote.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from campaigns.ballots.enums import BallotState, Cell, Choice, Level, RateKind
from campaigns.methods.models import OfUnit, through_unit
from campaigns.plans.models import Method, Unit
from partybuilding.members.models import PartyMember
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import Versioned, WorkflowModel


class PaperCount(Versioned, OfUnit):
    """A count of paper ballots about a Party organisation, or about one of its members (C-46), by two tellers."""

    level = models.CharField("评议对象", max_length=16, choices=Level, default=Level.ORGANIZATION)
    member = models.ForeignKey(
        PartyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="党员"
    )
    held_on = models.DateField("评议日期")
    voter_count = models.PositiveIntegerField("应参加评议（人）")
    issued_count = models.PositiveIntegerField("发出（张）")
    returned_count = models.PositiveIntegerField("收回（张）")
    valid_count = models.PositiveIntegerField("有效（张）")
    satisfied_count = models.PositiveIntegerField("满意（张）")
    basic_count = models.PositiveIntegerField("基本满意（张）")
    dissatisfied_count = models.PositiveIntegerField("不满意（张）")
    # Tellers are employees of the association as often as members: there is no roster of employees to choose from.
    teller_one = models.CharField("计票人", max_length=40)
    teller_two = models.CharField("另一名计票人", max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="计票单照片")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "纸质评议票计票"
        ordering = ["unit", "method", "level", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "method"],
                condition=Q(level=Level.ORGANIZATION),
                name="paper_count_organization_once",
                violation_error_message="这个党组织的评议结果已登记。结果有误的，请先撤回。",
            ),
            models.UniqueConstraint(
                fields=["unit", "method", "member"],
                condition=Q(level=Level.MEMBER),
                name="paper_count_member_once",
                violation_error_message="这名党员的评议结果已登记。结果有误的，请先撤回。",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.ORGANIZATION, member=None) | Q(level=Level.MEMBER, member__isnull=False),
                name="paper_count_level",
                violation_error_message="评议党员的，须选择党员；评议党组织的不选。",
            ),
            models.CheckConstraint(
                condition=Q(
                    issued_count__lte=F("voter_count"),
                    returned_count__lte=F("issued_count"),
                    valid_count__lte=F("returned_count"),
                    valid_count=F("satisfied_count") + F("basic_count") + F("dissatisfied_count"),
                ),
                name="paper_count_adds_up",
                violation_error_message="发出、收回、有效与三项票数不符。请按计票单核对。",
            ),
            models.CheckConstraint(
                condition=~Q(teller_one=F("teller_two")),
                name="paper_count_two_tellers",
                violation_error_message="两名计票人不能是同一人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member or self.unit} 评议"


class Ballot(WorkflowModel):
    """A secret ballot of the masses about one unit; what it asks, when, and what may be said of it afterwards."""

    state = models.CharField(
        "状态", max_length=24, choices=BallotState, default=BallotState.PREPARED, editable=False, db_index=True
    )
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="ballots", verbose_name="单位")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="ballots", verbose_name="推进方式")
    title = models.CharField("评议事项", max_length=120)
    voter_count = models.PositiveIntegerField("应参加评议（人）")
    minimum_count = models.PositiveIntegerField("最少票数（张）")
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("结束时间")
    teller_one = models.CharField("监票人", max_length=40)
    teller_two = models.CharField("另一名监票人", max_length=40)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="选票"
    )
    printed_at = models.DateTimeField("选票生成时间", null=True, editable=False)
    fetched_at = models.DateTimeField("选票取走时间", null=True, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="组织人"
    )
    created_at = models.DateTimeField("登记时间")
    counted_at = models.DateTimeField("计票时间", null=True, editable=False)
    cancelled_at = models.DateTimeField("撤销时间", null=True, editable=False)
    cast_count = models.PositiveIntegerField("投票（张）", null=True, editable=False)
    rate_kind = models.CharField("满意率", max_length=16, choices=RateKind, blank=True, editable=False)
    content_count = models.PositiveIntegerField("满意和基本满意（张）", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "投票评议"
        ordering = ["unit", "-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "method"],
                condition=Q(state=BallotState.PREPARED),
                name="ballot_one_open",
                violation_error_message="已有一场没有计票的投票。请等它结束，或先撤销。",
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="ballot_times"),
            models.CheckConstraint(
                condition=Q(minimum_count__gte=1, minimum_count__lte=F("voter_count")), name="ballot_minimum"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[BallotState.PREPARED, BallotState.CANCELLED], counted_at=None, cast_count=None)
                | Q(
                    state__in=[BallotState.COUNTED, BallotState.VOID],
                    counted_at__gte=F("closes_at"),
                    cast_count__isnull=False,
                ),
                name="ballot_counted_after_closing",
            ),
            models.CheckConstraint(
                condition=Q(state=BallotState.COUNTED, content_count__isnull=False)
                | (~Q(state=BallotState.COUNTED) & Q(content_count=None, rate_kind="")),
                name="ballot_result_of_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class BallotCode(GuardedModel):
    """A code that has not been used, by its keyed hash; used, it is no more. Nobody's to look at."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "未用的投票码"

    def __str__(self) -> str:
        return "投票码"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING


class BallotTally(GuardedModel):
    """How many chose what, until the ballot is counted. Nobody's to look at."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="tallies")
    choice = models.CharField(max_length=16, choices=Choice)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "投票累计"
        constraints = [models.UniqueConstraint(fields=["ballot", "choice"], name="ballot_tally_once")]

    def __str__(self) -> str:
        return "投票累计"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING


class BallotResult(GuardedModel):
    """A published cell of a counted ballot."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="results")
    number = models.PositiveSmallIntegerField("序号")
    cell = models.CharField("选项", max_length=24, choices=Cell)
    count = models.PositiveIntegerField("票数（张）")

    class Meta:
        verbose_name = verbose_name_plural = "投票结果"
        ordering = ["ballot", "number"]
        constraints = [models.UniqueConstraint(fields=["ballot", "cell"], name="ballot_result_once")]

    def __str__(self) -> str:
        return f"{self.get_cell_display()} {self.count}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(ballot__in=Ballot.objects.filter(Ballot.scope_q(actor)))
