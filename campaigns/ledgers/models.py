"""The ledgers of units: what they undertook, did and found, and how they rate themselves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from associations.evaluation.enums import GradeLevel
from associations.registry.models import Association, through_association
from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState, Level, MassGroup, Origin
from campaigns.plans.models import Campaign, CampaignItem, Criterion, Unit, through_campaign
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import WorkflowModel


def through_unit(actor: Actor) -> Q:
    """What belongs to the units that the actor reads."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(unit__in=Unit.objects.filter(Unit.scope_q(actor)))


class Entry(WorkflowModel):
    """One line of a unit's ledger: undertaken with a last day and finished with a result, or a fact of one day."""

    state = models.CharField(
        "状态", max_length=24, choices=EntryState, default=EntryState.OPEN, editable=False, db_index=True
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entries", verbose_name="单位")
    kind = models.CharField("台账", max_length=16, choices=EntryKind)
    title = models.CharField("事项", max_length=120)
    text = models.TextField("内容", max_length=2000, blank=True)
    # The campaign's own list of fields in which units compete (C-04, C-05); it no longer changes once it went out.
    arena = models.ForeignKey(
        CampaignItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="创争领域"
    )
    origin = models.CharField("来源", max_length=16, choices=Origin, blank=True)
    group = models.CharField("群众组织", max_length=16, choices=MassGroup, blank=True)
    began_on = models.DateField("提出（开展）日期")
    due_on = models.DateField("完成期限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("结果", max_length=500, blank=True)
    document = models.CharField("制度名称或文号", max_length=200, blank=True)
    taking_part_count = models.PositiveIntegerField("参加人数", null=True, blank=True)
    served_count = models.PositiveIntegerField("受益人数", null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料"
    )
    # Why it was withdrawn, or what was still missing when it was returned.
    remark = models.CharField("撤销或退回原因", max_length=300, blank=True)
    promoted_on = models.DateField("推广日期", null=True, blank=True)
    promotion = models.CharField("推广方式", max_length=300, blank=True)
    finished_at = models.DateTimeField("登记完成时间", null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动台账"
        ordering = ["unit", "-began_on", "pk"]
        indexes = [models.Index(fields=["unit", "kind", "state"], name="entry_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(UNDERTAKEN)) | Q(due_on__isnull=False),
                name="entry_due",
                violation_error_message="这类事项须有完成期限。请填写。",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(UNDERTAKEN), state=EntryState.DONE)
                | (Q(done_on__isnull=False) & ~Q(result="")),
                name="entry_done_with_result",
                violation_error_message="这类事项完成须有完成日期和结果。请填写。",
            ),
            models.CheckConstraint(
                condition=(Q(due_on=None) | Q(due_on__gte=F("began_on")))
                & (Q(done_on=None) | Q(done_on__gte=F("began_on"))),
                name="entry_dates",
                violation_error_message="期限或完成日期早于提出日期。请核对日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.WITHDRAWN) | ~Q(remark=""),
                name="entry_withdrawn",
                violation_error_message="撤销须写明原因。请填写。",
            ),
            models.CheckConstraint(
                condition=Q(promoted_on=None) | (Q(state=EntryState.DONE) & ~Q(promotion="")),
                name="entry_promoted",
                violation_error_message="只有已完成的事项可以推广，并须写明推广方式。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class Signatory(GuardedModel):
    """Who signed an integrity pledge (C-34): an association of the register, or another body by its name."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="signatories", verbose_name="诚信承诺")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("签订单位", max_length=120)
    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社会组织"
    )

    class Meta:
        verbose_name = verbose_name_plural = "诚信承诺签订单位"
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="signatory_number"),
            models.UniqueConstraint(
                fields=["entry", "name"],
                name="signatory_once",
                violation_error_message="同一份承诺中，一个单位只登记一次。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(entry__in=Entry.objects.filter(Entry.scope_q(actor)))


class SelfRating(GuardedModel):
    """How a unit rates itself on one line: an outcome the campaign asks for (C-11), or a criterion of a set that goes
    with the campaign, for an association where the set is about associations (A-90, C-08). The newest one holds."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="self_ratings", verbose_name="单位")
    outcome = models.ForeignKey(
        CampaignItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="成效要求"
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评价标准"
    )
    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社会组织"
    )
    rated_on = models.DateField("自评日期")
    level = models.CharField("自评", max_length=16, choices=Level)
    text = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "成效自评"
        ordering = ["unit", "-rated_on", "pk"]
        indexes = [models.Index(fields=["unit", "rated_on"], name="rating_of_unit")]
        constraints = [
            models.CheckConstraint(condition=Q(outcome=None) ^ Q(criterion=None), name="rating_one_line"),
            models.CheckConstraint(condition=Q(association=None) | Q(outcome=None), name="rating_association"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome or self.criterion}：{self.get_level_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class GradeApplication(GuardedModel):
    """An association of the campaign that applied for a grade in its course (C-08, A-90); civil affairs decides."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="grade_applications", verbose_name="活动"
    )
    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="grade_applications", verbose_name="社会组织"
    )
    applied_on = models.DateField("申报日期")
    wanted = models.CharField("申报等级", max_length=2, choices=GradeLevel)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "等级评估申报"
        ordering = ["campaign", "-applied_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "association"],
                name="grade_application_once",
                violation_error_message="这个社会组织在本活动中的申报已登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.association} 申报 {self.wanted}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Of the campaigns the actor reads, the associations it reaches."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return through_campaign(actor) & through_association(actor)
