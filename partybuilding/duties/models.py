"""The yearly check of a list as data: of a Party organisation, or of a supervising unit."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.checklists.models import ChecklistTemplate
from associations.registry.models import Department
from partybuilding.duties.enums import CheckState, Result
from partybuilding.members.models import ROSTER, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.workflow.models import WorkflowModel


class YearlyCheck(WorkflowModel):
    """One list, one bearer, one year: what was carried out, and what who stands above said to it."""

    organization = models.ForeignKey(
        PartyOrganization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="yearly_checks",
        verbose_name="党组织",
    )
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="业务主管单位"
    )
    template = models.ForeignKey(ChecklistTemplate, on_delete=models.PROTECT, related_name="+", verbose_name="清单")
    code = models.CharField("清单代码", max_length=40, editable=False)
    year = models.PositiveSmallIntegerField("年度")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提交人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    opinion = models.CharField("上级意见", max_length=500, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度对照"
        ordering = ["-year", "code", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None, department__isnull=False)
                | Q(organization__isnull=False, department=None),
                name="yearly_check_bearer",
            ),
            models.UniqueConstraint(
                fields=["organization", "code", "year"],
                condition=Q(organization__isnull=False),
                name="yearly_check_organization",
                violation_error_message="这份清单本年度的对照已经开始，请直接填写。",
            ),
            models.UniqueConstraint(
                fields=["department", "code", "year"],
                condition=Q(department__isnull=False),
                name="yearly_check_department",
                violation_error_message="这份清单本年度的对照已经开始，请直接填写。",
            ),
            models.CheckConstraint(
                condition=Q(state=CheckState.DRAFT, confirmed_at=None)
                | Q(state=CheckState.SUBMITTED, submitted_at__isnull=False, confirmed_at=None)
                | Q(state=CheckState.CONFIRMED, submitted_at__isnull=False, confirmed_at__isnull=False),
                name="yearly_check_stamps",
            ),
        ]
        indexes = [models.Index(fields=["code", "year", "state"], name="yearly_check_list")]

    def __str__(self) -> str:
        return f"{self.bearer}·{self.year}年{self.template}"

    def get_state_display(self) -> str:
        return str(CheckState(self.state).label)

    @property
    def bearer(self) -> PartyOrganization | Department:
        found = self.organization or self.department
        assert found is not None  # noqa: S101  the table's own rule
        return found

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The Party's own bodies read those of organisations; a supervising unit its own."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role == Role.SUPERVISING_UNIT:
            return Q(department=actor.scope.pk)
        return through_organization(actor) if actor.role in ROSTER else NOTHING


class CheckItem(GuardedModel):
    """One item, with the words the list had, what was found and the evidence or the measures."""

    check_of = models.ForeignKey(YearlyCheck, on_delete=models.CASCADE, related_name="items", verbose_name="年度对照")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("事项", max_length=120)
    fact = models.CharField("由记录提示", max_length=40, blank=True)
    result = models.CharField("落实情况", max_length=16, choices=Result, blank=True)
    note = models.CharField("依据或整改措施", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度对照事项"
        ordering = ["check_of", "number"]
        constraints = [models.UniqueConstraint(fields=["check_of", "number"], name="check_item_once")]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(check_of__in=YearlyCheck.objects.filter(YearlyCheck.scope_q(actor)))
