"""How a campaign is guided: contact points and visits, inspections, rectification notices, the words of its report."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from associations.registry.models import Dated, Department
from campaigns.guidance.enums import InspectionKind, NoticeState
from campaigns.ledgers.models import through_unit
from campaigns.plans.models import Campaign, SteeringMember, Unit, run_by
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import Versioned, WorkflowModel


class ContactPoint(Dated):
    """A unit that a leader keeps in touch with (C-26, R-118): one of the leading group, or of the committee above."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="contact_points", verbose_name="单位")
    leader = models.ForeignKey(
        SteeringMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系领导"
    )
    # Of a committee's own point: a post held in office, no name.
    leader_post = models.CharField("联系领导（岗位）", max_length=60, blank=True)
    body = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="设立单位"
    )
    reason = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "联系点"
        ordering = ["unit", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(ends_on=None),
                name="contact_point_once",
                violation_error_message="这个单位已是联系点。需要更换联系领导的，请先撤销原联系点。",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) & (Q(ends_on=None) | ~Q(reason="")), name="contact_point_ended"
            ),
            models.CheckConstraint(
                condition=Q(leader__isnull=False, leader_post="", body=None)
                | (Q(leader=None, body__isnull=False) & ~Q(leader_post="")),
                name="contact_point_leader",
                violation_error_message="联系点须有一名联系领导。请选择或填写。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}联系点"

    @property
    def leader_words(self) -> str:
        """Who keeps in touch."""
        return f"{self.leader.name}（{self.leader.get_role_display()}）" if self.leader else self.leader_post

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class Visit(GuardedModel):
    """A visit of the leader to the contact point."""

    point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="visits", verbose_name="联系点")
    visited_on = models.DateField("走访日期")
    visitor = models.CharField("走访人（岗位）", max_length=60)
    text = models.CharField("了解的情况", max_length=1000)
    asked = models.CharField("提出的要求", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "联系点走访"
        ordering = ["point", "-visited_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "visited_on"],
                name="visit_once_a_day",
                violation_error_message="这一天的走访已登记。请核对日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visited_on.isoformat()} 走访"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(point__in=ContactPoint.objects.filter(ContactPoint.scope_q(actor)))


class CampaignInspection(Versioned):
    """An inspection of a campaign: a symposium, a regular visit, or a draw that anybody can repeat (C-27, R-143).

    A draw keeps its share, its seed and, as rows, everybody it was drawn from.
    """

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="campaign_inspections", verbose_name="活动"
    )
    # Without a body it is the inspection of whoever runs the campaign; else of a committee, of units below it.
    body = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="督查单位"
    )
    kind = models.CharField("方式", max_length=16, choices=InspectionKind)
    number = models.CharField("批次号", max_length=40)
    title = models.CharField("督查内容", max_length=120)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    share = models.DecimalField("抽取比例", max_digits=5, decimal_places=4, null=True, blank=True)
    seed = models.CharField("随机种子", max_length=64, blank=True, editable=False)
    drawn_at = models.DateTimeField("抽取时间", null=True, editable=False)
    summary = models.TextField("督查小结", max_length=3000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动督查"
        ordering = ["campaign", "-starts_on", "pk"]
        constraints = [
            # A seed follows from campaign and number: a number used twice would draw the same again.
            models.UniqueConstraint(
                fields=["campaign", "number"],
                name="campaign_inspection_number",
                violation_error_message="这个批次号已使用。请另编批次号。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaign_inspection_dates",
                violation_error_message="督查结束日期早于开始日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=(Q(kind=InspectionKind.DRAW, share__gt=0, share__lte=1, drawn_at__isnull=False) & ~Q(seed=""))
                | (~Q(kind=InspectionKind.DRAW) & Q(share=None, seed="", drawn_at=None)),
                name="campaign_inspection_draw",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Whoever runs the campaign, the inspecting committee, and those who reach an inspected unit."""
        return EVERYTHING if actor.role in DEPARTMENT else _read_by(actor)


def _inspected_by(actor: Actor, prefix: str = "") -> Q:
    """Inspections of the campaigns that the actor runs, and those of its own committee."""
    found = Q(**{f"{prefix}campaign__in": Campaign.objects.filter(run_by(actor))})
    if actor.role == Role.PARTY_COMMITTEE:
        found |= Q(**{f"{prefix}body__in": actor.scope.department_pks})
    return found


def _read_by(actor: Actor) -> Q:
    seen = InspectedUnit.objects.filter(InspectedUnit.scope_q(actor)).values("inspection")
    return _inspected_by(actor) | Q(pk__in=seen)


def _shown_to(actor: Actor) -> Q:
    return Q(is_chosen=True) | _inspected_by(actor, "inspection__")


class InspectedUnit(GuardedModel):
    """A unit of an inspection with what was found; of a draw also everybody who was not drawn."""

    inspection = models.ForeignKey(
        CampaignInspection, on_delete=models.CASCADE, related_name="inspected", verbose_name="督查"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="inspected", verbose_name="单位")
    stratum = models.CharField("分层", max_length=80, blank=True)
    is_chosen = models.BooleanField("抽中", default=True)
    visited_on = models.DateField("到访日期", null=True, blank=True)
    finding = models.CharField("督查情况", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督查单位"
        ordering = ["inspection", "-is_chosen", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "unit"],
                name="inspected_once",
                violation_error_message="这个单位已列入这次督查。",
            ),
            models.CheckConstraint(
                condition=Q(visited_on=None, finding="")
                | (Q(is_chosen=True, visited_on__isnull=False) & ~Q(finding="")),
                name="inspected_finding",
                violation_error_message="督查情况须有到访日期和内容，只登记抽中的单位。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Through the unit; who was not drawn concerns the inspectors only."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return through_unit(actor) & _shown_to(actor)


class RectificationNotice(WorkflowModel):
    """What a unit has to put right, by when; closed by whoever stands above it (C-28)."""

    state = models.CharField(
        "状态", max_length=24, choices=NoticeState, default=NoticeState.ISSUED, editable=False, db_index=True
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="notices", verbose_name="单位")
    inspected = models.ForeignKey(
        InspectedUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="督查"
    )
    number = models.CharField("文号", max_length=80, blank=True)
    issued_on = models.DateField("提出日期")
    due_on = models.DateField("整改期限")
    problem = models.CharField("存在问题", max_length=1000)
    requirement = models.CharField("整改要求", max_length=1000)
    answer = models.CharField("整改情况", max_length=2000, blank=True)
    answered_at = models.DateTimeField("报告时间", null=True, editable=False)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    judgement = models.CharField("销号或退回意见", max_length=500, blank=True)
    closed_at = models.DateTimeField("销号时间", null=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="提出人"
    )
    issued_label = models.CharField("提出单位", max_length=200)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改意见"
        ordering = ["unit", "-issued_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("issued_on")),
                name="notice_due",
                violation_error_message="整改期限应晚于提出日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=NoticeState.ISSUED) | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="notice_answered",
            ),
            models.CheckConstraint(
                condition=(Q(state=NoticeState.CLOSED, closed_at__isnull=False) & ~Q(judgement=""))
                | (~Q(state=NoticeState.CLOSED) & Q(closed_at=None)),
                name="notice_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}整改意见（{self.issued_on.isoformat()}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class ReportPart(Versioned):
    """The words of one part of a campaign's official report; the figures are put in when it is built."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="report_parts", verbose_name="活动")
    number = models.PositiveSmallIntegerField("序号")
    heading = models.CharField("标题", max_length=60)
    text = models.TextField("内容", max_length=4000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "汇报文字"
        ordering = ["campaign", "number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="report_part_once")]

    def __str__(self) -> str:
        return self.heading

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Words under way are of whoever runs the campaign."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(campaign__in=Campaign.objects.filter(run_by(actor)))
