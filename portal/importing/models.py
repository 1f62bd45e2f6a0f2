"""An import batch, its staged rows, what each row changes, and what was found wrong.

``ImportRow`` is staging, commit plan and undo data in one: written once by the check, applied by set-based statements,
reversed by set-based statements, and touched by neither. Numbers and phones reach it sealed only,
columns that are not mapped never.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.importing import places
from portal.importing.enums import AbsenceDecision, BatchState, DataSource, Origin, Outcome, Severity, Undo
from portal.importing.memory import RememberedMapping, RememberedReference
from portal.workflow.models import WorkflowModel

__all__ = [
    "ImportBatch",
    "ImportIssue",
    "ImportRow",
    "RememberedMapping",
    "RememberedReference",
]


class ImportBatch(WorkflowModel):
    """One uploaded workbook on its way into the register, and 30 days back."""

    number = models.CharField("批次号", max_length=20, unique=True)
    kind = models.CharField("导入内容", max_length=40)
    origin = models.CharField("来源", max_length=10, choices=Origin, default=Origin.BROWSER)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="文件")
    error_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="错误表"
    )
    file_name = models.CharField("文件名", max_length=255)
    file_size = models.PositiveBigIntegerField("字节数", default=0)
    file_sha256 = models.CharField("摘要", max_length=64, blank=True, db_index=True)
    sheet_name = models.CharField("工作表", max_length=120, blank=True)
    sheet_names = models.JSONField("读取的工作表", default=list)
    header_rows = models.JSONField("表头行", default=list)
    first_data_row = models.PositiveIntegerField("首个数据行", null=True)
    given = models.JSONField("人工指定", default=dict)
    mapping = models.JSONField("列对应", default=list)
    missing_required = models.JSONField("缺少的必填列", default=list)
    effective_on = models.DateField("生效日期", null=True, blank=True)
    source = models.CharField("数据来源", max_length=12, choices=DataSource, default=DataSource.HAND)
    full_list_scope = models.CharField("全量名单范围", max_length=120, blank=True)
    touched = models.JSONField("涉及的列", default=dict)
    read_count = models.PositiveIntegerField("读取行数", default=0)
    new_count = models.PositiveIntegerField("新增", default=0)
    changed_count = models.PositiveIntegerField("更新", default=0)
    changed_cell_count = models.PositiveIntegerField("改动格数", default=0)
    same_count = models.PositiveIntegerField("无变化", default=0)
    rejected_count = models.PositiveIntegerField("错误", default=0)
    warned_count = models.PositiveIntegerField("提醒", default=0)
    total_row_count = models.PositiveIntegerField("合计行", default=0)
    kept_count = models.PositiveIntegerField("按来源保留", default=0)
    absent_count = models.PositiveIntegerField("名单外", default=0)
    left_count = models.PositiveIntegerField("撤销时保留", default=0)
    checked_by = models.CharField("校验依据", max_length=64, blank=True)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_message = models.CharField("未能读取的原因", max_length=500, blank=True)
    notice = models.CharField("提示", max_length=300, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    membership_id = models.BigIntegerField()
    membership_label = models.CharField("身份", max_length=200)
    created_at = models.DateTimeField("上传时间")
    previewed_at = models.DateTimeField("预览时间", null=True)
    committed_at = models.DateTimeField("写入时间", null=True)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[BatchState.COMMITTED, BatchState.UNDONE]) ^ Q(committed_at=None),
                name="import_batch_committed",
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.UNDONE) ^ Q(undone_at=None),
                name="import_batch_undone",
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="import_batch_state"),
        ]
        indexes = [models.Index(fields=["state", "previewed_at"], name="import_batch_stale")]

    def __str__(self) -> str:
        return f"{self.number} {self.file_name}"

    def say(self, number: int) -> str:
        """Where a row stands in the person's own file."""
        return places.say(number, self.sheet_names)

    @property
    def state_label(self) -> str:
        return str(BatchState(self.state).label)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The department sees every batch, an office of a city or county and a registrar its own."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role in {Role.REGIONAL_OFFICE, Role.REGISTRAR}:
            return Q(membership_id=actor.membership_id)
        return NOTHING


def _of_batch(actor: Actor) -> Q:
    """What belongs to a batch the actor reaches."""
    reach = ImportBatch.scope_q(actor)
    return EVERYTHING if reach == EVERYTHING else Q(batch__in=ImportBatch.objects.filter(reach))


class _OfBatch(GuardedModel):
    # Loaded 100,000 at a time; a batch is never deleted, and looking it up for every row costs more than the row.
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    row_number = models.PositiveIntegerField("行")

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return _of_batch(actor)


class ImportRow(_OfBatch):
    """One data row of the file: what becomes of it, of which record, and every insert and update it causes.

    ``added`` holds whole new records by table code, their keys included; ``changed`` holds ``id``, ``version`` as seen,
    and the touched columns ``before`` and ``after``. ``refs`` inside them names columns whose value is the record of
    another row of the file. ``kept`` is what a higher source keeps: field → before, after and that source.
    """

    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    label = models.CharField("名称", max_length=200, blank=True)
    subject_pk = models.BigIntegerField(null=True)
    is_warned = models.BooleanField(default=False)
    undo = models.CharField("撤销", max_length=8, choices=Undo, blank=True, default=Undo.NONE)
    added = models.JSONField(null=True)
    changed = models.JSONField(null=True)
    kept = models.JSONField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ["row_number"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["batch", "outcome", "row_number"], name="import_row_outcome"),
            models.Index(fields=["batch", "row_number"], condition=Q(kept__isnull=False), name="import_row_kept"),
            models.Index(fields=["batch", "row_number"], condition=~Q(undo=""), name="import_row_left"),
        ]

    def __str__(self) -> str:
        return f"第 {self.row_number} 行 {self.label}"


class ImportAbsence(GuardedModel):
    """A record inside a full list's scope that the list lacks. Nothing happens to it until a person decides."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="+")
    subject_pk = models.BigIntegerField()
    label = models.CharField("名称", max_length=200)
    decision = models.CharField("处理", max_length=8, choices=AbsenceDecision, blank=True, default=AbsenceDecision.OPEN)
    action = models.CharField("处理方式", max_length=40, blank=True)
    remark = models.CharField("说明", max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "名单外记录"
        ordering = ["label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "subject_pk"], name="import_absence_once"),
            models.CheckConstraint(
                condition=Q(decision=AbsenceDecision.OPEN, decided_at=None)
                | (~Q(decision=AbsenceDecision.OPEN) & Q(decided_at__isnull=False)),
                name="import_absence_decided",
            ),
        ]
        indexes = [models.Index(fields=["batch", "decision", "label"], name="import_absence_open")]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return _of_batch(actor)


class ImportIssue(_OfBatch):
    """What is wrong, doubtful or worth knowing, by the row and column of the person's own file."""

    column = models.CharField("列", max_length=3, blank=True)
    field = models.CharField(max_length=48, blank=True)
    value = models.CharField("现在的值", max_length=80, blank=True)
    code = models.CharField(max_length=40)
    message = models.CharField("原因和改法", max_length=500)
    severity = models.CharField("级别", max_length=8, choices=Severity)

    class Meta:
        verbose_name = verbose_name_plural = "导入问题"
        ordering = ["row_number", "pk"]
        indexes = [models.Index(fields=["batch", "severity", "row_number"], name="import_issue_severity")]

    def __str__(self) -> str:
        return self.message
