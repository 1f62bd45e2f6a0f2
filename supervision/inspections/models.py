"""One association's filing in a round: state and dates, sections with versions of their own, what was handed in."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.registry.models import Association, Department, through_association
from portal.access.actor import Actor
from portal.access.scoping import GuardedModel
from portal.files.models import StoredFile
from portal.jobs.models import Job
from portal.privacy.fields import SealedField
from portal.workflow.models import WorkflowModel
from supervision.inspections.enums import (
    Conclusion,
    ConclusionSource,
    InspectionState,
    PaperKind,
    SectionState,
    Stage,
)
from supervision.rounds.models import FormVersion, Round, RoundTrack

ONE_FILING = "这个社会组织在本批次已有年检记录。请打开已有记录。"


class Inspection(WorkflowModel):
    """The filing of one association in one round; made for every expected association when the round opens.

    `supervisor`, `committee` and `registrar` are the bodies that answered when the round opened and again at each
    hand-in: queues and figures read them. Who may see the filing follows today's assignments, as everywhere.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="inspections", verbose_name="批次")
    track = models.ForeignKey(RoundTrack, on_delete=models.PROTECT, related_name="+", verbose_name="填报安排")
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+", verbose_name="表单")
    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="inspections", verbose_name="社会组织"
    )
    number = models.CharField("编号", max_length=24, unique=True)
    state = models.CharField(
        "状态", max_length=24, choices=InspectionState, default=InspectionState.NOT_STARTED, editable=False
    )
    supervisor = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="业务主管单位"
    )
    committee = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="综合（行业）党委"
    )
    registrar = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="登记管理机关"
    )
    filing_due_on = models.DateField("报送截止日期")
    step_due_on = models.DateField("当前环节期限", null=True)
    returned_from = models.CharField("退回环节", max_length=16, choices=Stage, blank=True)
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    is_late = models.BooleanField("逾期报送", default=False)
    flag_count = models.PositiveSmallIntegerField("规则提示数", default=0)
    sampled_stage = models.CharField("抽查环节", max_length=16, choices=Stage, blank=True)  # drawn from a batch there
    started_at = models.DateTimeField("开始填报时间", null=True)
    first_submitted_at = models.DateTimeField("首次报送时间", null=True)
    submitted_at = models.DateTimeField("最近报送时间", null=True)
    returned_at = models.DateTimeField("退回时间", null=True)
    concluded_at = models.DateTimeField("结论时间", null=True)
    conclusion = models.CharField("年检结论", max_length=16, choices=Conclusion, blank=True)
    conclusion_number = models.CharField("结论文号", max_length=80, blank=True)
    conclusion_on = models.DateField("结论日期", null=True)
    conclusion_reason = models.CharField("结论说明", max_length=500, blank=True)
    conclusion_source = models.CharField("结论来源", max_length=16, choices=ConclusionSource, blank=True)
    exempt_reason = models.CharField("不需填报的理由", max_length=300, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "年检"
        ordering = ["-round__report_year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "association"], name="inspection_once", violation_error_message=ONE_FILING
            ),
            models.CheckConstraint(
                condition=Q(state=InspectionState.CONCLUDED, concluded_at__isnull=False) & ~Q(conclusion="")
                | ~Q(state=InspectionState.CONCLUDED) & Q(conclusion="", concluded_at=None),
                name="inspection_conclusion",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, first_submitted_at=None)
                | Q(submitted_at__isnull=False, first_submitted_at__isnull=False),
                name="inspection_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[
                        InspectionState.WITH_SUPERVISOR,
                        InspectionState.WITH_COMMITTEE,
                        InspectionState.WITH_REGISTRAR,
                        InspectionState.RETURNED,
                    ]
                )
                | Q(submitted_at__isnull=False),
                name="inspection_review_after_submit",
            ),
            models.CheckConstraint(
                condition=~Q(conclusion_source__in=[ConclusionSource.ENTRY, ConclusionSource.IMPORT])
                | ~Q(conclusion_number=""),
                name="inspection_recorded_with_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=InspectionState.RETURNED) | ~Q(returned_from=""), name="inspection_returned_from"
            ),
        ]
        indexes = [
            models.Index(fields=["association", "round"], name="inspection_association"),
            models.Index(fields=["round", "state", "step_due_on"], name="inspection_queue"),
            models.Index(fields=["supervisor", "state", "step_due_on"], name="inspection_supervisor"),
            models.Index(fields=["committee", "state", "step_due_on"], name="inspection_committee"),
            models.Index(fields=["registrar", "state", "step_due_on"], name="inspection_registrar"),
        ]

    def __str__(self) -> str:
        return f"{self.association} {self.round}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages this filing goes through: the track's, as far as the association has the body."""
        first = [Stage.SUPERVISOR] if self.track.has_first_review and self.supervisor_id else []
        party = [Stage.COMMITTEE] if self.track.has_party_clearance and self.committee_id else []
        return (*first, *party, Stage.REGISTRAR)

    def is_overdue(self, today: date) -> bool:
        """Not handed in by the end of the due date, or a correction not handed in again by its own."""
        if self.state == InspectionState.RETURNED:
            return self.step_due_on is not None and self.step_due_on < today
        waiting = {InspectionState.NOT_STARTED, InspectionState.DRAFTING}
        return self.state in waiting and self.filing_due_on < today


