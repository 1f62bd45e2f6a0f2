"""Those on the way into the Party, and the stages that each went through."""

from django.db import models
from django.db.models import F, Q

from partybuilding.development.enums import Stage, Standing
from partybuilding.members.models import ROSTER, PartyMember, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import NOTHING, GuardedModel
from portal.people.models import Person, Phone
from portal.workflow.models import Versioned


class Candidate(Versioned):
    """Somebody who applied to an organisation. `standing` follows from the stages and is kept for lists."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="candidates", verbose_name="党组织"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="candidates", verbose_name="姓名")
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系电话"
    )
    association_post = models.CharField("社会组织职务", max_length=80, blank=True)
    contacts = models.CharField("培养联系人", max_length=80, blank=True)
    introducers = models.CharField("入党介绍人", max_length=80, blank=True)
    standing = models.CharField("阶段", max_length=16, choices=Standing, default=Standing.APPLICANT, editable=False)
    applied_on = models.DateField("申请日期")
    ends_on = models.DateField("终止日期", null=True, blank=True)
    closed_reason = models.CharField("终止原因", max_length=200, blank=True)
    member = models.OneToOneField(
        PartyMember, on_delete=models.SET_NULL, null=True, editable=False, related_name="candidate"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "发展对象档案"
        ordering = ["organization", "applied_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ends_on=None) & ~Q(standing=Standing.MEMBER),
                name="candidate_one_open",
                violation_error_message="此人已有在办的入党申请。请在原来的申请上继续登记，或先终止。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("applied_on")),
                name="candidate_dates",
                violation_error_message="终止日期早于申请日期。请核对两个日期。",
            ),
        ]
        indexes = [models.Index(fields=["organization", "standing"], name="candidate_standing")]

    def __str__(self) -> str:
        return self.person.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor) if actor.role in ROSTER else NOTHING


class DevelopmentStage(GuardedModel):
    """One stage of one candidate: the day and the paper."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="stages", verbose_name="申请")
    stage = models.CharField("事项", max_length=16, choices=Stage)
    happened_on = models.DateField("日期")
    document = models.CharField("材料或文号", max_length=120)
    remark = models.CharField("说明", max_length=300, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "发展党员事项"
        ordering = ["candidate", "happened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "stage"],
                name="development_stage_once",
                violation_error_message="这一事项已登记，不必重复登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.happened_on}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization_of(actor) if actor.role in ROSTER else NOTHING


def through_organization_of(actor: Actor) -> Q:
    """Stages of the candidates that the actor reaches."""
    return Q(candidate__in=Candidate.objects.filter(through_organization(actor)))
