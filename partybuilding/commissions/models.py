"""The desk of a 两新工委 or a 综合（行业）党委: what it is, members, rules, meetings and what they decided."""

from django.db import models
from django.db.models import Q

from associations.registry.models import Dated, Department, in_department_subtree
from partybuilding.commissions.enums import Category, MeetingKind, MemberPost
from portal.access.actor import Actor
from portal.access.roles import BODIES, DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.workflow.models import Versioned


def of_committees(actor: Actor, field: str = "department") -> Q:
    """What committees are: their own people, those below and above them, the place, the department."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    if actor.role == Role.REGIONAL_OFFICE:
        return Q(**{f"{field}__region__path__startswith": actor.scope.path})
    if actor.role == Role.PARTY_COMMITTEE:
        above = Department.objects.filter(Q(children=actor.scope.pk) | Q(children__children=actor.scope.pk))
        own: Q = in_department_subtree(field, actor.scope.pk)
        return own | Q(**{f"{field}__in": above})
    return NOTHING


class CommissionProfile(Versioned):
    """What the directory of bodies does not say of a committee: by what it groups, when and how it was set up."""

    department = models.OneToOneField(
        Department, on_delete=models.CASCADE, related_name="commission_profile", verbose_name="党（工）委"
    )
    category = models.CharField("类别", max_length=16, choices=Category)
    principle = models.CharField("组建原则", max_length=300, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    approval_number = models.CharField("批复文号", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "党（工）委概况"
        ordering = ["department"]

    def __str__(self) -> str:
        return str(self.department)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_committees(actor)


class CommissionMember(Versioned, Dated):
    """Who sits on a committee: a post, and who holds it (a name and an office, no number)."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="commission_members", verbose_name="党（工）委"
    )
    post = models.CharField("职务", max_length=16, choices=MemberPost)
    number = models.PositiveSmallIntegerField("排序", default=1)
    name = models.CharField("姓名", max_length=60)
    office = models.CharField("单位和职务", max_length=120, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "党（工）委组成人员"
        ordering = ["department", "number", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["department", "name"],
                condition=Q(ends_on=None),
                name="commission_member_once",
                violation_error_message="此人已在这个党（工）委任职，不能重复登记。请先登记原任职终止。",
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(post=MemberPost.SECRETARY, ends_on=None),
                name="commission_one_secretary",
                violation_error_message="这个党（工）委已有在任书记。请先登记原书记任职终止。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.name}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_committees(actor)


class CommissionRule(Versioned, Dated):
    """A rule of procedure or a system that a committee works by, with its document."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="commission_rules", verbose_name="党（工）委"
    )
    title = models.CharField("制度名称", max_length=120)
    document_number = models.CharField("文号", max_length=80, blank=True)
    content = models.TextField("主要内容", max_length=2000, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "党（工）委制度"
        ordering = ["department", "title", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["department", "title"],
                condition=Q(ends_on=None),
                name="commission_rule_once",
                violation_error_message="同名制度正在执行。请先登记原制度停止执行。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return of_committees(actor)


class Meeting(Versioned):
    """A meeting of a body in which Party building was dealt with; its kind says which fields speak."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="party_meetings", verbose_name="单位"
    )
    kind = models.CharField("类别", max_length=16, choices=MeetingKind)
    held_on = models.DateField("日期")
    title = models.CharField("会议名称", max_length=200)
    attendee_count = models.PositiveIntegerField("参加人数", null=True, blank=True)
    summary = models.TextField("会议情况", max_length=4000, blank=True)
    is_studied = models.BooleanField("同研究", default=False)
    is_planned = models.BooleanField("同谋划", default=False)
    is_deployed = models.BooleanField("同部署", default=False)
    counterpart = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对方单位"
    )
    record_count = models.PositiveIntegerField("互通信息（条）", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "党建会议"
        ordering = ["department", "-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "held_on", "title"],
                name="party_meeting_once",
                violation_error_message="这一天的同名会议已登记，不必重复登记。",
            ),
            models.CheckConstraint(
                condition=Q(kind=MeetingKind.EXCHANGE, counterpart__isnull=False)
                | (~Q(kind=MeetingKind.EXCHANGE) & Q(counterpart=None)),
                name="party_meeting_counterpart",
                violation_error_message="互通互联会商须有对方单位，其他会议没有。",
            ),
        ]
        indexes = [models.Index(fields=["department", "held_on"], name="party_meeting_day")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """A committee's own and those below, a unit's own, a meeting with oneself, and one that laid a task on it."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role == Role.REGIONAL_OFFICE:
            return Q(department__region__path__startswith=actor.scope.path)
        if actor.role not in BODIES:
            return NOTHING
        own: Q = in_department_subtree("department", actor.scope.pk)
        tasks = AgendaItem.objects.filter(responsible=actor.scope.pk).values("meeting")
        return own | Q(counterpart=actor.scope.pk) | Q(pk__in=tasks)


class AgendaItem(GuardedModel):
    """One item of a meeting: what was decided, and who is to do it until when."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items", verbose_name="会议")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("议题", max_length=200)
    resolution = models.CharField("议定事项", max_length=500, blank=True)
    responsible = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任党（工）委"
    )
    due_on = models.DateField("完成期限", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会议议题"
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="agenda_item_once"),
            models.CheckConstraint(
                condition=Q(responsible=None, due_on=None) | Q(responsible__isnull=False, due_on__isnull=False),
                name="agenda_item_task",
                violation_error_message="责任党（工）委和完成期限须一并填写。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(meeting__in=Meeting.objects.filter(Meeting.scope_q(actor)))
