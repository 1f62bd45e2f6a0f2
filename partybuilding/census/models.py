"""A census (摸底调查, P-64): what every committee and city found of its associations beside what the register says."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from partybuilding.census.enums import Aspect, CensusState, RowState
from partybuilding.census.rules import Standing
from partybuilding.closing.answering import AnsweringUnit, KeptAssociation, one_body, unit_reach
from partybuilding.closing.enums import UnitState
from partybuilding.closing.models import of_closers
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.notices.calls import Call, promise_kept
from portal.regulations.enums import Confidence
from portal.workflow.models import Versioned, WorkflowModel


class ProblemKind(models.Model):
    """A kind of problem that a census looks for, with what helps: reference data, so the manager is not guarded."""

    code = models.CharField(max_length=32, unique=True)
    number = models.PositiveSmallIntegerField("次序")
    label = models.CharField("问题", max_length=40)
    hint = models.CharField("判断", max_length=200)
    remedy = models.CharField("对策", max_length=200)
    source = models.CharField("依据", max_length=200)
    confidence = models.CharField("核对程度", max_length=10, choices=Confidence)
    is_active = models.BooleanField("使用中", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "摸底问题类别"
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return self.label


class Census(WorkflowModel):
    """One round: what the register says on a day is checked by everybody who answers, by a set day."""

    state = models.CharField("状态", max_length=24, choices=CensusState, default=CensusState.OPEN, editable=False)
    title = models.CharField("名称", max_length=80)
    number = models.CharField("依据文号", max_length=80)
    request = models.TextField("调查要求", max_length=1000, blank=True)
    as_of = models.DateField(
        "登记数截至",
        unique=True,
        error_messages={"unique": "已有一次摸底调查以这一天的登记数为底数。请改填日期。"},
    )
    opens_on = models.DateField("开始日期")
    due_on = models.DateField("报送截止日期")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="部署人"
    )
    prepared_at = models.DateTimeField("名单生成时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "摸底调查"
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CensusState.OPEN, closed_at=None)
                | Q(state=CensusState.CLOSED, closed_at__isnull=False),
                name="census_state_stamps",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="census_days",
                violation_error_message="报送截止日期早于开始日期。请核对两个日期。",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=CensusState.OPEN),
                name="census_one_open",
                violation_error_message="上一次摸底调查还没有办结。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.state == CensusState.CLOSED

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_closers(actor)


class CensusUnit(AnsweringUnit):
    """A body with the associations it is asked about."""

    census = models.ForeignKey(Census, on_delete=models.CASCADE, related_name="units", verbose_name="摸底调查")
    state = models.CharField("状态", max_length=24, choices=UnitState, default=UnitState.AWAITING, editable=False)
    summary = models.TextField("主要症结和对策", max_length=1000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "摸底调查单位"
        ordering = ["census", "label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["census", "key"], name="census_unit_key"),
            one_body("census_unit_body"),
            models.CheckConstraint(
                condition=Q(state=UnitState.AWAITING, confirmed_at=None, reopened_at=None)
                | (~Q(state=UnitState.AWAITING) & Q(confirmed_at__isnull=False) & ~Q(summary="")),
                name="census_unit_confirmed",
                violation_error_message="确认报送须写明主要症结和对策。",
            ),
            models.CheckConstraint(
                condition=~Q(state=UnitState.REOPENED) | Q(reopened_at__isnull=False), name="census_unit_reopened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.census}）"

    @property
    def asking(self) -> Census:
        return self.census

    @property
    def task_title(self) -> str:
        return f"{self.census}：核对{self.label}名单"

    @property
    def url(self) -> str:
        return reverse("partybuilding:census_unit", args=[self.pk])

    @property
    def asking_url(self) -> str:
        return reverse("partybuilding:census", args=[self.census_id])


class CensusCall(Call):
    """A call that urged a unit to report."""

    unit = models.ForeignKey(CensusUnit, on_delete=models.CASCADE, related_name="calls", verbose_name="调查单位")

    class Meta:
        verbose_name = verbose_name_plural = "摸底调查催报电话"
        ordering = ["unit", "-called_at", "-pk"]
        constraints = [promise_kept("census_call_promise")]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_result_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Notes of the department that urges."""
        return EVERYTHING if actor.role in DEPARTMENT else NOTHING


class CensusRow(KeptAssociation, Versioned):
    """One association of a unit: what the register said on the day, and whether that was found to be so."""

    unit = models.ForeignKey(CensusUnit, on_delete=models.CASCADE, related_name="rows", verbose_name="调查单位")
    state = models.CharField("核对情况", max_length=16, choices=RowState, default=RowState.UNCHECKED)
    note = models.CharField("依据和说明", max_length=300, blank=True)
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    checked_label = models.CharField("核对单位", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "摸底调查名单"
        ordering = ["unit", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "association"], name="census_row_once"),
            models.CheckConstraint(
                condition=Q(state=RowState.UNCHECKED, checked_at=None)
                | (~Q(state=RowState.UNCHECKED) & Q(checked_at__isnull=False)),
                name="census_row_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state=RowState.DIFFERS) | ~Q(note=""),
                name="census_row_note",
                violation_error_message="与登记有出入的，须写明依据。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="census_row_state")]

    @property
    def registered(self) -> Standing:
        """What the register said on the day: only what counted then is on a list."""
        return Standing(
            cover=self.cover,
            has_instructor=self.has_instructor,
            has_group=self.has_group,
            relation_count=self.relation_count,
            working_count=self.working_count,
        )

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Through the unit that is asked: its answer stays its own when the association moves on."""
        return unit_reach(actor, "unit__")


class CensusDifference(GuardedModel):
    """One aspect in which what was found differs from the register."""

    row = models.ForeignKey(CensusRow, on_delete=models.CASCADE, related_name="differences", verbose_name="社会组织")
    aspect = models.CharField("项目", max_length=16, choices=Aspect)
    registered = models.CharField("登记", max_length=24)
    found = models.CharField("查得", max_length=24)

    class Meta:
        verbose_name = verbose_name_plural = "摸底出入"
        ordering = ["row", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["row", "aspect"], name="census_difference_once"),
            models.CheckConstraint(condition=~Q(registered=F("found")), name="census_difference_differs"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.get_aspect_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return unit_reach(actor, "row__unit__")


class CensusProblem(GuardedModel):
    """One problem that was found in an association (找症结)."""

    row = models.ForeignKey(CensusRow, on_delete=models.CASCADE, related_name="problems", verbose_name="社会组织")
    kind = models.ForeignKey(ProblemKind, on_delete=models.PROTECT, related_name="+", verbose_name="问题")

    class Meta:
        verbose_name = verbose_name_plural = "摸底问题"
        ordering = ["row", "kind__number", "pk"]
        constraints = [models.UniqueConstraint(fields=["row", "kind"], name="census_problem_once")]

    def __str__(self) -> str:
        return f"{self.row} {self.kind}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return unit_reach(actor, "row__unit__")
