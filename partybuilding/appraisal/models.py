"""民主评议党员 of a year, and the reports that are handed in and rated once a year. Inner-Party data: `ROSTER` only."""

from django.db import models
from django.db.models import F, Q

from associations.registry.models import Department
from partybuilding.appraisal.enums import Level, MemberGrading, Paper, PaperState, Rating
from partybuilding.life.models import of_own_bodies
from partybuilding.members.models import ROSTER, PartyMember
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import NOTHING, GuardedModel
from portal.workflow.models import Versioned, WorkflowModel


class MemberReview(Versioned):
    """民主评议党员 of one organisation in one year: who took part, how many got which grade."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="member_reviews", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    held_on = models.DateField("评议日期")
    member_count = models.PositiveIntegerField("党员总数")
    probationary_count = models.PositiveIntegerField("其中预备党员", default=0)
    participant_count = models.PositiveIntegerField("参加评议人数")
    excellent_count = models.PositiveIntegerField("优秀", default=0)
    competent_count = models.PositiveIntegerField("合格", default=0)
    basic_count = models.PositiveIntegerField("基本合格", default=0)
    failing_count = models.PositiveIntegerField("不合格", default=0)
    note = models.CharField("处置和整改", max_length=500, blank=True)
    recorded_by = models.CharField("登记人", max_length=200, editable=False)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = verbose_name_plural = "民主评议"
        ordering = ["organization", "-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"],
                name="member_review_year",
                violation_error_message="这一年度的民主评议已登记。需要更正的请在原记录上修改。",
            ),
            models.CheckConstraint(
                condition=Q(participant_count__lte=F("member_count"), probationary_count__lte=F("member_count"))
                & Q(
                    member_count__gte=F("probationary_count")
                    + F("excellent_count")
                    + F("competent_count")
                    + F("basic_count")
                    + F("failing_count")
                ),
                name="member_review_counts",
                violation_error_message="党员总数、预备党员、参加评议和各等次人数不相符。请核对。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度民主评议"

    @property
    def graded_count(self) -> int:
        return self.excellent_count + self.competent_count + self.basic_count + self.failing_count

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_own_bodies(actor)


class MemberGrade(GuardedModel):
    """The grade of one full member; only where the organisation keeps its roster and graded by name."""

    review = models.ForeignKey(MemberReview, on_delete=models.CASCADE, related_name="grades", verbose_name="民主评议")
    member = models.ForeignKey(PartyMember, on_delete=models.PROTECT, related_name="grades", verbose_name="党员")
    grade = models.CharField("等次", max_length=16, choices=MemberGrading)

    class Meta:
        verbose_name = verbose_name_plural = "评议等次"
        ordering = ["review", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "member"], name="member_grade_once")]

    def __str__(self) -> str:
        return self.get_grade_display()

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return (
            Q(review__in=MemberReview.objects.filter(MemberReview.scope_q(actor))) if actor.role in ROSTER else NOTHING
        )


class YearlyReport(WorkflowModel):
    """A report of a year, handed in by an organisation or a committee and rated by the body above it."""

    state = models.CharField(
        "状态", max_length=24, choices=PaperState, default=PaperState.SUBMITTED, editable=False, db_index=True
    )
    paper = models.CharField("类别", max_length=16, choices=Paper)
    level = models.CharField("层级", max_length=16, choices=Level)
    organization = models.ForeignKey(
        PartyOrganization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="yearly_reports",
        verbose_name="党组织",
    )
    committee = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="综合（行业）党委"
    )
    year = models.PositiveSmallIntegerField("年度")
    reported_on = models.DateField("报告日期")
    rating = models.CharField("评议结果", max_length=16, choices=Rating, blank=True)
    rated_on = models.DateField("评议日期", null=True, blank=True)
    rated_at = models.DateTimeField("评议登记时间", null=True, blank=True, editable=False)
    rated_by = models.CharField("评议单位", max_length=200, blank=True)
    comment = models.CharField("评议意见", max_length=500, blank=True)
    submitted_by = models.CharField("提交人", max_length=200, editable=False)
    submitted_at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = verbose_name_plural = "年度报告"
        ordering = ["-year", "paper", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=Level.ORGANIZATION, organization__isnull=False, committee=None)
                | Q(level=Level.COMMITTEE, organization=None, committee__isnull=False),
                name="yearly_report_level",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=PaperState.RATED) & ~Q(rating="") & Q(rated_on__isnull=False, rated_at__isnull=False)
                )
                | (~Q(state=PaperState.RATED) & Q(rating="", rated_on=None)),
                name="yearly_report_rated",
            ),
            models.CheckConstraint(
                condition=Q(rated_on=None) | Q(rated_on__gte=F("reported_on")),
                name="yearly_report_dates",
                violation_error_message="评议日期早于报告日期。请核对两个日期。",
            ),
            models.UniqueConstraint(
                fields=["paper", "organization", "year"],
                name="yearly_report_organization",
                violation_error_message="这一年度的报告已提交。需要修改的请打开原报告。",
            ),
            models.UniqueConstraint(
                fields=["paper", "committee", "year"],
                name="yearly_report_committee",
                violation_error_message="这一年度的报告已提交。需要修改的请打开原报告。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度{self.get_paper_display()}"

    @property
    def reporter(self) -> PartyOrganization | Department:
        found = self.organization or self.committee
        assert found is not None  # noqa: S101  a constraint says so
        return found

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """An organisation's like its other inner data; a committee's for itself, for those above it and its place."""
        found = of_own_bodies(actor)
        if actor.role == Role.PARTY_COMMITTEE:
            return found | Q(committee__in=actor.scope.department_pks)
        if actor.role == Role.REGIONAL_OFFICE:
            return found | Q(committee__region__path__startswith=actor.scope.path)
        return found


class ReportSection(GuardedModel):
    """One section of a yearly report; which sections there are is dated data (`appraisal.section.*`)."""

    report = models.ForeignKey(YearlyReport, on_delete=models.CASCADE, related_name="sections", verbose_name="报告")
    code = models.CharField("代码", max_length=60)
    label = models.CharField("内容", max_length=80)
    text = models.CharField("正文", max_length=2000)

    class Meta:
        verbose_name = verbose_name_plural = "报告内容"
        ordering = ["report", "code"]
        constraints = [
            models.UniqueConstraint(fields=["report", "code"], name="report_section_once"),
            models.CheckConstraint(condition=~Q(text=""), name="report_section_text"),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return (
            Q(report__in=YearlyReport.objects.filter(YearlyReport.scope_q(actor))) if actor.role in ROSTER else NOTHING
        )
