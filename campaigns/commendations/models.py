"""Commendations: a round with its basis, kinds and places; who is recommended; who was commended, and by whom."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from campaigns.commendations.enums import Appraisal, NominationState, RoundState, Way
from campaigns.plans.enums import Target
from campaigns.plans.models import Campaign, CriterionSet, Unit, run_by, through_campaign
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import GroupOrganization, PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, GuardedModel
from portal.files.models import StoredFile
from portal.publishing.models import Publication
from portal.workflow.models import Versioned, WorkflowModel


class AwardRound(WorkflowModel):
    """One round of a campaign: the yearly one, or a special one for a period of its own (C-20, C-21)."""

    state = models.CharField(
        "状态", max_length=24, choices=RoundState, default=RoundState.DRAFT, editable=False, db_index=True
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="award_rounds", verbose_name="活动")
    title = models.CharField("评选名称", max_length=120)
    period = models.CharField("表彰时段", max_length=60, blank=True)
    # no round without the document that allows it.
    basis_title = models.CharField("依据文件", max_length=200, blank=True)
    basis_number = models.CharField("依据文号", max_length=80, blank=True)
    basis_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件扫描件"
    )
    nominations_due_on = models.DateField("推荐截止")
    notice = models.ForeignKey(
        Publication, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name="公示"
    )
    opened_at = models.DateTimeField("开始推荐时间", null=True, editable=False)
    decided_at = models.DateTimeField("决定时间", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="决定人",
    )
    decided_label = models.CharField("决定人身份", max_length=200, blank=True, editable=False)
    decision_number = models.CharField("表彰决定文号", max_length=80, blank=True)
    decision_reason = models.CharField("决定理由", max_length=500, blank=True)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "评选表彰"
        ordering = ["-nominations_due_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(RoundState.DRAFT), str(RoundState.CANCELLED)])
                | (Q(basis_file__isnull=False, opened_at__isnull=False) & ~Q(basis_title="") & ~Q(basis_number="")),
                name="award_round_basis",
                violation_error_message="没有登记表彰的依据文件，不能开展评选表彰。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[str(RoundState.PUBLICITY), str(RoundState.DECIDED)]) | Q(notice__isnull=False),
                name="award_round_notice",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) ^ Q(state=RoundState.DECIDED),
                name="award_round_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=RoundState.DECIDED)
                | (Q(decided_by__isnull=False) & ~Q(decision_number="") & ~Q(decision_reason="")),
                name="award_round_decided_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def body(self) -> str:
        """What the guard of 三个不得 reads besides the title."""
        return self.basis_title

    @property
    def basis(self) -> str:
        """The document that allows the round, with its number."""
        return f"{self.basis_title}（{self.basis_number}）" if self.basis_number else ""

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Whoever runs the campaign; and once it is open, whoever reaches a unit of the campaign."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        own = Q(campaign__in=Campaign.objects.filter(run_by(actor)))
        return own | (~Q(state=RoundState.DRAFT) & through_campaign(actor))


def through_round(actor: Actor) -> Q:
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(round__in=AwardRound.objects.filter(AwardRound.scope_q(actor)))


class AwardKind(GuardedModel):
    """What is awarded in a round, to whom, how many: 先进党组织, 优秀共产党员 … are data."""

    round = models.ForeignKey(AwardRound, on_delete=models.CASCADE, related_name="kinds", verbose_name="评选")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("表彰类别", max_length=60)
    target = models.CharField("对象", max_length=16, choices=Target)
    total = models.PositiveSmallIntegerField("名额")
    criterion_set = models.ForeignKey(
        CriterionSet, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评分标准"
    )

    class Meta:
        verbose_name = verbose_name_plural = "表彰类别"
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"],
                name="award_kind_number",
                violation_error_message="这个序号的类别已登记。请改填序号。",
            ),
            models.UniqueConstraint(
                fields=["round", "title"],
                name="award_kind_title",
                violation_error_message="这个类别已登记。",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=1), name="award_kind_total", violation_error_message="名额至少 1 个。"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_round(actor)


class Quota(GuardedModel):
    """How many places of a kind a unit has, and what they were reckoned from (R-115a)."""

    kind = models.ForeignKey(AwardKind, on_delete=models.CASCADE, related_name="quotas", verbose_name="类别")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="quotas", verbose_name="单位")
    base_count = models.PositiveIntegerField("分配基数", default=0)
    count = models.PositiveSmallIntegerField("名额")

    class Meta:
        verbose_name = verbose_name_plural = "单位名额"
        ordering = ["kind", "unit"]
        constraints = [models.UniqueConstraint(fields=["kind", "unit"], name="quota_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.count}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(kind__round__in=AwardRound.objects.filter(AwardRound.scope_q(actor)))


class Nomination(WorkflowModel):
    """Whom a unit recommends: an organisation, a member or a worker through the role row; after the masses did."""

    state = models.CharField(
        "状态",
        max_length=24,
        choices=NominationState,
        default=NominationState.NOMINATED,
        editable=False,
        db_index=True,
    )
    kind = models.ForeignKey(AwardKind, on_delete=models.PROTECT, related_name="nominations", verbose_name="类别")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nominations", verbose_name="推荐单位")
    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.PROTECT, related_name="nominations", verbose_name="党组织"
    )
    member = models.ForeignKey(
        PartyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="nominations", verbose_name="党员"
    )
    secretary = models.ForeignKey(
        Secretary,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
        verbose_name="党务工作者",
    )
    # A mass organisation of an association that the Party organisation leads, or one of its people (C-45); no register
    # holds a roster of those, so the name is written down.
    group = models.ForeignKey(
        GroupOrganization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
        verbose_name="群团组织",
    )
    person_name = models.CharField("姓名", max_length=40, blank=True)
    deeds = models.CharField("主要事迹", max_length=500)
    recommended_on = models.DateField("群众推荐日期")
    way = models.CharField("群众推荐方式", max_length=16, choices=Way)
    participant_count = models.PositiveIntegerField("参与推荐人数")
    support_count = models.PositiveIntegerField("同意人数")
    appraisal = models.CharField("最近一次民主评议", max_length=16, choices=Appraisal, blank=True)
    dues_paid = models.BooleanField("按时足额交纳党费", null=True, blank=True)
    no_discipline = models.BooleanField("不在受处分、处理期间", null=True, blank=True)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="推荐人"
    )
    nominated_label = models.CharField("推荐人身份", max_length=200, editable=False)
    nominated_at = models.DateTimeField("推荐时间", editable=False)
    reason = models.CharField("名单意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "推荐对象"
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(member=None) | Q(secretary=None)) & (Q(group=None) | Q(member=None, secretary=None)),
                name="nomination_one_person",
            ),
            models.CheckConstraint(
                condition=Q(person_name="") | Q(group__isnull=False), name="nomination_name_of_group"
            ),
            models.CheckConstraint(
                condition=Q(support_count__gte=1, participant_count__gte=F("support_count")),
                name="nomination_masses",
                violation_error_message="评选表彰要请群众参与推荐：同意人数至少 1 人，不超过参与人数。",
            ),
            models.UniqueConstraint(
                fields=["kind", "organization"],
                condition=Q(member=None, secretary=None, group=None) & ~Q(state=NominationState.WITHDRAWN),
                name="nomination_organization_once",
                violation_error_message="这个党组织在同一类别中已经推荐。",
            ),
            models.UniqueConstraint(
                fields=["kind", "member"],
                condition=Q(member__isnull=False) & ~Q(state=NominationState.WITHDRAWN),
                name="nomination_member_once",
                violation_error_message="这名党员在同一类别中已经推荐。",
            ),
            models.UniqueConstraint(
                fields=["kind", "secretary"],
                condition=Q(secretary__isnull=False) & ~Q(state=NominationState.WITHDRAWN),
                name="nomination_secretary_once",
                violation_error_message="这名党务工作者在同一类别中已经推荐。",
            ),
            models.UniqueConstraint(
                fields=["kind", "group", "person_name"],
                condition=Q(group__isnull=False) & ~Q(state=NominationState.WITHDRAWN),
                name="nomination_group_once",
                violation_error_message="这个群团组织或其成员在同一类别中已经推荐。",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state"], name="nomination_organization")]

    def __str__(self) -> str:
        return str(self.member or self.secretary or self.person_name or self.group or self.organization)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """With the unit that recommends: whoever runs the campaign, and whoever reaches the unit. An honour also with
        the organisation it went to: whom a committee recommended reads its own."""
        read = Unit.objects.filter(Unit.scope_q(actor))
        own = read.filter(campaign=OuterRef("kind__round__campaign"), organization=OuterRef("organization"))
        return Q(unit__in=read) | (Q(state=NominationState.AWARDED) & Q(Exists(own)))


class Commendation(Versioned):
    """An honour that was given: after publicity, by a document, by a named person who said why."""

    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="commendation")
    notice = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+", verbose_name="公示")
    number = models.CharField("证书编号", max_length=40, unique=True)
    name = models.CharField("受表彰者", max_length=120)
    title = models.CharField("荣誉称号", max_length=120)
    publicity_ended_on = models.DateField("公示截止")
    decided_on = models.DateField("表彰日期")
    document_number = models.CharField("表彰决定文号", max_length=80)
    reason = models.CharField("决定理由", max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="决定人"
    )
    decided_label = models.CharField("决定人身份", max_length=200)
    issuer_name = models.CharField("颁发单位", max_length=200)
    certificate = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name="证书"
    )
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoked_number = models.CharField("撤销文号", max_length=80, blank=True)
    revoked_reason = models.CharField("撤销原因", max_length=300, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="撤销人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "表彰"
        ordering = ["-decided_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_on__gt=F("publicity_ended_on")),
                name="commendation_after_publicity",
                violation_error_message="公示结束后才能作出表彰决定。",
            ),
            models.CheckConstraint(
                condition=~Q(document_number="") & ~Q(reason="") & ~Q(decided_label=""),
                name="commendation_decided",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None, revoked_by=None, revoked_reason="", revoked_number="")
                | (
                    Q(revoked_on__gte=F("decided_on"), revoked_by__isnull=False)
                    & ~Q(revoked_reason="")
                    & ~Q(revoked_number="")
                ),
                name="commendation_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}「{self.title}」"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """With the recommendation that it came from."""
        return Q(nomination__in=Nomination.objects.filter(Nomination.scope_q(actor)))
