"""Party-building instructors and the associations they look after, dated (R-077, R-095); what coverage keeps ready."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from associations.registry.models import Association, Dated, Department, in_department_subtree, through_association
from partybuilding.coverage.enums import InstructorKind
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING
from portal.people.models import Person, Phone
from portal.workflow.models import Versioned


class Instructor(Versioned):
    """A 党建工作指导员, 联络员 or 党建组织员: a person, and the body that seconds it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="instructors", verbose_name="姓名")
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="联系电话"
    )
    kind = models.CharField("类别", max_length=16, choices=InstructorKind, default=InstructorKind.INSTRUCTOR)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选派单位"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="账号",
    )
    is_active = models.BooleanField("在任", default=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "党建工作指导员"
        ordering = ["person__name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.person.name)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        guiding = Q(pk__in=InstructorAssignment.objects.filter(through_association(actor)).values("instructor"))
        if actor.role == Role.PARTY_COMMITTEE:
            return guiding | in_department_subtree("department", actor.scope.pk)
        return guiding


class InstructorAssignment(Dated):
    """An instructor looks after an association; an expired assignment no longer counts (R-095)."""

    instructor = models.ForeignKey(
        Instructor, on_delete=models.PROTECT, related_name="assignments", verbose_name="指导员"
    )
    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="instructor_assignments", verbose_name="社会组织"
    )

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "指导员联系关系"
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["instructor", "association"],
                condition=Q(ends_on=None),
                name="instructor_one_open",
                violation_error_message="这名指导员已联系该社会组织，不必重复指派。",
            ),
        ]
        indexes = [models.Index(fields=["association", "starts_on"], name="instructor_association")]

    def __str__(self) -> str:
        return f"{self.instructor} → {self.association}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class CoverageDay(models.Model):
    """A day on which the standing of every association is kept, and the parameters that it follows."""

    day = models.DateField("日期", primary_key=True)
    exclude_new_months = models.PositiveSmallIntegerField()
    member_count_basis = models.CharField(max_length=40)
    should_establish_member_count = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "两个覆盖留存日"

    def __str__(self) -> str:
        return self.day.isoformat()


class CoverageStanding(models.Model):
    """Where one association stands in every cross-tab of a kept day (`combination`); nobody reads it but figures."""

    day = models.DateField("日期")
    association = models.ForeignKey(
        Association, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    combination = models.CharField("组合", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "两个覆盖留存"
        indexes = [models.Index(fields=["day", "association"], name="coverage_standing_day")]

    def __str__(self) -> str:
        return f"{self.day}：{self.combination}"


class CoverageMark(models.Model):
    """Left by the database itself with every write to a fact: that association is counted anew; empty means all.

    A row is only ever added and taken away, never changed: two writers do not wait for each other.
    """

    association = models.ForeignKey(
        Association, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "两个覆盖变动标记"

    def __str__(self) -> str:
        return "全部" if self.association_id is None else str(self.association_id)
