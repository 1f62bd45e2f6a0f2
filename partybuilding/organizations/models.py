"""Party organisations of associations: their committee, their parent, and the associations they cover, dated."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from associations.registry.enums import Source
from associations.registry.models import (
    Association,
    Dated,
    DatedName,
    Department,
    through_association,
)
from partybuilding.organizations.enums import EstablishmentMode, GroupKind, OrganizationKind
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING
from portal.importing.normalise import name_key
from portal.importing.precisions import Precise
from portal.people.models import Phone
from portal.workflow.models import Versioned


class PartyOrganization(Versioned, Precise):
    """A Party organisation. Its committee is a `Department`; inside an association it has a parent organisation."""

    name = models.CharField("党组织名称", max_length=200)
    key = models.CharField(max_length=200, unique=True, editable=False)
    kind = models.CharField("类别", max_length=24, choices=OrganizationKind)
    establishment_mode = models.CharField("组建方式", max_length=16, choices=EstablishmentMode)
    committee = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="party_organizations",
        verbose_name="所属综合（行业）党委",
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级党组织"
    )
    established_on = models.DateField("成立日期", null=True, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    approval_number = models.CharField("批复文号", max_length=80, blank=True)
    term_started_on = models.DateField("本届起始日期", null=True, blank=True)
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="联系电话"
    )
    full_member_count = models.PositiveIntegerField("正式党员数", null=True, blank=True)
    probationary_member_count = models.PositiveIntegerField("预备党员数", null=True, blank=True)
    initiator = models.CharField("发起人单位", max_length=200, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    created_at = models.DateTimeField("入库时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "党组织"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(established_on=None) | Q(dissolved_on=None) | Q(dissolved_on__gte=F("established_on")),
                name="party_organization_dates",
                violation_error_message="撤销日期早于成立日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="party_organization_parent",
                violation_error_message="党组织不能作为自己的上级。请另选上级党组织。",
            ),
        ]
        indexes = [models.Index(fields=["committee", "kind"], name="party_organization_committee")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """A committee reads its subtree, a secretary the own organisation, others what covers their associations."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role == Role.BRANCH_SECRETARY:
            return Q(pk=actor.scope.pk)
        # Not tied to the row outside: SQLite would ask for the reach of the actor once for every organisation.
        covering = Q(pk__in=CoveredAssociation.objects.filter(through_association(actor)).values("organization"))
        if actor.role == Role.PARTY_COMMITTEE:
            return covering | Q(committee__in=actor.scope.department_pks)
        return covering


class PartyOrganizationName(DatedName):
    """Another name of a Party organisation."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="names", verbose_name="党组织"
    )

    class Meta(DatedName.Meta):
        verbose_name = verbose_name_plural = "党组织别名"
        constraints = [
            *DatedName.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "key"], name="party_organization_alias"),
        ]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(organization__in=PartyOrganization.objects.filter(PartyOrganization.scope_q(actor)))


class CoveredAssociation(Dated):
    """An association that a Party organisation covers; a joint branch has several (R-072, R-076)."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="covered", verbose_name="党组织"
    )
    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="covered_by", verbose_name="社会组织"
    )

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "覆盖关系"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "association"],
                condition=Q(ends_on=None),
                name="covered_one_open",
                violation_error_message="这个党组织已覆盖该社会组织，不必重复登记。",
            ),
        ]
        indexes = [models.Index(fields=["association", "organization"], name="covered_association")]

    def __str__(self) -> str:
        return f"{self.organization} → {self.association}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class GroupOrganization(Dated):
    """A 群团组织 of an association, dated; while it exists, the work of the Party reaches the association (R-077)."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="group_organizations", verbose_name="社会组织"
    )
    kind = models.CharField("类别", max_length=16, choices=GroupKind)
    name = models.CharField("名称", max_length=200)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "群团组织"
        ordering = ["association", "kind", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["association", "kind"],
                condition=Q(ends_on=None),
                name="group_organization_one_open",
                violation_error_message="这家社会组织已有这一类群团组织。请先登记原组织撤销。",
            ),
        ]
        indexes = [models.Index(fields=["association", "starts_on"], name="group_organization_start")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)
