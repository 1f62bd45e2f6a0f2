"""Checklists with dated steps as data: 三同步, 六同步, and what else is of this shape (R-083, R-085)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from associations.checklists.enums import Occasion
from associations.registry.models import Association, through_association
from portal.access.actor import Actor
from portal.access.roles import FILING
from portal.access.scoping import NOTHING, GuardedModel
from portal.regions.models import Region
from portal.regulations.enums import Confidence
from portal.workflow.models import Versioned


class ChecklistTemplate(models.Model):
    """What is to be done on an occasion, in one jurisdiction, for a span of dates: reference data, not guarded."""

    code = models.CharField("清单代码", max_length=40)
    title = models.CharField("清单", max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name="适用地区")
    occasion = models.CharField("用途", max_length=20, choices=Occasion)
    working_days = models.PositiveSmallIntegerField("办理时限（工作日）", null=True, blank=True)
    starts_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    confidence = models.CharField("核对程度", max_length=10, choices=Confidence)

    class Meta:
        verbose_name = verbose_name_plural = "清单模板"
        ordering = ["code", "region__path", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                "code", Coalesce("region", 0), Coalesce("starts_on", date.min), name="checklist_template_once"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def region_code(self) -> str:
        return self.region.code if self.region else ""


class TemplateStep(models.Model):
    """One step of a template; `fact` names what in the records answers it, empty where only people can."""

    template = models.ForeignKey(ChecklistTemplate, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("步骤", max_length=120)
    fact = models.CharField("由记录回答", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单模板步骤"
        ordering = ["template", "number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_step_once")]

    def __str__(self) -> str:
        return self.text


class Checklist(Versioned, GuardedModel):
    """The checklist of one association: opened once a template, with a clock where the template has one."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="checklists", verbose_name="社会组织"
    )
    template = models.ForeignKey(ChecklistTemplate, on_delete=models.PROTECT, related_name="+", verbose_name="清单")
    code = models.CharField("清单代码", max_length=40, editable=False)
    starts_on = models.DateField("起算日期")
    opened_on = models.DateField("开立日期")
    due_on = models.DateField("期限", null=True, blank=True)
    is_provisional = models.BooleanField("期限暂定", default=False)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办结人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "办理清单"
        ordering = ["association", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["association", "code"],
                name="checklist_once",
                violation_error_message="这家社会组织已开立这份清单。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_by=None) | Q(closed_on__isnull=False),
                name="checklist_closed",
            ),
        ]
        indexes = [models.Index(fields=["closed_on", "due_on"], name="checklist_desk")]

    def __str__(self) -> str:
        return f"{self.association}·{self.template}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Everybody who looks after the association; not the association itself."""
        return NOTHING if actor.role in FILING else through_association(actor)


class ChecklistStep(GuardedModel):
    """One step, with the words it had when the checklist was opened, and who did it when, with what evidence."""

    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="steps", verbose_name="清单")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("步骤", max_length=120)
    fact = models.CharField("由记录回答", max_length=40, blank=True)
    done_on = models.DateField("办理日期", null=True, blank=True)
    evidence = models.CharField("办理依据", max_length=300, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    membership_label = models.CharField("登记身份", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "清单步骤"
        ordering = ["checklist", "number"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="checklist_step_once"),
            models.CheckConstraint(
                condition=Q(done_on=None, evidence="") | (Q(done_on__isnull=False) & ~Q(evidence="")),
                name="checklist_step_evidence",
                violation_error_message="办理步骤须有日期和依据。",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING if actor.role in FILING else through_association(actor, "checklist__association")
