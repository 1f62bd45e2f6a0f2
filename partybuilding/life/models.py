"""Records of organisation life, their files, and the Party groups of a branch. Inner-Party data: `ROSTER` only."""

from django.db import models
from django.db.models import F, Q

from associations.registry.models import Dated
from partybuilding.life.enums import (
    FIRST_ITEM_KINDS,
    Area,
    Education,
    LifeKind,
    PioneerKind,
    StudyForm,
    StudyMode,
)
from partybuilding.members.models import ROSTER, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import Versioned


def of_own_bodies(actor: Actor) -> Q:
    """Rows of the organisations in reach, for the Party's own bodies only."""
    return through_organization(actor) if actor.role in ROSTER else NOTHING


class PartyGroup(Dated):
    """A 党小组 of a branch."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="groups", verbose_name="党组织"
    )
    name = models.CharField("党小组名称", max_length=60)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "党小组"
        ordering = ["organization", "name", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(ends_on=None),
                name="party_group_one_open",
                violation_error_message="这个党组织已有同名的党小组。请换一个名称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_own_bodies(actor)


class StudyProgramme(Versioned, Dated):
    """A named study campaign (P-56); its name is data. Where it `is_required`, every branch is to take part."""

    name = models.CharField("名称", max_length=120, unique=True)
    document_number = models.CharField("部署文号", max_length=80, blank=True)
    is_required = models.BooleanField("要求全覆盖", default=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "专项学习"
        ordering = ["-starts_on", "name", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(starts_on__isnull=False), name="study_programme_start"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return EVERYTHING if actor.role in ROSTER else NOTHING


class LifeRecord(Versioned):
    """One meeting, lecture, day or activity that was held: when, about what, how many came."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="life_records", verbose_name="党组织"
    )
    kind = models.CharField("类别", max_length=16, choices=LifeKind)
    held_on = models.DateField("开展日期")
    topic = models.CharField("主题", max_length=200)
    expected_count = models.PositiveIntegerField("应到党员（人）")
    present_count = models.PositiveIntegerField("实到党员（人）")
    group = models.ForeignKey(
        PartyGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="records", verbose_name="党小组"
    )
    by_secretary = models.BooleanField("书记讲党课", default=False)
    has_first_item = models.BooleanField("是否落实第一议题", null=True, blank=True)
    first_item = models.CharField("第一议题学习内容", max_length=200, blank=True)
    mode = models.CharField("学习方式", max_length=16, choices=StudyMode, blank=True)
    education = models.CharField("教育形式", max_length=16, choices=Education, blank=True)
    form = models.CharField("学习组织形式", max_length=16, choices=StudyForm, blank=True)
    officer_count = models.PositiveIntegerField("参加的社会组织负责人（人）", default=0)
    member_unit_count = models.PositiveIntegerField("参加的会员企业代表（人）", default=0)
    programme = models.ForeignKey(
        "StudyProgramme",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        verbose_name="专项学习",
    )
    content = models.CharField("内容和决定事项", max_length=2000, blank=True)
    recorded_by = models.CharField("登记人", max_length=200, editable=False)
    created_at = models.DateTimeField("登记时间")
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = verbose_name_plural = "组织生活记录"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(present_count__lte=F("expected_count")),
                name="life_record_present",
                violation_error_message="实到人数多于应到人数。请核对两个数。",
            ),
            models.CheckConstraint(
                condition=Q(kind=LifeKind.GROUP, group__isnull=False) | (~Q(kind=LifeKind.GROUP) & Q(group=None)),
                name="life_record_group",
                violation_error_message="党小组会须选择党小组，其他类别不选。",
            ),
            models.CheckConstraint(
                condition=Q(by_secretary=False) | Q(kind=LifeKind.LECTURE), name="life_record_secretary"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind__in=FIRST_ITEM_KINDS)
                    & (Q(has_first_item=False, first_item="") | (Q(has_first_item=True) & ~Q(first_item="")))
                )
                | (~Q(kind__in=FIRST_ITEM_KINDS) & Q(has_first_item=None, first_item="")),
                name="life_record_first_item",
                violation_error_message="落实第一议题的须写明学习内容；没有落实的不填。",
            ),
            models.CheckConstraint(condition=~Q(kind=LifeKind.STUDY) | ~Q(mode=""), name="life_record_mode"),
            models.UniqueConstraint(
                fields=["organization", "kind", "held_on", "topic"],
                condition=Q(group=None),
                name="life_record_once",
                violation_error_message="这一天同一主题的记录已登记，不必重复登记。",
            ),
            models.UniqueConstraint(
                fields=["group", "held_on", "topic"],
                name="life_record_group_once",
                violation_error_message="这个党小组这一天同一主题的记录已登记，不必重复登记。",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "held_on"], name="life_record_organization"),
            models.Index(fields=["held_on"], name="life_record_day"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_own_bodies(actor)


class StudyProblem(Versioned):
    """What a branch found wrong in study, how it is mended, and the system that was set up or changed (P-55, P-59)."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="study_problems", verbose_name="党组织"
    )
    programme = models.ForeignKey(
        StudyProgramme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        verbose_name="专项学习",
    )
    area = models.CharField("所属方面", max_length=16, choices=Area)
    found_on = models.DateField("查摆日期")
    text = models.CharField("问题", max_length=500)
    due_on = models.DateField("整改期限")
    rectified_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("整改情况", max_length=500, blank=True)
    linked_system = models.CharField("建立或修订的制度", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "查摆问题"
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("found_on")),
                name="study_problem_due",
                violation_error_message="整改期限早于查摆日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(rectified_on=None, result="", linked_system="")
                | (Q(rectified_on__gte=F("found_on")) & ~Q(result="")),
                name="study_problem_rectified",
                violation_error_message="完成日期不早于查摆日期，并须写明整改情况。",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_own_bodies(actor)


class PioneerRecord(Versioned, Dated):
    """A post, an area, a team in which members of a branch go ahead (P-36); how many they are, not who."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="pioneer_records", verbose_name="党组织"
    )
    kind = models.CharField("类别", max_length=16, choices=PioneerKind)
    name = models.CharField("名称", max_length=120)
    member_count = models.PositiveIntegerField("参加党员（人）")
    result = models.CharField("发挥作用情况", max_length=500, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "先锋模范记录"
        ordering = ["-starts_on", "name", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False, member_count__gte=1), name="pioneer_record_members"
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "name"],
                condition=Q(ends_on=None),
                name="pioneer_record_one_open",
                violation_error_message="同类同名的记录已登记，还没有结束。请换一个名称，或先登记结束。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_own_bodies(actor)


class LifeFile(GuardedModel):
    """A file of a record: minutes, a photo, the attendance list."""

    record = models.ForeignKey(LifeRecord, on_delete=models.CASCADE, related_name="files", verbose_name="记录")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = verbose_name_plural = "组织生活记录附件"
        ordering = ["record", "pk"]

    def __str__(self) -> str:
        return self.file.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(record__in=LifeRecord.objects.filter(LifeRecord.scope_q(actor))) if actor.role in ROSTER else NOTHING