class InspectionSection(GuardedModel):
    """The answers of one section as they were typed. `version` is its own: saving never moves the filing's.

    `answers`: field code → text as typed (a list of texts for several choices, of dicts for rows); `sealed` holds the
    personal ones the same way. `reasons`: field code → why the value differs. `is_open` follows the filing's state in
    the same statement, so that a save and a hand-in cannot cross.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="sections")
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField("状态", max_length=16, choices=SectionState, default=SectionState.EMPTY)
    is_open = models.BooleanField(default=True)
    is_as_last_year = models.BooleanField("沿用上年", default=False)
    answers = models.JSONField(default=dict)
    sealed = SealedField()
    origins = models.JSONField(default=dict)  # field code → prefilled from where; gone once typed over
    reasons = models.JSONField(default=dict)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "填报部分"
        ordering = ["inspection", "code"]
        constraints = [models.UniqueConstraint(fields=["inspection", "code"], name="inspection_section")]

    def __str__(self) -> str:
        return f"{self.inspection} {self.code}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")


class Submission(GuardedModel):
    """What was handed in, whole and unchangeable; one row each time. `content_code` names exactly this content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="submissions")
    sequence = models.PositiveSmallIntegerField("第几次")
    stage = models.CharField("报送环节", max_length=16, choices=Stage, blank=True)
    answers = models.JSONField(default=dict)  # section code → answers as typed, locked ones with the register's value
    sealed = SealedField()
    reasons = models.JSONField(default=dict)
    as_last_year = models.JSONField(default=list)  # codes of the sections taken over whole
    # What a reviewer should look at, as it was found at the hand-in: section, field, code, text, level of each.
    flags = models.JSONField(default=list)
    content_code = models.CharField("内容码", max_length=64)
    check_code = models.CharField("回执校验码", max_length=16)
    is_late = models.BooleanField("逾期报送", default=False)
    filed_on = models.DateField("在登记管理机关系统报送日期", null=True)  # where the round's place is the registrar
    acceptance_number = models.CharField("受理编号", max_length=80, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitter_label = models.CharField(max_length=200)
    submitted_at = models.DateTimeField("报送时间")

    class Meta:
        verbose_name = verbose_name_plural = "报送记录"
        ordering = ["inspection", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "sequence"], name="submission_sequence"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection} 第{self.sequence}次报送"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")


