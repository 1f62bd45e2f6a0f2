"""The monthly close: who confirms, the kept facts of each edition, the ledger, and corrections with documents."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from associations.registry.models import Association, through_association
from partybuilding.closing.answering import AnsweringUnit, KeptAssociation, one_body
from partybuilding.closing.enums import CloseState, How, Reason, UnitState
from partybuilding.closing.transitions import CLOSERS
from partybuilding.coverage.enums import Measure
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.notices.calls import Call, promise_kept
from portal.reporting.models import ReportRun
from portal.workflow.models import WorkflowModel


def of_closers(actor: Actor) -> Q:
    return EVERYTHING if actor.role in CLOSERS else NOTHING


class Close(WorkflowModel):
    """The two coverages of one month: what every unit confirmed by its last day, issued once."""

    state = models.CharField("状态", max_length=24, choices=CloseState, default=CloseState.OPEN, editable=False)
    month = models.CharField(
        "月份",
        max_length=7,
        unique=True,
        error_messages={"unique": "这个月的月报已经建立。请打开已有的月报。"},
    )
    as_of = models.DateField("数据截至")
    opens_on = models.DateField("开始确认日期")
    due_on = models.DateField("确认截止日期")
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor", verbose_name="上期"
    )
    final = models.OneToOneField(
        "CloseEdition", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发的一版"
    )
    opened_at = models.DateTimeField("建立时间")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="建立人",
    )
    prepared_at = models.DateTimeField("名单生成时间", null=True, blank=True)
    issued_at = models.DateTimeField("签发时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "两个覆盖月报"
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CloseState.OPEN, issued_at=None, final=None)
                | Q(state=CloseState.ISSUED, issued_at__isnull=False, final__isnull=False),
                name="close_state_stamps",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("opens_on")), name="close_days"),
        ]

    def __str__(self) -> str:
        return f"{self.label}两个覆盖月报"

    @property
    def label(self) -> str:
        """2026年11月."""
        year, month = self.month.split("-")
        return f"{year}年{int(month)}月"

    @property
    def is_issued(self) -> bool:
        return self.state == CloseState.ISSUED

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_closers(actor)


class CloseUnit(AnsweringUnit):
    """A body that confirms the list of the associations it answers for: a committee, or a city for what has none."""

    close = models.ForeignKey(Close, on_delete=models.CASCADE, related_name="units", verbose_name="月报")
    state = models.CharField("状态", max_length=24, choices=UnitState, default=UnitState.AWAITING, editable=False)
    how = models.CharField("确认方式", max_length=16, choices=How, blank=True)
    change_count = models.PositiveIntegerField("变化数", default=0)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "月报确认单位"
        ordering = ["close", "label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["close", "key"], name="close_unit_key"),
            one_body("close_unit_body"),
            models.CheckConstraint(
                condition=Q(state=UnitState.AWAITING, confirmed_at=None, reopened_at=None)
                | (~Q(state=UnitState.AWAITING) & Q(confirmed_at__isnull=False) & ~Q(fingerprint="") & ~Q(how="")),
                name="close_unit_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state=UnitState.REOPENED) | Q(reopened_at__isnull=False), name="close_unit_reopened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.close.label}）"

    @property
    def asking(self) -> Close:
        return self.close

    @property
    def task_title(self) -> str:
        return f"确认{self.close}名单：{self.label}"

    @property
    def url(self) -> str:
        return reverse("partybuilding:close_unit", args=[self.pk])

    @property
    def asking_url(self) -> str:
        return reverse("partybuilding:close", args=[self.close_id])


class UnitCall(Call):
    """A call that urged a unit to confirm."""

    unit = models.ForeignKey(CloseUnit, on_delete=models.CASCADE, related_name="calls", verbose_name="确认单位")

    class Meta:
        verbose_name = verbose_name_plural = "月报催报电话"
        ordering = ["unit", "-called_at", "-pk"]
        constraints = [promise_kept("unit_call_promise")]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_result_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Notes of the department that urges."""
        return EVERYTHING if actor.role in DEPARTMENT else NOTHING


