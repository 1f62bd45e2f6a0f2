"""Campaigns as data: what a plan document says, who leads it, which units take part and how far their own plans are."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from associations.registry.models import Dated, Department
from campaigns.plans.enums import (
    CampaignState,
    ItemKind,
    LinkKind,
    MethodForm,
    SteeringRole,
    Target,
    UnitState,
)
from campaigns.plans.transitions import READERS
from partybuilding.members.models import Secretary
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import WorkflowModel


class CriterionSet(models.Model):
    """What an advanced organisation or member is measured by; two texts of 五个好 exist (R-110). Reference data."""

    code = models.CharField("代码", max_length=40, unique=True)
    title = models.CharField("标准", max_length=60)
    target = models.CharField("对象", max_length=16, choices=Target)
    preconditions = models.CharField("基本条件", max_length=300, blank=True)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "评价标准"
        ordering = ["target", "code"]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """One line of a set of criteria."""

    criterion_set = models.ForeignKey(CriterionSet, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("标准", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "评价标准条目"
        ordering = ["criterion_set", "number"]
        constraints = [models.UniqueConstraint(fields=["criterion_set", "number"], name="criterion_once")]

    def __str__(self) -> str:
        return self.title


class Campaign(WorkflowModel):
    """A campaign of a place, or of the associations of one body; what its document lists are its parts."""

    state = models.CharField(
        "状态", max_length=24, choices=CampaignState, default=CampaignState.DRAFT, editable=False, db_index=True
    )
    title = models.CharField("活动名称", max_length=120)
    theme = models.CharField("活动主题", max_length=300, blank=True)
    document_number = models.CharField("实施方案文号", max_length=80, blank=True)
    # Without an organiser the campaign is the Social Work Department's of the place and reaches all associations there.
    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name="开展地区")
    organizer = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name="组织单位"
    )
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    plans_due_on = models.DateField("单位方案报送截止", null=True, blank=True)
    criterion_sets = models.ManyToManyField(CriterionSet, related_name="campaigns", blank=True, verbose_name="评价标准")
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话（办公）", max_length=40, blank=True)
    contact_fax = models.CharField("传真", max_length=40, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, editable=False)
    closed_at = models.DateTimeField("结束时间", null=True, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "创先争优活动"
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="campaign_dates",
                violation_error_message="活动结束日期早于开始日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(plans_due_on=None) | Q(plans_due_on__gte=F("starts_on")),
                name="campaign_plans_due",
                violation_error_message="单位方案报送截止早于活动开始日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=CampaignState.DRAFT, issued_at=None)
                | (~Q(state=CampaignState.DRAFT) & Q(issued_at__isnull=False)),
                name="campaign_issued",
            ),
            models.CheckConstraint(condition=Q(closed_at=None) ^ Q(state=CampaignState.CLOSED), name="campaign_closed"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Who runs it; and once it is issued, whoever reaches one of its units."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role not in READERS:
            return NOTHING
        units = Unit.objects.filter(Unit.reach_q(actor))
        return run_by(actor) | (~Q(state=CampaignState.DRAFT) & Q(pk__in=units.values("campaign")))


def run_by(actor: Actor) -> Q:
    """Campaigns that the actor's own body runs."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    if actor.role == Role.REGIONAL_OFFICE:
        return Q(organizer=None, region__path__startswith=actor.scope.path)
    if actor.role in {Role.PARTY_COMMITTEE, Role.SUPERVISING_UNIT}:
        return Q(organizer__in=actor.scope.department_pks)
    return NOTHING


