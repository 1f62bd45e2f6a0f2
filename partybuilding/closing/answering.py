"""Who answers for associations when something is asked of all of them, and what is kept of one as it stood.

A monthly close asks whether the list is right, a census what is true and what is wrong; both ask the same bodies.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.registry.enums import AssociationKind
from associations.registry.models import Association, Department, in_department_subtree
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.regions.models import Region
from portal.workflow.models import WorkflowModel


def one_body(name: str) -> models.CheckConstraint:
    """A unit is a committee or a place, never both."""
    return models.CheckConstraint(
        condition=Q(department=None, region__isnull=False) | Q(department__isnull=False, region=None), name=name
    )


def unit_reach(actor: Actor, unit: str = "") -> Q:
    """The department reaches all units; a city those of its place, a committee its own and those below it."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    if actor.role == Role.REGIONAL_OFFICE:
        path = actor.scope.path
        own, above = f"{unit}region__path__startswith", f"{unit}department__region__path__startswith"
        return Q(**{own: path}) | Q(**{above: path})
    if actor.role == Role.PARTY_COMMITTEE:
        return in_department_subtree(f"{unit}department", actor.scope.pk)
    return NOTHING


class AnsweringUnit(WorkflowModel):
    """A body that is asked about the associations it answers for: a committee, or a city for what has none.

    `asking` is what asks (with `due_on`), `task_title` what lies on its desk, `url` and `asking_url` lead there.
    """

    key = models.CharField(max_length=24, editable=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="综合（行业）党委"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地区"
    )
    label = models.CharField("单位", max_length=200)
    association_count = models.PositiveIntegerField("社会组织数", default=0)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    confirmed_label = models.CharField("确认单位", max_length=200, blank=True)
    reopened_at = models.DateTimeField("重新打开时间", null=True, blank=True)
    contact_post = models.CharField("联络处室", max_length=120, blank=True)
    contact_phone = models.CharField("联络电话", max_length=60, blank=True)

    class Meta:
        abstract = True

    @property
    def asking(self) -> Any:
        raise NotImplementedError

    @property
    def task_title(self) -> str:
        raise NotImplementedError

    @property
    def url(self) -> str:
        raise NotImplementedError

    @property
    def asking_url(self) -> str:
        raise NotImplementedError

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return unit_reach(actor)


class KeptAssociation(GuardedModel):
    """The kept facts of one association as they stood.

    The association's own row may be gone later (an import taken back): the key stays, without a constraint.
    """

    association = models.ForeignKey(
        Association, on_delete=models.DO_NOTHING, db_constraint=False, verbose_name="社会组织"
    )
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    kind = models.CharField("社会组织类型", max_length=24, choices=AssociationKind)
    region_path = models.CharField("登记地", max_length=80)
    grade = models.CharField("评估等级", max_length=16, blank=True)
    cover = models.CharField("组织覆盖", max_length=16, choices=Cover)
    has_instructor = models.BooleanField("有指导员")
    has_group = models.BooleanField("有群团组织", default=False)
    relation_count = models.PositiveIntegerField("正式党员数（组织关系）", null=True, blank=True)
    working_count = models.PositiveIntegerField("正式党员数（在职）", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