class InspectionFigures(GuardedModel):
    """The figures of the latest hand-in that reports count; empty is 未填报, never 0."""

    inspection = models.OneToOneField(
        Inspection, on_delete=models.CASCADE, primary_key=True, related_name="figures", verbose_name="年检"
    )
    unit_member_count = models.PositiveIntegerField("单位会员数", null=True)
    individual_member_count = models.PositiveIntegerField("个人会员数", null=True)
    staff_count = models.PositiveIntegerField("从业人员数", null=True)
    full_time_staff_count = models.PositiveIntegerField("专职人员数", null=True)
    council_meeting_count = models.PositiveIntegerField("理事会会议次数", null=True)
    congress_count = models.PositiveIntegerField("会员（代表）大会次数", null=True)
    has_party_organization = models.BooleanField("已建立党组织", null=True)
    party_member_count = models.PositiveIntegerField("正式党员数", null=True)
    probationary_member_count = models.PositiveIntegerField("预备党员数", null=True)
    party_activity_count = models.PositiveIntegerField("党组织活动次数", null=True)
    charter_has_party_clause = models.BooleanField("党建入章", null=True)
    award_activity_count = models.PositiveIntegerField("评比达标表彰项数", null=True)
    over_seventy_count = models.PositiveIntegerField("70岁以上负责人数", null=True)
    income_total = models.DecimalField("收入合计（元）", max_digits=18, decimal_places=2, null=True)
    membership_fee_income = models.DecimalField("会费收入（元）", max_digits=18, decimal_places=2, null=True)
    government_income = models.DecimalField("政府购买服务收入（元）", max_digits=18, decimal_places=2, null=True)
    expense_total = models.DecimalField("费用合计（元）", max_digits=18, decimal_places=2, null=True)
    net_assets_end = models.DecimalField("年末净资产（元）", max_digits=18, decimal_places=2, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "年检主要数据"

    def __str__(self) -> str:
        return f"{self.inspection} 主要数据"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")


class Attachment(GuardedModel):
    """A file handed in under a `file` field of the form, or the signed page (`field` is then SIGNATURE)."""

    SIGNATURE = "signature_page"

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="attachments")
    field = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="文件")
    preview = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    content_code = models.CharField(max_length=64, blank=True)  # of the signature page that was signed
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "年检附件"
        ordering = ["inspection", "field", "pk"]
        indexes = [models.Index(fields=["inspection", "removed_at"], name="attachment_inspection")]

    def __str__(self) -> str:
        return self.file.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")


class SignaturePage(GuardedModel):
    """A signature page made for printing: the content it stands for, so that a later change can be named."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="signature_pages")
    content_code = models.CharField("内容码", max_length=64)
    answers = models.JSONField(default=dict)
    sealed = SealedField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "签章页"
        ordering = ["inspection", "-made_at"]
        constraints = [models.UniqueConstraint(fields=["inspection", "content_code"], name="signature_page_content")]

    def __str__(self) -> str:
        return f"{self.inspection} 签章页 {self.content_code[:8]}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")


class FilingPaper(GuardedModel):
    """A PDF of a filing: made by a job the first time it is asked for, then kept for the content it stands for.

    Of a draft the content is what its code names; of a hand-in, the hand-in itself.
    """

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="papers")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, null=True, related_name="papers")
    kind = models.CharField("材料", max_length=16, choices=PaperKind)
    content_code = models.CharField("内容码", max_length=64)
    address = models.CharField(max_length=300, blank=True)  # of the receipt, as people type it
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="文件")
    requested_at = models.DateTimeField("申请时间")

    class Meta:
        verbose_name = verbose_name_plural = "年检材料文件"
        ordering = ["inspection", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "kind", "content_code"], condition=Q(submission=None), name="filing_paper_draft"
            ),
            models.UniqueConstraint(
                fields=["submission", "kind"], condition=Q(submission__isnull=False), name="filing_paper_submission"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection} {self.get_kind_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor, "inspection__association")
