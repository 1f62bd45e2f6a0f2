"""The register: associations, the bodies that answer for them, and who answers for which, dated."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    DepartmentKind,
    NameKind,
    RegistrationLevel,
    RegistrationMode,
    Source,
)
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, FILING, WORKSPACE, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.importing.normalise import name_key
from portal.importing.precisions import Precise
from portal.workflow.models import Versioned

# How deep a tree of committees may be; each level is one more forward join in a scope filter.
DEPARTMENT_DEPTH = 4


def current_on(day: date, prefix: str = "") -> Q:
    """Dated rows that hold on `day`: both ends inclusive, an empty end is open."""
    return (Q(**{f"{prefix}starts_on": None}) | Q(**{f"{prefix}starts_on__lte": day})) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": day})
    )


def in_department_subtree(field: str, department_pk: int | None) -> Q:
    """Rows whose department `field` is the given one or stands below it."""
    found = Q()
    for depth in range(DEPARTMENT_DEPTH):
        found |= Q(**{field + "__parent" * depth: department_pk})
    return found


class Dated(GuardedModel):
    """A row that holds from `starts_on` to `ends_on`, both inclusive; either may be empty = open."""

    starts_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="%(app_label)s_%(class)s_dates",
                violation_error_message="终止日期早于起始日期。请核对两个日期。",
            )
        ]

    def is_current(self, day: date) -> bool:
        """Whether the row holds on `day`."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or self.ends_on >= day)


class DatedName(Dated):
    """An alias, short or former name: one mechanism for display, search and import."""

    name = models.CharField("名称", max_length=200)
    key = models.CharField(max_length=200, editable=False, db_index=True)
    kind = models.CharField("类别", max_length=16, choices=NameKind, default=NameKind.ALIAS)

    class Meta(Dated.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)