def through_campaign(actor: Actor) -> Q:
    """Parts of the campaigns that the actor reads."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(campaign__in=Campaign.objects.filter(Campaign.scope_q(actor)))


class CampaignItem(GuardedModel):
    """One line of a list of the campaign's document: a basis, a goal, an arena, a principle, an aspect of pledges …"""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="items", verbose_name="活动")
    kind = models.CharField("类别", max_length=16, choices=ItemKind)
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("内容", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "活动内容"
        ordering = ["campaign", "kind", "number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "kind", "number"], name="campaign_item_once")]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class CampaignLink(GuardedModel):
    """Another campaign that this one belongs to, follows, or goes hand in hand with."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="links", verbose_name="活动")
    kind = models.CharField("关系", max_length=16, choices=LinkKind)
    other = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", verbose_name="相关活动")

    class Meta:
        verbose_name = verbose_name_plural = "相关活动"
        ordering = ["campaign", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "other"],
                name="campaign_link_once",
                violation_error_message="这两项活动的关系已登记。",
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(kind=LinkKind.PARENT),
                name="campaign_link_parent",
                violation_error_message="一项活动只能有一个上级活动。请先删去原有的。",
            ),
            models.CheckConstraint(
                condition=~Q(campaign=F("other")),
                name="campaign_link_other",
                violation_error_message="活动不能与自己相关。请另选一项活动。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.other}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class Phase(Dated):
    """A phase: phases follow one another without overlap and cover the campaign (R-111)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="phases", verbose_name="活动")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("阶段", max_length=60)
    focus = models.CharField("工作重点", max_length=300, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "活动阶段"
        ordering = ["campaign", "number"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["campaign", "number"],
                name="phase_number",
                violation_error_message="这个序号的阶段已登记。请改填序号。",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False),
                name="phase_starts",
                violation_error_message="阶段须有开始日期。请填写。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class Step(Dated):
    """A step: without dates it goes along with the whole campaign; one that overlaps another says so (R-111)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="steps", verbose_name="活动")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("步骤", max_length=60)
    work = models.CharField("工作内容", max_length=500, blank=True)
    may_overlap = models.BooleanField("与其他步骤交叉进行", default=False)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "活动步骤"
        ordering = ["campaign", "number"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["campaign", "number"],
                name="step_number",
                violation_error_message="这个序号的步骤已登记。请改填序号。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class StepExtension(GuardedModel):
    """A decision that lets a step run on: time yields to quality (C-28). The last one holds."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="extensions", verbose_name="步骤")
    was_until_on = models.DateField("原截止日期")
    until_on = models.DateField("延至")
    decided_on = models.DateField("决定日期")
    document_number = models.CharField("决定文号", max_length=80)
    reason = models.CharField("事由", max_length=300)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "步骤延期"
        ordering = ["step", "until_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("was_until_on")) & ~Q(document_number="") & ~Q(reason=""),
                name="step_extension_decided",
                violation_error_message="延期须有决定文号和事由，延至日期晚于原截止日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} 延至 {self.until_on}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(step__campaign__in=Campaign.objects.filter(Campaign.scope_q(actor)))


class Method(GuardedModel):
    """One way in which the campaign is carried on; its name is the campaign's own, its form is what gets recorded."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="methods", verbose_name="活动")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("推进方式", max_length=40)
    form = models.CharField("记录形式", max_length=16, choices=MethodForm)
    work = models.CharField("要求", max_length=500, blank=True)
    due_on = models.DateField("完成期限", null=True, blank=True)
    requires = models.ManyToManyField(
        "self", symmetrical=False, related_name="required_by", blank=True, verbose_name="须先完成"
    )

    class Meta:
        verbose_name = verbose_name_plural = "推进方式"
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"],
                name="method_number",
                violation_error_message="这个序号的推进方式已登记。请改填序号。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class SteeringMember(Dated):
    """Who leads a campaign: a post in the group or its office, and who holds it (a name and an office, no number)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="steering", verbose_name="活动")
    role = models.CharField("小组职务", max_length=20, choices=SteeringRole)
    number = models.PositiveSmallIntegerField("序号", default=1)
    name = models.CharField("姓名或岗位", max_length=60)
    post = models.CharField("单位和职务", max_length=120, blank=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "领导（指导）小组成员"
        ordering = ["campaign", "number", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(role=SteeringRole.LEADER, ends_on=None),
                name="steering_one_leader",
                violation_error_message="领导（指导）小组已有在任组长。请先终止原组长的任职。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_campaign(actor)


class Unit(WorkflowModel):
    """A unit that takes part, with its own plan: a Party organisation of associations, or a committee."""

    state = models.CharField(
        "方案", max_length=24, choices=UnitState, default=UnitState.AWAITING, editable=False, db_index=True
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="units", verbose_name="活动")
    organization = models.ForeignKey(
        PartyOrganization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="campaign_units",
        verbose_name="党组织",
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="campaign_units", verbose_name="党委"
    )
    joined_on = models.DateField("列入日期")
    left_on = models.DateField("退出日期", null=True, blank=True)
    left_reason = models.CharField("退出原因", max_length=200, blank=True)
    theme = models.CharField("本单位主题", max_length=300, blank=True)
    measures = models.TextField("主要措施", max_length=3000, blank=True)
    carriers = models.TextField("活动载体", max_length=1000, blank=True)
    mobilised_on = models.DateField("动员会议日期", null=True, blank=True)
    mobilised_count = models.PositiveIntegerField("动员会议到会人数", null=True, blank=True)
    responsible = models.ForeignKey(
        Secretary,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="第一责任人",
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="方案文件"
    )
    submitted_at = models.DateTimeField("报送时间", null=True, editable=False)
    reviewed_at = models.DateTimeField("审阅时间", null=True, editable=False)
    review_text = models.CharField("审阅意见", max_length=500, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "参加单位"
        ordering = ["campaign", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                condition=Q(organization__isnull=False),
                name="unit_organization_once",
                violation_error_message="这个党组织已列入活动。",
            ),
            models.UniqueConstraint(
                fields=["campaign", "department"],
                condition=Q(department__isnull=False),
                name="unit_department_once",
                violation_error_message="这个党委已列入活动。",
            ),
            models.CheckConstraint(condition=Q(organization=None) ^ Q(department=None), name="unit_one_body"),
            models.CheckConstraint(
                condition=Q(left_on=None) | (Q(left_on__gte=F("joined_on")) & ~Q(left_reason="")),
                name="unit_left",
                violation_error_message="退出须写明原因，退出日期不早于列入日期。",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state"], name="unit_state"),
            models.Index(fields=["organization", "campaign"], name="unit_organization"),
        ]

    def __str__(self) -> str:
        return str(self.organization or self.department)

    @property
    def committee(self) -> Department | None:
        """Who looks at the unit's plan: the committee of an organisation, the body above a committee."""
        return self.organization.committee if self.organization else self.department.parent if self.department else None

    @classmethod
    def reach_q(cls, actor: Actor) -> Q:
        """Units whose body the actor reaches, in any campaign; a supervising unit has no others."""
        if actor.role == Role.SUPERVISING_UNIT:
            return NOTHING
        organizations = PartyOrganization.objects.filter(PartyOrganization.scope_q(actor))
        found = Q(organization__in=organizations)
        if actor.role == Role.PARTY_COMMITTEE:
            found |= Q(department__in=actor.scope.department_pks)
        return found

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Whoever runs the campaign reads every unit of it; others those they reach, once it is issued."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role not in READERS:
            return NOTHING
        own = Q(campaign__in=Campaign.objects.filter(run_by(actor)))
        return own | (~Q(campaign__state=CampaignState.DRAFT) & cls.reach_q(actor))