class CloseEdition(GuardedModel):
    """One keeping of a close's facts; 0 is what the very first close opened with, 1 is its first draft."""

    close = models.ForeignKey(Close, on_delete=models.CASCADE, related_name="editions", verbose_name="月报")
    number = models.PositiveIntegerField("版次")
    run = models.OneToOneField(
        ReportRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报告"
    )
    made_at = models.DateTimeField("留存时间")
    correction_count = models.PositiveIntegerField("更正件数", default=0)
    in_scope = models.PositiveIntegerField("纳入统计", default=0)
    covered = models.PositiveIntegerField("组织已覆盖", default=0)
    work_covered = models.PositiveIntegerField("工作已覆盖", default=0)
    own = models.PositiveIntegerField("单独组建", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "月报留存"
        ordering = ["close", "number"]
        constraints = [models.UniqueConstraint(fields=["close", "number"], name="close_edition_number")]

    def __str__(self) -> str:
        return f"{self.close} 第{self.number}版"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Totals of the whole province."""
        return EVERYTHING if actor.role in DEPARTMENT else NOTHING


class CloseRow(KeptAssociation):
    """One association that counts in an edition; none for one that does not count."""

    edition = models.ForeignKey(CloseEdition, on_delete=models.CASCADE, related_name="rows", verbose_name="留存")
    unit_key = models.CharField("确认单位", max_length=24)
    is_carried = models.BooleanField("沿用上月", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "月报留存名单"
        ordering = ["edition", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "association"], name="close_row_once")]
        indexes = [models.Index(fields=["edition", "unit_key"], name="close_row_unit")]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor) if actor.role in CLOSERS else NOTHING


class CloseChange(GuardedModel):
    """One line of an edition's ledger: an association entered or left one number of one unit, and why."""

    edition = models.ForeignKey(CloseEdition, on_delete=models.CASCADE, related_name="changes", verbose_name="留存")
    association = models.ForeignKey(
        Association, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="社会组织"
    )
    name = models.CharField("名称", max_length=200)
    unit_key = models.CharField("确认单位", max_length=24)
    measure = models.CharField("数字", max_length=24, choices=Measure)
    delta = models.SmallIntegerField("变动")
    reason = models.CharField("原因", max_length=24, choices=Reason, blank=True)
    on = models.DateField("日期", null=True, blank=True)
    text = models.CharField("依据", max_length=400, blank=True)
    document = models.CharField("更正文号", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "月报变动"
        ordering = ["edition", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(delta__in=[-1, 1]), name="close_change_delta"),
            models.UniqueConstraint(
                fields=["edition", "association", "unit_key", "measure", "reason"], name="close_change_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_measure_display()} {self.delta:+d}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor) if actor.role in CLOSERS else NOTHING


class Correction(GuardedModel):
    """更正: the document on which a figure is corrected. What it is about are its items."""

    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="corrections", verbose_name="月报")
    number = models.CharField("文号", max_length=80)
    text = models.CharField("更正内容", max_length=400)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="文件")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_label = models.CharField("登记单位", max_length=200)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "月报更正"
        ordering = ["close", "recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(text=""),
                name="correction_given",
                violation_error_message="更正须有文号和更正内容。",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role not in CLOSERS:
            return NOTHING
        return Q(pk__in=CorrectionItem.objects.filter(through_association(actor)).values("correction"))


class CorrectionItem(GuardedModel):
    """An association that a correction is about."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="items", verbose_name="更正")
    association = models.ForeignKey(
        Association, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="社会组织"
    )
    name = models.CharField("名称", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "月报更正的社会组织"
        ordering = ["correction", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["correction", "association"], name="correction_item_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor) if actor.role in CLOSERS else NOTHING