class Department(Versioned, Dated):
    """A body that answers for associations: government department, registrar, 综合（行业）党委, 两新工委."""

    name = models.CharField("名称", max_length=200)
    key = models.CharField(max_length=200, editable=False, db_index=True)
    kind = models.CharField("类别", max_length=24, choices=DepartmentKind, default=DepartmentKind.GOVERNMENT)
    code = models.CharField("代码", max_length=40, blank=True)
    level = models.CharField("层级", max_length=16, choices=RegistrationLevel, default=RegistrationLevel.PROVINCE)
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地域"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    hosted_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="hosted", verbose_name="挂靠部门"
    )
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "责任单位"
        ordering = ["name", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                "key",
                "level",
                Coalesce("region", 0),
                condition=Q(ends_on=None),
                name="department_name",
                violation_error_message="同一层级、同一地域已有同名单位。请先查找已有单位，确需新增的请写明全称。",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="department_code",
                violation_error_message="这个代码已被其他单位使用。请核对代码。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Staff read the whole directory; an association reads the bodies that answer for it today."""
        if actor.role in WORKSPACE:
            return EVERYTHING
        if actor.role in FILING:
            answering = Assignment.objects.filter(
                current_on(timezone.localdate()), department=OuterRef("pk"), association__in=actor.scope.association_pks
            )
            return Q(Exists(answering))
        return NOTHING


class DepartmentName(DatedName):
    """Another name of a body, such as 省经信委 before the reform."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="names", verbose_name="责任单位")

    class Meta(DatedName.Meta):
        verbose_name = verbose_name_plural = "责任单位别名"
        constraints = [
            *DatedName.Meta.constraints,
            models.UniqueConstraint(fields=["department", "key"], name="department_alias"),
        ]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return EVERYTHING if actor.role in WORKSPACE else NOTHING


class Association(Versioned, Precise):
    """A social organisation on the register, of any kind."""

    uscc = models.CharField(
        "统一社会信用代码",
        max_length=18,
        unique=True,
        error_messages={"unique": "这个统一社会信用代码已在名录中。请先按代码查询，需要更正的请打开已有的社会组织。"},
    )
    name = models.CharField("名称", max_length=200)
    key = models.CharField(max_length=200, editable=False, db_index=True)
    search_key = models.TextField(editable=False, blank=True)
    kind = models.CharField("社会组织类型", max_length=24, choices=AssociationKind)
    is_industry_association = models.BooleanField("行业协会商会", null=True, blank=True)
    is_charity = models.BooleanField("慈善组织", null=True, blank=True)
    registration_level = models.CharField("登记级别", max_length=16, choices=RegistrationLevel)
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name="登记地")
    registration_mode = models.CharField("管理方式", max_length=16, choices=RegistrationMode, blank=True)
    status = models.CharField(
        "状态", max_length=16, choices=AssociationStatus, default=AssociationStatus.ACTIVE, db_index=True
    )
    status_on = models.DateField("状态日期", null=True, blank=True)
    industry_category = models.CharField("行业类别", max_length=80, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    domicile = models.CharField("住所", max_length=200, blank=True)
    registered_fund = models.DecimalField("注册资金（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    unit_member_count = models.PositiveIntegerField("单位会员数", null=True, blank=True)
    individual_member_count = models.PositiveIntegerField("个人会员数", null=True, blank=True)
    staff_count = models.PositiveIntegerField("从业人员数", null=True, blank=True)
    full_time_staff_count = models.PositiveIntegerField("专职人员数", null=True, blank=True)
    term_started_on = models.DateField("本届起始日期", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField("任期（年）", null=True, blank=True)
    charter_has_party_clause = models.BooleanField("党建入章", null=True, blank=True)
    charter_party_clause_on = models.DateField("入章日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    created_at = models.DateTimeField("登记入库时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "社会组织"
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["region", "status"], name="association_region"),
            models.Index(fields=["registration_level", "kind"], name="association_level"),
            models.Index(fields=["name", "id"], name="association_name"),
            models.Index(fields=["-updated_at", "-id"], name="association_updated"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = name_key(self.name)
        if not self.search_key:
            self.search_key = f"{self.key} {self.uscc.casefold()}"
        super().save(*args, **kwargs)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """`roles.md`: the province, a region subtree, a registrar's level and region, or today's assignments."""
        scope = actor.scope
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role == Role.REGIONAL_OFFICE:
            return Q(region__path__startswith=scope.path)
        if actor.role == Role.REGISTRAR:
            return Q(region__path__startswith=scope.path, registration_level=scope.level)
        if actor.role in {Role.SUPERVISING_UNIT, Role.INDUSTRY_REGULATOR, Role.PARTY_COMMITTEE}:
            assigned = Assignment.objects.filter(
                current_on(timezone.localdate()), association=OuterRef("pk"), role=actor.role
            )
            return Q(Exists(assigned.filter(department__in=scope.department_pks)))
        if actor.role in FILING:
            return Q(pk__in=scope.association_pks)
        return NOTHING


def through_association(actor: Actor, field: str = "association") -> Q:
    """Rows that belong to an association the actor reaches."""
    reach = Association.scope_q(actor)
    return EVERYTHING if reach == EVERYTHING else Q(**{f"{field}__in": Association.objects.filter(reach)})


class AssociationName(DatedName):
    """A short or former name of an association."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="names", verbose_name="社会组织"
    )

    class Meta(DatedName.Meta):
        verbose_name = verbose_name_plural = "社会组织别名"
        constraints = [
            *DatedName.Meta.constraints,
            models.UniqueConstraint(fields=["association", "key"], name="association_alias"),
        ]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class Assignment(Dated):
    """Who answers for an association, as what, from when to when; one body a role at a time."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="assignments", verbose_name="社会组织"
    )
    role = models.CharField("责任", max_length=24, choices=AssignmentRole)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="assignments", verbose_name="责任单位"
    )
    office = models.CharField("责任处室", max_length=120, blank=True)
    officer = models.CharField("责任人（岗位）", max_length=120, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "责任关系"
        ordering = ["association", "role", "starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["association", "role"],
                condition=Q(ends_on=None),
                name="assignment_one_open",
                violation_error_message="这项责任已有未终止的单位。请先终止原责任关系。",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "role", "association"], name="assignment_department"),
            models.Index(fields=["association", "role", "starts_on"], name="assignment_association"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}:{self.department}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class PartyMemberCount(GuardedModel):
    """Reported numbers of full Party members on a day. An association without a row is 未填报, never 0."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="party_member_counts", verbose_name="社会组织"
    )
    counted_on = models.DateField("统计日期")
    relation_count = models.PositiveIntegerField("正式党员数（组织关系在本组织）", null=True, blank=True)
    working_count = models.PositiveIntegerField("在本组织工作的正式党员数", null=True, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "党员人数"
        ordering = ["association", "-counted_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["association", "counted_on"], name="party_member_count_day"),
            models.CheckConstraint(
                condition=Q(relation_count__isnull=False) | Q(working_count__isnull=False),
                name="party_member_count_given",
                violation_error_message="两个人数至少填写一个；没有党员的填 0。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association} {self.counted_on}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class TreeLock(models.Model):
    """One fixed row a tree: a move bumps it first, so that two moves never close a cycle that neither sees."""

    tree = models.CharField(max_length=40, unique=True)
    move_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "树的移动锁"

    def __str__(self) -> str:
        return self.tree
